import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { base64, utf8 } from '../../core/encoding.ts';
import { openCheckpoint, signCheckpoint } from '../../core/ledger.ts';
import { type LedgerEnv, logSigner } from '../../durable-objects/ledger/keys.ts';
import { Ledger } from '../../durable-objects/ledger.ts';
import { readCheckpoints, writeCheckpoint } from '../../durable-objects/projection/checkpoints.ts';
import { until } from '../support/until.ts';
import { bindings, Caller, event, foundOn, type LedgerStub, rootBytes, verifiedCheckpoint } from './support/ledger.ts';

const ORIGIN = bindings.LEDGER_ORIGIN;
const AT = '2026-11-20T10:00:00.000Z';
let stub: LedgerStub;
let count = 0;

beforeEach(async () => {
  await bindings.DB.exec('DELETE FROM checkpoints');
  stub = bindings.LEDGER.getByName(`freeze-test-${++count}`);
});
afterEach(async () => {
  await runInDurableObject(stub, (_: Ledger, state) => state.storage.deleteAlarm());
});

async function keepSigned(size: number, root: Uint8Array): Promise<string> {
  const note = await signCheckpoint({ size, root }, await logSigner(bindings));
  await writeCheckpoint(bindings.DB, { origin: ORIGIN, size, root: base64(root), note, at: AT });
  return note;
}

async function expectFrozen(caller: Caller): Promise<void> {
  const answer = await stub.append(caller.request(`apr_${count}_new`, [event(1)]));
  expect(answer.ok ? 'sealed' : [answer.problem.code, answer.problem.reason]).toEqual(['unavailable', 'frozen']);
}

const other = sha256(utf8('another tree'));

describe('a ledger that wakes', () => {
  it('behind a checkpoint that it signed seals nothing more, shows that checkpoint, and stays so', async () => {
    const caller = await foundOn(stub);
    await evictDurableObject(stub);
    const note = await keepSigned(50, other);
    await expectFrozen(caller);
    expect((await stub.checkpoint()).note).toBe(note);
    await bindings.DB.exec('DELETE FROM checkpoints');
    await evictDurableObject(stub);
    await expectFrozen(caller);
  });

  it('beside a checkpoint that it signed, of the same size or a smaller one, is frozen too', async () => {
    const caller = await foundOn(stub);
    await caller.append(caller.request('apr_1', [event(1), event(2)]));
    await evictDurableObject(stub);
    await keepSigned(2, other);
    await expectFrozen(caller);
  });

  it('with empty storage under a signed checkpoint of its origin seals nothing', async () => {
    await keepSigned(1, other);
    const caller = new Caller(stub);
    const answer = await stub.append(caller.genesis());
    expect(answer.ok ? 'sealed' : answer.problem.reason).toBe('frozen');
  });

  it('goes on when the copies are its own, forged, malformed, or of another key', async () => {
    const caller = await foundOn(stub);
    const { size, root } = await verifiedCheckpoint(stub, 1);
    await keepSigned(size, root);
    const stranger = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
    const jwk = JSON.stringify(await crypto.subtle.exportKey('jwk', stranger.privateKey));
    const forged = await signCheckpoint({ size: 99, root: other }, await logSigner({ ...bindings, LEDGER_KEY: jwk }));
    const honest = (await stub.checkpoint()).note;
    const swapped = honest.replace(/\n1\n/, '\n98\n');
    for (const [n, note] of [forged, swapped, 'no note', ''].entries()) {
      await writeCheckpoint(bindings.DB, { origin: ORIGIN, size: 99 + n, root: base64(other), note, at: AT });
    }
    await evictDurableObject(stub);
    expect((await caller.append(caller.request('apr_1', [event(1)]))).size).toBe(2);
  });
});

