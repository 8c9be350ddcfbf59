// An edit as this page shows it: the request with other params, every digest computed here, and what is signed over it.
// Pure. Invariant: what the form says is what the intent holds, whatever the server offered.

import { paramsDigest } from '../../../core/digest.ts';
import { diffOf, type Edited, editedAction } from '../../../core/edit.ts';
import { type EditIntent, editIntent, type Scope } from '../../../core/intent.ts';
import { ENFORCEMENTS } from '../../../core/policy/model.ts';
import type { ApprovalRequest, JsonObject, Session } from '../api/types.ts';
import { requirementNow } from '../text/asked.ts';
import { currentStage } from './shown.ts';

/** What only the server can say of an edit where a value is hidden from this page: the digests over the true params. */
export interface Told {
  action_digest: string;
  params_digest: string;
}

/**
 * The request as it would stand with these params: no vote before counts for it.
 *
 * @param told used only where a value is hidden; without it the digests are empty, and fit nothing
 */
export function withParams(request: ApprovalRequest, params: JsonObject, told: Partial<Told> = {}): ApprovalRequest {
  const { action_digest, params_digest } = digestsOf(request, params, told);
  const asked = requirementNow(request);
  const requirement = asked && { ...asked, stages: asked.stages.map((stage) => ({ ...stage, approved: 0 })) };
  return {
    ...request,
    effective: { ...request.effective, params, action_digest, params_digest, requirement },
    scope: { ...request.scope, params_digest },
  };
}

function digestsOf(request: ApprovalRequest, params: JsonObject, told: Partial<Told>): Told {
  const { salt } = request;
  if (salt === null) return { action_digest: told.action_digest ?? '', params_digest: told.params_digest ?? '' };
  const asked = { ...request, salt };
  return { action_digest: editedAction(asked, params).action_digest, params_digest: paramsDigest(salt, params) };
}

/** The effective action as a vote signs it; null while it is the one that was asked. */
export function editedShown(request: ApprovalRequest): Edited | null {
  const { params, action_digest } = request.effective;
  const edited = (request.edits ?? []).length > 0 || action_digest !== request.action_digest;
  return edited ? { params, action_digest, diff: diffOf(request.params, params) } : null;
}

/** Policy may ask more of an edited action: a scope that releases less than this page showed is taken, no other. */
export function atMost(own: Scope, given: Scope | null): Scope {
  if (given === null) return own;
  const ttl_seconds = Math.min(own.ttl_seconds, given.ttl_seconds);
  const strength = Math.max(ENFORCEMENTS.indexOf(own.enforce), ENFORCEMENTS.indexOf(given.enforce));
  return { ...own, ttl_seconds, enforce: ENFORCEMENTS[strength]!, dpop: own.dpop || given.dpop };
}

/** The intent of an edit that approves nothing; of `given` as little as `intentShown` takes. */
export function editShown(
  request: ApprovalRequest,
  { params, comment }: { params: JsonObject; comment: string | null },
  session: Session,
  given: Pick<EditIntent, 'nonce' | 'issued_at' | 'expires_at' | 'checkpoint' | 'rp_id' | 'stage'> &
    Partial<Pick<EditIntent, 'edited'>>,
): EditIntent {
  const { action_digest } = digestsOf(request, params, given.edited ?? {});
  const diff = diffOf(request.params, params);
  const shown = {
    ...{ organization: session.organization.id, rp_id: given.rp_id, request: request.id, comment },
    stage: Math.min(currentStage(request), given.stage),
    ...{ action_digest: request.action_digest, request_digest: request.request_digest },
    replaces: request.effective.action_digest,
    edited: { params, action_digest, diff },
    ...{ policy_digest: request.policy.digest, reviewer: session.user.id },
  };
  return editIntent(shown, given);
}
