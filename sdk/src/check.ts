// `check()`: may I? One call, no waiting: the answer in the four words that most agent frameworks know.
import type { JsonObject } from '../../core/json.ts';
import type { ApprovalRequest, Proposal } from './wire.ts';

export type CheckInput = Omit<Proposal, 'resource'> & { resource?: string; context?: JsonObject };

export interface CheckResult {
  /** Go on now: policy allowed it, or the same call was approved before. */
  allowed: boolean;
  /** A person is asked: wait for `approvalId`. */
  requiresApproval: boolean;
  approvalId: string;
  reason: string;
  approval: ApprovalRequest;
}

/** What is acted on when nobody named it: the tool itself. */
export const resourceOf = (action: string, resource: string | undefined): string => resource ?? `tool:${action}`;

/** Request → answer. Whatever is neither approved nor pending is neither allowed nor worth waiting for. */
export const checkResult = (approval: ApprovalRequest): CheckResult => ({
  allowed: approval.status === 'approved',
  requiresApproval: approval.status === 'pending',
  approvalId: approval.id,
  reason: reasonOf(approval),
  approval,
});

/** Why it stands as it does, in one sentence for people. */
export function reasonOf({ status, verdict, message, rejection_reason, policy }: ApprovalRequest): string {
  if (status === 'rejected' && rejection_reason) return rejection_reason;
  if (message) return message;
  return `${VERDICTS[verdict] ?? 'Not approved'}${policy.rule === null ? '' : ` (rule ${policy.rule})`}.`;
}

const VERDICTS: Readonly<Record<string, string>> = {
  allow: 'Policy allows this',
  require_approval: 'Policy asks a person',
  deny: 'Policy denies this',
};
