// The receipt of an emergency use: an in-toto Statement v1 with a predicate of its own, in live and test organisations
// alike. It is never an approval: nobody met the requirement, one person overrode it and owes a review.
import { canonicalize } from '../canonical.ts';
import type { Digest, Instant, Json } from '../json.ts';
import { PREDICATE_TYPES } from './statement.ts';

export interface BreakGlassParts {
  organization: { id: string; kind: 'live' | 'test' };
  request: string;
  action_digest: Digest;
  request_digest: Digest;
  policy: { version: number | string; digest: Digest; rule: string | null };
  used_at: Instant;
  use: { reviewer: string; passkey: string; eligibility_digest: Digest; intent: Json; assertion: Json };
  /** Id of the event that enrolled the passkey. */
  passkey_entry: string | null;
}

/** The text of the statement, RFC 8785: what `receiptDigest` names and what the ledger signs. */
export function breakGlassStatement(parts: BreakGlassParts): string {
  const { organization, request, action_digest, request_digest, policy, used_at, passkey_entry } = parts;
  const { reviewer, passkey, eligibility_digest, intent, assertion } = parts.use;
  return canonicalize({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: request, digest: { sha256: action_digest.replace(/^sha256:/, '') } }],
    predicateType: PREDICATE_TYPES['break-glass'],
    predicate: {
      ...{ v: 1, request, action_digest, request_digest, used_at },
      organization: { id: organization.id, kind: organization.kind },
      policy: { version: policy.version, digest: policy.digest, rule: policy.rule },
      use: { reviewer, passkey, passkey_entry, eligibility_digest, intent, assertion },
    },
  });
}
