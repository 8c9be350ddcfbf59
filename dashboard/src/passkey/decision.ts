// A decision, signed. The page recomputes every digest from the content that it displays, builds the intent from it, and
// takes only nonce, times and checkpoint from the server: a server that swaps approve for reject, or the parameters
// under the digest, is caught here and the passkey is not asked.
import { actionDigest, paramsDigest, requestDigest } from '../../../core/digest.ts';
import { type DecisionIntent, decisionIntent } from '../../../core/intent.ts';
import { post } from '../api/client.ts';
import type { ApprovalRequest, Session } from '../api/types.ts';
import { checkFrame, type Options, ownChallenge } from './ceremony.ts';
import { refuseMismatch } from './refusal.ts';
import { assertPasskey, type RequestOptionsJson } from './webauthn.ts';

export interface Ballot {
  decision: 'approve' | 'reject';
  comment: string | null;
  external_ref: string | null;
}

/** Names of the digests that do not belong to the displayed content; empty when all do. */
export function wrongDigests(request: ApprovalRequest): string[] {
  const { salt, effective } = request;
  const own: [string, string, string][] = [
    ['params_digest', paramsDigest(salt, request.params), request.params_digest],
    ['action_digest', actionDigest(request), request.action_digest],
    ['request_digest', requestDigest(request), request.request_digest],
    ['effective.params_digest', paramsDigest(salt, effective.params), effective.params_digest],
    ['effective.action_digest', actionDigest({ ...request, params: effective.params }), effective.action_digest],
  ];
  const { scope } = request;
  own.push(['scope.params_digest', effective.params_digest, scope.params_digest]);
  own.push(['scope.action', request.action, scope.action], ['scope.resource', request.resource, scope.resource]);
  return own.filter(([, computed, answered]) => computed !== answered).map(([name]) => name);
}

/** Index of the stage that is being decided: the first that is not full; the last when all are. */
export function currentStage(request: ApprovalRequest): number {
  const stages = request.requirement?.stages ?? [];
  const open = stages.findIndex((stage) => stage.approved < stage.count);
  return open === -1 ? Math.max(0, stages.length - 1) : open;
}

/** The whole ceremony; resolves with the request as the server confirms it. */
export async function decide(
  request: ApprovalRequest,
  ballot: Ballot,
  session: Session,
  onSealing: () => void,
): Promise<ApprovalRequest> {
  const wrong = wrongDigests(request);
  if (wrong.length > 0)
    refuseMismatch(`The content shown does not have the digest that the server names (${wrong.join(', ')}).`);
  const path = `/v1/approval-requests/${encodeURIComponent(request.id)}/decisions`;
  const asked = await post<Options<DecisionIntent, RequestOptionsJson>>(`${path}/options`, withoutNulls(ballot));
  checkFrame(asked.intent, 'decision');
  const intent = intentShown(request, ballot, session, asked.intent);
  const challenge = ownChallenge(intent, asked.public_key.challenge);
  const assertion = await assertPasskey(asked.public_key, challenge);
  // The intent commits to the comment's digest only: its text goes beside it.
  const comment = ballot.comment === null ? {} : { comment: ballot.comment };
  return post<ApprovalRequest>(
    path,
    { intent, intent_token: asked.intent_token, assertion, ...comment },
    { onSealing },
  );
}

/** The intent from the displayed request; of `given` only nonce, times, checkpoint and the (checked) site. */
export function intentShown(
  request: ApprovalRequest,
  ballot: Ballot,
  session: Session,
  given: Pick<DecisionIntent, 'nonce' | 'issued_at' | 'expires_at' | 'checkpoint' | 'rp_id'>,
): DecisionIntent {
  const shown = {
    organization: session.organization.id,
    rp_id: given.rp_id,
    request: request.id,
    stage: currentStage(request),
    action_digest: request.effective.action_digest,
    request_digest: request.request_digest,
    scope: request.scope,
    policy_digest: request.policy.digest,
    reviewer: session.user.id,
    ...ballot,
  };
  return decisionIntent(shown, given);
}

const withoutNulls = (ballot: Ballot) =>
  Object.fromEntries(Object.entries(ballot).filter(([, value]) => value !== null));
