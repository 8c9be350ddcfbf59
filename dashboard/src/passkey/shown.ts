// What a decision is about, as this page shows it: every digest recomputed from the displayed content, and the intent
// built from it. Pure. Of the server's intent only nonce, times, checkpoint and the (checked) site are taken.
import { canonicalize } from '../../../core/canonical.ts';
import { actionDigest, paramsDigest, requestDigest } from '../../../core/digest.ts';
import { type DecisionIntent, decisionIntent } from '../../../core/intent.ts';
import type { ApprovalRequest, JsonObject, Session } from '../api/types.ts';
import { stagesNow } from '../text/asked.ts';
import { atMost, editedShown, withParams } from './edited.ts';

export interface Ballot {
  decision: 'approve' | 'reject';
  comment: string | null;
  external_ref: string | null;
  /** An approval of less than is asked, in one ceremony. */
  params?: JsonObject;
}

/** Names of the digests that do not belong to the displayed content; empty when all do. */
export function wrongDigests(request: ApprovalRequest): string[] {
  const { effective } = request;
  const own: Compared[] = [
    ...digestsOfParams(request),
    ['request_digest', requestDigest(request), request.request_digest],
  ];
  const { scope } = request;
  own.push(['scope.params_digest', effective.params_digest, scope.params_digest]);
  own.push(['scope.action', request.action, scope.action], ['scope.resource', request.resource, scope.resource]);
  // Without an edit what may run is what was asked, and nothing else.
  if ((request.edits ?? []).length === 0)
    own.push(['effective.action_digest', request.action_digest, effective.action_digest]);
  return own.filter(([, computed, answered]) => computed !== answered).map(([name]) => name);
}

type Compared = [name: string, computed: string, answered: string];

/** Digests over params; none where a value is hidden, because only the resource can compute them. The page says so. */
function digestsOfParams(request: ApprovalRequest): Compared[] {
  const { salt, effective, hidden } = request;
  if (salt === null) return hidden.length > 0 ? [] : [['salt', 'there', 'missing']];
  const asked = { ...request, salt };
  return [
    ['params_digest', paramsDigest(salt, request.params), request.params_digest],
    ['action_digest', actionDigest(asked), request.action_digest],
    ['effective.params_digest', paramsDigest(salt, effective.params), effective.params_digest],
    ['effective.action_digest', actionDigest({ ...asked, params: effective.params }), effective.action_digest],
  ];
}

/** What an approval releases or released. While it is pending that is what will be signed, whatever else is answered. */
export const releasedScope = (request: ApprovalRequest): ApprovalRequest['scope'] =>
  request.status === 'pending' ? request.scope : (request.capability?.scope ?? request.scope);

/** Whether this is still what the page showed first: nobody may swap the content between reading and touching. */
export const sameAsRead = (read: ApprovalRequest, now: ApprovalRequest): boolean => substance(read) === substance(now);

const substance = ({ id, request_digest, effective, scope }: ApprovalRequest): string =>
  canonicalize({ id, request_digest, action_digest: effective.action_digest, scope: { ...scope } });

/** Index of the stage that is being decided: the first that is not full; the last when all are. */
export function currentStage(request: ApprovalRequest): number {
  const stages = stagesNow(request);
  const open = stages.findIndex((stage) => stage.approved < stage.count);
  return open === -1 ? Math.max(0, stages.length - 1) : open;
}

/**
 * The intent from the displayed request; of `given` only nonce, times, checkpoint and the (checked) site. And an earlier
 * stage than the page counts: the server knows that somebody whose approval is shown has left. A later one never.
 */
export function intentShown(
  request: ApprovalRequest,
  { params, ...ballot }: Ballot,
  session: Session,
  given: Pick<DecisionIntent, 'nonce' | 'issued_at' | 'expires_at' | 'checkpoint' | 'rp_id' | 'stage'> &
    Partial<Pick<DecisionIntent, 'scope' | 'edited'>>,
): DecisionIntent {
  const told = { action_digest: given.edited?.action_digest ?? '', params_digest: given.scope?.params_digest ?? '' };
  const decided = params === undefined ? request : withParams(request, params, told);
  const shown = {
    organization: session.organization.id,
    rp_id: given.rp_id,
    request: request.id,
    stage: Math.min(currentStage(decided), given.stage),
    action_digest: request.action_digest,
    request_digest: request.request_digest,
    scope: params === undefined ? decided.scope : atMost(decided.scope, given.scope ?? null),
    edited: editedShown(decided),
    policy_digest: request.policy.digest,
    reviewer: session.user.id,
    ...ballot,
  };
  return decisionIntent(shown, given);
}
