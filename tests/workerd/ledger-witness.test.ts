// Our ledger and its witness, both real: the checkpoint is cosigned, kept and shown; another tree under the same key is not.
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { exports } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cosignedAt, openCheckpoint, parseWitnessKey } from '../../core/ledger.ts';
import { PREDICATE_TYPES } from '../../core/receipt.ts';
import { Cosigned } from '../../durable-objects/ledger/cosigned.ts';
import { ed25519Verifier, logSigner } from '../../durable-objects/ledger/keys.ts';
import { LedgerStore } from '../../durable-objects/ledger/store.ts';
import type { Ledger } from '../../durable-objects/ledger.ts';
import { env, get } from './support/house.ts';
import { bindings, Caller, event, type LedgerStub } from './support/ledger.ts';

const URL_OF_WITNESS = 'https://witness.example/witness';
const front = (exports as unknown as { default: Fetcher }).default;
let stub: LedgerStub;
let asked: string[];
let away = false;
let errors: string[];

/** The network between them: what is sent to the witness's address arrives at this deployment's own witness. */
beforeEach(async () => {
  [asked, errors, away] = [[], [], false];
  await bindings.DB.exec('DELETE FROM checkpoints');
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    const body = String(init?.body);
    asked.push(body.split('\n')[0]!);
    if (away) throw new TypeError('unreachable');
    const path = String(url).replace(URL_OF_WITNESS, `${env.BASE_URL}/witness`);
    return front.fetch(new Request(path, { method: 'POST', body, headers: { 'content-type': 'text/plain' } }));
  });
  vi.spyOn(console, 'error').mockImplementation((line) => void errors.push(String(line)));
});
afterEach(async () => {
  await runInDurableObject(stub, (_: Ledger, state) => state.storage.deleteAlarm());
  vi.restoreAllMocks();
});

const verifierKey = async () => (await get('/witness/key')).body!.verifier_key as string;

/** Uses the ledger's object, with a witness configured. */
async function awake<T>(stub: LedgerStub, use: (ledger: Ledger) => Promise<T>): Promise<T> {
  const WITNESSES = JSON.stringify([{ url: URL_OF_WITNESS, verifier_key: await verifierKey() }]);
  return runInDurableObject(stub, (ledger: Ledger) => {
    Object.assign((ledger as unknown as { env: object }).env, { WITNESSES, CHECKPOINT_SECONDS: '0' });
    return use(ledger);
  });
}

/** The witness's time on the public checkpoint; null where it is not on it. */
async function cosigned(ledger: Ledger): Promise<number | null> {
  const { note } = await ledger.checkpoint();
  expect(await openCheckpoint(note, await logSigner(bindings))).not.toBeNull();
  return cosignedAt(note, await ed25519Verifier(parseWitnessKey(await verifierKey())!));
}

const seal = async (ledger: Ledger, caller: Caller, name: string, count: number) => {
  const events = Array.from({ length: count }, (_, n) => event(n + 1));
  const answer = await ledger.append(caller.request(name, events));
  expect(answer.ok).toBe(true);
};

