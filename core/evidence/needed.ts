// What the evidence of each kind of end has to prove, and whether this file does. `valid` says only that nothing failed: a
// file that holds no signature fails nothing. One table for the verifier, the command and the page.
import type { Case } from './case.ts';
import type { EvidenceLine, EvidenceNeed, EvidenceReport } from './forms.ts';
import { editsOf } from './held.ts';
import { erasureOf } from './request/open.ts';
import type { Tally } from './tally.ts';
import { isByToken } from './token.ts';
import { withheldIn } from './withheld.ts';

/** Whatever happened: an undamaged file of one legal life, in a log that a pinned key signed, of this request. */
const ALWAYS = [
  'format',
  'checkpoint',
  'inclusion',
  'organization',
  'lifecycle',
  'digests',
  'request',
  'policy',
] as const;
/** One person's act, however it was signed; with a passkey its enrolment, with a token its provider's settings (below). */
const SIGNED = ['signature', 'intent', 'not-before', 'eligibility', 'receipt'] as const;

/** Kind of end → what it is in words, and the claims that it needs besides those that every file needs. */
export const NEEDED = {
  approval: { words: 'a person’s approval', claims: [...SIGNED, 'judgement', 'quorum', 'capability'] },
  'approval-by-token': {
    words: 'an approval by a provider’s token',
    claims: [...SIGNED, 'judgement', 'quorum', 'capability'],
  },
  rejection: { words: 'a person’s rejection', claims: [...SIGNED, 'judgement'] },
  'rejection-by-token': { words: 'a rejection by a provider’s token', claims: [...SIGNED, 'judgement'] },
  'policy-allow': { words: 'an approval by policy', claims: ['judgement', 'capability'] },
  'policy-deny': { words: 'a denial by policy', claims: ['judgement'] },
  'break-glass': { words: 'an emergency use, no approval', claims: [...SIGNED, 'judgement', 'capability'] },
  expiry: { words: 'an expiry', claims: ['judgement'] },
  cancellation: { words: 'a cancellation', claims: ['judgement'] },
  pending: { words: 'a request that nobody has decided', claims: ['judgement'] },
} as const satisfies Record<string, { words: string; claims: readonly string[] }>;

export type EvidenceKind = keyof typeof NEEDED;

/** What is needed only where it happened. */
const WHERE_IT_HAPPENED: Readonly<Record<string, (of: Case) => boolean>> = {
  enrolment: (of) => actsOf(of).some((line) => !isByToken(line)),
  issuer: (of) => actsOf(of).some(isByToken),
  edit: (of) => editsOf(of).length > 0,
  delegation: ({ votes }) => votes.some(({ event }) => event.skeleton.delegation !== undefined),
  escalation: (of) => has(of, 'approval.escalated'),
  claims: (of) => has(of, 'capability.exchanged'),
  // Votes that decided nothing yet, and edits, are signed all the same.
  ...Object.fromEntries(['signature', 'intent', 'not-before', 'eligibility'].map((claim) => [claim, somebodySigned])),
};

const has = ({ bundle }: Case, type: string): boolean => bundle.events.some(({ event }) => event.type === type);

function somebodySigned(of: Case): boolean {
  return actsOf(of).length > 0;
}

/** What people signed about this request. */
const actsOf = (of: Case): EvidenceLine[] => [
  ...of.votes,
  ...editsOf(of),
  ...of.bundle.events.filter(({ event }) => event.type === 'break_glass.used'),
];

/** How it ended, by the first event that ended the waiting. */
export function kindOf({ bundle }: Case): EvidenceKind {
  const line = bundle.events.find(({ event }) => ENDS.includes(event.type));
  if (line === undefined) return 'pending';
  const { type, skeleton } = line.event;
  if (type !== 'approval.decided') return BY_EVENT[type]!;
  const approves = skeleton.decision === 'approve';
  if (skeleton.command === 'propose') return approves ? 'policy-allow' : 'policy-deny';
  if (isByToken(line)) return approves ? 'approval-by-token' : 'rejection-by-token';
  return approves ? 'approval' : 'rejection';
}

const BY_EVENT: Readonly<Record<string, EvidenceKind>> = {
  'approval.expired': 'expiry',
  'approval.canceled': 'cancellation',
  'break_glass.used': 'break-glass',
};
const ENDS = ['approval.decided', ...Object.keys(BY_EVENT)];

