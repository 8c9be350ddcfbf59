// The log goes on in a new shard: nothing is sealed twice, no seq is left out, what was sealed before stays proved under
// its own origin, and evidence, audit and rebuild go across. One deployment's life, told in order: each test goes on
// where the one before stopped.
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromHex, hex } from '../../core/encoding.ts';
import { faultOfEvent } from '../../core/events.ts';
import { verifyEvidence } from '../../core/evidence.ts';
import {
  acrossShards,
  auditOrganization,
  DEPLOYMENT,
  decodeEntries,
  deploymentLinkKey,
  eventLeaf,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  placeInShard,
  rootAt,
  SHARD_SPAN,
  shardOf,
  tileHashReader,
  tilePath,
  verifyInclusion,
  widthOf,
} from '../../core/ledger.ts';
import type { AppendAnswer, AppendRequest, DeploymentEntry, ShardView } from '../../durable-objects/ledger/forms.ts';
import { ed25519Verifier } from '../../durable-objects/ledger/keys.ts';
import type { Opening } from '../../durable-objects/ledger/own.ts';
import { appendToLedger, shardStub } from '../../durable-objects/ledger/shards.ts';
import type { Ledger } from '../../durable-objects/ledger.ts';
import { webCrypto } from '../../sdk/src/verify/evidence-crypto.ts';
import { recordsOf, resummed } from '../support/ledger-forger.ts';
import { exported, pins, verified } from './support/export.ts';
import { BASE, env, get, post, success } from './support/house.ts';
import { bindings, Caller, event, value } from './support/ledger.ts';
import {
  approved,
  found,
  internal,
  type Member,
  offered,
  owner,
  propose,
  sign,
  unique,
  type World,
} from './support/world.ts';

const SECOND = 'localhost/assentry/2027h1';
let world: World;
let boss: Member;
let before: { id: string };
let between: { id: string; offer: unknown };
let caller: Caller;
let sealed: { request: AppendRequest; answer: AppendAnswer };
let finalNote: string;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const rollOver = (name: string) => internal('/v1/internal/ledger/shards', { name });
const append = (request: AppendRequest) => appendToLedger(env, request);

beforeAll(async () => {
  world = await found('live');
  boss = await owner(world);
  before = await approved(boss, unique());
  const asked = await propose(world, unique());
  between = { id: asked.id, offer: await success(offered(boss, asked.id)) };
  caller = new Caller(bindings.LEDGER.getByName('head'));
  value(await append(caller.genesis()));
  const request = caller.request('apr_old', [event(1), event(2)]);
  sealed = { request, answer: value(await append(request)) };
});

async function shards(): Promise<ShardView[]> {
  return (await success(get('/v1/ledger/key'))).shards;
}

/** Every leaf of a shard, out of its entry bundles, checked against its signed checkpoint. */
async function leavesOf({ shard, verifier_keys }: ShardView): Promise<Uint8Array[]> {
  const { text: note } = await get(`/ledger/shards/${shard}/checkpoint`);
  const keys = await Promise.all(verifier_keys.map((text) => ed25519Verifier(parseVerifierKey(text)!)));
  const opened = await Promise.all(keys.map((key) => openCheckpoint(note, key)));
  const { size, root } = opened.find((one) => one !== null)!;
  const stub = shardStub(env, shard);
  const leaves: Uint8Array[] = [];
  for (let number = 0; number * 256 < size; number++) {
    const bytes = await stub.tile(tilePath({ level: 'entries', number, width: widthOf(0, number, size) }));
    leaves.push(...decodeEntries(bytes!)!);
  }
  const tiles = await stub.tile(tilePath({ level: 0, number: 0, width: widthOf(0, 0, size) }));
  expect(
    hex(
      rootAt(
        tileHashReader(() => tiles!, size),
        size,
      ),
    ),
  ).toBe(hex(root));
  expect(leaves.map((leaf) => hex(leafHash(leaf)))).toEqual(
    Array.from({ length: size }, (_, n) => hex(tiles!.subarray(n * 32, n * 32 + 32))),
  );
  return leaves;
}

