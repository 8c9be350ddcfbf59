// One person's decision: what was signed is what was asked, or what somebody edited since. Whose signature it is, is
// signature.ts's to say; who was allowed to, eligibility.ts's.
import { narrowScope } from '../capability.ts';
import { type DecisionIntent, decisionIntent } from '../intent.ts';
import type { JsonObject } from '../json.ts';
import { baseScopeOf } from './capability.ts';
import type { Case } from './case.ts';
import type { EvidenceLine } from './forms.ts';
import { editedBy, type Held, heldBefore } from './held.ts';
import { checkSigned, type Signed, sameIntent, signedOf } from './signature.ts';
import { atLine } from './tally.ts';

const SHOWN = ['action_digest', 'request_digest', 'policy_digest'] as const;

/** Whether an act names the digests of this request and its own person. */
export const isOwn = ({ birth }: Case, { event: { skeleton } }: EvidenceLine): boolean =>
  skeleton.by === skeleton.reviewer && SHOWN.every((field) => skeleton[field] === birth.skeleton[field]);

export async function checkDecision(of: Case, line: EvidenceLine): Promise<void> {
  const { skeleton } = line.event;
  const held = heldBefore(of, line.event.seq);
  const effective = held.edit === null ? undefined : held.action_digest;
  const consistent =
    isOwn(of, line) && skeleton.command === skeleton.decision && skeleton.effective_action_digest === effective;
  const detail = 'The decision is about something else than was asked, or by somebody else.';
  of.tally.holds(consistent, 'decision', detail, atLine(line));
  await checkSigned(of, line, `this ${skeleton.decision}`, () => decisionFits(of, line, held, signedOf(line)!));
}

/**
 * The intent of a decision, field by field, is what this request would have asked to be signed.
 *
 * @param held what stood when it was recorded, or came of the edit that it made
 */
export function decisionFits(
  of: Case,
  line: EvidenceLine,
  held: Held,
  signed: Signed<DecisionIntent>,
  stage?: number,
): boolean {
  const { comment, external_ref, intent } = signed;
  const { skeleton } = line.event;
  const base = baseScopeOf(of, held);
  const scope = intent.scope === null || base === null ? null : narrowScope(base, { ...intent.scope });
  const expected = decisionIntent(
    {
      ...{ organization: of.bundle.organization.id, rp_id: of.pinned.rp_id, request: of.birth.line.event.object },
      ...{ stage: stage ?? (skeleton.stage as number), decision: skeleton.decision as 'approve' | 'reject' },
      action_digest: skeleton.action_digest as string,
      request_digest: skeleton.request_digest as string,
      // Erased contents leave nothing to compare a scope or an edit with; the vote's own stays signed.
      scope: base === null ? intent.scope : scope?.ok ? scope.value : null,
      edited: editedBy(of, held, intent.edited),
      policy_digest: skeleton.policy_digest as string,
      ...{ comment, external_ref, reviewer: skeleton.reviewer as string },
    },
    intent,
  ) as unknown as JsonObject;
  return sameIntent(of, line, intent as unknown as JsonObject, expected);
}
