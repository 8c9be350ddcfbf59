// The summary's statement (`evidence-summary/v1`) as a JSON Schema (2020-12): what docs/reference prints and a test holds
// the summaries of the samples against. A summary is not signed and is no approval, whatever it fits.
import type { JsonObject } from '../json.ts';
import { SUMMARY_PREDICATE } from './attestation.ts';

const TEXT: JsonObject = { type: 'string' };
const TEXT_OR_NULL: JsonObject = { type: ['string', 'null'] };
const COUNT: JsonObject = { type: 'integer', minimum: 0 };
const DIGEST: JsonObject = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' };
const INSTANT: JsonObject = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' };
const record = (properties: JsonObject, type: string | string[] = 'object'): JsonObject => ({
  ...{ type, properties, required: Object.keys(properties), additionalProperties: false },
});
/** Personal: null once it is erased. */
const erasable = (description: string): JsonObject => ({ ...TEXT_OR_NULL, description });

const DECISION = record({
  by: { ...TEXT, description: 'Who; `policy` where nobody was asked.' },
  ...{ decision: TEXT, decided_at: INSTANT, passkey: TEXT_OR_NULL, entry: COUNT, event: TEXT },
});

const PREDICATE = record({
  ...{ v: { const: 1 }, organization: record({ id: TEXT, kind: { enum: ['live', 'test'] } }) },
  ...{ request: TEXT, status: TEXT },
  action: erasable('Null where it is erased.'),
  resource: erasable('Null where it is erased.'),
  ...{ actor: TEXT_OR_NULL, risk: TEXT_OR_NULL },
  policy: record({ version: { type: ['integer', 'string'] }, digest: DIGEST, rule: TEXT_OR_NULL }),
  decisions: { type: 'array', items: DECISION },
  outcome: record({ type: TEXT, reported_by: TEXT_OR_NULL, at: INSTANT }, ['object', 'null']),
  ledger: record({ origin: TEXT, size: COUNT }),
  evidence: { ...DIGEST, description: '`digest` of the evidence bundle that this summarises: verify that.' },
});

export const SUMMARY_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `${SUMMARY_PREDICATE}.schema.json`,
  title: 'evidence-summary/v1',
  description:
    'An in-toto statement without a signature. It proves nothing and is never an approval; it names a bundle.',
  ...record({
    _type: { const: 'https://in-toto.io/Statement/v1' },
    subject: {
      ...{
        type: 'array',
        minItems: 1,
        description:
          'The request, under the digest of the action that may run: as it was asked, or as it was edited last.',
      },
      items: record({ name: TEXT, digest: record({ sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' } }) }),
    },
    predicateType: { const: SUMMARY_PREDICATE },
    predicate: PREDICATE,
  }),
};
