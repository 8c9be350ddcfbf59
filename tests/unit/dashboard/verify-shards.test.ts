// The verifier's page and a file that stands in two shards of the log: what is pinned at its first use verifies it again.
import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sha256 } from '#sha256';
import { fromBase64Url, utf8 } from '../../../core/encoding.ts';
import { signCheckpoint, verifierKey } from '../../../core/ledger.ts';
import { check } from '../../../dashboard/src/pages/verify/check.ts';
import { pinnedKeys } from '../../../dashboard/src/pages/verify/known.ts';
import { ANCHORS, forged } from '../evidence/samples.ts';

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});
afterEach(() => vi.unstubAllGlobals());

/** The sample, and a second shard after it, under a key of its own name. */
async function inTwoShards() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = {
    name: 'localhost/assentry/2027h1',
    public_key: fromBase64Url(publicKey.export({ format: 'jwk' }).x as string)!,
  };
  const signer = { ...key, sign: async (message: Uint8Array) => new Uint8Array(sign(null, message, privateKey)) };
  const note = await signCheckpoint({ size: 1, root: sha256(utf8('a leaf')) }, signer);
  const log_key = verifierKey(key);
  const text = forged('approval', (bundle) => {
    const first = { shard: 0, checkpoint: bundle.checkpoint, log_key: bundle.hints.log_key };
    bundle.shards = [first, { shard: 1, checkpoint: note, log_key }];
    bundle.checkpoint = note;
    bundle.hints.log_key = log_key;
  });
  return { text, log_key };
}

it('pins the keys of all its shards at once, and says of both that they were not believed where others are pinned', async () => {
  const { log_key: of_first, ...known } = ANCHORS;
  const { text, log_key } = await inTwoShards();
  const first = await check(text, known);
  expect([first.report.valid, first.first_key]).toEqual([true, `${log_key}\n${of_first}`]);
  expect(pinnedKeys()).toEqual([log_key, of_first]);
  const again = await check(text, known);
  expect([again.report.valid, again.first_key, again.other_key]).toEqual([true, null, null]);
  const other = await check((await inTwoShards()).text, known);
  expect([other.report.valid, other.first_key]).toEqual([false, null]);
  expect(other.other_key).toMatch(/^localhost\/assentry\/2027h1\+/);
});
