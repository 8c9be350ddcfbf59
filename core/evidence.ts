// The evidence bundle: one file with all that is known of a request, and the verifier that believes none of it. Each
// claim is reported as proved, asserted by the operator, as of a checkpoint, not replayable, or failed; there is no bare
// "ok". Trust anchors come from outside.
import { pinned } from './evidence/anchors.ts';
import { checkBreakGlass } from './evidence/break-glass.ts';
import { checkCapability } from './evidence/capability.ts';
import { birthOf, type Case, votesOf } from './evidence/case.ts';
import { checkDigests, checkPinnedRequest } from './evidence/content.ts';
import { checkDecision } from './evidence/decision.ts';
import { checkDelegation } from './evidence/delegation.ts';
import { checkEdit } from './evidence/edit.ts';
import { checkQuorum } from './evidence/eligibility.ts';
import { bundleDigest, readBundle } from './evidence/file.ts';
import { EVIDENCE_FORMAT, type EvidenceBundle, type EvidenceLine, type VerifyEvidence } from './evidence/forms.ts';
import { editsOf } from './evidence/held.ts';
import { checkHistory, checkOutcome } from './evidence/history.ts';
import { checkJudgement } from './evidence/judgement.ts';
import { concluded } from './evidence/needed.ts';
import { checkOrganization, checkPolicy } from './evidence/policy-document.ts';
import { checkReceipts } from './evidence/receipts.ts';
import { checkRequest } from './evidence/request.ts';
import { sentenceOf } from './evidence/said.ts';
import { checkHeads, checkLeaves, openTrees } from './evidence/sealed.ts';
import { atLine, Tally } from './evidence/tally.ts';
import { checkWitnesses } from './evidence/witness.ts';

export { type Attestation, attestationOf } from './evidence/attestation.ts';
export type * from './evidence/forms.ts';
export { EVIDENCE_FORMAT } from './evidence/forms.ts';
export type { PolicyJudge } from './evidence/judging.ts';
export { type EvidenceKind, NEEDED, needsInWords } from './evidence/needed.ts';
export { EVIDENCE_SCHEMA } from './evidence/schema.ts';
export { SUMMARY_SCHEMA } from './evidence/summary-schema.ts';

/** Puts the parts into the one form, with the digest that catches damage. The text is RFC 8785 of it. */
export function assembleEvidence(parts: Omit<EvidenceBundle, 'format' | 'digest'>): EvidenceBundle {
  const bundle = { format: EVIDENCE_FORMAT, ...parts } as const;
  return { ...bundle, digest: bundleDigest(bundle) };
}

/**
 * Verifies a bundle against anchors that come from elsewhere.
 *
 * @param text the file, as it is
 * @param anchors what is pinned; what is missing is taken from the bundle, said as a claim and as `first_use`
 * @param crypto the platform's signatures (sdk: `webCrypto`)
 * @param options `judge` judges policy again (`policyJudge` of core/policy); without it that is the operator's word
 * @returns every claim with its status, and whether all that this kind of end needs is proved; each failure with the check, the entry, and the field or byte. Never throws
 */
export const verifyEvidence: VerifyEvidence = async (text, anchors, crypto, { judge } = {}) => {
  const tally = new Tally();
  let of: Case | null = null;
  await tally.attempt('format', {}, async () => {
    const bundle = readBundle(text, tally);
    if (bundle === null) return;
    of = await caseOf(bundle, anchors, { crypto, ...(judge === undefined ? {} : { judge }) }, tally);
    await examine(of);
  });
  return concluded(tally, of);
};

async function caseOf(
  bundle: EvidenceBundle,
  anchors: Parameters<VerifyEvidence>[1],
  tools: Pick<Case, 'crypto' | 'judge'>,
  tally: Tally,
): Promise<Case> {
  const believed = pinned(anchors, bundle, tally);
  const trees = await openTrees(bundle, believed, tools.crypto, tally);
  const life = checkHistory(bundle, tally);
  return {
    ...{ bundle, pinned: believed, ...tools, tally, life, trees },
    ...{ birth: birthOf(bundle), votes: votesOf(bundle) },
  };
}

async function examine(of: Case): Promise<void> {
  const { bundle, tally } = of;
  await tally.attempt('format', {}, () => tally.reads(sentenceOf(of)));
  for (const [claim, check] of CHECKS) await tally.attempt(claim, {}, () => check(of));
  for (const line of editsOf(of)) await tally.attempt('edit', atLine(line), () => checkEdit(of, line));
  for (const line of of.votes) await tally.attempt('decision', atLine(line), () => checkDecision(of, line));
  for (const line of bundle.events.filter(({ event }) => event.type === 'break_glass.used'))
    await tally.attempt('break-glass', atLine(line), () => checkBreakGlass(of, line));
  for (const line of of.votes) await tally.attempt('delegation', atLine(line), () => checkDelegation(of, line));
  let counted: EvidenceLine[] | null = null;
  await tally.attempt('quorum', {}, () => {
    counted = checkQuorum(of);
  });
  await tally.attempt('capability', {}, () => checkCapability(of, counted));
  await checkReceipts(of, counted);
}

const CHECKS: readonly [string, (of: Case) => void | Promise<void>][] = [
  ['organization', checkOrganization],
  ['request', checkPinnedRequest],
  ['inclusion', checkLeaves],
  ['head', checkHeads],
  ['not-after', checkWitnesses],
  ['digests', checkDigests],
  ['request', checkRequest],
  ['policy', checkPolicy],
  ['judgement', checkJudgement],
  ['outcome', checkOutcome],
];
