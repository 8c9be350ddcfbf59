// Between JSON and CEL. JSON integers bind as int, other numbers as double (policy.md); objects as maps of their own
// keys only, so that prototype names are just missing.
import { type CelValue, celList, celMap, celType, isCelList, isCelMap } from '@bufbuild/cel';
import type { Json } from '../json.ts';
import { MAX_JSON_DEPTH } from '../limits.ts';

/** Why a value cannot be bound or an expression not be evaluated, for people. Never leaves core/condition. */
export class Unusable extends Error {}

function celNumber(value: number): CelValue {
  if (!Number.isFinite(value)) throw new Unusable('a number that is not finite');
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** JSON → CEL. Throws Unusable on what strict JSON would not have let through. */
export function celOf(value: Json, depth = 0): CelValue {
  if (typeof value === 'number') return celNumber(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth > MAX_JSON_DEPTH) throw new Unusable('a value that is nested too deeply');
  if (Array.isArray(value)) return celList(value.map((item) => celOf(item, depth + 1)));
  return celMap(new Map(Object.entries(value).map(([key, item]) => [key, celOf(item, depth + 1)])));
}

/** CEL → JSON, for traces: integers beyond JSON's and everything without a JSON form become text. */
export function jsonOf(value: CelValue): Json {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (isCelList(value)) return [...value].map(jsonOf);
  if (isCelMap(value)) return Object.fromEntries([...value].map(([key, item]) => [String(key), jsonOf(item)]));
  if (value === null || ['string', 'boolean', 'number'].includes(typeof value)) return value as Json;
  return kindOf(value);
}

const KIND_NAMES: Record<string, string> = {
  int: 'number',
  double: 'number',
  bool: 'boolean',
  null_type: 'null',
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.Duration': 'duration',
};

/** What a person calls a CEL type: both kinds of number are "number". */
export const kindName = (celTypeName: string): string => KIND_NAMES[celTypeName] ?? celTypeName;

/** The kind of a value; values of different kinds are never compared. */
export function kindOf(value: CelValue): string {
  return kindName(celType(value).name);
}

/** What comparing or copying a value costs, in steps. */
export function weightOf(value: CelValue): number {
  if (typeof value === 'string') return 1 + value.length / 64;
  if (isCelList(value)) return [...value].reduce<number>((sum, item) => sum + weightOf(item), 1);
  if (isCelMap(value)) return [...value].reduce<number>((sum, [, item]) => sum + 1 + weightOf(item), 1);
  return 1;
}
