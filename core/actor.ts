// Names in a proposal: who acts, what, on what. A rule compares them as text, so two texts that read alike must not both
// pass: one normal form (NFC), one case for actors and actions, nothing invisible, no odd spaces, one script per word and
// none that imitates another. What does not fit is refused, not repaired; `agent.NAME` alone is an alias of `agent:NAME`.
import { isHidden } from './display.ts';
import { MAX_NAME_CHARS } from './limits.ts';
import { skeletonOf } from './look-alike.ts';
import { fail, ok, type ProblemPlace, type Result } from './problems.ts';
import { hasMixedScripts } from './scripts.ts';

type Check = readonly [test: (text: string) => boolean, message: string];

const ANYWHERE: readonly Check[] = [
  [(text) => text === '', 'is empty'],
  [(text) => text.length > MAX_NAME_CHARS, `is longer than ${MAX_NAME_CHARS} characters`],
  [(text) => !text.isWellFormed(), 'holds half of a surrogate pair'],
  [(text) => Array.from(text).some(isHidden), 'holds a control, invisible or bidirectional character or an odd space'],
  [(text) => text !== text.normalize('NFC'), 'is not in Unicode normal form C'],
];

/** A word of another script whose every letter looks like a Latin one: `рау` is not pay. */
const imitates = (text: string): boolean =>
  (text.match(/\p{L}+/gu) ?? []).some((word) => /[^a-z]/.test(word) && /^[a-z]+$/.test(skeletonOf(word)));

const NAMES: readonly Check[] = [
  ...ANYWHERE,
  [(text) => text.includes(' '), 'holds a space'],
  [(text) => text !== text.toLowerCase(), 'must be written in lower case'],
  [(text) => /[*?"'`\\<>{}[\](),;|]/.test(text), 'holds a character that is used for patterns or quoting'],
  [hasMixedScripts, 'mixes letters of different scripts in one word'],
  [imitates, 'is written in letters that only look like plain ones'],
  [(text) => /%[0-9a-f]{2}/.test(text), 'holds a percent form: write the letter itself'],
  [(text) => /[./]$|[./]{2}/.test(text), 'ends with a dot or slash, or has two in a row'],
];

const RESOURCES: readonly Check[] = [
  ...ANYWHERE,
  [(text) => text !== text.trim() || text.includes('  '), 'begins or ends with a space or has two in a row'],
];

function checked(field: string, text: unknown, checks: readonly Check[], shape: RegExp, form: string): Result<string> {
  if (typeof text !== 'string') return refused(field, `must be text: ${form}`);
  const broken = checks.find(([test]) => test(text));
  if (broken !== undefined) return refused(field, broken[1]);
  return shape.test(text) ? ok(text) : refused(field, `must have the form ${form}`);
}

function refused(field: string, what: string): Result<never> {
  const place: ProblemPlace = { pointer: `/${field}`, detail: `${field} ${what}` };
  return fail('invalid-request', `The ${place.detail}.`, { errors: [place] });
}

const ACTOR = /^(service-account|agent|user):[^:]+$/u;
const ACTION = /^[^.:\s]+(\.[^.:\s]+)*$/u;
const RESOURCE = /^[a-z][a-z0-9_.+-]*:.+$/u;

/** `service-account:NAME`, `agent:NAME` (or `agent.NAME`, which comes out as `agent:NAME`), `user:ID`. */
export function parseActor(text: unknown): Result<string> {
  const named = typeof text === 'string' ? text.replace(/^agent\./, 'agent:') : text;
  return checked('actor', named, NAMES, ACTOR, 'service-account:NAME, agent:NAME or user:ID');
}

/** A dotted lower-case name such as `deployment.execute`. */
export const parseAction = (text: unknown): Result<string> =>
  checked('action', text, NAMES, ACTION, 'name.name, such as deployment.execute');

/** `type:name` such as `service:billing-api`; the type in lower case, the name free but without hidden characters. */
export const parseResource = (text: unknown): Result<string> =>
  checked('resource', text, RESOURCES, RESOURCE, 'type:name, such as service:billing-api');
