// While a key of the ledger rotates: the first one signs, all are published, and what an older one signed still counts.
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { base64, fromHex } from '../../core/encoding.ts';
import { faultOfEvent } from '../../core/events.ts';
import {
  eventLeaf,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  signCheckpoint,
  verifyInclusion,
} from '../../core/ledger.ts';
import { ed25519Verifier, type LedgerEnv, ledgerKeys, logSigner } from '../../durable-objects/ledger/keys.ts';
import { Ledger } from '../../durable-objects/ledger.ts';
import { writeCheckpoint } from '../../durable-objects/projection/checkpoints.ts';
import { env } from './support/house.ts';
import { bindings, event, foundOn, value } from './support/ledger.ts';

/** Two of a kind: the deployment's own, and another one in front of it. The retired one may be public only. */
function rotated(own: string, fresh: object): string {
  const { d: _private, ...left } = JSON.parse(own);
  return JSON.stringify([fresh, left]);
}
async function jwk(algorithm: { name: string; namedCurve?: string }): Promise<object> {
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  return (await crypto.subtle.exportKey('jwk', pair.privateKey)) as object;
}
const during = async () => ({
  ...bindings,
  LEDGER_KEY: rotated(env.LEDGER_KEY, JSON.parse(env.WITNESS_KEY!)),
  RECEIPT_KEY: rotated(env.RECEIPT_KEY, await jwk({ name: 'ECDSA', namedCurve: 'P-256' })),
});

it('publishes both keys of each kind, the one that signs first, and the old one is the one that was', async () => {
  const [before, now] = [ledgerKeys(bindings), ledgerKeys(await during())];
  expect(now.verifier_keys).toHaveLength(2);
  expect([now.verifier_keys[1], now.receipt_keys[1]]).toEqual([before.verifier_key, before.receipt_keys[0]]);
  expect(now.verifier_keys[0]).toBe(now.verifier_key);
  expect(new Set(now.receipt_keys.map(({ key }) => key)).size).toBe(2);
});

it('signs checkpoints with the first key only', async () => {
  const deployment = await during();
  const note = await signCheckpoint({ size: 1, root: new Uint8Array(32) }, await logSigner(deployment));
  const opened = ledgerKeys(deployment).verifier_keys.map(async (text) =>
    openCheckpoint(note, await ed25519Verifier(parseVerifierKey(text)!)),
  );
  const [first, second] = await Promise.all(opened);
  expect([first?.size, second]).toEqual([1, null]);
});

it('refuses keys of which the first cannot sign', () => {
  const { d: _private, ...left } = JSON.parse(env.LEDGER_KEY);
  expect(() => ledgerKeys({ ...bindings, LEDGER_KEY: JSON.stringify([left]) })).toThrow('LEDGER_KEY');
  expect(() => ledgerKeys({ ...bindings, LEDGER_KEY: '[]' })).toThrow('LEDGER_KEY');
});

it('freezes behind a checkpoint that the old key signed, as it did before the rotation', async () => {
  const stub = bindings.LEDGER.getByName('rotating');
  const caller = await foundOn(stub);
  const root = new Uint8Array(32);
  const note = await signCheckpoint({ size: 99, root }, await logSigner(bindings));
  const copy = { origin: bindings.LEDGER_ORIGIN, size: 99, root: base64(root), note, at: '2026-11-20T10:00:00.000Z' };
  await writeCheckpoint(bindings.DB, copy);
  await evictDurableObject(stub);
  const deployment = await during();
  await runInDurableObject(stub, async (_: Ledger, state) => {
    const ledger = new Ledger(state, deployment);
    expect(await ledger.append(caller.genesis())).toMatchObject({ problem: { reason: 'frozen' } });
    expect((await ledger.checkpoint()).note).toBe(note);
    await state.storage.deleteAlarm();
  });
});

it('seals each change of a key once, as an entry that the checkpoint proves, and repeated starts add nothing', async () => {
  await bindings.DB.exec('DELETE FROM checkpoints');
  const stub = bindings.LEDGER.getByName('recording');
  const caller = await foundOn(stub);
  const deployment = { ...(await during()), CAPABILITY_KEYS: env.CAPABILITY_KEYS };
  const [old, fresh] = [ledgerKeys(bindings), ledgerKeys(deployment)];
  const after = { ...deployment, LEDGER_KEY: env.WITNESS_KEY!, RECEIPT_KEY: first(deployment.RECEIPT_KEY) };
  await runInDurableObject(stub, async (_: Ledger, state) => {
    const start = (of: LedgerEnv) => new Ledger(state, { ...of, CHECKPOINT_SECONDS: '0' });
    const told = (ledger: Ledger) => ledger.deployment().map(({ event }) => [event.type, event.skeleton.state]);
    const before = start(bindings);
    await before.checkpoint();
    expect(told(before), 'the first configuration is no change').toEqual([]);

    const overlapping = start(deployment);
    value(await overlapping.append(caller.request('apr_1', [event(1)])));
    const changed = ['key.rotated', 'signs'];
    const beside = ['key.rotated', 'verifies'];
    expect(told(overlapping)).toEqual([changed, beside, changed, beside]);
    const { size } = await overlapping.checkpoint();
    expect(size, 'genesis, four entries, and what was appended after them').toBe(6);
    for (const { event: one, receipt } of overlapping.deployment()) {
      expect(faultOfEvent(one)).toBeNull();
      const proof = value(await overlapping.proof({ index: receipt.index }));
      const hashes = proof.hashes.map((hash) => fromHex(hash)!);
      const leaf_hash = leafHash(eventLeaf(fromHex(one.commit)!, fromHex(receipt.link)!));
      expect(verifyInclusion({ index: proof.index, size, root: fromHex(proof.root)!, leaf_hash, hashes })).toBe(true);
    }

    for (let n = 0; n < 3; n++) expect((await start(deployment).checkpoint()).size, 'a start').toBe(size);

    const ended = start(after);
    expect((await ended.checkpoint()).size, 'a look is enough to record it').toBe(size + 2);
    expect(told(ended).slice(4)).toEqual([
      ['key.rotated', 'retired'],
      ['key.rotated', 'retired'],
    ]);
    const [log, receipt] = ended
      .deployment()
      .slice(4)
      .map((entry) => entry.event.skeleton);
    expect([log!.purpose, old.verifier_key.split('+')[1]]).toEqual(['log', log!.kid]);
    expect([receipt!.purpose, receipt!.kid]).toEqual(['receipt', old.receipt_keys[0]!.key]);
    expect(fresh.verifier_keys[1]).toBe(old.verifier_key);
    await state.storage.deleteAlarm();
  });
});

const first = (text: string): string => JSON.stringify(JSON.parse(text)[0]);
