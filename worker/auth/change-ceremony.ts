// Signing a change: the intent from the organisation's own state, the assertion verified against the signer's passkeys.
// The organisation compares every field again when it applies.

import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { VerifiedAssertion } from '../../core/authority.ts';
import { changeIntent } from '../../core/change.ts';
import type { JsonObject } from '../../core/json.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { Ctx } from '../context.ts';
import { organizationOf } from '../organization.ts';
import { macKeysOf } from '../secrets.ts';
import { authorizedPerson } from './authorized.ts';
import { type Ceremony, offerAssertion } from './ceremony.ts';
import { freshCeremony, openIntent } from './intent-token.ts';
import { ceremonyFailed, siteOf, verifyAssertion } from './webauthn.ts';

/** What a passkey answered, with the intent that it answered to. */
export interface Signed {
  intent: JsonObject;
  intent_token: string;
  assertion: unknown;
}

/** Offers a change to the caller's passkeys. */
export async function offerChange(c: Ctx, id: string): Promise<Result<Ceremony<unknown>>> {
  const person = await authorizedPerson(c);
  if (!person.ok) return person;
  const { caller, principal, passkeys } = person.value;
  const change = await organizationOf(c.env, caller.organization).getChange({ credential: caller.credential, id });
  if (!change.ok) return change;
  if (change.value.status !== 'proposed') return fail('change-closed', `This change is ${change.value.status}.`);
  const site = siteOf(c.env);
  const of = { organization: caller.organization, rp_id: site.rp_id, signer: principal.user, change: change.value };
  const intent = changeIntent(of, freshCeremony(Date.now()));
  return ok(await offerAssertion({ site, keys: macKeysOf(c.env, 'intent') }, intent, passkeys));
}

/** Verifies a signed change. Its end is judged by the organisation, which answers a repeat even later. */
export async function signedChange(c: Ctx, id: string, signed: Signed): Promise<Result<VerifiedAssertion>> {
  const person = await authorizedPerson(c);
  if (!person.ok) return person;
  const { caller, principal, passkeys } = person.value;
  const change = await organizationOf(c.env, caller.organization).getChange({ credential: caller.credential, id });
  if (!change.ok) return change;
  const offered = openIntent(macKeysOf(c.env, 'intent'), 'change', signed);
  if (!offered.ok) return offered;
  const { intent } = offered.value;
  const own = intent.organization === caller.organization && intent.signer === principal.user && intent.change === id;
  if (!own) return fail('intent-mismatch', 'This intent was offered to somebody else or for another change.');
  const response = signed.assertion as AuthenticationResponseJSON;
  const passkey = passkeys.find(({ credential_id }) => credential_id === response.id);
  if (passkey === undefined) return ceremonyFailed('not a passkey of the signer');
  const signer = { organization: caller.organization, user: principal.user };
  return verifyAssertion(siteOf(c.env), intent, response, passkey, signer);
}
