// Making passkeys: the first one of a person with a link's token, and further ones, which an existing passkey vouches for.
// After a recovery the new one signs once, for itself, before the old ones end.

import { base64url } from '../../../core/encoding.ts';
import { faultOfNewKey } from '../../../core/evidence/cose.ts';
import { addedPasskey, type EnrolIntent } from '../../../core/intent.ts';
import { ask, post } from '../api/client.ts';
import { type Options, ownChallenge, refuseFrame } from './ceremony.ts';
import { PasskeyRefusal, refuseMismatch } from './refusal.ts';
import { assertPasskey, type CreationOptionsJson, createPasskey, type RequestOptionsJson } from './webauthn.ts';

/** Enrols the first passkey of the person that a set-up, invitation or recovery token names; opens a session. */
export async function enrolWithToken(token: string, name: string, onSecond: () => void = () => {}): Promise<void> {
  const made = await newPasskey({ token }, name);
  const asked = await post<Partial<Asked>>('/v1/passkeys', made.body);
  if (isAsked(asked)) await vouch(asked, made.adds, onSecond);
}

/** Makes a further passkey, then has an existing one sign for exactly that key: two prompts. */
export async function enrolFurther(name: string, onSecond: () => void = () => {}): Promise<void> {
  const { body, adds } = await newPasskey({}, name);
  await vouch(await ask<Asked>('/v1/passkeys', body), adds, onSecond);
}

type Asked = Options<EnrolIntent, RequestOptionsJson>;

/** After a recovery the server asks the new passkey to sign once, before the old ones end. */
const isAsked = (answer: Partial<Asked>): answer is Asked => answer.public_key !== undefined;

/** Has a passkey sign for exactly the key that was just made: an existing one, or after a recovery itself. */
async function vouch(asked: Asked, adds: string, onSecond: () => void): Promise<void> {
  refuseFrame(asked.intent, 'enrol');
  if (asked.intent.adds !== adds) refuseMismatch('The server asked to vouch for another key than the one just made.');
  const challenge = ownChallenge(asked.intent, asked.public_key.challenge);
  onSecond();
  const assertion = await assertPasskey(asked.public_key, challenge);
  await post('/v1/passkeys', { intent: asked.intent, intent_token: asked.intent_token, assertion });
}

async function newPasskey(by: { token?: string }, name: string) {
  const asked = await ask<Options<EnrolIntent, CreationOptionsJson>>('/v1/passkeys/options', by);
  const { intent, intent_token, public_key } = asked;
  refuseFrame(intent, 'enrol');
  const made = await createPasskey(public_key, ownChallenge(intent, public_key.challenge));
  const key = base64url(made.publicKey);
  const fault = faultOfNewKey(key);
  if (fault !== null)
    throw new PasskeyRefusal('failed', `The device made a key that nobody could verify: ${fault}. Try another device.`);
  return {
    body: { intent, intent_token, response: made.response, ...(name ? { name } : {}) },
    adds: addedPasskey({ credential_id: made.id, public_key: key }),
  };
}