describe('the rollover', () => {
  it('is for the deployment’s own scripts only, and refuses names that are none', async () => {
    expect((await post('/v1/internal/ledger/shards', { body: { name: '2027h1' } })).status).toBe(401);
    expect((await post('/v1/internal/ledger/shards', { key: world.admin.text, body: { name: 'x' } })).status).toBe(401);
    for (const name of ['', '2027/h1', 'A', '../x', '2026h2']) expect((await rollOver(name)).status).toBe(400);
    expect(await shards()).toMatchObject([{ shard: 0, retired: null, successor: null }]);
  });

  it('ends the first shard with an entry that names the next, and opens the next with one that cites its end', async () => {
    const { status, body } = await rollOver('2027h1');
    expect([status, body.shards.length]).toEqual([201, 2]);
    const [first, second] = body.shards as ShardView[];
    expect(first).toMatchObject({
      origin: env.LEDGER_ORIGIN,
      successor: SECOND,
      retired: { size: expect.any(Number) },
    });
    expect(second).toMatchObject({ shard: 1, origin: SECOND, retired: null, successor: null });
    finalNote = first!.retired!.note;
    const { deployment } = await success(get('/v1/ledger/key'));
    const [closed, opened] = deployment as DeploymentEntry[];
    expect(closed!.event).toMatchObject({ type: 'shard.closed', seq: 1, skeleton: { successor: SECOND } });
    expect(closed!.receipt.index).toBe(first!.retired!.size - 1);
    const cites = { predecessor: env.LEDGER_ORIGIN, checkpoint: finalNote, size: first!.retired!.size };
    expect(opened!.event).toMatchObject({ type: 'shard.opened', seq: 2, skeleton: cites });
    expect(opened!.receipt).toMatchObject({ index: SHARD_SPAN, org_seq: 2 });
    expect([closed!, opened!].map((entry) => faultOfEvent(entry.event))).toEqual([null, null]);
  });

  it('repeated answers the same; another name for the same end is refused', async () => {
    const { body } = await rollOver('2027h1');
    expect((body.shards as ShardView[]).map(({ retired }) => retired?.note ?? null)).toEqual([finalNote, null]);
    expect((await success(get('/v1/ledger/key'))).deployment).toHaveLength(2);
    const other = (await bindings.LEDGER.getByName('head').retire({ name: '2028h1' })) as {
      problem?: { code: string };
    };
    expect(other.problem?.code).toBe('invalid-request');
  });
});

