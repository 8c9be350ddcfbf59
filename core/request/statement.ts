// What the ledger signs beside a decision: the in-toto statement of core/receipt.ts about this record. Only a met
// requirement in a live organisation is a human approval; a rejection and a test say so in their predicate.
import type { Instant, JsonObject } from '../json.ts';
import { receiptStatement } from '../receipt.ts';
import { inForce } from './in-force.ts';
import type { RecordedVote, RequestRecord } from './record.ts';

/** Text of a statement for the event at index `draft` of its step. */
export interface Statement {
  draft: number;
  payload: string;
}

/**
 * The statement of a decision that people took.
 *
 * @param votes those that count, the deciding one last
 * @returns canonical JSON
 * @throws if nothing was decided: then there is nothing to state
 */
export function statementOf(
  record: RequestRecord,
  decision: 'approve' | 'reject',
  votes: RecordedVote[],
  decided_at: Instant,
): string {
  return receiptStatement({
    ...{ decision, decided_at, organization: record.organization, request: record.id },
    ...{ action_digest: record.effective.action_digest, request_digest: record.request_digest },
    policy: { ...record.policy, rule: record.judgement.rule },
    requirement: inForce(record).requirement,
    votes: votes.map((vote) => ({
      ...{ reviewer: vote.reviewer, decision: vote.decision, stage: vote.stage },
      intent: vote.intent as unknown as JsonObject,
      ...{ eligibility_digest: vote.eligibility_digest, decided_at: vote.voted_at },
      ...signatureOf(vote),
      ...(vote.delegation ? { delegation: { id: vote.delegation.id, from: vote.delegation.from } } : {}),
    })),
  });
}

/** Exactly one of the two ways to sign. */
function signatureOf({ token, passkey, passkey_event, assertion }: RecordedVote) {
  if (!token) return { passkey: passkey!, passkey_entry: passkey_event, assertion };
  return { oidc: { issuer: token.issuer, token: token.token, key: token.key as unknown as JsonObject } };
}
