// What the verifier's report is in words. Never a bare "ok": a verdict says how much of it is proved, and how much is
// only somebody's word.
import type { ClaimStatus, EvidenceClaim, EvidenceReport } from '../../../../core/evidence/forms.ts';

const WORDS: Record<ClaimStatus, string> = {
  failed: 'failed',
  proved: 'proved',
  asserted: 'asserted by the operator',
  'as-of-checkpoint': 'as of checkpoint',
  'not-replayable': 'not replayable',
};
const COUNTED = ['proved', 'asserted', 'as-of-checkpoint', 'not-replayable'] as const;

/** The word for a claim's status; `size` is that of the file's checkpoint. */
export const wordOf = (status: ClaimStatus, size: string): string =>
  status === 'as-of-checkpoint' ? `${WORDS[status]} ${size}`.trim() : WORDS[status];

type Said = Pick<EvidenceReport, 'valid' | 'complete' | 'claims'>;

/** Bad: something failed. Partial: nothing did, and yet not all that is needed is proved. */
export const toneOf = ({ valid, complete }: Said): 'good' | 'partial' | 'bad' =>
  valid ? (complete ? 'good' : 'partial') : 'bad';

/** One sentence: what failed, or that nothing did and what that rests on. */
export function verdictOf({ valid, complete, claims }: Said, size: string): string {
  if (!valid) return failureOf(claims.filter(({ status }) => status === 'failed'));
  const but = complete ? '' : ', but this file does not prove all that it needs';
  const counts = COUNTED.flatMap((status) => {
    const count = claims.filter((claim) => claim.status === status).length;
    return count > 0 ? [`${count} ${wordOf(status, size)}`] : [];
  });
  return `Nothing failed${but}: ${counts.join(', ')}.`;
}

/**
 * Whose word time is, and that the log shows everybody the same: witnesses who cosigned, by name, or nobody but the
 * operator. Null where a failed check leaves nothing to say.
 */
export function witnessedBy({ valid, claims }: Said): string | null {
  if (!valid) return null;
  const seen = claims.flatMap(({ claim, status, detail }) =>
    claim === 'not-after' && status === 'proved' ? (/: (\S+) cosigned it then\.$/.exec(detail)?.[1] ?? []) : [],
  );
  return seen.length > 0
    ? `Witnessed by ${[...new Set(seen)].join(', ')}.`
    : 'Operator-trusted: no witness that you named cosigned it.';
}

function failureOf(failed: EvidenceClaim[]): string {
  // The digest of the whole file only says that there is damage; another check says where.
  const first = failed.find(({ field }) => field !== '/digest') ?? failed[0];
  if (first === undefined) return 'Not valid because nothing could be checked.';
  const more = failed.length - 1;
  const rest = more === 0 ? '' : ` ${more} more ${more === 1 ? 'claim' : 'claims'} failed.`;
  return `Not valid because the check “${first.claim}” failed: ${first.detail}${rest}`;
}

/** Failed ones first, else in the order of the checks. */
export const failedFirst = (claims: readonly EvidenceClaim[]): EvidenceClaim[] =>
  [...claims].sort((one, other) => Number(other.status === 'failed') - Number(one.status === 'failed'));

/** Where to look: ledger entry, event, field or byte. */
export const placeOf = ({ entry, event, field, byte }: EvidenceClaim): string =>
  [
    entry === undefined ? null : `entry ${entry}`,
    field || null,
    byte === undefined ? null : `byte ${byte}`,
    event ?? null,
  ]
    .filter((part) => part !== null)
    .join(' · ');
