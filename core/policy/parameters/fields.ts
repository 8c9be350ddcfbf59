// What a page shows of a schema: each parameter in its place, with title, unit and what may be done to it. Imports no
// engine, because the review page loads it.
import { pointerOf } from '../../json/place.ts';
import { type Format, type Narrowing, narrowingsOf, type ParameterSchema, type SchemaType, typesOf } from './model.ts';

/** One parameter, for rendering. */
export interface ParameterField {
  /** RFC 6901, below params: `/amount`. Entries of lists are not fields. */
  pointer: string;
  name: string;
  title: string | null;
  description: string | null;
  types: readonly SchemaType[];
  format: Format | null;
  /** Of `minor-units`: the code itself, or the path of the field that holds it. */
  currency: { code: string } | { path: readonly string[] } | null;
  required: boolean;
  narrow: readonly Narrowing[];
  minimum: number | null;
  maximum: number | null;
  /** The values that it may have, if they are written out. */
  allowed: readonly unknown[] | null;
}

type Path = readonly string[];

function currencyOf({ currency }: ParameterSchema, parent: Path): ParameterField['currency'] {
  if (currency === undefined) return null;
  return /^[A-Z]{3}$/.test(currency) ? { code: currency } : { path: [...parent, currency] };
}

function fieldOf(schema: ParameterSchema, name: string, parent: Path, required: boolean): ParameterField {
  const { title, description, format, minimum, maximum } = schema;
  return {
    ...{ pointer: pointerOf([...parent, name]), name, title: title ?? null, description: description ?? null },
    ...{ types: typesOf(schema), format: format ?? null, currency: currencyOf(schema, parent), required },
    ...{ narrow: narrowingsOf(schema), minimum: minimum ?? null, maximum: maximum ?? null },
    allowed: schema.enum ?? (schema.const === undefined ? null : [schema.const]),
  };
}

function inner(schema: ParameterSchema, path: Path): ParameterField[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([name, property]) => [
    fieldOf(property, name, path, required.includes(name)),
    ...inner(property, [...path, name]),
  ]);
}

/** Every named parameter of a schema, outer ones first, in the order of the document; none without a schema. */
export const fieldsOf = (schema: ParameterSchema | null): ParameterField[] =>
  schema === null ? [] : inner(schema, []);
