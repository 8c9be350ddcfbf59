// What policy let through by its first semantics stays proved: each sample was judged by a stack of that time, and every
// later verifier judges it as that stack did.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { canonicalize } from '../../../core/canonical.ts';
import { hex, utf8 } from '../../../core/encoding.ts';
import { assembleEvidence, type EvidenceBundle } from '../../../core/evidence.ts';
import type { Json } from '../../../core/json.ts';
import { rewritten } from './forger.ts';
import { type Loose, verify } from './samples.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, '../../golden', name), 'utf8');
const ANCHORS = JSON.parse(read('semantics-1.anchors.json'));

/** SHA-256 of the files: a changed sample is a promise broken, not a test to mend. */
const PINNED: Record<string, string> = {
  'digits-allowed': '4ef7d87f32b89aa5ee667178855097356dae39f7ba7712e22990be40f24b0e96',
  'digits-edited': '0a667e1aa11c6c930842b47c1be9f31f1a1fbf8ba075c254ca6e740cdbfbf19d',
  'near-resource-allowed': '47f60baf47aac66b67b180e102da64dd65d50acc6f1152cb9c713d72d427c1ad',
  'near-metadata-allowed': '1c2f6284b3e16f0cae2c81f93dbd1b26260d8ec55e6aa27626f6979b9a8cc04b',
  'near-condition-allowed': 'f43efb667b522a29a1ba1eb493cfe6e5fd2c7e8e20312e1a20d0e8289da09bf7',
  'near-broken-glass': '8a098ee7a54c833e6398926157413880c683e35ad7735891b0f9ced8bf0f9e4f',
};

/** Sample → the status that it came to, and the rule that decided at first. */
const SAID: [string, string, string | null][] = [
  ['digits-allowed', 'approved', null],
  ['digits-edited', 'approved', 'reduced'],
  ['near-resource-allowed', 'approved', null],
  ['near-metadata-allowed', 'approved', null],
  ['near-condition-allowed', 'approved', null],
  ['near-broken-glass', 'approved', null],
];

describe('a sample of the first semantics', () => {
  it.each(SAID)(
    '%s is the file that it always was, was let through, and is proved to be what policy said',
    async (name, status, rule) => {
      const text = read(`${name}.evidence`);
      expect(hex(sha256(utf8(text)))).toBe(PINNED[name]);
      const { request, events } = JSON.parse(text) as EvidenceBundle;
      expect(request.status).toBe(status);
      expect(events[0]!.event.skeleton.rule).toBe(rule);
      expect(events[0]!.event.skeleton.semantics).toBeUndefined();
      const report = await verify(text, ANCHORS);
      expect(report.claims.filter(({ status: said }) => said === 'failed')).toEqual([]);
      const judged = report.claims.filter(({ claim }) => claim === 'judgement').map((claim) => claim.status);
      expect(judged).toEqual(name === 'digits-edited' ? ['proved', 'proved'] : ['proved']);
    },
  );
});

/** The sample with an event changed, every commitment and the bundle's own digest made to fit. */
function changed(name: string, type: string, change: (skeleton: Loose) => void): string {
  const bundle: Loose = JSON.parse(read(`${name}.evidence`));
  change(bundle.events.find(({ event }: Loose) => event.type === type).event.skeleton);
  rewritten(bundle, () => {});
  const { format: _, digest: __, ...parts } = bundle as EvidenceBundle;
  return canonicalize(assembleEvidence(parts) as unknown as Json);
}

const judgements = async (text: string) =>
  (await verify(text, ANCHORS)).claims.filter(({ claim }) => claim === 'judgement');

describe('the version that an event says', () => {
  it.each(['digits-allowed', 'near-resource-allowed', 'near-metadata-allowed', 'near-condition-allowed'])(
    'is the one that judges: by the second, %s would not have been let through',
    async (name) => {
      const said = await judgements(changed(name, 'approval.requested', (skeleton) => (skeleton.semantics = 2)));
      expect(said.filter(({ status }) => status === 'failed').map(({ field }) => field)).toContain(
        '/events/0/event/skeleton/verdict',
      );
    },
  );

  it('is told, so that nobody takes the first for the newest', async () => {
    const [said] = await judgements(read('digits-allowed.evidence'));
    expect(said?.detail).toContain('by semantics 1');
  });

  it('is not judged when nobody knows it', async () => {
    for (const semantics of [0, 3, '2', null]) {
      const [said] = await judgements(
        changed('digits-allowed', 'approval.requested', (one) => (one.semantics = semantics)),
      );
      expect(said?.status).not.toBe('proved');
    }
  });

  it('of an edit is that of its request', async () => {
    const said = await judgements(changed('digits-edited', 'approval.edited', (skeleton) => (skeleton.semantics = 2)));
    expect(said.filter(({ status }) => status === 'failed').map(({ field }) => field)).toEqual([
      expect.stringMatching(/skeleton\/semantics$/),
    ]);
  });
});
