// An older copy of the ledger's storage comes back: whatever it signed and sealed after that copy was made must never be
// contradicted. The copies here are whole: every row of every table, taken after each flush.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromHex, hex } from '../../core/encoding.ts';
import { decodeEntries, leafHash, openCheckpoint, tilePath, verifyInclusion } from '../../core/ledger.ts';
import { logSigner } from '../../durable-objects/ledger/keys.ts';
import type { Ledger } from '../../durable-objects/ledger.ts';
import { bindings, type Caller, event, foundOn, type LedgerStub, value, verifiedCheckpoint } from './support/ledger.ts';

type Rows = Record<string, Record<string, SqlStorageValue>[]>;
let stub: LedgerStub;
let count = 0;
/** Every index that was ever acknowledged, with its leaf; every size that was ever signed, with its root. */
let leaves: Map<number, string>;
let roots: Map<number, string>;

beforeEach(async () => {
  await bindings.DB.exec('DELETE FROM checkpoints');
  stub = bindings.LEDGER.getByName(`restore-test-${++count}`);
  [leaves, roots] = [new Map(), new Map()];
});
afterEach(async () => {
  await runInDurableObject(stub, (_: Ledger, state) => state.storage.deleteAlarm());
});

const copied = (): Promise<Rows> =>
  runInDurableObject(stub, (_: Ledger, { storage: { sql } }) => {
    const names = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'");
    return Object.fromEntries(
      names.toArray().map(({ name }) => [name, sql.exec(`SELECT * FROM "${name}"`).toArray()]),
    ) as Rows;
  });

/** Puts a copy in the place of what is there, and starts the object anew on it. */
async function restore(copy: Rows): Promise<void> {
  await runInDurableObject(stub, (_: Ledger, { storage }) =>
    storage.transactionSync(() => {
      const names = storage.sql.exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
      );
      for (const { name } of names.toArray()) storage.sql.exec(`DELETE FROM "${name}"`);
      for (const [name, rows] of Object.entries(copy))
        for (const row of rows) {
          const marks = Object.keys(row).map(() => '?');
          storage.sql.exec(`INSERT INTO "${name}" VALUES (${marks})`, ...Object.values(row));
        }
    }),
  );
  await evictDurableObject(stub);
}

/** Seals one event of a new object. */
async function seal(caller: Caller, name: string): Promise<string> {
  const answer = await stub.append(caller.request(name, [event(1)]));
  if (!answer.ok) return answer.problem.reason ?? answer.problem.code;
  for (const { index, leaf_hash } of answer.value.receipts) {
    expect(leaves.get(index) ?? leaf_hash, `a second entry at ${index}`).toBe(leaf_hash);
    leaves.set(index, leaf_hash);
  }
  return 'sealed';
}

/** Reads the public checkpoint and holds it against all that were signed before. */
async function look(): Promise<number> {
  const { note } = await stub.checkpoint();
  const { size, root } = (await openCheckpoint(note, await logSigner(bindings)))!;
  expect(roots.get(size) ?? hex(root), `a second root for ${size}`).toBe(hex(root));
  roots.set(size, hex(root));
  return size;
}

/** Three flushes, a copy before each; each head is signed and its checkpoint copied to D1, as the alarm does. */
async function life(): Promise<{ caller: Caller; copies: Rows[] }> {
  const caller = await foundOn(stub);
  const copies: Rows[] = [];
  for (let n = 0; n < 3; n++) {
    copies.push(await copied());
    expect(await seal(caller, `apr_${n}`)).toBe('sealed');
    await verifiedCheckpoint(stub, n + 2);
    await runDurableObjectAlarm(stub);
    expect(await look()).toBe(n + 2);
  }
  return { caller, copies };
}

describe('an older copy of the storage', () => {
  it('of any age seals nothing and signs nothing, and still shows the newest checkpoint', async () => {
    const { caller, copies } = await life();
    for (const [at, copy] of copies.entries()) {
      await restore(copy);
      expect(await seal(caller, `apr_new_${at}`)).toBe('frozen');
      expect(await look()).toBe(4);
      await evictDurableObject(stub);
      expect(await seal(caller, `apr_again_${at}`)).toBe('frozen');
    }
  });

  it('is frozen although the newest copies in D1 are lost or forged, as long as one later than it is left', async () => {
    const { caller, copies } = await life();
    await bindings.DB.exec('DELETE FROM checkpoints WHERE size > 3');
    await bindings.DB.exec("UPDATE checkpoints SET note = 'forged' WHERE size = 2");
    await restore(copies[0]!);
    expect(await seal(caller, 'apr_new')).toBe('frozen');
    expect(await look()).toBe(3);
  });

  it('refuses repeats too: what it does not have, it does not seal a second time elsewhere', async () => {
    const { caller, copies } = await life();
    await restore(copies[1]!);
    for (const name of ['apr_0', 'apr_1', 'apr_2']) expect(await seal(caller, name)).toBe('frozen');
  });

  it('proves nothing beyond what it has, and what it has under the roots that were signed', async () => {
    const { copies } = await life();
    await restore(copies[2]!);
    expect(await look()).toBe(4);
    const proof = value(await stub.proof({ index: 1, size: 3 }));
    const hashes = proof.hashes.map((hash) => fromHex(hash)!);
    const bundle = await stub.tile(tilePath({ level: 'entries', number: 0, width: 3 }));
    const leaf_hash = leafHash(decodeEntries(new Uint8Array(bundle!))![1]!);
    const root = fromHex(roots.get(3)!)!;
    expect(verifyInclusion({ index: 1, size: 3, leaf_hash, hashes, root })).toBe(true);
    expect((await stub.proof({ index: 3, size: 4 })).ok).toBe(false);
    expect((await stub.consistency({ from: 3, to: 4 })).ok).toBe(false);
  });

  it('the newest itself goes on where it was, with the same answers', async () => {
    const { caller } = await life();
    await restore(await copied());
    expect(await look()).toBe(4);
    expect(await seal(caller, 'apr_new')).toBe('sealed');
    expect([...leaves.keys()]).toEqual([1, 2, 3, 4]);
  });
});
