// Making passkeys: the first one of a person with a link's token, and further ones, which an existing passkey vouches for.

import { base64url } from '../../../core/encoding.ts';
import { addedPasskey, type EnrolIntent } from '../../../core/intent.ts';
import { post } from '../api/client.ts';
import { type Options, ownChallenge, refuseFrame } from './ceremony.ts';
import { coseKeyOf } from './made-key.ts';
import { PasskeyRefusal, refuseMismatch } from './refusal.ts';
import { assertPasskey, type CreationOptionsJson, createPasskey, type RequestOptionsJson } from './webauthn.ts';

/** Enrols the first passkey of the person that a set-up, invitation or recovery token names; opens a session. */
export async function enrolWithToken(token: string, name: string): Promise<void> {
  const { body } = await newPasskey({ token }, name);
  await post('/v1/passkeys', body);
}

/** Makes a further passkey, then has an existing one sign for exactly that key: two prompts. */
export async function enrolFurther(name: string): Promise<void> {
  const { body, adds } = await newPasskey({}, name);
  const asked = await post<Options<EnrolIntent, RequestOptionsJson>>('/v1/passkeys', body);
  refuseFrame(asked.intent, 'enrol');
  if (asked.intent.adds !== adds) refuseMismatch('The server asked to vouch for another key than the one just made.');
  const challenge = ownChallenge(asked.intent, asked.public_key.challenge);
  const assertion = await assertPasskey(asked.public_key, challenge);
  await post('/v1/passkeys', { intent: asked.intent, intent_token: asked.intent_token, assertion });
}

async function newPasskey(by: { token?: string }, name: string) {
  const asked = await post<Options<EnrolIntent, CreationOptionsJson>>('/v1/passkeys/options', by);
  const { intent, intent_token, public_key } = asked;
  refuseFrame(intent, 'enrol');
  const made = await createPasskey(public_key, ownChallenge(intent, public_key.challenge));
  const key = coseKeyOf(made.authenticatorData);
  if (key === null) throw new PasskeyRefusal('failed', 'The device answered without a public key. Try another one.');
  return {
    body: { intent, intent_token, response: made.response, ...(name ? { name } : {}) },
    adds: addedPasskey({ credential_id: made.id, public_key: base64url(key) }),
  };
}
