// The shape of a parameter schema: JSON Schema in the part that we judge, plus two keywords of ours. Only shapes; no
// reading, no judging. A schema is kept as it was written, so that pages and other tools read plain JSON Schema.

export const SCHEMA_TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
export type SchemaType = (typeof SCHEMA_TYPES)[number];

/** What a reviewer may do to a value under `edits: narrow`; absent: nothing. */
export const NARROWINGS = ['lower', 'higher', 'subset', 'remove', 'off'] as const;
export type Narrowing = (typeof NARROWINGS)[number];

/** `minor-units` (our own): an integer in the smallest unit of the currency that `currency` names. */
export const FORMATS = ['date', 'date-time', 'email', 'uri', 'uuid', 'currency', 'minor-units'] as const;
export type Format = (typeof FORMATS)[number];

/** What can be compared at once: a hundred of them may meet thousands of values. */
export type Plain = string | number | boolean | null;

/** JSON Schema 2020-12 in part: each value meets exactly one schema, and no keyword is ever ignored. */
export interface ParameterSchema {
  title?: string;
  description?: string;
  type?: SchemaType | SchemaType[];
  enum?: Plain[];
  const?: Plain;
  properties?: { [name: string]: ParameterSchema };
  required?: string[];
  additionalProperties?: boolean | ParameterSchema;
  minProperties?: number;
  maxProperties?: number;
  items?: ParameterSchema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: Format;
  /** Three capitals, or the name of the property beside this one that holds them. */
  currency?: string;
  narrow?: Narrowing | Narrowing[];
  /** Of a whole entry, put here by parametersFor and never written in a schema: see ParameterRule. */
  resource?: string;
  sentence?: string;
  /** As these, where the messages of the policy's rules are templates, too. */
  messages?: 'templates';
  /** The value is for the resource alone: it is never shown, and nothing of policy reads it (hidden.ts). */
  writeOnly?: boolean;
}

/** One entry of `parameters:`: the actions that it is about, as globs, and what their params must look like. */
export interface ParameterRule {
  action: string[];
  schema: ParameterSchema;
  /** What the resource must be, made of the params (tie.ts): `channel:{channel}`. Absent: nothing ties them. */
  resource?: string;
  /** What is said of such an action, over its params: `Send {subject} to {recipients}` (core/sentence/template.ts). */
  sentence?: string;
}

/** The type words of a schema; none written: every type. */
export const typesOf = ({ type }: ParameterSchema): readonly SchemaType[] =>
  type === undefined ? SCHEMA_TYPES : typeof type === 'string' ? [type] : type;

/** What a reviewer may do to a value of this schema. */
export const narrowingsOf = ({ narrow }: ParameterSchema): readonly Narrowing[] =>
  narrow === undefined ? [] : typeof narrow === 'string' ? [narrow] : narrow;

/** The schema of a property; true: anything, false: it may not be there. */
export function schemaOfProperty(schema: ParameterSchema, name: string): ParameterSchema | boolean {
  const { properties = {}, additionalProperties = true } = schema;
  return Object.hasOwn(properties, name) ? properties[name]! : additionalProperties;
}
