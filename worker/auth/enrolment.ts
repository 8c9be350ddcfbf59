// Enrolment in four forms: offering to make a passkey (by link or by session), the first passkey of a person (consumes
// the link, opens a session), one after a recovery, which signs once before the old ones end, and a further one, which an
// existing passkey has to vouch for. Nothing is stored between the calls: the link, or the verified registration, travels
// inside the intent token, under its MAC.
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Passkey, Registration } from '../../core/authority.ts';
import { type LinkClaims, linkIsInTime, parseLinkToken } from '../../core/credential.ts';
import { base64url, fromBase64Url, fromUtf8, utf8 } from '../../core/encoding.ts';
import { addedPasskey, type EnrolIntent } from '../../core/intent.ts';
import type { JsonObject } from '../../core/json.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { Ctx } from '../context.ts';
import { organizationOf } from '../organization.ts';
import { macKeysOf } from '../secrets.ts';
import { clientOf } from './acting.ts';
import { authorizedPerson } from './authorized.ts';
import { type Ceremony, offerAssertion, offerRegistration } from './ceremony.ts';
import { freshCeremony, inTime, openIntent } from './intent-token.ts';
import { verifyRegistration } from './registration.ts';
import { type NewSession, sessionFrom } from './session.ts';
import { ceremonyFailed, siteOf, verifyAssertion } from './webauthn.ts';

/** The one answer to links that are altered, used, revoked or late: which of them is not told. */
const BAD_LINK = fail('token-used', 'This link is not valid any more. Ask an administrator for a new one.');

const OTHERS_INTENT = fail('intent-mismatch', 'This intent was offered to somebody else. Start over.');

const offering = (c: Ctx) => ({ site: siteOf(c.env), keys: macKeysOf(c.env, 'intent') });

const enrolIntent = (c: Ctx, of: Pick<EnrolIntent, 'organization' | 'user' | 'token' | 'adds'>): EnrolIntent => {
  const { organization, user, token, adds } = of;
  const frame = { v: 1, kind: 'enrol', organization, rp_id: c.env.RP_ID, user, token } as const;
  return { ...frame, ...(adds === undefined ? {} : { adds }), ...freshCeremony(Date.now()) };
};

/** Offers the holder of a link to make a first passkey. */
export async function offerFirst(c: Ctx, text: string): Promise<Result<Ceremony<unknown>>> {
  const claims = parseLinkToken(macKeysOf(c.env, 'link'), text);
  if (claims === null || !linkIsInTime(claims, Date.now())) return BAD_LINK;
  const { organization, jti, purpose, exp } = claims;
  const link = await organizationOf(c.env, organization).linkToken({ token_id: jti, purpose, exp });
  if (!link.ok) return link;
  const intent = enrolIntent(c, { organization, user: null, token: jti });
  const enrollee = {
    organization,
    organization_name: link.value.organization.name,
    user: link.value.user,
    passkeys: [],
  };
  return ok(await offerRegistration(offering(c), intent, enrollee, text));
}

/** Offers a signed-in person to make a further passkey. */
export async function offerFurther(c: Ctx): Promise<Result<Ceremony<unknown>>> {
  const person = await authorizedPerson(c);
  if (!person.ok) return person;
  const { caller, principal, snapshot, passkeys } = person.value;
  const { organization } = caller;
  const intent = enrolIntent(c, { organization, user: principal.user, token: null });
  const user = { id: principal.user, name: principal.name, email: principal.email };
  return ok(
    await offerRegistration(offering(c), intent, {
      ...{ organization, user, passkeys },
      organization_name: snapshot.organization.name,
    }),
  );
}

interface Made {
  intent: JsonObject;
  intent_token: string;
  response: unknown;
  name?: string | undefined;
}

/** Opens the intent that a new passkey answers to, and verifies the passkey. */
async function registered(c: Ctx, made: Made) {
  const offered = openIntent(macKeysOf(c.env, 'intent'), 'enrol', made);
  if (!offered.ok) return offered;
  const { intent, carried } = offered.value;
  if (intent.adds !== undefined)
    return fail('intent-mismatch', 'This intent vouches for a passkey; sign it with yours.');
  const open = inTime(intent, Date.now());
  if (!open.ok) return open;
  const verified = await verifyRegistration(siteOf(c.env), intent, made.response as RegistrationResponseJSON);
  if (!verified.ok) return verified;
  const registration: Registration = { ...verified.value, name: made.name ?? 'Passkey' };
  return ok({ intent, carried, registration });
}

export interface Enrolled {
  user: { id: string; name: string; email: string };
  passkey: Passkey;
}

/** What a call leads to: a passkey, with a session if it is the person's first one, or a second ceremony. */
export type AfterRegistration =
  | { step: 'enrolled'; enrolled: Enrolled; session: NewSession | null }
  | { step: 'vouch'; ceremony: Ceremony<unknown> };

/** Takes a new passkey: enrols it with its link, or asks for a signature over it first. */
export async function takeRegistration(c: Ctx, made: Made): Promise<Result<AfterRegistration>> {
  const taken = await registered(c, made);
  if (!taken.ok) return taken;
  const { intent, carried, registration } = taken.value;
  if (intent.token === null) return askToVouch(c, intent, registration);
  const claims = linkIn(c, intent, carried);
  if (claims === null) return BAD_LINK;
  return claims.purpose === 'recovery'
    ? askToProve(c, claims, carried, registration)
    : enrolFirst(c, claims, { intent, registration, response: made.response });
}

