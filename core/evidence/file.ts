// The file itself: strict JSON of one known form, undamaged. Nothing that it says is believed here.
import { digestOf } from '../digest.ts';
import type { Digest, JsonObject } from '../json.ts';
import { parseStrictJson } from '../strict-json.ts';
import type { EvidenceBundle } from './forms.ts';
import { EVIDENCE_SCHEMA, faultOfForm } from './schema.ts';
import type { Tally } from './tally.ts';

/** Requests hold at most some 64 KiB each of params, context and preview; policies and many votes stand beside them. */
export const EVIDENCE_LIMITS = { max_bytes: 8 * 1024 * 1024, max_depth: 64, max_nodes: 500_000 };

/** Of all but `digest` itself. */
export function bundleDigest(bundle: Omit<EvidenceBundle, 'digest'> | EvidenceBundle): Digest {
  const { digest: _, ...rest } = bundle as EvidenceBundle;
  return digestOf(rest);
}

/** The bundle, or null once the tally says why there is none. Damage is said, and reading goes on to find its place. */
export function readBundle(text: string, tally: Tally): EvidenceBundle | null {
  const parsed = parseStrictJson(text, EVIDENCE_LIMITS);
  if (!parsed.ok) {
    const [place] = parsed.problem.errors ?? [];
    tally.say('format', 'failed', `The file is not strict JSON: ${place?.detail ?? parsed.problem.detail}`, {
      byte: offsetOf(text, place),
      ...(place?.pointer ? { field: place.pointer } : {}),
    });
    return null;
  }
  const fault = faultOfForm(EVIDENCE_SCHEMA, parsed.value);
  if (fault !== null) {
    tally.say('format', 'failed', `${fault.pointer || 'The file'} ${fault.detail}.`, { field: fault.pointer });
    return null;
  }
  const bundle = parsed.value as JsonObject as unknown as EvidenceBundle;
  const whole = bundleDigest(bundle) === bundle.digest;
  if (whole) tally.say('format', 'proved', `The file is ${bundle.format}, whole and undamaged.`);
  else tally.say('format', 'failed', 'The file is damaged: its own digest does not fit.', { field: '/digest' });
  return bundle;
}

/** Offset in UTF-8 of a line and column; 0 where there is no place. */
function offsetOf(text: string, place: { line?: number; column?: number } | undefined): number {
  const lines = text.split('\n').slice(0, (place?.line ?? 1) - 1);
  const before = lines.reduce((sum, line) => sum + line.length + 1, 0) + (place?.column ?? 1) - 1;
  return new TextEncoder().encode(text.slice(0, before)).length;
}