const ALL_CLAIMS: readonly string[] = [
  ...new Set([...ALWAYS, ...Object.values(NEEDED).flatMap(({ claims }) => claims), ...Object.keys(WHERE_IT_HAPPENED)]),
];

/** Every claim that evidence may need, and how it stands here. */
function needsOf(of: Case, kind: EvidenceKind): EvidenceNeed[] {
  const always: readonly string[] = [...ALWAYS, ...NEEDED[kind].claims];
  return ALL_CLAIMS.map((claim) => {
    const needed = always.includes(claim) || WHERE_IT_HAPPENED[claim]?.(of) === true;
    return { claim, status: needed ? statusOf(of, claim) : 'not-applicable' };
  });
}

/** One for each person's act: that one of two signed proves nothing of the other. */
const FOR_EACH_ACT: readonly string[] = ['signature', 'intent', 'not-before', 'eligibility'];
const PROVES: readonly string[] = ['proved', 'as-of-checkpoint'];

function statusOf(of: Case, claim: string): EvidenceNeed['status'] {
  const said = of.tally.claims.filter((one) => one.claim === claim);
  if (said.some(({ status }) => status === 'failed')) return 'failed';
  const proved = said.filter(({ status }) => PROVES.includes(status)).length;
  const wanted = FOR_EACH_ACT.includes(claim) ? actsOf(of).length : 1;
  const partly = said.some(({ status }) => status === 'not-replayable');
  if (proved >= wanted && !partly) return 'proved';
  if (erasureOf(of) !== undefined) return 'erased';
  if (OVER_PARAMS.includes(claim) && !isWithheld(of) && isHidden(of)) return 'hidden';
  if (partly || isWithheld(of)) return 'withheld';
  return said.some(({ status }) => status === 'asserted') ? 'asserted' : 'missing';
}

const isWithheld = ({ bundle }: Case): boolean =>
  bundle.events.some(({ event }) => event.personal === null && event.skeleton.personal !== null);

/** Claims over the params as they are. */
const OVER_PARAMS: readonly string[] = ['digests', 'edit'];

/** Whether policy hides a value of the params: then digests over the params cannot be computed again. */
const isHidden = (of: Case): boolean => [of.birth.line, ...editsOf(of)].some((line) => withheldIn(line).length > 0);

/** Nothing failed, and nothing that is needed is withheld, only asserted, or missing. What is erased, or hidden from everybody, is named. */
const ENOUGH: readonly EvidenceNeed['status'][] = ['proved', 'erased', 'hidden', 'not-applicable'];

/** The report with what its kind needs; without a kind nothing could be examined. */
export function concluded(tally: Tally, of: Case | null): EvidenceReport {
  const report = tally.report();
  if (of === null) return { ...report, kind: null, needs: [], complete: false };
  const kind = kindOf(of);
  const needs = needsOf(of, kind);
  return { ...report, kind, needs, complete: report.valid && needs.every(({ status }) => ENOUGH.includes(status)) };
}

/** For people: what the kind needs and this file does not prove, and what it names besides. */
export function needsInWords({ kind, needs, complete }: Pick<EvidenceReport, 'kind' | 'needs' | 'complete'>): string[] {
  if (kind === null) return [];
  const { words } = NEEDED[kind];
  const named = (status: EvidenceNeed['status']) =>
    needs.filter((one) => one.status === status).map(({ claim }) => claim);
  const lines = (['failed', 'withheld', 'asserted', 'missing', 'erased', 'hidden', 'not-applicable'] as const).flatMap(
    (status) => {
      const claims = named(status);
      return claims.length === 0 ? [] : [`${HEADS[status]}: ${claims.join(', ')}.`];
    },
  );
  const all =
    named('erased').length + named('hidden').length > 0 ? 'Everything that is not erased or hidden' : 'Everything';
  return [
    complete
      ? `${all} that the evidence of ${words} needs is proved.`
      : `Not all that the evidence of ${words} needs is proved.`,
    ...lines,
  ];
}

const HEADS = {
  failed: 'Failed',
  withheld: 'Withheld from whoever downloaded this file, so not proved',
  asserted: 'Only asserted, so not proved',
  missing: 'Not in this file, so not proved',
  erased: 'Erased, so not shown any more',
  hidden: 'Not to be computed again by anybody, because policy hides a value of the params',
  'not-applicable': 'Does not apply here',
} as const;
