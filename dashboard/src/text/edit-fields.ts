// The form of an edit: one field for each parameter that stands, typed as its value is, open where policy lets a reviewer
// change it. Pure; what policy takes in the end is the server's to say.

import { pointerOf } from '../../../core/json/place.ts';
import { isObject, type Json, type JsonObject } from '../../../core/json.ts';
import { fieldsOf } from '../../../core/policy/parameters/fields.ts';
import type { Narrowing, ParameterSchema } from '../../../core/policy/parameters/model.ts';
import { labelOf } from './facts.ts';

export interface EditField {
  pointer: string;
  keys: readonly string[];
  label: string;
  kind: 'number' | 'text' | 'flag' | 'json';
  value: Json;
  /** Why it cannot be changed, or how it can. */
  hint: string | null;
  locked: boolean;
  removable: boolean;
}

/** What stands in the form: text, a tick, or that the parameter is taken out. */
export type Entries = Readonly<Record<string, { text: string } | { flag: boolean } | 'removed'>>;

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

const kindOf = (value: Json): EditField['kind'] =>
  typeof value === 'number'
    ? 'number'
    : typeof value === 'boolean'
      ? 'flag'
      : typeof value === 'string'
        ? 'text'
        : 'json';

/** @param mode what policy lets a reviewer do */
export function editFields(params: JsonObject, schema: ParameterSchema | null, mode: 'narrow' | 'any'): EditField[] {
  const known = new Map(fieldsOf(schema).map((field) => [field.pointer, field]));
  return leaves(params, []).map(([keys, value]) => {
    const pointer = pointerOf(keys);
    const field = known.get(pointer);
    const narrow = field?.narrow ?? [];
    const locked = mode === 'narrow' && narrow.length === 0;
    const allowed = narrow.map((one) => WORDS[one]).join(', ');
    return {
      ...{ pointer, keys, value, locked, label: field?.title ?? labelOf(keys.join('.')), kind: kindOf(value) },
      hint: mode === 'any' ? null : locked ? 'Policy lets nobody change this.' : `It ${allowed}.`,
      removable: mode === 'any' ? field?.required !== true : narrow.includes('remove'),
    };
  });
}

/** A field's value as its input shows it. */
export const shownIn = ({ kind, value }: EditField): string =>
  kind === 'text' || kind === 'number' ? String(value) : JSON.stringify(value);

type Read = { ok: true; params: JsonObject } | { ok: false; pointer: string; detail: string };

function readAs({ kind }: EditField, text: string): Json | undefined {
  if (kind === 'text') return text;
  if (kind === 'number') return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The params that the form says, or the first field that cannot be read. */
export function paramsIn(params: JsonObject, fields: readonly EditField[], entries: Entries): Read {
  const made = structuredClone(params);
  for (const field of fields) {
    const entry = entries[field.pointer];
    if (entry === undefined) continue;
    const holder = field.keys.slice(0, -1).reduce<JsonObject>((part, key) => part[key] as JsonObject, made);
    const last = field.keys.at(-1)!;
    const value = entry === 'removed' ? undefined : 'flag' in entry ? entry.flag : readAs(field, entry.text);
    if (value === undefined && entry !== 'removed')
      return { ok: false, pointer: field.pointer, detail: `${field.label} is not ${NEEDS[field.kind]}.` };
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return { ok: true, params: made };
}

const NEEDS: Record<EditField['kind'], string> = {
  number: 'a number',
  text: 'text',
  flag: 'true or false',
  json: 'JSON: a list in [ ], an object in { }, or null',
};