describe('a caller, after the rollover', () => {
  it('who repeats an old batch hears the same receipts from the old shard, and nothing is sealed', async () => {
    const size = (await bindings.LEDGER.getByName('head').head()).size;
    const again = value(await append(sealed.request));
    expect(again.receipts).toEqual(sealed.answer.receipts);
    expect((await bindings.LEDGER.getByName('head').head()).size).toBe(size);
  });

  it('goes on with the next seq, linked to its last leaf of the old shard; a repeat may overlap both', async () => {
    const third = event(3);
    const whole = caller.request('apr_old', [...sealed.request.events, third]);
    const answer = value(await append(whole));
    expect(answer.receipts.slice(0, 2)).toEqual(sealed.answer.receipts);
    expect(answer.receipts[2]).toMatchObject({ seq: 3, org_seq: 4 });
    expect(shardOf(answer.receipts[2]!.index)).toBe(1);
    expect(value(await append(whole)).receipts).toEqual(answer.receipts);
    const both = [append(whole), append(caller.request('apr_old', [third, event(4)])), append(sealed.request)];
    const [one, two, three] = (await Promise.all(both)).map(value);
    expect(one!.receipts).toEqual(answer.receipts);
    expect([two!.receipts[0], two!.receipts[1]!.seq]).toEqual([answer.receipts[2], 4]);
    expect(three!.receipts).toEqual(sealed.answer.receipts);
  });

  it('is refused a gap, another commit at a seq of the old shard, and another kind, and leaves no trace', async () => {
    const size = (await shardStub(env, 1).head()).size;
    const code = async (request: AppendRequest) => {
      const answer = await append(request);
      return answer.ok ? 'sealed' : answer.problem.code;
    };
    expect(await code(caller.request('apr_old', [event(6)]))).toBe('internal');
    expect(await code(caller.request('apr_old', [event(2), event(3)]))).toBe('internal');
    expect(await code(caller.request('apr_new', [event(2)]))).toBe('internal');
    expect(await code({ ...caller.request('apr_old', [event(5)]), kind: 'organization' })).toBe('internal');
    expect(await code(new Caller(caller.stub).request('apr_x', [event(1)]))).toBe('internal');
    const other = new Caller(caller.stub, caller.organization);
    expect(await code(other.genesis()), 'genesis with another key').toBe('internal');
    expect((await shardStub(env, 1).head()).size).toBe(size);
  });

  it('who asks the ended shard itself is told to go on, and a shard that is not open seals nothing', async () => {
    const request = caller.request('apr_new', [event(1)]);
    for (const [shard, reason] of [
      [0, 'the log goes on in the next shard'],
      [2, 'shard 2 was asked for, this is 0'],
    ] as const) {
      const answer = await shardStub(env, shard).append({ ...request, shard });
      expect(answer.ok ? 'sealed' : answer.problem.reason).toBe(reason);
    }
  });

  it('finds both shards as they were after every object slept', async () => {
    for (const shard of [0, 1]) await restarted(shard);
    expect(value(await append(sealed.request)).receipts).toEqual(sealed.answer.receipts);
    const answer = value(await append(caller.request('apr_old', [event(5)])));
    expect(answer.receipts[0]!.index).toBeGreaterThan(SHARD_SPAN);
    expect(await shards()).toMatchObject([{ successor: SECOND }, { origin: SECOND, retired: null }]);
  });
});

