// A verifier's claims for people: each with its own word, what failed first, then what evidence of this kind needs. There
// is no bare "ok": `valid` only says that nothing failed, `complete` that all that is needed is proved.
import {
  type ClaimStatus,
  type EvidenceClaim,
  type EvidenceKind,
  type EvidenceNeed,
  needsInWords,
} from '@assentry/sdk/evidence';
import { printable } from '../../../core/display.ts';

export interface Verdict {
  format: string;
  /** What it says to be about: `apr_… of org_…, live`. As good as the claims are. */
  about: string | null;
  /** What was to run, as pages say it; null where that is not here. */
  sentence?: string | null;
  valid: boolean;
  /** All that this kind needs is proved, but for what is erased; an export is what its claims say, and nothing more. */
  complete: boolean;
  /** How the request ended; null for an export, and for a file that could not be examined. */
  kind: EvidenceKind | null;
  needs: EvidenceNeed[];
  first_use: boolean;
  /** Entries of the checkpoint that the file is under; null when it has none that can be read. */
  size: number | null;
  claims: EvidenceClaim[];
}

const WORDS: Readonly<Record<ClaimStatus, (size: number | null) => string>> = {
  failed: () => 'FAILED',
  proved: () => 'proved',
  'as-of-checkpoint': (size) => `as of checkpoint ${size ?? '?'}`,
  asserted: () => 'asserted by the operator',
  'not-replayable': () => 'not replayable',
};

const ORDER = Object.keys(WORDS) as ClaimStatus[];

/** All claims, then how many of each. Safe for a terminal. */
export function claimLines(verdict: Verdict): string[] {
  const { format, about, claims, size, valid, sentence = null } = verdict;
  const words = new Map(ORDER.map((status) => [status, WORDS[status](size)]));
  const width = Math.max(...[...words.values()].map((word) => word.length));
  const sorted = claims.toSorted((a, b) => Number(b.status === 'failed') - Number(a.status === 'failed'));
  const lines = sorted.map(
    (claim) => `${words.get(claim.status)!.padEnd(width)}  ${claim.claim}: ${claim.detail}${placeOf(claim)}`,
  );
  const counts = ORDER.map((status) => [claims.filter((claim) => claim.status === status).length, words.get(status)]);
  const told = counts.filter(([count]) => count !== 0).map(([count, word]) => `${count} ${word}`);
  const end = `${valid ? 'Nothing failed' : 'NOT VALID'} in this ${format}${about === null ? '' : ` about ${about}`}: ${told.join(', ')}.`;
  const reads = sentence === null ? [] : [`It asks to: ${sentence}.`];
  return [...lines, ...reads, ...needsInWords(verdict), end].map(printable);
}

/** Where a claim points, in parentheses. */
function placeOf({ entry, event, field, byte }: EvidenceClaim): string {
  const places = Object.entries({ entry, event, field, byte }).filter(([, at]) => at !== undefined && at !== '');
  return places.length === 0 ? '' : ` (${places.map(([name, at]) => `${name} ${at}`).join(', ')})`;
}
