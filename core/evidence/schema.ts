// The bundle's form, once: a JSON Schema (2020-12) that docs/reference prints and that the verifier reads with the few
// keywords that it needs. Unknown fields of the envelope are refused; what events hold is the commitments' business.
import { isObject, type Json, type JsonObject } from '../json.ts';
import { EVIDENCE_FORMAT } from './forms.ts';

const text = (pattern: string): JsonObject => ({ type: 'string', pattern });
const ANY_TEXT: JsonObject = { type: 'string' };
const HASH = text('^[0-9a-f]{64}$');
const DIGEST = text('^sha256:[0-9a-f]{64}$');
const INSTANT = text('^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$');
const COUNT: JsonObject = { type: 'integer', minimum: 0 };
const ANY_OBJECT: JsonObject = { type: 'object' };
const OBJECT_OR_NULL: JsonObject = { type: ['object', 'null'] };
const list = (items: JsonObject): JsonObject => ({ type: 'array', items });
const record = (properties: JsonObject, optional: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
  additionalProperties: false,
});

const EVENT = record({
  ...{ id: text('^evt_[0-9a-z]{26}$'), type: ANY_TEXT, organization: ANY_TEXT, object: ANY_TEXT, seq: COUNT },
  ...{ at: INSTANT, skeleton: ANY_OBJECT, personal: OBJECT_OR_NULL, salt_skeleton: HASH },
  ...{ salt_personal: { type: ['string', 'null'], pattern: '^[0-9a-f]{64}$' }, commit: HASH },
});
const LINE = record({
  event: EVENT,
  receipt: record({ index: COUNT, org_seq: COUNT, link: HASH, leaf_hash: HASH, sealed_at: INSTANT }),
  proof: list(HASH),
});

export const EVIDENCE_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://assentry.dev/schemas/evidence/v1',
  title: 'Assentry evidence bundle, v1',
  description: 'Everything in a bundle is a claim. Trust anchors come from elsewhere. See docs/evidence.md.',
  ...record(
    {
      format: { const: EVIDENCE_FORMAT },
      organization: record({ id: text('^org_[0-9a-z]{26}$'), kind: { enum: ['live', 'test'] } }),
      hints: record({ origin: ANY_TEXT, rp_id: ANY_TEXT, log_key: ANY_TEXT, receipt_key: ANY_TEXT }),
      checkpoint: ANY_TEXT,
      request: ANY_OBJECT,
      events: { ...list(LINE), minItems: 1 },
      organization_events: list(LINE),
      receipts: list(
        record({ event: ANY_TEXT, index: COUNT, leaf: ANY_TEXT, proof: list(HASH), bundle: OBJECT_OR_NULL }),
      ),
      heads: list(record({ size: COUNT, root: ANY_TEXT, proof: list(HASH) })),
      digest: DIGEST,
    },
    { shards: { ...list(record({ shard: COUNT, checkpoint: ANY_TEXT, log_key: ANY_TEXT })), minItems: 1 } },
  ),
};

export interface FormFault {
  /** JSON Pointer. */
  pointer: string;
  detail: string;
}

const KINDS: Record<string, (value: Json) => boolean> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  integer: Number.isSafeInteger,
  null: (value) => value === null,
};

/** The first place where a value has not the form that the schema says; null when it has. */
export function faultOfForm(schema: JsonObject, value: Json, pointer = ''): FormFault | null {
  if (schema.anyOf !== undefined) return faultOfAny(schema.anyOf as JsonObject[], value, pointer);
  const wrong = wrongHere(schema, value);
  if (wrong !== null) return { pointer, detail: wrong };
  const inner = Array.isArray(value) ? itemsOf(schema, value) : fieldsOf(schema, value);
  for (const [key, field, part] of inner) {
    const at = `${pointer}/${key}`;
    const fault = part === undefined ? missing(schema, key, at) : faultOfForm(field, part, at);
    if (fault !== null) return fault;
  }
  return null;
}

const missing = ({ required }: JsonObject, key: string, pointer: string): FormFault | null =>
  (required as string[] | undefined)?.includes(key) ? { pointer, detail: 'is missing' } : null;

/** None, if one form fits; else what the first, the usual one, misses. */
function faultOfAny(forms: JsonObject[], value: Json, pointer: string): FormFault | null {
  const faults = forms.map((form) => faultOfForm(form, value, pointer));
  return faults.includes(null) ? null : faults[0]!;
}

type Inner = [key: string, schema: JsonObject, value: Json | undefined][];

const itemsOf = ({ items }: JsonObject, value: Json[]): Inner =>
  items === undefined ? [] : value.map((item, at) => [String(at), items as JsonObject, item]);

function fieldsOf({ properties, required }: JsonObject, value: Json): Inner {
  if (properties === undefined || typeof value !== 'object' || value === null) return [];
  const own = value as JsonObject;
  const there = ([key]: [string, Json]) => Object.hasOwn(own, key) || (required as string[]).includes(key);
  return Object.entries(properties as JsonObject)
    .filter(there)
    .map(([key, field]) => [key, field as JsonObject, own[key]]);
}

function wrongHere(schema: JsonObject, value: Json): string | null {
  const kinds = schema.type === undefined ? null : [schema.type as string | string[]].flat();
  if (kinds !== null && !kinds.some((kind) => KINDS[kind]!(value))) return `must be ${kinds.join(' or ')}`;
  if (schema.const !== undefined && value !== schema.const) return `must be ${JSON.stringify(schema.const)}`;
  if (schema.enum !== undefined && !(schema.enum as Json[]).includes(value)) return `must be one of ${schema.enum}`;
  if (typeof value === 'string' && schema.pattern !== undefined && !new RegExp(schema.pattern as string).test(value))
    return `must match ${schema.pattern}`;
  if (typeof value === 'number' && value < ((schema.minimum as number) ?? value))
    return `must be ${schema.minimum} or more`;
  if (Array.isArray(value) && value.length < ((schema.minItems as number) ?? 0)) return 'must not be empty';
  return strangeField(schema, value);
}

function strangeField(schema: JsonObject, value: Json): string | null {
  if (schema.additionalProperties !== false || typeof value !== 'object' || value === null) return null;
  const strange = Object.keys(value).find((key) => !Object.hasOwn(schema.properties as JsonObject, key));
  return strange === undefined ? null : `has a field that the format does not know: ${JSON.stringify(strange)}`;
}