/** The link that an intent was offered for; null where it is none, or late. */
function linkIn(c: Ctx, intent: EnrolIntent, text: string): LinkClaims | null {
  const claims = parseLinkToken(macKeysOf(c.env, 'link'), text);
  return claims !== null && claims.jti === intent.token && linkIsInTime(claims, Date.now()) ? claims : null;
}

async function enrolFirst(
  c: Ctx,
  claims: LinkClaims,
  { intent, registration, response }: { intent: EnrolIntent; registration: Registration; response: unknown },
): Promise<Result<AfterRegistration>> {
  const session = sessionFrom(c, claims.organization, intent, response);
  const enrolled = await organizationOf(c.env, claims.organization).enrolFirst({
    token: tokenOf(claims),
    registration,
    intent: intent as unknown as JsonObject,
    response: response as JsonObject,
    session_digest: session.digest,
    session_expires_at: session.expires_at,
    client: clientOf(c),
  });
  if (!enrolled.ok) return enrolled;
  const { user, passkey } = enrolled.value;
  return ok({ step: 'enrolled', enrolled: { user, passkey }, session });
}

function tokenOf({ jti, ...claims }: LinkClaims) {
  return { id: jti, ...claims };
}

async function askToVouch(c: Ctx, made: EnrolIntent, registration: Registration): Promise<Result<AfterRegistration>> {
  const person = await authorizedPerson(c);
  if (!person.ok) return person;
  const { caller, principal, passkeys } = person.value;
  const { organization } = caller;
  if (made.organization !== organization || made.user !== principal.user) return OTHERS_INTENT;
  const intent = enrolIntent(c, { organization, user: principal.user, token: null, adds: addedPasskey(registration) });
  return ok({ step: 'vouch', ceremony: await offerAssertion(offering(c), intent, passkeys, packed(registration)) });
}

/** What waits for its signature inside the intent token. */
interface Waiting {
  registration: Registration;
  /** Of the recovery. */
  link: string;
}

const packed = (waiting: Waiting | Registration): string => base64url(utf8(JSON.stringify(waiting)));
const unpacked = (carried: string): unknown => JSON.parse(fromUtf8(fromBase64Url(carried)!)!);

/** After a recovery the old passkeys end: not before the new one has shown that it can sign. */
async function askToProve(
  c: Ctx,
  { organization, jti, purpose, exp }: LinkClaims,
  link: string,
  registration: Registration,
): Promise<Result<AfterRegistration>> {
  const open = await organizationOf(c.env, organization).linkToken({ token_id: jti, purpose, exp });
  if (!open.ok) return open;
  const intent = enrolIntent(c, { organization, user: null, token: jti, adds: addedPasskey(registration) });
  const carried = packed({ registration, link });
  return ok({ step: 'vouch', ceremony: await offerAssertion(offering(c), intent, [registration], carried) });
}

/** The new passkey's own signature: uses the link, ends the old passkeys, opens a session. */
async function takeProof(
  c: Ctx,
  intent: EnrolIntent,
  { registration, link }: Waiting,
  response: AuthenticationResponseJSON,
): Promise<Result<AfterRegistration>> {
  const claims = linkIn(c, intent, link);
  if (claims?.user === undefined) return BAD_LINK;
  const open = inTime(intent, Date.now());
  if (!open.ok) return open;
  const signer = { organization: claims.organization, user: claims.user };
  const own = { ...registration, id: 'the new passkey', user: claims.user, status: 'active' as const };
  const verified = await verifyAssertion(siteOf(c.env), intent, response, own, signer);
  if (!verified.ok) return verified;
  const { new_counter: counter, backed_up, assertion } = verified.value;
  return enrolFirst(c, claims, { intent, registration: { ...registration, counter, backed_up }, response: assertion });
}

/** Takes a signature over a new passkey: an existing one's word for it, or after a recovery its own. */
export async function takeVouching(
  c: Ctx,
  signed: { intent: JsonObject; intent_token: string; assertion: unknown },
): Promise<Result<AfterRegistration>> {
  const offered = openIntent(macKeysOf(c.env, 'intent'), 'enrol', signed);
  if (!offered.ok) return offered;
  const { intent, carried } = offered.value;
  const response = signed.assertion as AuthenticationResponseJSON;
  if (intent.adds === undefined) return OTHERS_INTENT;
  if (intent.token !== null) return takeProof(c, intent, unpacked(carried) as Waiting, response);
  const vouched = await vouchedFor(c, intent, unpacked(carried) as Registration, response);
  return vouched.ok ? ok({ step: 'enrolled', enrolled: vouched.value, session: null }) : vouched;
}

async function vouchedFor(
  c: Ctx,
  intent: EnrolIntent,
  registration: Registration,
  response: AuthenticationResponseJSON,
): Promise<Result<Enrolled>> {
  const person = await authorizedPerson(c);
  if (!person.ok) return person;
  const { caller, principal, passkeys } = person.value;
  if (intent.organization !== caller.organization || intent.user !== principal.user) return OTHERS_INTENT;
  const own = passkeys.find(({ credential_id }) => credential_id === response.id);
  if (own === undefined) return ceremonyFailed('not a passkey of the signer');
  const signer = { organization: caller.organization, user: principal.user };
  const verified = await verifyAssertion(siteOf(c.env), intent, response, own, signer);
  if (!verified.ok) return verified;
  const call = { credential: caller.credential, verified: verified.value, registration, client: clientOf(c) };
  const enrolled = await organizationOf(c.env, caller.organization).enrolFurther(call);
  if (!enrolled.ok) return enrolled;
  const { user: id, name, email } = principal;
  return ok({ user: { id, name, email }, passkey: enrolled.value.passkey });
}
