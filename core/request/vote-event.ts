// What the event of a vote says: digests for ever, the signature and what it was over until they are erased, and who could
// have decided at that moment. It judges nothing: vote.ts has.
import { digestOf } from '../digest.ts';
import type { DecisionIntent, EditIntent } from '../intent.ts';
import { asJson, type Json, type JsonObject } from '../json.ts';
import { receiptDigest } from '../receipt.ts';
import type { Parts } from './advance.ts';
import { editsOf } from './in-force.ts';
import { issuedPart } from './issue.ts';
import type { RecordedVote, RequestRecord } from './record.ts';
import type { Signature } from './signer.ts';

/** What every signed act hands over, whatever it decides. */
export interface SignedCall extends Signature {
  rp_id: string;
  intent: DecisionIntent | EditIntent;
  assertion: JsonObject;
  comment: string | null;
  ip: string | null;
  user_agent: string | null;
}

/**
 * Skeleton and personal part of the vote's event, and of the capability's if one is issued.
 *
 * @param of the receipt's statement if this vote decides, the scope that is released (null for a rejection), and the seqs
 * of the approvals that count with it
 */
export function voteParts(
  record: RequestRecord,
  call: Pick<SignedCall, 'facts' | 'intent' | 'ip' | 'user_agent'>,
  vote: RecordedVote,
  of: { payload: string | null; scope: RecordedVote['scope']; counted: readonly number[] },
): Parts {
  const { payload, scope, counted } = of;
  const intent = vote.intent as unknown as Json;
  const skeleton: JsonObject = {
    ...{ decision: vote.decision, stage: vote.stage, reviewer: vote.reviewer, action_digest: record.action_digest },
    ...(editsOf(record).length > 0 ? { effective_action_digest: vote.action_digest } : {}),
    ...{ request_digest: record.request_digest, policy_digest: record.policy.digest },
    intent_digest: digestOf(intent),
    ...signatureOf(vote),
    eligibility_digest: vote.eligibility_digest,
    receipt: payload === null ? null : receiptDigest(payload),
    counted: [...counted],
    ...(vote.delegation ? { delegation: { id: vote.delegation.id, from: vote.delegation.from } } : {}),
  };
  const personal: JsonObject = {
    scope: scope as unknown as Json,
    ...{ intent, eligibility: eligibilityOf(call) },
    ...(vote.token
      ? { token: vote.token.token, token_key: vote.token.key as unknown as Json }
      : { assertion: vote.assertion, public_key: vote.public_key }),
    ...{ comment: vote.comment, external_ref: vote.external_ref, ip: call.ip, user_agent: call.user_agent },
    reviewer_name: vote.name,
    ...(vote.delegation ? { delegator_name: vote.delegation.name } : {}),
  };
  return {
    'approval.decided': { skeleton, personal },
    'approval.vote_recorded': { skeleton, personal },
    ...(scope === null ? {} : { 'capability.issued': issuedPart(record, scope) }),
  };
}

/** What stays of a signature: whose key, and the digests of what is erased. */
function signatureOf({ assertion, passkey, passkey_entry, token }: RecordedVote): JsonObject {
  if (!token) return { assertion_digest: digestOf(assertion), passkey, passkey_entry };
  const { issuer, issuer_settings, key } = token;
  const digests = { token_digest: digestOf(token.token), token_key_digest: digestOf(key) };
  return { method: 'oidc', issuer, issuer_settings, kid: key.kid ?? null, ...digests };
}

/**
 * What the decision event commits to about who could decide: standings of all voters, and of whoever lent
 * them a right, at that moment; each key's entry, each delegation.
 * The intent's nonce keeps its digest, which stays for ever, from confirming a guess after erasure.
 */
export function eligibilityOf({
  facts,
  intent,
}: Pick<SignedCall, 'facts'> & { intent: { nonce: string } }): JsonObject {
  const people = Object.values(facts.standings).map(
    ({ user, active, roles, groups, sources, passkeys, delegations, identities }) => ({
      ...{ user, active, roles, groups, sources, ...(identities ? { identities } : {}) },
      ...(delegations === undefined || delegations.length === 0 ? {} : { delegations }),
      passkeys: passkeys.map(({ id, status, entry, restricted_until, event }) => {
        return { id, status, entry, restricted_until, event };
      }),
    }),
  );
  const { as_of, config_version, owners } = facts;
  return asJson({ nonce: intent.nonce, as_of, config_version, owners, people }) as JsonObject;
}
