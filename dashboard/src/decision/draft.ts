// What the form of an edit says as a whole: the params that would run, or what is wrong with what was typed. Pure.
// Invariant: params are only given where every entry is understood and policy, as far as a page can see, takes them.
import { sameJson } from '../../../core/canonical.ts';
import { isObject, type Json, type JsonObject } from '../../../core/json.ts';
import { moneyText } from '../../../core/money.ts';
import type { ParameterSchema } from '../../../core/policy/parameters/model.ts';
import { widenings } from '../../../core/policy/parameters/reductions.ts';
import { type EditField, editFields } from './fields.ts';
import { type Entries, readField } from './read-field.ts';

export type EditMode = 'none' | 'narrow' | 'any';

export interface Draft {
  /** As the form shows them, with what was typed. */
  fields: readonly EditField[];
  /** What would run instead of what stands; null where nothing differs, or something is wrong. */
  params: JsonObject | null;
  /** Pointer → why what stands there cannot be sent, in a sentence. */
  faults: ReadonlyMap<string, string>;
}

interface Editable {
  /** Those that stand. */
  params: JsonObject;
  schema: ParameterSchema | null;
  mode: EditMode;
  /** Pointers of what no edit may change: hidden from everybody, or tied to the resource. */
  closed: readonly string[];
  /** Who asked, for the words. */
  actor: string;
}

type Faults = Map<string, string>;

/** Writes a value where a field is; a parameter that is taken out leaves no trace. */
function put(params: JsonObject, keys: readonly string[], json: JsonObject[string] | undefined): void {
  const holder = keys.slice(0, -1).reduce<JsonObject>((part, key) => part[key] as JsonObject, params);
  const last = keys.at(-1)!;
  if (json === undefined) delete holder[last];
  else holder[last] = json;
}

/** Reads the entries of these fields into `made`. */
function take(made: JsonObject, fields: readonly EditField[], entries: Entries, faults: Faults): void {
  for (const field of fields) {
    const read = readField(field, entries[field.pointer]!);
    if (read.ok) put(made, field.keys, read.value);
    else faults.set(field.pointer, read.detail);
  }
}

/** Entries whose parameter is gone, or closed to this person, after an edit by another person. */
function strays(entries: Entries, fields: readonly EditField[]): Faults {
  const faults: Faults = new Map();
  for (const pointer of Object.keys(entries)) {
    const field = fields.find((one) => one.pointer === pointer);
    if (field === undefined) faults.set(pointer, `${pointer} is not part of this any more: take your change back.`);
    else if (field.locked) faults.set(pointer, `${field.label} may not be changed: take your change back.`);
  }
  return faults;
}

/** The fields with the currency that their amounts are in, now that it may have been edited itself. */
function inUnits(fields: readonly EditField[], made: JsonObject, { schema, mode }: Editable): EditField[] {
  const now = new Map(editFields(made, schema, mode === 'any' ? 'any' : 'narrow').map((one) => [one.pointer, one]));
  return fields.map((field) => {
    const { kind, unit } = now.get(field.pointer) ?? field;
    return field.kind === 'money' || kind === 'money' ? { ...field, kind, unit } : field;
  });
}

/** Why a value that can be read is none that a reviewer may put there. */
function refusal(field: EditField, to: Json | undefined, detail: string, actor: string): string {
  const { value, unit, label, lowers } = field;
  const higher = typeof to === 'number' && typeof value === 'number' && to > value;
  const [asked, typed] = [moneyText(value, unit), moneyText(to, unit)];
  if (!higher || !lowers || asked === null || typed === null) return `${label} ${detail}`;
  return `${typed} is more than ${actor} asked for. You can approve ${asked} or less.`;
}

/** What is no reduction, at the field that it is about. */
function wider({ params, schema, actor }: Editable, made: JsonObject, fields: readonly EditField[]): Faults {
  const faults: Faults = new Map();
  for (const { pointer, detail } of widenings(schema, params, made)) {
    const at = pointer.slice('/params'.length);
    const field = fields.find((one) => at === one.pointer || at.startsWith(`${one.pointer}/`));
    if (field) faults.set(field.pointer, refusal(field, valueAt(made, field.keys), detail, actor));
    else faults.set(at, `${at} ${detail}`);
  }
  return faults;
}

const valueAt = (params: JsonObject, keys: readonly string[]): Json | undefined =>
  keys.reduce<Json | undefined>(
    (part, key) => (isObject(part) && Object.hasOwn(part, key) ? part[key] : undefined),
    params,
  );

const closedIn = ({ closed }: Editable, field: EditField): EditField =>
  closed.some((one) => field.pointer === one || field.pointer.startsWith(`${one}/`))
    ? { ...field, locked: true, removable: false, hint: 'No edit may change this.' }
    : field;

/** The draft that these entries make of what stands. */
export function draftOf(of: Editable, entries: Entries): Draft {
  const { params, schema, mode } = of;
  const asked = mode === 'none' ? [] : editFields(params, schema, mode).map((field) => closedIn(of, field));
  const faults = strays(entries, asked);
  const made = structuredClone(params);
  const entered = asked.filter(({ pointer }) => Object.hasOwn(entries, pointer) && !faults.has(pointer));
  take(
    made,
    entered.filter(({ kind }) => kind !== 'money'),
    entries,
    faults,
  );
  // Amounts last: what they are typed in is what the currency says by then.
  const fields = inUnits(asked, made, of);
  const amounts = fields.filter(
    ({ kind }, at) => entered.includes(asked[at]!) && [kind, asked[at]!.kind].includes('money'),
  );
  take(made, amounts, entries, faults);
  if (faults.size > 0) return { fields, params: null, faults };
  const beyond: Faults = mode === 'narrow' ? wider(of, made, fields) : new Map();
  return { fields, params: beyond.size > 0 || sameJson(made, params) ? null : made, faults: beyond };
}
