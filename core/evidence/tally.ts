// What a verifier has found so far: claims in the order of the checks, and the places that they are about. A check that
// meets something of a form that it does not know fails by name; it never throws and never passes silently.
import type { ClaimStatus, EvidenceClaim, EvidenceLine, EvidenceReport } from './forms.ts';

/** What a claim is about. */
export type At = Pick<EvidenceClaim, 'entry' | 'event' | 'field' | 'byte'>;

export const atLine = (line: EvidenceLine, field?: string): At => ({
  entry: line.receipt.index,
  event: line.event.id,
  ...(field === undefined ? {} : { field }),
});

export class Tally {
  readonly claims: EvidenceClaim[] = [];
  #first_use = false;
  #sentence: string | null = null;

  say(claim: string, status: ClaimStatus, detail: string, at: At = {}): void {
    this.claims.push({ claim, status, detail, ...at });
  }

  /** Says that it failed, unless `holds`. Answers `holds`. */
  holds(holds: boolean, claim: string, detail: string, at: At = {}): boolean {
    if (!holds) this.say(claim, 'failed', detail, at);
    return holds;
  }

  /** What may run, as pages say it. */
  reads(sentence: string | null): void {
    this.#sentence = sentence;
  }

  /** An anchor came from the bundle itself. */
  firstUse(what: string, value: string): void {
    this.#first_use = true;
    this.say('anchor', 'asserted', `No ${what} was pinned: the bundle's own is used, ${value}. Compare it elsewhere.`);
  }

  /** Runs one check; whatever it cannot read is a failure of its own, with the place. */
  async attempt(claim: string, at: At, check: () => void | Promise<void>): Promise<void> {
    try {
      await check();
    } catch (error) {
      this.say(claim, 'failed', `It is not of the form that this check reads: ${reasonOf(error)}.`, at);
    }
  }

  report(): Pick<EvidenceReport, 'valid' | 'claims' | 'sentence' | 'first_use'> {
    const valid = this.claims.length > 0 && this.claims.every(({ status }) => status !== 'failed');
    return {
      valid,
      claims: this.claims,
      ...(this.#sentence === null ? {} : { sentence: this.#sentence }),
      ...(this.#first_use ? { first_use: true } : {}),
    };
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 200);
