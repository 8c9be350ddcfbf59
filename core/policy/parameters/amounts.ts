// Which values of params are money: those that the policy's schema calls `format: minor-units`, at any depth, and no
// others. A number whose schema says nothing is a number, whatever its name and whatever stands beside it.
import { pointerOf } from '../../json/place.ts';
import { isObject, type Json, type JsonObject } from '../../json.ts';
import { moneyText } from '../../money.ts';
import { type ParameterSchema, schemaOfProperty } from './model.ts';

type Path = readonly (string | number)[];

/** One value that is money. */
export interface Amount {
  /** RFC 6901, below params: `/amount`, `/lines/0/fee`. */
  pointer: string;
  path: Path;
  minor: number;
  /** ISO 4217 code, as it stands in the params or the schema now. */
  currency: string;
  /** `€1,292.00`. */
  text: string;
}

/** Where one value stands: its schema, the object that holds it, and the params as a whole. */
interface Place {
  schema: ParameterSchema;
  beside: JsonObject;
  top: JsonObject;
  path: Path;
}

const own = (object: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/** A code itself, or the property beside the amount that holds it: `currency`, there or at the top, if none is named. */
function currencyOf({ schema: { currency }, beside, top }: Place): Json | undefined {
  if (currency === undefined) return own(beside, 'currency') ?? own(top, 'currency');
  return /^[A-Z]{3}$/.test(currency) ? currency : own(beside, currency);
}

function amountAt(value: Json, place: Place): Amount[] {
  const { schema, path } = place;
  const currency = schema.format === 'minor-units' ? currencyOf(place) : undefined;
  const text = moneyText(value, currency);
  if (text === null) return [];
  return [{ pointer: pointerOf(path), path, minor: value as number, currency: currency as string, text }];
}

function amountsIn(value: Json, place: Place): Amount[] {
  const { schema, path } = place;
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!items) return [];
    return value.flatMap((item, index) => amountsIn(item, { ...place, schema: items, path: [...path, index] }));
  }
  if (!isObject(value)) return amountAt(value, place);
  return Object.entries(value).flatMap(([name, inner]) => {
    const property = schemaOfProperty(schema, name);
    return typeof property === 'object'
      ? amountsIn(inner, { ...place, schema: property, beside: value, path: [...path, name] })
      : [];
  });
}

/** Every amount of `params`, in their order; none without a schema that says so. */
export const amountsOf = (params: JsonObject, schema: ParameterSchema | null): Amount[] =>
  schema === null ? [] : amountsIn(params, { schema, beside: params, top: params, path: [] });

/** The same by pointer: `/amount` → `€1,292.00`. */
export const amountTexts = (params: JsonObject, schema: ParameterSchema | null): Map<string, string> =>
  new Map(amountsOf(params, schema).map(({ pointer, text }) => [pointer, text]));
