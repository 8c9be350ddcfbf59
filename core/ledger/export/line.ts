// One event line of an export in its parts, as text: what is hashed is what is parsed. The text of a line fits its
// canonical layout, or it is read whole and written again; either way the parts are JSON of their own, so that nothing
// can stand between them that another reader would read differently.
import { canonicalize } from '../../canonical.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { ExportEvent, ExportReceipt } from './format.ts';

/** What an event line says: each part with the text that its commitment is over. */
export interface EventLine {
  skeleton: JsonObject;
  skeleton_text: string;
  personal: JsonObject | null;
  personal_text: string;
  salt_skeleton: string;
  salt_personal: string | null;
  receipt: ExportReceipt;
}

const NOTHING = '{"event":{"personal":null,"salt_personal":null,"salt_skeleton":"';
const PERSONAL = '{"event":{"personal":';
const SALT_PERSONAL = ',"salt_personal":"';
const SALT_SKELETON = '","salt_skeleton":"';
const SKELETON = '","skeleton":';
const RECEIPT = '},"receipt":{"index":';
const HEX = 64;
const TAIL =
  /^(0|[1-9][0-9]{0,15}),"link":"([0-9a-f]{64})","org_seq":(0|[1-9][0-9]{0,15}),"sealed_at":"([^"\\]*)"\}\}$/;

/** The parts of a line in its canonical layout; null where it is not in it: then it is to be read whole. */
export function splitLine(text: string): EventLine | null {
  try {
    return split(text);
  } catch {
    return null;
  }
}

function split(text: string): EventLine | null {
  const end = text.lastIndexOf(RECEIPT);
  const tail = end < 0 ? null : TAIL.exec(text.slice(end + RECEIPT.length));
  const salts = tail && (withoutPersonal(text) ?? withPersonal(text));
  if (!salts) return null;
  const { personal_text, salt_personal, salt_at } = salts;
  const skeleton_at = salt_at + HEX + SKELETON.length;
  if (skeleton_at > end || !text.startsWith(SKELETON, salt_at + HEX)) return null;
  const skeleton_text = text.slice(skeleton_at, end);
  return {
    skeleton: parsed(skeleton_text) as JsonObject,
    skeleton_text,
    personal: salt_personal === null ? null : (parsed(personal_text) as JsonObject | null),
    personal_text,
    salt_skeleton: text.slice(salt_at, salt_at + HEX),
    salt_personal,
    receipt: { index: Number(tail[1]), link: tail[2]!, org_seq: Number(tail[3]), sealed_at: tail[4]! },
  };
}

/** JSON that V8 writes again in the same way: no key twice, no number in a second form. */
function parsed(text: string): Json {
  const value = JSON.parse(text) as Json;
  if (JSON.stringify(value) !== text) throw new Error('not as it is written');
  return value;
}

const withoutPersonal = (text: string) =>
  text.startsWith(NOTHING) ? { personal_text: 'null', salt_personal: null, salt_at: NOTHING.length } : null;

function withPersonal(text: string) {
  const at = text.startsWith(PERSONAL) ? text.indexOf(SALT_PERSONAL) : -1;
  const salt = at + SALT_PERSONAL.length;
  if (at < 0 || !text.startsWith(SALT_SKELETON, salt + HEX)) return null;
  return {
    ...{ personal_text: text.slice(PERSONAL.length, at), salt_personal: text.slice(salt, salt + HEX) },
    salt_at: salt + HEX + SALT_SKELETON.length,
  };
}

/** The same from what a parser made of the line: for lines in another layout, and for what the quick way refused. */
export function partsOf({ event, receipt }: { event: ExportEvent; receipt: ExportReceipt }): EventLine {
  const { skeleton, personal, salt_skeleton, salt_personal } = event;
  const skeleton_text = canonicalize(skeleton);
  const personal_text = salt_personal === null ? 'null' : canonicalize(personal as Json);
  return { skeleton, skeleton_text, personal, personal_text, salt_skeleton, salt_personal, receipt };
}
