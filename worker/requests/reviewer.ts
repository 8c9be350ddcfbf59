// A reviewer and what that person signed: who calls, with which passkeys, and a signature (or a token, where policy takes
// one) over exactly the intent that was offered for exactly this person and request. What it decides is the object's.
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Passkey } from '../../core/authority.ts';
import { isId } from '../../core/ids.ts';
import type { Intent } from '../../core/intent.ts';
import type { JsonObject } from '../../core/json.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { TokenCall } from '../../core/request/token-signer.ts';
import type { SignedCall } from '../../core/request/vote-event.ts';
import { clientOf } from '../auth/acting.ts';
import { openIntent } from '../auth/intent-token.ts';
import { verifiedDecision } from '../auth/oidc/decision-token.ts';
import { siteOf, verifyAssertion } from '../auth/webauthn.ts';
import type { Ctx } from '../context.ts';
import { macKeysOf } from '../secrets.ts';
import { NO_SUCH_REQUEST } from './access.ts';
import type { Judged } from './judged.ts';
import { requestOf } from './request-object.ts';

export interface SignedBody {
  intent: JsonObject;
  intent_token: string;
  assertion: AuthenticationResponseJSON;
  comment?: string | null;
}

/** A decision that a token signs. */
export interface TokenBody extends Omit<SignedBody, 'assertion'> {
  oidc_token: string;
}

/** The person who calls, with the passkeys that are active now. No API key decides. */
export function reviewerOf({ principal, facts }: Judged): Result<{ user: string; passkeys: Passkey[] }> {
  if (principal.kind !== 'person') return fail('forbidden', 'No API key can decide: sign in with a passkey.');
  const standing = facts.standings[principal.user];
  if (!standing?.active) return NO_SUCH_REQUEST;
  const passkeys = standing.passkeys.filter(({ status }) => status === 'active');
  return ok({ user: principal.user, passkeys });
}

/** Why nothing is offered, in the words that every door may say: what permits and is not sealed is not told. */
export async function nothingToDecide(c: Ctx, { organization, record }: Judged): Promise<Result<never>> {
  const view = await requestOf(c.env, organization, record.id).read(organization);
  if (!view.ok) return view;
  const { status } = view.value.request;
  if (status !== 'pending')
    return fail('already-decided', `The request is ${status} already: nothing is left to decide.`);
  return fail('not-sealed-yet', 'A decision is being sealed. Look again in a moment.', { retry_after_seconds: 1 });
}

/** Who a token will be of: the person in the session, or whom a key only names. Nothing is told of who that is. */
export function namedReviewer(known: Judged, named: unknown): Result<{ user: string; passkeys: Passkey[] }> {
  if (known.principal.kind === 'person' && (named === undefined || named === known.principal.user))
    return reviewerOf(known);
  if (known.principal.kind === 'person') return fail('forbidden', 'A session decides for its own person.');
  if (isId('usr', named)) return ok({ user: named, passkeys: [] });
  return fail('invalid-request', 'Name the reviewer whose token will sign: usr_…', {
    errors: [{ pointer: '/reviewer', detail: 'must be the id of a member' }],
  });
}

/** A token over exactly this intent. */
export async function tokenCall(c: Ctx, known: Judged, body: TokenBody): Promise<Result<Omit<TokenCall, 'facts'>>> {
  const offered = openIntent(macKeysOf(c.env, 'intent'), 'decision', body);
  if (!offered.ok) return offered;
  const { intent } = offered.value;
  const other = known.principal.kind === 'person' && known.principal.user !== intent.reviewer;
  if (other || intent.request !== known.record.id || intent.organization !== known.organization)
    return fail('intent-mismatch', 'This intent was offered to somebody else, or for another request.');
  if (intent.edited !== null && intent.edited.action_digest !== known.record.effective.action_digest)
    return fail('passkey-required', 'An edit is signed with a passkey, or made before: a token edits nothing.');
  const token = await verifiedDecision(known, intent, body.oidc_token, c.env.BASE_URL);
  if (!token.ok) return token;
  return ok({
    ...{ rp_id: c.env.RP_ID, intent, token: token.value, comment: body.comment ?? null },
    ...{ ip: c.req.header('cf-connecting-ip') ?? null, user_agent: clientOf(c).user_agent ?? null },
  });
}

type Reviewed = Extract<Intent, { kind: 'decision' | 'edit' }>;

/** The signature over exactly this intent, by a passkey of exactly this reviewer. */
export async function signedCall<K extends Reviewed['kind']>(
  c: Ctx,
  known: Judged,
  kind: K,
  body: SignedBody,
): Promise<Result<Omit<SignedCall, 'facts' | 'intent'> & { intent: Extract<Reviewed, { kind: K }> }>> {
  const reviewer = reviewerOf(known);
  if (!reviewer.ok) return reviewer;
  const offered = openIntent(macKeysOf(c.env, 'intent'), kind, body);
  if (!offered.ok) return offered;
  const intent = offered.value.intent as Extract<Reviewed, { kind: K }>;
  const ours = intent.reviewer === reviewer.value.user && intent.request === known.record.id;
  if (!ours || intent.organization !== known.organization)
    return fail('intent-mismatch', 'This intent was offered to somebody else, or for another request.');
  const passkey = reviewer.value.passkeys.find(({ credential_id }) => credential_id === body.assertion.id);
  if (!passkey) return fail('ceremony-failed', 'This is none of your active passkeys. Nothing was done; try again.');
  const signer = { organization: known.organization, user: reviewer.value.user };
  const verified = await verifyAssertion(siteOf(c.env), intent, body.assertion, passkey, signer);
  if (!verified.ok) return verified;
  return ok({
    ...{ rp_id: c.env.RP_ID, intent, assertion: verified.value.assertion, comment: body.comment ?? null },
    ...{ passkey: passkey.id, new_counter: verified.value.new_counter, ip: c.req.header('cf-connecting-ip') ?? null },
    user_agent: clientOf(c).user_agent ?? null,
  });
}