describe('what was sealed before', () => {
  it('stays proved under the last checkpoint of its own origin, which never changes', async () => {
    await pause(1100);
    const { text } = await get('/ledger/shards/0/checkpoint');
    expect(text).toBe(finalNote);
    const [first] = await shards();
    const { size, root } = (await openCheckpoint(text, await ed25519Verifier(parseVerifierKey(first!.verifier_key)!)))!;
    for (const { index, leaf_hash } of sealed.answer.receipts) {
      const proof = await success(get(`/v1/ledger/proofs?index=${index}`, { key: world.admin.text }));
      const hashes = proof.hashes.map((hash: string) => fromHex(hash)!);
      expect(verifyInclusion({ index, size, root, leaf_hash: fromHex(leaf_hash)!, hashes })).toBe(true);
    }
  });

  it('and after are one log: the public checkpoint is the newest shard’s, and an index says its shard', async () => {
    const { text } = await get('/ledger/checkpoint');
    expect(text.split('\n')[0]).toBe(SECOND);
    const proof = await success(get(`/v1/ledger/proofs?index=${acrossShards(1, 0)}`, { key: world.admin.text }));
    expect(proof).toMatchObject({ index: 0, checkpoint: text });
    const absent = await get(`/v1/ledger/proofs?index=${acrossShards(2, 0)}`, { key: world.admin.text });
    expect(absent.status).toBe(404);
    expect((await get('/ledger/shards/2/checkpoint')).status).toBe(404);
    const sizes = `from=1&to=2&shard=0`;
    expect((await get(`/v1/ledger/consistency?${sizes}`, { key: world.admin.text })).status).toBe(200);
  });

  it('gives evidence that verifies under the keys of both shards, whether it is in one or across them', async () => {
    await success(sign(boss, between.id, between.offer as never));
    const after = await approved(boss, unique());
    await pause(1100);
    for (const { id } of [before, between, after]) {
      const { text, body } = await evidence(id);
      const { receipt_keys, shards } = await success(get('/v1/ledger/key'));
      const log_key = (shards as ShardView[]).map((one) => one.verifier_key);
      const anchors = {
        receipt_key: receipt_keys[0].public_key,
        organization: world.organization,
        origin: BASE,
        rp_id: env.RP_ID,
      };
      const report = await verifyEvidence(text, { ...anchors, log_key }, webCrypto);
      expect(report.claims.filter(({ status }) => status === 'failed')).toEqual([]);
      expect(report.valid).toBe(true);
      expect(report.claims.filter(({ claim, status }) => claim === 'receipt' && status === 'proved')).toHaveLength(1);
      expect(body.shards?.length ?? 0).toBe(id === before.id ? 0 : 2);
      const one = await verifyEvidence(text, { ...anchors, log_key: log_key[1]! }, webCrypto);
      expect(one.valid, 'with the second key alone').toBe(false);
      const unpinned = await verifyEvidence(text, {}, webCrypto);
      expect([unpinned.valid, unpinned.first_use]).toEqual([true, true]);
    }
  });

  it('is exported by the CLI in one file, receipts and all, which verifies under the keys of both shards alone', async () => {
    const lines = await exported(world);
    const anchors = await pins(world);
    const whole = await verified(lines, anchors);
    expect(whole.failed).toEqual([]);
    const events = lines.filter((line) => line.slice(74).startsWith('"event"'));
    const notes = (await shards()).map(async ({ shard }) => (await get(`/ledger/shards/${shard}/checkpoint`)).text);
    const sizes = (await Promise.all(notes)).map((note) => Number(note.split('\n')[1]));
    expect([whole.valid, whole.events, whole.size]).toEqual([true, events.length, sizes[0]! + sizes[1]!]);
    expect(whole.said('receipt')).toEqual([['proved', expect.stringMatching(/^3 of 3/)]]);
    expect(whole.said('links')).toEqual([['proved', expect.any(String)]]);
    expect(anchors.log_key).toHaveLength(2);
    for (const key of anchors.log_key)
      expect((await verified(lines, { ...anchors, log_key: [key] })).valid).toBe(false);
    const cut = lines.findIndex((line) => line.slice(74).startsWith('"tile"') && line.includes('"shard":1'));
    expect(cut).toBeGreaterThan(0);
    expect((await verified(lines.toSpliced(cut, 1), anchors)).valid).toBe(false);
    const forged = resummed(recordsOf(lines).toSpliced(cut, 1));
    expect((await verified(forged, anchors)).failed).toMatchObject([{ claim: 'inclusion' }]);
  });

  it('is found by an organisation’s audit over all leaves of both shards, in one unbroken chain', async () => {
    const { link_key } = await success(get('/v1/organization/link-key', { key: world.admin.text }));
    const [first, second] = await Promise.all((await shards()).map(leavesOf));
    const { data } = await success(get('/v1/events?limit=100', { key: world.admin.text }));
    const own = (data as { id: string; commit: string; receipt: { index: number; org_seq: number } }[])
      .map(({ id, commit, receipt }) => ({ event: id, commit, ...receipt }))
      .filter(({ index }) => placeInShard(index) < (shardOf(index) === 0 ? first! : second!).length);
    const input = { link_key: fromHex(link_key)!, leaves: first!, later_shards: [second!], own };
    const report = auditOrganization(input);
    expect(report).toMatchObject({ ok: true, org_seq: own.length, size: first!.length + second!.length });
    expect(new Set(own.map(({ index }) => shardOf(index)))).toEqual(new Set([0, 1]));
    expect(auditOrganization({ ...input, later_shards: [] }).ok).toBe(false);
    const lost = own.find(({ index }) => shardOf(index) === 1)!;
    const without = second!.with(placeInShard(lost.index), new Uint8Array(3));
    expect(auditOrganization({ ...input, later_shards: [without] }).faults[0]).toMatchObject({ kind: 'gap' });
  });

  it('and the deployment’s own chain is audited by anybody, with a key that everybody knows', async () => {
    const [first, second] = await Promise.all((await shards()).map(leavesOf));
    const { deployment } = await success(get('/v1/ledger/key'));
    const own = (deployment as DeploymentEntry[]).map(({ event, receipt }) => ({
      ...{ event: event.id, commit: event.commit, index: receipt.index, org_seq: receipt.org_seq },
    }));
    const audit = auditOrganization({ link_key: deploymentLinkKey(), leaves: first!, later_shards: [second!], own });
    expect(audit).toMatchObject({ ok: true, org_seq: 2 });
    const { event: opened, receipt } = (deployment as DeploymentEntry[])[1]!;
    expect(opened.organization).toBe(DEPLOYMENT);
    expect(hex(leafHash(eventLeaf(fromHex(opened.commit)!, fromHex(receipt.link)!)))).toBe(hex(leafHash(second![0]!)));
  });

  it('is walked by a rebuild of D1, shard by shard', async () => {
    const walked = new Set<string>();
    for (let after: unknown = null; ; ) {
      const page = (await success(internal('/v1/internal/rebuild', { after: after as never }))) as {
        told: number;
        next: unknown;
      };
      walked.add(JSON.stringify(page.next));
      after = page.next;
      if (after === null) break;
    }
    expect([...walked].join()).toContain('"shard":1');
    const rows = await shardStub(env, 1).directory({});
    expect(rows.map(({ object }) => object)).toContain(between.id);
    expect(rows.some(({ kind }) => kind === 'deployment')).toBe(false);
  });
});

