// What a verifier says of an export: the report's form, how a fault is named, and what is so at the end, how far, and on
// whose word.
import type { EvidenceClaim } from '../../evidence/forms.ts';
import type { JsonObject } from '../../json.ts';
import type { ExportDecision, ExportEvent, ExportReceipt } from './format.ts';

/** `line` counts from 1. */
export type ExportClaim = EvidenceClaim & { line?: number };

export interface ExportReport {
  valid: boolean;
  claims: ExportClaim[];
  /** The log key was taken from the export itself. */
  first_use: boolean;
  organization: string | null;
  /** Leaves in the trees of its shards; null when they were not reached. */
  size: number | null;
  /** Events that were verified. */
  events: number;
}

/** The report with what was found, which ends it. @param record the line, to name entry and event */
export function failed(
  report: ExportReport,
  { claim, field, detail }: { claim: string; field: string; detail: string },
  line: number,
  record: JsonObject = {},
): ExportReport {
  const { receipt, event, decision } = record as {
    receipt?: Partial<ExportReceipt>;
    event?: Partial<ExportEvent>;
    decision?: Partial<ExportDecision>;
  };
  const entry = receipt?.index ?? decision?.index;
  const id = event?.skeleton?.id ?? decision?.event;
  const found: ExportClaim = { claim, status: 'failed', detail: `line ${line}: ${detail}`, line, field };
  if (typeof entry === 'number') found.entry = entry;
  if (typeof id === 'string') found.event = id;
  return { ...report, valid: false, claims: [...report.claims, found] };
}

/** What is so, how far, and on whose word. */
export function conclusions(events: number, size: number, linked: boolean): ExportClaim[] {
  return [
    { claim: 'inclusion', status: 'proved', detail: `each of the ${events} events is the entry that it says` },
    { claim: 'lifecycle', status: 'proved', detail: 'every request did only what the lifecycle table allows' },
    {
      claim: 'links',
      status: linked ? 'proved' : 'asserted',
      detail: linked
        ? `places 1 to ${events} link to each other: none between is missing`
        : `places 1 to ${events} are numbered without a gap; give the link key to have that proved`,
    },
    {
      claim: 'completeness',
      status: 'as-of-checkpoint',
      detail: `up to the last event here; that none of later places is among the ${size} entries shows the audit of all leaves`,
    },
    {
      claim: 'sealed_at',
      status: 'asserted',
      detail: "the times of sealing are the operator's word; what people signed, the evidence of each request shows",
    },
  ];
}