describe('copies in D1', () => {
  it('are written by the alarm after an append, and verify', async () => {
    await foundOn(stub);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    const [copy] = await readCheckpoints(bindings.DB, ORIGIN);
    const checkpoint = await openCheckpoint(copy!.note, await logSigner(bindings));
    expect(checkpoint).toEqual({ origin: ORIGIN, size: 1, root: rootBytes(copy!.root) });
    expect(await runDurableObjectAlarm(stub)).toBe(false);
  });

  it('are written later when D1 fails, and nobody waits for it', async () => {
    await foundOn(stub);
    const answers = await runInDurableObject(stub, async (_: Ledger, state) => {
      const broken = { prepare: () => ({ bind: () => ({ all: fails, run: fails }) }) };
      const fails = () => Promise.reject(new Error('D1 is down'));
      const env = { ...bindings, DB: broken as unknown as D1Database } satisfies LedgerEnv;
      const ledger = new Ledger(state, env);
      const caller = new Caller(stub, (await ledger.directory({}))[0]!.organization);
      const sealed = await ledger.append(caller.request('apr_1', [event(1)]));
      await ledger.alarm();
      const armed = await state.storage.getAlarm();
      return { ok: sealed.ok, armed };
    });
    expect(answers.ok).toBe(true);
    expect(answers.armed).toBeGreaterThan(Date.now() - 1000);
    expect(await readCheckpoints(bindings.DB, ORIGIN)).toEqual([]);
    await evictDurableObject(stub);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect((await readCheckpoints(bindings.DB, ORIGIN)).map((copy) => copy.size)).toEqual([2]);
  });

  it('are compared again when D1 could not be read at first, and freeze then', async () => {
    const caller = await foundOn(stub);
    await keepSigned(50, other);
    const answers = await runInDurableObject(stub, async (_: Ledger, state) => {
      let down = true;
      const DB = { prepare: (sql: string) => (down ? fails() : bindings.DB.prepare(sql)) } as unknown as D1Database;
      const fails = () => {
        throw new Error('D1 is down');
      };
      const ledger = new Ledger(state, { ...bindings, DB });
      const sealed = await ledger.append(caller.request('apr_1', [event(1)]));
      down = false;
      await ledger.alarm();
      const refused = await ledger.append(caller.request('apr_1', [event(2)]));
      return [sealed.ok, refused.ok ? 'sealed' : refused.problem.reason];
    });
    expect(answers).toEqual([true, 'frozen']);
  });

  it('are compared with every flush until D1 answers once, not only by the alarm', async () => {
    const caller = await foundOn(stub);
    await keepSigned(50, other);
    const answers = await runInDurableObject(stub, async (_: Ledger, state) => {
      let tries = 0;
      const prepare = (sql: string) => {
        tries += 1;
        if (tries <= 2) throw new Error('D1 is down');
        return bindings.DB.prepare(sql);
      };
      const ledger = new Ledger(state, { ...bindings, DB: { prepare } as unknown as D1Database });
      const sealed: unknown[] = [];
      for (let seq = 1; seq <= 3; seq++) {
        const answer = await ledger.append(caller.request('apr_1', [event(seq)]));
        sealed.push(answer.ok || answer.problem.reason);
      }
      return sealed;
    });
    expect(answers).toEqual([true, true, 'frozen']);
  });

  it('freeze even when a D1 that hung holds nobody up and answers late', async () => {
    const caller = await foundOn(stub);
    await keepSigned(50, other);
    const answers = await runInDurableObject(stub, async (_: Ledger, state) => {
      let answering: () => void = () => {};
      const held = new Promise<void>((resolve) => {
        answering = resolve;
      });
      const late = (sql: string, values: unknown[]) => async () => {
        await held;
        return bindings.DB.prepare(sql)
          .bind(...values)
          .all();
      };
      const prepare = (sql: string) => ({ bind: (...values: unknown[]) => ({ all: late(sql, values) }) });
      const ledger = new Ledger(state, { ...bindings, DB: { prepare } as unknown as D1Database });
      const seal = async (seq: number) => {
        const answer = await ledger.append(caller.request('apr_1', [event(seq)]));
        return answer.ok || answer.problem.reason;
      };
      // Both are answered while D1 still hangs: whoever waited for it would wait here for ever.
      const hung = [await seal(1), await seal(2)];
      answering();
      let seq = 3;
      return [...hung, await until(async () => (await seal(seq++)) === 'frozen' && 'frozen')];
    });
    expect(answers).toEqual([true, true, 'frozen']);
  });
});
