// A rollover that is interrupted or must not begin. The shard that ends is real; what is away is the next one, or D1.
import { runInDurableObject } from 'cloudflare:test';
import { beforeEach, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { base64, utf8 } from '../../core/encoding.ts';
import { signCheckpoint } from '../../core/ledger.ts';
import { type LedgerEnv, logSigner } from '../../durable-objects/ledger/keys.ts';
import type { Opening } from '../../durable-objects/ledger/own.ts';
import { Ledger } from '../../durable-objects/ledger.ts';
import { writeCheckpoint } from '../../durable-objects/projection/checkpoints.ts';
import { bindings, type Caller, event, foundOn, type LedgerStub, value } from './support/ledger.ts';

let stub: LedgerStub;
let count = 0;
let caller: Caller;
beforeEach(async () => {
  await bindings.DB.exec('DELETE FROM checkpoints');
  stub = bindings.LEDGER.getByName(`rollover-test-${++count}`);
  caller = await foundOn(stub);
});

/** The next shard's object, as the one that ends sees it. */
const next = (open: (opening: Opening) => Promise<unknown>): Partial<LedgerEnv> => ({
  LEDGER: { getByName: () => ({ open }) } as never,
});
const inShard = <T>(use: (start: (more: Partial<LedgerEnv>) => Ledger) => Promise<T>): Promise<T> =>
  runInDurableObject(stub, async (_: Ledger, state) => {
    const answer = await use((more) => new Ledger(state, { ...bindings, ...more }));
    await state.storage.deleteAlarm();
    return answer;
  });
const reason = (answer: Awaited<ReturnType<Ledger['append']>>) => (answer.ok ? 'sealed' : answer.problem.reason);

it('that cannot reach the next shard has ended this one, and the alarm finishes it after a restart', async () => {
  await inShard(async (start) => {
    const away = start(next(() => Promise.reject(new Error('away'))));
    expect(await away.retire({ name: '2027h1' })).toMatchObject({ problem: { code: 'unavailable' } });
    expect(reason(await away.append(caller.request('apr_1', [event(1)])))).toBe('the log goes on in the next shard');
    expect(away.view()).toMatchObject({ retired: { size: 2 }, successor: null });

    const opened: Opening[] = [];
    const again = start(next(async (opening) => ({ ok: true, value: opened.push(opening) && null })));
    expect((await again.checkpoint()).moved, 'nobody is sent on before there is a next shard').toBeUndefined();
    await again.alarm();
    expect(opened).toMatchObject([{ shard: 1, origin: 'localhost/assentry/2027h1', final: { size: 2 } }]);
    expect((await again.checkpoint()).moved).toBe(true);
    await again.alarm();
    expect(value(await again.retire({ name: '2027h1' })).successor).toBe('localhost/assentry/2027h1');
    expect(opened, 'opened once').toHaveLength(1);
    expect(again.deployment().map(({ event: one }) => one.type)).toEqual(['shard.closed']);
  });
});

it('is asked for twice at once and happens once', async () => {
  await inShard(async (start) => {
    const opened: Opening[] = [];
    const ledger = start(next(async (opening) => ({ ok: true, value: opened.push(opening) && null })));
    const both = await Promise.all(['2027h1', '2027h1'].map((name) => ledger.retire({ name })));
    expect(both.map((one) => one.ok)).toEqual([true, true]);
    expect([opened.length, ledger.deployment().length]).toEqual([1, 1]);
  });
});

it('has ended the shard once its last entry is written, though what follows the write fails', async () => {
  await runInDurableObject(stub, async (_: Ledger, state) => {
    const alarm = state.storage.getAlarm.bind(state.storage);
    let asked = 0;
    const once = () => (asked++ === 0 ? Promise.reject(new Error('no alarm')) : alarm());
    Object.defineProperty(state.storage, 'getAlarm', { value: once, configurable: true });
    const opened: Opening[] = [];
    const more = next(async (opening) => ({ ok: true, value: opened.push(opening) && null }));
    const ledger = new Ledger(state, { ...bindings, ...more });
    await expect(ledger.retire({ name: '2027h1' })).rejects.toThrow('no alarm');
    expect(reason(await ledger.append(caller.request('apr_1', [event(1)])))).toBe('the log goes on in the next shard');
    expect(await ledger.retire({ name: '2027h2' }), 'the first name counts').toMatchObject({
      problem: { errors: [{ detail: 'the name that the rollover began with' }] },
    });
    expect(value(await ledger.retire({ name: '2027h1' })).successor).toBe('localhost/assentry/2027h1');
    expect(ledger.deployment(), 'one last entry').toHaveLength(1);
    Reflect.deleteProperty(state.storage, 'getAlarm');
    await state.storage.deleteAlarm();
  });
});

it('does not begin while D1 cannot be compared, and the shard takes entries as before', async () => {
  await inShard(async (start) => {
    const down = () => {
      throw new Error('D1 is down');
    };
    const ledger = start({ DB: { prepare: down } as unknown as D1Database, ...next(() => Promise.reject()) });
    expect(await ledger.retire({ name: '2027h1' })).toMatchObject({ problem: { reason: 'not sound' } });
    expect(reason(await ledger.append(caller.request('apr_1', [event(1)])))).toBe('sealed');
  });
});

it('does not begin on a frozen ledger', async () => {
  const root = sha256(utf8('another tree'));
  const note = await signCheckpoint({ size: 50, root }, await logSigner(bindings));
  const at = '2026-11-20T10:00:00.000Z';
  await writeCheckpoint(bindings.DB, { origin: bindings.LEDGER_ORIGIN, size: 50, root: base64(root), note, at });
  await inShard(async (start) => {
    const ledger = start(next(() => Promise.reject(new Error('nobody asks'))));
    expect(await ledger.retire({ name: '2027h1' })).toMatchObject({ problem: { reason: 'not sound' } });
    expect(ledger.view()).toMatchObject({ retired: null, successor: null });
  });
});
