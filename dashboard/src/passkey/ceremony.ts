// Sign-in, and what every ceremony shares: the challenge is computed here from the intent, and a server whose challenge,
// kind, site or times do not fit that intent is refused before the passkey is asked.

import { challengeOf, type Intent, type SignInIntent } from '../../../core/intent.ts';
import { ask, post } from '../api/client.ts';
import { faultOfChallenge, faultOfFrame } from './frame.ts';
import { refuseMismatch } from './refusal.ts';
import { assertPasskey, type RequestOptionsJson } from './webauthn.ts';

export interface Options<I, P> {
  intent: I;
  intent_token: string;
  public_key: P;
}

/** The challenge of an intent that this page stands behind; refuses when the server asks for another. */
export function ownChallenge(intent: Intent, serverChallenge: string): Uint8Array {
  const fault = faultOfChallenge(intent, serverChallenge);
  if (fault !== null) refuseMismatch(fault);
  return challengeOf(intent);
}

/** Refuses an intent of another kind or site, or one with impossible times. */
export function refuseFrame(intent: Intent, kind: Intent['kind']): void {
  const fault = faultOfFrame(intent, kind, location.hostname);
  if (fault !== null) refuseMismatch(fault);
}

/** Signs in with whichever passkey the person picks. */
export async function signIn(): Promise<void> {
  const { intent, intent_token, public_key } = await ask<Options<SignInIntent, RequestOptionsJson>>(
    '/v1/session/options',
    {},
  );
  refuseFrame(intent, 'sign-in');
  const assertion = await assertPasskey(public_key, ownChallenge(intent, public_key.challenge));
  await post('/v1/session', { intent, intent_token, assertion });
}
