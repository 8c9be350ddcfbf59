// A capability comes to be: what it may release, its place in the record, what its event says. The same whether policy
// let the request through or people approved it.
import { scopeOf } from '../capability.ts';
import type { EventDraft } from '../events.ts';
import type { Scope } from '../intent.ts';
import type { Json } from '../json.ts';
import type { Parts } from './advance.ts';
import { inForce } from './in-force.ts';
import type { Capability, RequestRecord } from './record.ts';

/** The widest scope that policy computed for the effective action. */
export const baseScope = (record: RequestRecord): Scope => {
  const { proposal, effective } = record;
  return scopeOf(proposal.action, proposal.resource, effective.params_digest, inForce(record).capability);
};

/** What `capability.issued` says. */
export const issuedPart = (record: RequestRecord, scope: Scope): NonNullable<Parts['capability.issued']> => {
  const { action_digest, params_digest } = record.effective;
  const capability = record.capability_id;
  const { enforce, dpop, ttl_seconds } = scope;
  return {
    skeleton: { capability, enforce, dpop, ttl_seconds, action_digest, params_digest },
    personal: { scope: { ...scope } as Json },
  };
};

/**
 * The capability as the record keeps it.
 *
 * @param record before the step that issues it
 * @param drafts of that step
 */
export function issuedCapability(record: RequestRecord, scope: Scope, drafts: readonly EventDraft[]): Capability {
  const at = drafts.findIndex(({ type }) => type === 'capability.issued');
  return { id: record.capability_id, scope, issued_seq: record.seq + at + 1, exchanges: [], consumed: null };
}
