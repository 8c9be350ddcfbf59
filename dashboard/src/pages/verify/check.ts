// One file, checked in this browser alone: the verifier of core/evidence.ts over WebCrypto. No request leaves the page.
// This module brings the whole verifier with it: import it only when a file is to be checked.

import { EVIDENCE_LIMITS } from '../../../../core/evidence/file.ts';
import type { Anchors, EvidenceBundle, EvidenceReport } from '../../../../core/evidence/forms.ts';
import { verifyEvidence } from '../../../../core/evidence.ts';
import { policyJudge } from '../../../../core/policy/evidence-judge.ts';
import { canVerify, webCrypto } from '../../../../sdk/src/verify/evidence-crypto.ts';
import { pinKeys, pinnedKeys } from './known.ts';

export interface Checked {
  report: EvidenceReport;
  /** What the file says that it is about; null where it is no bundle. Its word only. */
  about: About | null;
  /** The log keys that this file brought and that were pinned now, one to a line; null where one was before, or it failed. */
  first_key: string | null;
  /** The log keys that this file brought, where others are pinned: they were not believed. One to a line. */
  other_key: string | null;
}

interface About {
  request: string;
  action: string;
  /** A file in which nothing failed may be about a rejection. */
  status: string;
  organization: string;
  checkpoint: string;
}

const CANNOT_VERIFY =
  'This browser cannot check signatures here: it lacks Ed25519, or the page was not opened over https. That says nothing about the file. Use a current browser, or `assentry verify`.';

/**
 * Verifies the text under what is known, and pins the log's key if none was.
 *
 * @param known what a person put in besides the pinned log keys
 */
export async function check(text: string, known: Omit<Anchors, 'log_key'>): Promise<Checked> {
  if (!(await canVerify())) throw new Error(CANNOT_VERIFY);
  const pinned = pinnedKeys();
  const report = await verifyEvidence(text, { ...known, log_key: pinned }, webCrypto, { judge: policyJudge });
  const bundle = report.claims.some(isUnread) ? null : (JSON.parse(text) as EvidenceBundle);
  const brought = bundle === null ? [] : keysIn(bundle);
  const first_key = report.valid && pinned.length === 0 && bundle !== null ? brought.join('\n') : null;
  if (first_key !== null) pinKeys(first_key);
  const others = brought.filter((key) => !pinned.includes(key));
  const other_key = pinned.length > 0 && others.length > 0 ? others.join('\n') : null;
  return { report, about: bundle && aboutOf(bundle), first_key, other_key };
}

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
    ...{
      request: said(request.id),
      action: said(request.action),
      status: `${said(request.status)}${broken ? ', by breaking glass: nobody approved it' : ''}`,
      organization: organization.id,
    },
    checkpoint: checkpoint.split('\n')[1] ?? '',
  };
}
