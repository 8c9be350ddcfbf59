// The statements of decision receipts as JSON Schemas (2020-12), one per predicate: what docs/reference prints and tests
// hold the signed samples against. A stock verifier that checks the predicate's type needs no more than these.
import type { JsonObject } from '../json.ts';
import { PREDICATE_TYPES, type PredicateType } from './statement.ts';

const DIGEST: JsonObject = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' };
const INSTANT: JsonObject = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' };
const TEXT: JsonObject = { type: 'string' };
const TEXT_OR_NULL: JsonObject = { type: ['string', 'null'] };
const COUNT: JsonObject = { type: 'integer', minimum: 0 };
const ANY_OBJECT: JsonObject = { type: 'object' };
const record = (properties: JsonObject): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const list = (items: JsonObject): JsonObject => ({ type: 'array', minItems: 1, items });

/** Signed with a passkey, or with a provider's token where policy takes one; `delegation` where in another's right. */
function vote(decision: JsonObject): JsonObject {
  const about = { reviewer: TEXT, decision, stage: COUNT, eligibility_digest: DIGEST, decided_at: INSTANT };
  const passkey = { passkey: TEXT, passkey_entry: TEXT_OR_NULL, assertion: ANY_OBJECT };
  const oidc = record({ issuer: TEXT, token: TEXT, key: ANY_OBJECT });
  return {
    anyOf: [
      inSomeRight(record({ ...about, intent: ANY_OBJECT, ...passkey })),
      inSomeRight(record({ ...about, intent: ANY_OBJECT, oidc })),
    ],
  };
}

/** `delegation` is there where somebody voted in another's right: that other person counts nowhere else. */
const inSomeRight = (form: JsonObject): JsonObject => ({
  ...form,
  properties: { ...(form.properties as JsonObject), delegation: record({ id: TEXT, from: TEXT }) },
});

/** Predicates of decisions; an emergency use is none and has a form of its own. */
type Decision = Exclude<keyof typeof PREDICATE_TYPES, 'break-glass'>;

const WORDS: Record<Decision, { decision: string; kinds: string[]; description: string }> = {
  'human-approval': {
    ...{ decision: 'approve', kinds: ['live'] },
    description: 'People met the whole requirement of a live organisation. The one predicate that is an approval.',
  },
  'human-rejection': {
    ...{ decision: 'reject', kinds: ['live', 'test'] },
    description: 'A person refused. Never an approval.',
  },
  'test-approval': {
    ...{ decision: 'approve', kinds: ['test'] },
    description: 'A rehearsal in a test organisation, where software keys stand for people. Never an approval.',
  },
};

/** Schema of the statement (in-toto v1) with this predicate. */
export function statementSchema(name: Decision): JsonObject {
  const { decision, kinds, description } = WORDS[name];
  const stage = record({ from: list(TEXT), count: COUNT, approved: COUNT });
  const predicate = record({
    ...{ v: { const: 1 }, decision: { const: decision }, request: TEXT, action_digest: DIGEST, request_digest: DIGEST },
    ...{ decided_at: INSTANT, organization: record({ id: TEXT, kind: { enum: kinds } }) },
    policy: record({ version: { type: 'integer' }, digest: DIGEST, rule: TEXT_OR_NULL }),
    requirement: record({ verify: TEXT, stages: list(stage) }),
    votes: list(vote({ const: decision })),
  });
  return schemaOf(name, description, predicate);
}

function schemaOf(name: keyof typeof PREDICATE_TYPES, description: string, predicate: JsonObject): JsonObject {
  const type: PredicateType = PREDICATE_TYPES[name];
  const subject = record({ name: TEXT, digest: record({ sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' } }) });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `${type}.schema.json`,
    title: `${name}/v1`,
    description,
    ...record({
      _type: { const: 'https://in-toto.io/Statement/v1' },
      subject: { ...list(subject), description: 'The request, under the digest of the effective action.' },
      predicateType: { const: type },
      predicate,
    }),
  };
}

/** Schema of the statement about an emergency use. */
export function breakGlassSchema(): JsonObject {
  const use = record({
    ...{ reviewer: TEXT, passkey: TEXT, passkey_entry: TEXT_OR_NULL, eligibility_digest: DIGEST },
    ...{ intent: ANY_OBJECT, assertion: ANY_OBJECT },
  });
  const predicate = record({
    ...{ v: { const: 1 }, request: TEXT, action_digest: DIGEST, request_digest: DIGEST, used_at: INSTANT, use },
    organization: record({ id: TEXT, kind: { enum: ['live', 'test'] } }),
    policy: record({ version: { type: 'integer' }, digest: DIGEST, rule: TEXT_OR_NULL }),
  });
  const said = 'One person overrode the requirement in an emergency and owes a review. Never an approval.';
  return schemaOf('break-glass', said, predicate);
}
