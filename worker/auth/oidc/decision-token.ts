// A decision signed by a token in the place of a passkey (policy.md "OIDC"): its nonce is the intent's challenge, it is
// younger than the intent, from a provider of people, of somebody who is linked. Who may carry it here is not asked: the
// token alone says who decides. What it is good for is the request's object's to say.
import { instantMs } from '../../../core/duration.ts';
import { challengeText, type DecisionIntent } from '../../../core/intent.ts';
import { provenGroups } from '../../../core/oidc/claims.ts';
import type { KnownIssuer } from '../../../core/oidc/issuer.ts';
import { readToken, tokenEnd } from '../../../core/oidc/token.ts';
import { fail, ok, type Result } from '../../../core/problems.ts';
import { inForce } from '../../../core/request/in-force.ts';
import type { SignedToken } from '../../../core/request/record.ts';
import type { Judged } from '../../requests/judged.ts';
import { tokenRefused, type VerifiedToken, verifyToken } from './verify-token.ts';

/** Said before anything is verified: which requests take a token is written in the request. */
const PASSKEY_REQUIRED = fail(
  'passkey-required',
  'Policy asks for a passkey here: a signed token decides nothing. Open the request and sign with a passkey.',
);

/** Verifies a token over this intent. */
export async function verifiedDecision(
  { record, facts }: Judged,
  intent: DecisionIntent,
  text: string,
  base_url: string,
): Promise<Result<SignedToken>> {
  if (inForce(record).requirement.verify !== 'oidc') return PASSKEY_REQUIRED;
  const read = readToken(text);
  if (typeof read === 'string') return tokenRefused(read);
  const issuer = facts.issuers?.find((known) => known.issuer === read.claims.iss);
  if (!issuer) return tokenRefused('no provider of people');
  const verified = await verifyToken(text, issuer, base_url, Date.now());
  if (!verified.ok) return verified;
  const fault = faultOf(verified.value, intent, issuer);
  if (fault !== null) return tokenRefused(fault);
  const subject = String(verified.value.claims.sub);
  const linked = facts.standings[intent.reviewer]?.identities ?? [];
  if (!linked.some((one) => one.issuer === issuer.id && one.subject === subject))
    return tokenRefused('its subject is not linked to this reviewer');
  return ok(signedToken(verified.value, issuer, subject, text));
}

/** The challenge is a hash over the server's random bytes: no token can hold it that is older than the intent. */
function faultOf({ claims }: VerifiedToken, intent: DecisionIntent, { leeway_seconds }: KnownIssuer): string | null {
  if (claims.nonce !== challengeText(intent)) return 'another nonce';
  const younger = (Number(claims.iat) + leeway_seconds + 1) * 1_000 > instantMs(intent.issued_at);
  return younger ? null : 'older than the intent';
}

function signedToken({ claims, key }: VerifiedToken, issuer: KnownIssuer, subject: string, token: string): SignedToken {
  const until = tokenEnd(claims)!;
  const proved = { groups: provenGroups(issuer, claims), until };
  return { issuer: issuer.id, subject, ...proved, issuer_settings: issuer.digest, token, key };
}
