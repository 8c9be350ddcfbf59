// What policy let through by its first semantics stays proved: each sample was judged by a stack of that time, and every
// later verifier judges it as that stack did.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { hex, utf8 } from '../../../core/encoding.ts';
import type { EvidenceBundle } from '../../../core/evidence.ts';
import { verify } from './samples.ts';

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
