// A change, signed as shown: digests and words are made here from the target before and after, not taken from the server.
import { changeIntent, type Difference, difference } from '../../../core/change.ts';
import type { ChangeIntent } from '../../../core/intent.ts';
import { ask, type Progress, post } from '../api/client.ts';
import type { Change, Session } from '../api/types.ts';
import { type Options, ownChallenge, refuseFrame } from './ceremony.ts';
import { refuseMismatch } from './refusal.ts';
import { assertPasskey, type RequestOptionsJson } from './webauthn.ts';

/** What the change does, in words of this page's own making, and whether its digests are those of what is shown. */
export function ownDifference(change: Change): { diff: string[]; fits: boolean } {
  const own = worded(change);
  const fits = own?.before_digest === change.before_digest && own?.after_digest === change.after_digest;
  return { diff: own?.diff ?? [], fits };
}

/** Null for a target whose shape is not that of its kind: nothing honest can be said about it, and it is not signed. */
function worded({ kind, before, after }: Change): Difference | null {
  try {
    return difference(kind, before, after);
  } catch {
    return null;
  }
}

/** The whole ceremony; resolves with the change as the server confirms it, and with its secret if it has one. */
export async function signChange(change: Change, session: Session, on: Progress): Promise<Change> {
  if (!ownDifference(change).fits) refuseMismatch('The change shown does not have the digests that the server names.');
  const path = `/v1/changes/${encodeURIComponent(change.id)}`;
  const asked = await ask<Options<ChangeIntent, RequestOptionsJson>>(`${path}/options`, {});
  refuseFrame(asked.intent, 'change');
  const { rp_id } = asked.intent;
  const of = { organization: session.organization.id, rp_id, signer: session.user.id, change };
  const intent = changeIntent(of, asked.intent);
  const assertion = await assertPasskey(asked.public_key, ownChallenge(intent, asked.public_key.challenge));
  // The same signed call again is answered with what it did, its secret included.
  const signed = { intent, intent_token: asked.intent_token, assertion };
  return post<Change>(`${path}/sign`, signed, { ...on, repeats: true });
}
