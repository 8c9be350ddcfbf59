// The form of an edit: one field for each parameter that stands, typed as its value is, money in major units of its
// currency, open where policy lets a reviewer change it. Pure; what policy takes in the end is the server's to say.
import { pointerOf } from '../../../core/json/place.ts';
import { isObject, type Json, type JsonObject } from '../../../core/json.ts';
import { majorText } from '../../../core/money.ts';
import { type Amount, amountsOf } from '../../../core/policy/parameters/amounts.ts';
import { fieldsOf, type ParameterField } from '../../../core/policy/parameters/fields.ts';
import { hiddenIn } from '../../../core/policy/parameters/hidden.ts';
import type { Narrowing, ParameterSchema } from '../../../core/policy/parameters/model.ts';
import { labelOf } from '../text/facts.ts';

export interface EditField {
  pointer: string;
  keys: readonly string[];
  label: string;
  kind: 'money' | 'number' | 'text' | 'flag' | 'json';
  value: Json;
  /** The currency that an amount is typed in; null for what is no amount. */
  unit: string | null;
  /** Only whole numbers fit its schema. */
  whole: boolean;
  /** Why it cannot be changed, or how it can. */
  hint: string | null;
  /** It may be made smaller. */
  lowers: boolean;
  locked: boolean;
  removable: boolean;
}

const WORDS: Record<Narrowing, string> = {
  lower: 'may be lowered',
  higher: 'may be raised',
  subset: 'may be shortened to some of its entries',
  remove: 'may be removed',
  off: 'may be switched off',
};

function leaves(params: JsonObject, prefix: readonly string[]): [readonly string[], Json][] {
  return Object.entries(params).flatMap(([key, json]): [readonly string[], Json][] =>
    isObject(json) && Object.keys(json).length > 0 ? leaves(json, [...prefix, key]) : [[[...prefix, key], json]],
  );
}

const KINDS: Record<string, EditField['kind']> = { number: 'number', boolean: 'flag', string: 'text' };

const kindOf = (value: Json, amount: Amount | undefined): EditField['kind'] =>
  amount ? 'money' : (KINDS[typeof value] ?? 'json');

const hintFor = (mode: 'narrow' | 'any', narrow: readonly Narrowing[]): string | null => {
  if (mode === 'any') return null;
  return narrow.length === 0 ? 'Policy lets nobody change this.' : `It ${narrow.map((one) => WORDS[one]).join(', ')}.`;
};

const HIDDEN_HINT = 'Policy hides this: nobody edits it.';

const isWhole = (field: ParameterField | undefined): boolean =>
  field?.types.includes('integer') === true && !field.types.includes('number');

/**
 * @param params those that stand, or as the form says them: what an amount is typed in follows its currency
 * @param mode what policy lets a reviewer do
 */
export function editFields(params: JsonObject, schema: ParameterSchema | null, mode: 'narrow' | 'any'): EditField[] {
  const known = new Map(fieldsOf(schema).map((field) => [field.pointer, field]));
  const amounts = new Map(amountsOf(params, schema).map((amount) => [amount.pointer, amount]));
  const hidden = hiddenIn(schema, params);
  return leaves(params, []).map(([keys, value]) => {
    const pointer = pointerOf(keys);
    const covered = hidden.some((at) => at === pointer || at.startsWith(`${pointer}/`));
    const [field, amount] = [known.get(pointer), amounts.get(pointer)];
    const narrow = field?.narrow ?? [];
    return {
      pointer,
      keys,
      value,
      label: field?.title ?? labelOf(keys.join('.')),
      kind: kindOf(value, amount),
      unit: amount?.currency ?? null,
      whole: isWhole(field),
      hint: covered ? HIDDEN_HINT : hintFor(mode, narrow),
      lowers: mode === 'narrow' && narrow.includes('lower'),
      locked: covered || (mode === 'narrow' && narrow.length === 0),
      removable: !covered && (mode === 'any' ? field?.required !== true : narrow.includes('remove')),
    };
  });
}

/** A field's value as its input shows it: what `readField` reads back. */
export function shownIn({ kind, value, unit }: EditField): string {
  if (kind === 'money') return majorText(value, unit) ?? String(value);
  return kind === 'text' || kind === 'number' ? String(value) : JSON.stringify(value);
}