describe('an older copy of an ended shard', () => {
  it('from before its end is behind the checkpoint of its last entry, and frozen', async () => {
    const head = () => bindings.LEDGER.getByName('head');
    await runDurableObjectAlarm(head());
    await runInDurableObject(head(), (_: Ledger, { storage }) => {
      const [{ first }] = storage.sql.exec('SELECT max(first) AS first FROM flushes').toArray() as [{ first: number }];
      storage.sql.exec('DELETE FROM flushes WHERE first = ?', first);
      storage.sql.exec("DELETE FROM own WHERE name = 'retirement'");
    });
    await restarted(0);
    const answer = await head().append(caller.request('apr_late', [event(1)]));
    expect(answer.ok ? 'sealed' : answer.problem.reason).toBe('frozen');
    const known = await append(caller.request('apr_old', [event(6)]));
    expect(known.ok, 'who is known to the new shard goes on').toBe(true);
    const unknown = await append(caller.request('apr_late', [event(1)]));
    expect(unknown.ok ? 'sealed' : unknown.problem.reason, 'who may be in the old one waits').toBe('frozen');
  });
});

describe('the storage of the new shard', () => {
  it('from before its newest checkpoint is frozen; wholly lost it seals nothing, and is not begun anew either', async () => {
    const newest = () => shardStub(env, 1);
    await runDurableObjectAlarm(newest());
    const opening = await runInDurableObject(newest(), (_: Ledger, { storage }) => {
      const [{ first }] = storage.sql.exec('SELECT max(first) AS first FROM flushes').toArray() as [{ first: number }];
      storage.sql.exec('DELETE FROM flushes WHERE first = ?', first);
      const [row] = storage.sql.exec("SELECT value FROM own WHERE name = 'opening'").toArray();
      return JSON.parse(row!.value as string) as Opening;
    });
    await restarted(1);
    const reason = async () => {
      const answer = await newest().append({ ...caller.request('apr_new', [event(1)]), shard: 1 });
      return answer.ok ? 'sealed' : answer.problem.reason;
    };
    expect(await reason()).toMatch(/^(frozen|damaged)/);
    await runInDurableObject(newest(), (_: Ledger, { storage }) => storage.deleteAll());
    await restarted(1);
    expect(await reason()).toBe('shard 1 was asked for, this is 0');
    await newest().open(opening);
    expect(await reason()).toBe('frozen');
  });
});

/** Ends a shard's object in the middle of whatever it does; the next call starts it anew. */
async function restarted(shard: number): Promise<void> {
  const ended = runInDurableObject(shardStub(env, shard), (_: Ledger, state) => state.abort('restarted'));
  await ended.catch(() => undefined);
}

async function evidence(id: string) {
  for (;;) {
    const answer = await get(`/v1/approval-requests/${id}/evidence`, { cookie: boss.cookie });
    if (answer.status !== 503) return answer;
    await pause(200);
  }
}
