// What was typed into one field → the value that it says, or a sentence why it says none. Only what can be meant in
// one way is taken: nothing is rounded, guessed or dropped on the way to what is signed.
import type { Json } from '../../../core/json.ts';
import { readMajor } from '../../../core/money.ts';
import { parseStrictJson } from '../../../core/strict-json.ts';
import type { EditField } from './fields.ts';

/** What stands in a field: text with the currency that it was typed in, a tick, or that the parameter is taken out. */
export type Entry = { text: string; unit: string | null } | { flag: boolean } | 'removed';
export type Entries = Readonly<Record<string, Entry>>;

type ReadField = { ok: true; value: Json | undefined } | { ok: false; detail: string };

const value = (json: Json | undefined): ReadField => ({ ok: true, value: json });
const fault = (detail: string): ReadField => ({ ok: false, detail });

/** More digits than a number keeps would be signed as another number than the one that was typed. */
const MAX_DIGITS = 15;
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;

function readNumber(text: string, { label, whole }: EditField): ReadField {
  const typed = text.trim();
  if (!DECIMAL.test(typed)) return fault(`${label} is not a number: write it such as 900 or 900.5.`);
  if (whole && typed.includes('.')) return fault(`${label} takes whole numbers only.`);
  if (typed.replace(/\D/g, '').length > MAX_DIGITS) return fault(`${label} has more than ${MAX_DIGITS} digits.`);
  return value(Number(typed));
}

function readJson(text: string, { label }: EditField): ReadField {
  const parsed = parseStrictJson(text);
  return parsed.ok
    ? value(parsed.value)
    : fault(`${label} is not JSON: a list in [ ], an object in { }, or null. ${parsed.problem.detail}`);
}

function readMoney(text: string, { unit }: EditField): ReadField {
  const read = readMajor(text, unit ?? '');
  return read.ok ? value(read.minor) : fault(read.detail);
}

const READ: Record<EditField['kind'], (text: string, field: EditField) => ReadField> = {
  money: readMoney,
  number: readNumber,
  json: readJson,
  text: (text) => value(text),
  flag: (_, { label }) => fault(`${label} is switched on or off.`),
};

/** What the entry says; `value` is undefined where it takes the parameter out. */
export function readField(field: EditField, entry: Entry): ReadField {
  if (entry === 'removed') return field.removable ? value(undefined) : fault(`${field.label} may not be removed.`);
  if ('flag' in entry) return field.kind === 'flag' ? value(entry.flag) : fault(`${field.label} is no switch.`);
  if (entry.unit === field.unit) return READ[field.kind](entry.text, field);
  return fault(
    `${field.label} was typed in ${entry.unit ?? 'no currency'}, and stands in ${field.unit ?? 'none'} now: type it again.`,
  );
}
