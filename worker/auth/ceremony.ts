// What every `…/options` answers (`{intent, intent_token, public_key}`), and WebAuthn's options in JSON form. Challenges
// go to the library as bytes: a string would be encoded twice.
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { Passkey } from '../../core/authority.ts';
import { userHandle } from '../../core/credential.ts';
import { fromBase64Url } from '../../core/encoding.ts';
import { challengeOf, type Intent } from '../../core/intent.ts';
import { INTENT_LIFETIME_SECONDS } from '../../core/limits.ts';
import type { MacKeys } from '../../core/mac.ts';
import { standingOfKey } from '../../core/passkey/enrolled-key.ts';
import { intentToken } from './intent-token.ts';
import { ALGORITHMS, type Site } from './webauthn.ts';

export interface Ceremony<P> {
  intent: Intent;
  intent_token: string;
  public_key: P;
}

const timeout = INTENT_LIFETIME_SECONDS * 1_000;
const challenge = (intent: Intent) => new Uint8Array(challengeOf(intent));

type Known = Pick<Passkey, 'credential_id' | 'public_key' | 'transports'>;

/** Keys that the evidence verifier refuses are asked to vouch for another key only; where there are no others, all are
 * offered, and the answer to their signature says why it is refused. */
function askable(intent: Intent, passkeys: readonly Known[]): readonly Known[] {
  if (intent.kind === 'enrol') return passkeys;
  const sound = passkeys.filter(({ public_key }) => standingOfKey(public_key).fault === null);
  return sound.length > 0 ? sound : passkeys;
}

/** Offers an intent to be signed by one of these passkeys; by any discoverable one if the list is empty (sign-in). */
export async function offerAssertion(
  { site, keys }: { site: Site; keys: MacKeys },
  intent: Intent,
  passkeys: readonly Known[],
  carried = '',
): Promise<Ceremony<PublicKeyCredentialRequestOptionsJSON>> {
  const public_key = await generateAuthenticationOptions({
    rpID: site.rp_id,
    challenge: challenge(intent),
    timeout,
    userVerification: 'required',
    allowCredentials: askable(intent, passkeys).map(({ credential_id, transports }) => ({
      id: credential_id,
      transports: transports as AuthenticatorTransports,
    })),
  });
  return { intent, intent_token: intentToken(keys, intent, carried), public_key };
}

type AuthenticatorTransports = NonNullable<
  NonNullable<Parameters<typeof generateAuthenticationOptions>[0]['allowCredentials']>[number]['transports']
>;

export interface Enrollee {
  organization: string;
  organization_name: string;
  user: { id: string; name: string; email: string };
  passkeys: readonly Passkey[];
}

/** Offers an intent to be answered with a new discoverable passkey. */
export async function offerRegistration(
  { site, keys }: { site: Site; keys: MacKeys },
  intent: Intent,
  enrollee: Enrollee,
  carried = '',
): Promise<Ceremony<PublicKeyCredentialCreationOptionsJSON>> {
  const { organization, user } = enrollee;
  const public_key = await generateRegistrationOptions({
    rpName: `Assentry: ${enrollee.organization_name}`,
    rpID: site.rp_id,
    userID: new Uint8Array(fromBase64Url(userHandle(organization, user.id))!),
    userName: user.email || user.name,
    userDisplayName: user.name,
    challenge: challenge(intent),
    timeout,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: enrollee.passkeys.map(({ credential_id }) => ({ id: credential_id })),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
  });
  return { intent, intent_token: intentToken(keys, intent, carried), public_key };
}
