// Breaking glass, and reviewing that somebody did. The page computes the digests of what was typed and the challenge over
// them: a server that swaps the action, or makes the capability live longer, is caught here.
import { breakGlassIntent, breakGlassReviewIntent, type ReviewVerdict } from '../../../core/break-glass.ts';
import { sameJson } from '../../../core/canonical.ts';
import { actionDigest, paramsDigest } from '../../../core/digest.ts';
import type { BreakGlassIntent, BreakGlassReviewIntent } from '../../../core/intent.ts';
import type { JsonObject } from '../../../core/json.ts';
import { MAX_BREAK_GLASS_SECONDS } from '../../../core/limits.ts';
import { ask, type Progress, post } from '../api/client.ts';
import type { ApprovalRequest, Session } from '../api/types.ts';
import { type Options, ownChallenge, refuseFrame } from './ceremony.ts';
import { refuseMismatch } from './refusal.ts';
import { assertPasskey, type RequestOptionsJson } from './webauthn.ts';

/** What a person asks for; as typed. */
export interface Emergency {
  action: string;
  resource: string;
  actor: string;
  params: JsonObject;
  reason: string;
  external_ref?: string;
  /** Of the capability's life; policy's own if absent. */
  expires_in?: number;
}

interface Offer extends Options<BreakGlassIntent, RequestOptionsJson> {
  salt: string;
  constraints: JsonObject;
}

/** The whole ceremony; resolves with the approved request. */
export async function breakGlass(asked: Emergency, session: Session, on: Progress): Promise<ApprovalRequest> {
  const offer = await ask<Offer>('/v1/break-glass/options', { ...asked });
  refuseFrame(offer.intent, 'break-glass');
  const intent = intentTyped(asked, offer, session);
  if (!sameJson(intent, offer.intent))
    refuseMismatch('The server asks for a signature over something else than was typed.');
  const assertion = await assertPasskey(offer.public_key, ownChallenge(intent, offer.public_key.challenge));
  // The same signed use again is one use, and is answered with its request.
  const signed = { intent, intent_token: offer.intent_token, assertion };
  return post<ApprovalRequest>('/v1/break-glass', signed, { ...on, repeats: true });
}

/** The intent over what was typed. Policy's part (its digest, audience, enforcement) is the server's to say. */
function intentTyped(asked: Emergency, { intent, salt, constraints }: Offer, session: Session): BreakGlassIntent {
  const { action, resource, actor, params, reason, external_ref = null } = asked;
  const organization = session.organization.id;
  const params_digest = paramsDigest(salt, params);
  const parts = { organization, salt, action, resource, actor, params, metadata: {}, constraints, precondition: null };
  const longest = Math.min(asked.expires_in ?? MAX_BREAK_GLASS_SECONDS, MAX_BREAK_GLASS_SECONDS);
  const ttl_seconds = Math.min(intent.scope.ttl_seconds, longest);
  const { rp_id, request, request_digest, policy_digest } = intent;
  return breakGlassIntent(
    {
      ...{ organization, rp_id, request, request_digest, policy_digest, reason, external_ref },
      ...{ action_digest: actionDigest(parts), reviewer: session.user.id },
      scope: { ...intent.scope, action, resource, params_digest, ttl_seconds },
    },
    intent,
  );
}

/** Reviews a use; resolves once the review is sealed. */
export async function reviewUse(
  request: string,
  said: { verdict: ReviewVerdict; comment: string },
  session: Session,
  onSealing: () => void,
): Promise<void> {
  const path = `/v1/break-glass/${encodeURIComponent(request)}/review`;
  const offer = await ask<Options<BreakGlassReviewIntent, RequestOptionsJson>>(`${path}/options`, { ...said });
  refuseFrame(offer.intent, 'break-glass-review');
  const { rp_id } = offer.intent;
  const of = { organization: session.organization.id, rp_id, request, ...said, reviewer: session.user.id };
  const intent = breakGlassReviewIntent(of, offer.intent);
  const assertion = await assertPasskey(offer.public_key, ownChallenge(intent, offer.public_key.challenge));
  await post(path, { intent, intent_token: offer.intent_token, assertion, comment: said.comment }, { onSealing });
}
