// The formats that are judged, not only shown. Each pattern is a plain sequence without nested repetition, so that the
// host's own engine is linear on them; anything longer than a name is no such thing.
import { instantAt } from '../../duration.ts';
import type { Format } from './model.ts';

const MAX_FORMAT_CHARS = 2_048;

const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** February 30th would roll over into March. */
const isDate = (text: string): boolean => {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(ms) && instantAt(ms).startsWith(text);
};

const isUri = (text: string): boolean => /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(text) && URL.canParse(text);

const HOLDS: Record<Format, (text: string) => boolean> = {
  date: isDate,
  'date-time': (text) => isDate(DATE_TIME.exec(text)?.[1] ?? ''),
  email: (text) => text.length <= 254 && /^[^\s@<>"(),:;\\]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text),
  uri: isUri,
  uuid: (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text),
  currency: (text) => /^[A-Z]{3}$/.test(text),
  'minor-units': () => false,
};

/** Whether a text is of this format. Minor units are an integer, so no text is. */
export const formatHolds = (format: Format, text: string): boolean =>
  text.length <= MAX_FORMAT_CHARS && HOLDS[format](text);
