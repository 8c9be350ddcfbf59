// The review of an emergency use: offered, signed, and handed to the organisation, which compares every field again.
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { breakGlassReviewIntent, type ReviewVerdict } from '../../core/break-glass.ts';
import type { JsonObject } from '../../core/json.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { type Authorized, authorizedPerson } from '../auth/authorized.ts';
import { type Ceremony, offerAssertion } from '../auth/ceremony.ts';
import { freshCeremony, openIntent } from '../auth/intent-token.ts';
import { ceremonyFailed, siteOf, verifyAssertion } from '../auth/webauthn.ts';
import type { Ctx } from '../context.ts';
import { organizationOf } from '../organization.ts';
import { macKeysOf } from '../secrets.ts';

/** What a reviewer says about a use. */
interface Said {
  verdict: ReviewVerdict;
  comment: string;
}

/** Offers a review to be signed, unless it could not be given. */
export async function offerReview(c: Ctx, id: string, said: Said): Promise<Result<Ceremony<unknown>>> {
  const known = await authorizedPerson(c);
  if (!known.ok) return known;
  const { caller, principal, passkeys } = known.value;
  const { credential, organization } = caller;
  const possible = await organizationOf(c.env, organization).reviewBreakGlass({
    credential,
    id,
    ...said,
    verified: null,
  });
  if (!possible.ok) return possible;
  const of = { organization, rp_id: c.env.RP_ID, request: id, ...said, reviewer: principal.user };
  const intent = breakGlassReviewIntent(of, freshCeremony(Date.now()));
  return ok(await offerAssertion({ site: siteOf(c.env), keys: macKeysOf(c.env, 'intent') }, intent, passkeys));
}

export interface SignedReview {
  intent: JsonObject;
  intent_token: string;
  assertion: AuthenticationResponseJSON;
  comment: string;
}

/** Takes a signed review. @returns the request's id once the review is sealed */
export async function takeReview(c: Ctx, id: string, signed: SignedReview): Promise<Result<{ request: string }>> {
  const known = await authorizedPerson(c);
  if (!known.ok) return known;
  const { caller, principal, passkeys } = known.value;
  const found = await lookedUp(c, id, known.value);
  if (!found.ok) return found;
  const offered = openIntent(macKeysOf(c.env, 'intent'), 'break-glass-review', signed);
  if (!offered.ok) return offered;
  const { intent } = offered.value;
  const own = intent.organization === caller.organization && intent.reviewer === principal.user;
  if (!own || intent.request !== id)
    return fail('intent-mismatch', 'This intent was offered to somebody else, or for another use.');
  const passkey = passkeys.find(({ credential_id }) => credential_id === signed.assertion.id);
  if (passkey === undefined) return ceremonyFailed('not a passkey of the signer');
  const signer = { organization: caller.organization, user: principal.user };
  const verified = await verifyAssertion(siteOf(c.env), intent, signed.assertion, passkey, signer);
  if (!verified.ok) return verified;
  const { verdict } = intent;
  const { credential } = caller;
  const call = { credential, id, verdict, comment: signed.comment, verified: verified.value };
  const reviewed = await organizationOf(c.env, caller.organization).reviewBreakGlass(call);
  return reviewed.ok ? ok({ request: id }) : reviewed;
}

/** Absent and foreign are told before anything else; whether it can be given is said once the signature is known. */
async function lookedUp(c: Ctx, id: string, { caller }: Pick<Authorized, 'caller'>): Promise<Result<unknown>> {
  const { organization, credential } = caller;
  const look = { credential, id, verdict: 'justified' as const, comment: '', verified: null };
  const seen = await organizationOf(c.env, organization).reviewBreakGlass(look);
  return !seen.ok && seen.problem.code === 'not-found' ? seen : ok(null);
}
