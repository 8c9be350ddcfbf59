// The golden samples and what is pinned for them. They were signed once and never change: see tests/golden/make.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalize } from '../../../core/canonical.ts';
import { type Anchors, assembleEvidence, type EvidenceBundle, verifyEvidence } from '../../../core/evidence.ts';
import type { Json } from '../../../core/json.ts';
import { policyJudge } from '../../../core/policy/evidence-judge.ts';
import { webCrypto } from '../../../sdk/src/verify/evidence-crypto.ts';

const GOLDEN = join(import.meta.dirname, '../../golden');
const read = (name: string): string => readFileSync(join(GOLDEN, name), 'utf8');

export const SAMPLES = ['approval', 'rejection', 'quorum', 'erased'] as const;
/** Made later, out of another stack, which its own anchors name. */
export type Sample = (typeof SAMPLES)[number] | 'edited' | 'escalated' | 'broken-glass' | 'delegated' | 'oidc';

/** Samples of other passkeys and of a test organisation, each with anchors of its own. */
export const LATER = ['eddsa', 'rs256', 'test-approval'] as const;
export const anchorsOf = (sample: Sample | (typeof LATER)[number]): typeof ANCHORS =>
  JSON.parse(read(`${sample}.anchors.json`));

export const textOf = (sample: Sample | (typeof LATER)[number]): string => read(`${sample}.evidence`);
export const ANCHORS: Required<Pick<Anchors, 'log_key' | 'organization' | 'origin' | 'rp_id' | 'receipt_key'>> =
  JSON.parse(read('anchors.json'));

export const EDITED_ANCHORS = anchorsOf('edited');
export const ESCALATED_ANCHORS = anchorsOf('escalated');
export const BROKEN_GLASS_ANCHORS = anchorsOf('broken-glass');

// biome-ignore lint/suspicious/noExplicitAny: tampering is not typed
export type Loose = any;

export const verify = (text: string, anchors: Anchors = ANCHORS) =>
  verifyEvidence(text, anchors, webCrypto, { judge: policyJudge });

/** The sample with something changed, its own digest made to fit again: what a forger would hand over. */
export function forged(sample: Sample, change: (bundle: Loose) => unknown): string {
  const bundle: Loose = JSON.parse(textOf(sample));
  change(bundle);
  const { format: _, digest: __, ...parts } = bundle as EvidenceBundle;
  return canonicalize(assembleEvidence(parts) as unknown as Json);
}

export const failuresOf = async (text: string, anchors: Anchors = ANCHORS) =>
  (await verify(text, anchors)).claims.filter(({ status }) => status === 'failed');
