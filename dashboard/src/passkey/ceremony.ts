// Enrolment, sign-in, and what every ceremony shares: the challenge is computed here from the intent, and a server whose
// challenge, kind, site or times do not fit that intent is refused before the passkey is asked.

import { base64url } from '../../../core/encoding.ts';
import {
  type ChangeIntent,
  challengeOf,
  type EnrolIntent,
  type Intent,
  type SignInIntent,
} from '../../../core/intent.ts';
import { post } from '../api/client.ts';
import type { Change } from '../api/types.ts';
import { refuseMismatch } from './refusal.ts';
import { assertPasskey, type CreationOptionsJson, createPasskey, type RequestOptionsJson } from './webauthn.ts';

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

/** Enrols the first passkey of the person that a set-up, invitation or recovery token names; opens a session. */
export const enrolWithToken = (token: string, name: string): Promise<void> => enrol({ token }, name);

async function enrol(by: { token?: string }, name: string): Promise<void> {
  const { intent, intent_token, public_key } = await post<Options<EnrolIntent, CreationOptionsJson>>(
    '/v1/passkeys/options',
    by,
  );
  checkFrame(intent, 'enrol');
  const response = await createPasskey(public_key, ownChallenge(intent, public_key.challenge));
  await post('/v1/passkeys', { intent, intent_token, response, ...(name ? { name } : {}) });
}

/** Signs a change as shown: its id, target and both digests are taken from what the page displays. */
export async function signChange(
  shown: Change,
  signer: string,
  organization: string,
  onSealing: () => void,
): Promise<Change> {
  const path = `/v1/changes/${encodeURIComponent(shown.id)}`;
  const {
    intent: given,
    intent_token,
    public_key,
  } = await post<Options<ChangeIntent, RequestOptionsJson>>(`${path}/options`, {});
  checkFrame(given, 'change');
  const intent: ChangeIntent = {
    v: 1,
    kind: 'change',
    organization,
    rp_id: given.rp_id,
    change: shown.id,
    target: shown.target,
    before_digest: shown.before_digest,
    after_digest: shown.after_digest,
    signer,
    nonce: given.nonce,
    issued_at: given.issued_at,
    expires_at: given.expires_at,
  };
  const assertion = await assertPasskey(public_key, ownChallenge(intent, public_key.challenge));
  return post<Change>(`${path}/sign`, { intent, intent_token, assertion }, { onSealing });
}
