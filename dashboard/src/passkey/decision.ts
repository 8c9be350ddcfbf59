// A decision's ceremony. The passkey is asked only for a challenge that this page computed over what it shows: a server
// that swaps approve for reject, or the parameters under the digest, is caught here.
import type { DecisionIntent } from '../../../core/intent.ts';
import { ask, post } from '../api/client.ts';
import type { ApprovalRequest, Session } from '../api/types.ts';
import { type Options, ownChallenge, refuseFrame } from './ceremony.ts';
import { refuseMismatch } from './refusal.ts';
import { type Ballot, intentShown, wrongDigests } from './shown.ts';
import { assertPasskey, type RequestOptionsJson } from './webauthn.ts';

/** Refuses to go on with content that is not under its digests. */
export function refuseWrong(request: ApprovalRequest): void {
  const wrong = wrongDigests(request);
  if (wrong.length > 0)
    refuseMismatch(`The content shown does not have the digest that the server names (${wrong.join(', ')}).`);
}

/** The whole ceremony; resolves with the request as the server confirms it. */
export async function decide(
  request: ApprovalRequest,
  ballot: Ballot,
  session: Session,
  onSealing: () => void,
): Promise<ApprovalRequest> {
  refuseWrong(request);
  const path = `/v1/approval-requests/${encodeURIComponent(request.id)}/decisions`;
  const asked = await ask<Options<DecisionIntent, RequestOptionsJson>>(`${path}/options`, withoutNulls(ballot));
  refuseFrame(asked.intent, 'decision');
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

const withoutNulls = (ballot: Ballot) =>
  Object.fromEntries(Object.entries(ballot).filter(([, value]) => value !== null));