describe('our ledger', () => {
  it("asks its witness for each public checkpoint, keeps what it signed, and says each entry's first one", async () => {
    stub = bindings.LEDGER.getByName('witnessed');
    const caller = new Caller(stub);
    await awake(stub, async (ledger) => {
      await ledger.append(caller.genesis());
      expect(ledger.witnessed({ index: 0 })).toMatchObject({ problem: { code: 'not-found' } });
      await ledger.alarm();
      expect(Math.abs((await cosigned(ledger))! - Date.now() / 1000)).toBeLessThan(5);
      expect(ledger.witnessed({ index: 0 })).toMatchObject({ ok: true, value: { size: 1 } });
      await seal(ledger, caller, 'apr_1', 4);
      await ledger.alarm();
      expect(await cosigned(ledger)).not.toBeNull();
      expect(ledger.witnessed({ index: 0 })).toMatchObject({ value: { size: 1 } });
      expect(ledger.witnessed({ index: 3 })).toMatchObject({ value: { size: 5 } });
      expect(asked).toEqual(['old 0', 'old 1']);
    });
    await evictDurableObject(stub);
    await awake(stub, async (ledger) => {
      expect(await cosigned(ledger), 'after it slept').not.toBeNull();
      await seal(ledger, caller, 'apr_2', 2);
      await ledger.alarm();
      expect(await cosigned(ledger)).not.toBeNull();
      expect(asked.slice(2), 'asks once, hears the size, asks again').toEqual(['old 0', 'old 5']);
    });
  });

  it('seals and publishes while its witness is away, and does not ask for ever', async () => {
    stub = bindings.LEDGER.getByName('alone');
    away = true;
    await awake(stub, async (ledger) => {
      const caller = new Caller(stub);
      const answer = await ledger.append(caller.genesis());
      expect(answer.ok).toBe(true);
      for (let n = 0; n < 10; n++) await ledger.alarm();
      expect(asked.length).toBe(5);
      expect(await cosigned(ledger)).toBeNull();
    });
  });

  it('is refused with another tree under the same origin and key, which is an alarm and no cosignature', async () => {
    stub = bindings.LEDGER.getByName('forked');
    const caller = new Caller(stub);
    await awake(stub, async (ledger) => {
      await ledger.append(caller.genesis());
      await ledger.alarm();
      expect(await cosigned(ledger), 'shorter').toBeNull();
      expect(errors.join()).toContain('a witness refuses our tree');
      await seal(ledger, caller, 'apr_1', 12);
      await ledger.alarm();
      expect(await cosigned(ledger), 'rewritten').toBeNull();
      expect(errors.filter((line) => line.includes('"status":422')).length).toBeGreaterThan(0);
    });
  });
});

describe('cosigned checkpoints', () => {
  it('stay for good where a decision receipt has its time by them; of the others the newest stay', async () => {
    stub = bindings.LEDGER.getByName('pruned');
    await runInDurableObject(stub, (_: Ledger, { storage: { sql } }) => {
      const receipts = new Set([3, 14]);
      const needed = (from: number, to: number) => [...receipts].some((index) => index >= from && index < to);
      const cosigned = new Cosigned(sql, 'log.example/pruned', needed, 4);
      const at = '2026-11-20T10:00:00.000Z';
      for (let size = 2; size <= 40; size += 2) cosigned.put({ size, note: `${size}`, at });
      cosigned.put({ size: 40, note: '40, again', at });
      const first = (index: number) => cosigned.first(index)?.size;
      expect([3, 14].map(first), 'a receipt').toEqual([4, 16]);
      expect([5, 16].map(first), 'what is between has the next one that is there').toEqual([16, 34]);
      expect([33, 35, 37, 39].map(first), 'the newest').toEqual([34, 36, 38, 40]);
      const { n } = sql.exec("SELECT count(*) AS n FROM cosigned WHERE origin = 'log.example/pruned'").one();
      expect(n).toBe(6);
    });
  });

  it('are needed where a flush sealed a decision receipt', async () => {
    stub = bindings.LEDGER.getByName('needed');
    const caller = new Caller(stub);
    await runInDurableObject(stub, async (ledger: Ledger) => {
      await ledger.append(caller.genesis());
      await seal(ledger, caller, 'apr_1', 2);
      const decided = event(1, 'approval.decided');
      const payload = JSON.stringify({ predicateType: PREDICATE_TYPES['human-approval'] });
      await ledger.append(caller.request('apr_2', [decided], [{ event: decided.id, payload }]));
      await seal(ledger, caller, 'apr_3', 2);
    });
    await runInDurableObject(stub, (_: Ledger, { storage: { sql } }) => {
      const store = new LedgerStore(sql);
      expect([store.hasReceipts(0, 3), store.hasReceipts(0, 4), store.hasReceipts(4, 5)]).toEqual([false, true, true]);
      expect([store.hasReceipts(5, 7), store.hasReceipts(0, 7)]).toEqual([false, true]);
    });
  });
});
