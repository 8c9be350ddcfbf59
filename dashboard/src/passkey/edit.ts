// The ceremony of an edit that approves nothing: as a decision's, the passkey is asked only for a challenge that this page
// computed over what its form shows.
import type { EditIntent } from '../../../core/intent.ts';
import { ask, post } from '../api/client.ts';
import type { ApprovalRequest, JsonObject, Session } from '../api/types.ts';
import { type Options, ownChallenge, refuseFrame } from './ceremony.ts';
import { refuseWrong } from './decision.ts';
import { editShown } from './edited.ts';
import { assertPasskey, type RequestOptionsJson } from './webauthn.ts';

/** The whole ceremony; resolves with the request as the server confirms it. */
export async function edit(
  request: ApprovalRequest,
  made: { params: JsonObject; comment: string | null },
  session: Session,
  onSealing: () => void,
): Promise<ApprovalRequest> {
  refuseWrong(request);
  const path = `/v1/approval-requests/${encodeURIComponent(request.id)}/edit`;
  const comment = made.comment === null ? {} : { comment: made.comment };
  const asked = await ask<Options<EditIntent, RequestOptionsJson>>(`${path}/options`, {
    ...{ params: made.params, ...comment },
  });
  refuseFrame(asked.intent, 'edit');
  const intent = editShown(request, made, session, asked.intent);
  const assertion = await assertPasskey(asked.public_key, ownChallenge(intent, asked.public_key.challenge));
  return post(path, { intent, intent_token: asked.intent_token, assertion, ...comment }, { onSealing });
}
