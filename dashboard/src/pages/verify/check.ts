// One file, checked in this browser alone: the verifiers of core/evidence.ts and core/ledger/export.ts over WebCrypto. No
// request leaves the page.
// This module brings the whole verifier with it: import it only when a file is to be checked.

import { EVIDENCE_LIMITS } from '../../../../core/evidence/file.ts';
import type { Anchors, EvidenceBundle, EvidenceReport } from '../../../../core/evidence/forms.ts';
import { needsInWords, verifyEvidence } from '../../../../core/evidence.ts';
import { beginsExport } from '../../../../core/ledger/export.ts';
import { policyJudge } from '../../../../core/policy/evidence-judge.ts';
import { canVerify, webCrypto } from '../../../../sdk/src/verify/evidence-crypto.ts';
import { checkExport } from './check-export.ts';
import { type KeysTaken, keysTaken, pinnedKeys } from './known.ts';

export interface Checked extends KeysTaken {
  report: CheckedReport;
  /** What evidence of this kind needs and the file does not prove, or no more; the first line says whether it is all. */
  needs: string[];
  /** What the file says that it is about; null where it is neither bundle nor export. Its word only. */
  about: About | null;
}

/** Of an export: complete where nothing failed. */
type CheckedReport = Pick<EvidenceReport, 'valid' | 'complete' | 'claims' | 'sentence' | 'first_use'>;

export interface About {
  /** One sentence's object: "about request apr_…". */
  what: string;
  /** A file in which nothing failed may be about a rejection. */
  status: string | null;
  checkpoint: string;
}

const CANNOT_VERIFY =
  'This browser cannot check signatures here: it lacks Ed25519, or the page was not opened over https. That says nothing about the file. Use a current browser, or `assentry verify`.';

type Known = Omit<Anchors, 'log_key'>;

/**
 * Verifies a bundle under what is known, and pins the log's key if none was.
 *
 * @param known what a person put in besides the pinned log keys
 */
export async function check(text: string, known: Known): Promise<Checked> {
  if (!(await canVerify())) throw new Error(CANNOT_VERIFY);
  const report = await verifyEvidence(text, { ...known, log_key: pinnedKeys() }, webCrypto, { judge: policyJudge });
  const bundle = report.claims.some(isUnread) ? null : (JSON.parse(text) as EvidenceBundle);
  const about = bundle && aboutOf(bundle);
  return {
    report,
    needs: needsInWords(report),
    about,
    ...keysTaken(report.valid, bundle === null ? [] : keysIn(bundle)),
  };
}

/** Verifies a chosen file: an export of an organisation, line by line, or a bundle. */
export async function checkFile(file: File, known: Known): Promise<Checked> {
  if (!(await canVerify())) throw new Error(CANNOT_VERIFY);
  const beginning = await file.slice(0, BEGINNING_BYTES).text();
  return beginsExport(beginning) ? checkExport(file, known) : check(await textOf(file), known);
}

/** Enough of a file to tell what it is. */
const BEGINNING_BYTES = 256;

/** Verifier keys of witnesses, one to a line. What is none is a key too: then the report says that it is none. */
export const witnessesIn = (text: string): string[] => text.split('\n').flatMap((line) => line.trim() || []);

/** Each shard of the log has a key under its own name: all that signed something of this file. */
const keysIn = ({ hints, shards = [] }: EvidenceBundle): string[] => [
  ...new Set([hints.log_key, ...shards.map(({ log_key }) => log_key)]),
];

/** The text of a chosen file; undecodable bytes are an error, not replaced. */
export async function textOf(file: File): Promise<string> {
  if (file.size > EVIDENCE_LIMITS.max_bytes) throw new Error(`${file.name} is larger than any evidence file: 8 MiB.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
  } catch {
    throw new Error(`Not valid: ${file.name} is not UTF-8 text, so it is no evidence file, or a damaged one.`);
  }
}

/** The form was not that of a bundle, so that none of the checks after it ran. */
const isUnread = ({ claim, status, field }: EvidenceReport['claims'][number]): boolean =>
  claim === 'format' && status === 'failed' && field !== '/digest';

function aboutOf({ request, organization, checkpoint, events }: EvidenceBundle): About {
  const broken = events.some(({ event }) => event.type === 'break_glass.used');
  const said = (value: unknown): string => (typeof value === 'string' ? value : 'unnamed');
  return {
    what: `request ${said(request.id)}, ${said(request.action)}, of ${organization.id}`,
    status: `${said(request.status)}${broken ? ', by breaking glass: nobody approved it' : ''}`,
    checkpoint: checkpoint.split('\n')[1] ?? '',
  };
}
