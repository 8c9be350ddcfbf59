// A signed token in the place of a passkey: good for this request and this person, where the policy in force takes one.
// The Worker has verified the signature, the nonce and the claims; who may decide is requirement.ts's to say.
import type { Standing } from '../authority.ts';
import { instantMs } from '../duration.ts';
import type { DecisionIntent } from '../intent.ts';
import type { Instant } from '../json.ts';
import { faultOfClaims, readToken } from '../oidc/token.ts';
import { fail, ok, type Result } from '../problems.ts';
import { inForce } from './in-force.ts';
import type { RequestRecord, SignedToken } from './record.ts';
import type { SignedCall } from './vote-event.ts';

/** A decision that a token signed, as the Worker hands it over. It edits nothing: that needs a passkey. */
export interface TokenCall extends Omit<SignedCall, 'passkey' | 'new_counter' | 'assertion'> {
  intent: DecisionIntent;
  token: SignedToken;
}

/** policy.md "OIDC": "from an issuer meant for people and linked to a member beforehand". */
export function tokenSigner(
  record: RequestRecord,
  { intent, token, facts }: TokenCall,
  now: Instant,
): Result<Standing> {
  if (inForce(record).requirement.verify !== 'oidc')
    return fail('passkey-required', 'Policy asks for a passkey here: a signed token decides nothing.');
  const standing = facts.standings[intent.reviewer];
  if (!standing?.active) return fail('not-eligible', 'Your membership is no longer active.');
  const issuer = facts.issuers?.find(({ id }) => id === token.issuer);
  if (issuer?.purpose !== 'people' || issuer.digest !== token.issuer_settings)
    return fail('not-eligible', 'This identity provider is not trusted any more: use another one, or a passkey.');
  // As the verifier of its evidence will: by the moment that is recorded, on this clock and not on the Worker's.
  const read = readToken(token.token);
  if (typeof read === 'string' || faultOfClaims(read.claims, issuer, instantMs(now) / 1_000) !== null)
    return fail(
      'token-refused',
      'The token has expired meanwhile, or is not valid yet: get a fresh one and try again.',
    );
  if (instantMs(now) >= instantMs(token.until) + issuer.leeway_seconds * 1_000)
    return fail('token-refused', 'The token has expired meanwhile: get a fresh one and try again.');
  const link = standing.identities?.find((one) => one.issuer === issuer.id && one.subject === token.subject);
  if (!link) return fail('not-eligible', 'This identity is linked to nobody who may decide this.');
  if (link.linked_at >= record.created_at)
    return fail('not-eligible', 'This identity was linked after the request was made: somebody else must decide.');
  return ok(standing);
}
