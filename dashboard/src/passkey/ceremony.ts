// Sign-in, and what every ceremony shares: the challenge is computed here from the intent, and a server whose challenge,
// kind, site or times do not fit that intent is refused before the passkey is asked.

import { base64url } from '../../../core/encoding.ts';
import { challengeOf, type Intent, type SignInIntent } from '../../../core/intent.ts';
import { post } from '../api/client.ts';
import { refuseMismatch } from './refusal.ts';
import { assertPasskey, type RequestOptionsJson } from './webauthn.ts';

const MAX_LIFETIME_MS = 120_000;

export interface Options<I, P> {
  intent: I;
  intent_token: string;
  public_key: P;
}

/** The challenge of an intent that this page stands behind; refuses when the server asks for another. */
export function ownChallenge(intent: Intent, serverChallenge: string): Uint8Array {
  const challenge = challengeOf(intent);
  if (base64url(challenge) !== serverChallenge)
    refuseMismatch('The server asked to sign something else than this page shows.');
  return challenge;
}

/** Refuses an intent of another kind or site, or one that lives longer than two minutes. */
export function checkFrame(intent: Intent, kind: Intent['kind']): void {
  if (intent.v !== 1 || intent.kind !== kind)
    refuseMismatch(`The server answered with a ceremony that is not “${kind}”.`);
  if (!isOwnSite(intent.rp_id))
    refuseMismatch(`The server named “${intent.rp_id}” as the site, which this page is not.`);
  const lifetime = Date.parse(intent.expires_at) - Date.parse(intent.issued_at);
  if (!(lifetime > 0 && lifetime <= MAX_LIFETIME_MS))
    refuseMismatch('The server’s times for this signature are not plausible.');
}

const isOwnSite = (rpId: string) => location.hostname === rpId || location.hostname.endsWith(`.${rpId}`);

/** Signs in with whichever passkey the person picks. */
export async function signIn(): Promise<void> {
  const { intent, intent_token, public_key } = await post<Options<SignInIntent, RequestOptionsJson>>(
    '/v1/session/options',
    {},
  );
  checkFrame(intent, 'sign-in');
  const assertion = await assertPasskey(public_key, ownChallenge(intent, public_key.challenge));
  await post('/v1/session', { intent, intent_token, assertion });
}
