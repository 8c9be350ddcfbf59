// Erasure of a request: what is personal is gone from every store, what is left proves as much as before.
import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { fromHex, hex } from '../../core/encoding.ts';
import type { RecordedEvent } from '../../core/events.ts';
import { faultOfEvent } from '../../core/events.ts';
import { newId } from '../../core/ids.ts';
import { eventLeaf, leafHash, verifyInclusion } from '../../core/ledger.ts';
import { ApprovalRequest } from '../../durable-objects/approval-request.ts';
import { until } from '../support/until.ts';
import { history } from './support/history.ts';
import { env, get, post, success } from './support/house.ts';
import { change, decide, exchange, found, type Member, owner, propose, type World } from './support/world.ts';

/** In everything that the caller and the reviewer say. */
const SECRET = 'henrietta';
const WORDS = {
  action: `mail.${SECRET}`,
  resource: `customer:${SECRET}`,
  params: { to: SECRET },
  metadata: { city: SECRET },
  context: { reason: SECRET },
  preview: { text: SECRET },
  run: { id: SECRET },
};

let world: World;
let member: Member;
let id: string;
let before: RecordedEvent[];

type Line = RecordedEvent & { receipt: { index: number; link: string; leaf_hash: string } };
const request = (name = id) => success(get(`/v1/approval-requests/${name}`, { cookie: member.cookie }));
const lines = async (): Promise<Line[]> =>
  (await success(get(`/v1/approval-requests/${id}/events`, { cookie: member.cookie }))).data;
const d1 = async (table: string) =>
  JSON.stringify(
    (await env.DB.prepare(`SELECT * FROM ${table} WHERE organization = ?`).bind(world.organization).all()).results,
  );
const stored = () =>
  runInDurableObject(env.APPROVAL_REQUEST.getByName(`${world.organization}/${id}`), (_object, { storage }) =>
    JSON.stringify(storage.sql.exec('SELECT * FROM journal').toArray()),
  );
const erase = (target: string) => change(member, 'erasure', { reason: 'she asked for it' }, target);

beforeAll(async () => {
  world = await found('live');
  member = await owner(world);
  await change(member, 'webhook_endpoint', { url: 'https://receiver.invalid/hook', events: ['*'] });
  id = (await propose(world, WORDS)).id;
  await success(post(`/v1/approval-requests/${id}/comments`, { cookie: member.cookie, body: { comment: SECRET } }));
  await success(decide(member, id, { decision: 'reject', comment: SECRET }));
  before = (await history(world, id)).events;
  await until(async () => (await d1('approval_requests')).includes('"rejected"'));
  await until(async () => (await d1('deliveries')).includes('approval.decided'));
  for (const table of ['approval_requests', 'events', 'deliveries'])
    expect(await d1(table), `${table} holds the words`).toContain(SECRET);
  expect(await stored()).toContain(SECRET);
});

describe('an erasure', () => {
  it('is refused while the request can go on, of a request that is not there, without a reason, and to a key alone', async () => {
    const { id: pending } = await propose(world, { params: { still: 'pending' } });
    const asked = (body: object, by: object = { cookie: member.cookie }) =>
      post('/v1/changes', { ...by, body: { kind: 'erasure', ...body } as never });
    const value = { reason: 'why not' };
    expect((await asked({ target: pending, value })).status).toBe(409);
    expect((await asked({ target: newId('apr', Date.now(), new Uint8Array(10)), value })).status).toBe(404);
    expect((await asked({ target: id, value: {} })).status).toBe(400);
    expect((await asked({ value })).status).toBe(400);
    expect((await asked({ target: id, value }, { key: world.agent.text })).status).toBe(403);
    const proposed = await success(asked({ target: id, value }, { key: world.admin.text }));
    expect([proposed.status, proposed.signatures_needed]).toEqual(['proposed', 1]);
    expect((await request()).erased_at).toBeNull();
  });

  it('leaves who, when, how and every digest, and null in the place of everything else', async () => {
    const was = await request();
    const applied = await erase(id);
    expect(applied).toMatchObject({ status: 'applied', target: id });
    const left = await until(async () => {
      const now = await request();
      return now.erased_at === null ? null : now;
    });
    const gone = [
      'salt',
      'action',
      'resource',
      'params',
      'metadata',
      'constraints',
      'context',
      'preview',
      'run',
      'scope',
    ];
    for (const field of gone) expect(left[field], field).toBeNull();
    const kept = ['status', 'verdict', 'actor', 'action_digest', 'request_digest', 'created_at', 'decided_at'];
    for (const field of kept) expect(left[field], field).toEqual(was[field]);
    expect(left.decisions).toMatchObject([
      { reviewer: { id: member.user, name: null }, decision: 'reject', comment: null },
    ]);
    expect([left.comments, left.rejection_reason, left.effective.params]).toEqual([[], null, null]);
    expect(JSON.stringify(left)).not.toContain(SECRET);
  });

  it('takes the words out of the object, the lists, the event log and the deliveries', async () => {
    expect(await stored()).not.toContain(SECRET);
    await until(async () => (await d1('events')).includes('erasure.performed'));
    for (const table of ['approval_requests', 'events', 'deliveries'])
      expect(await d1(table), table).not.toContain(SECRET);
    const listed = await success(get('/v1/approval-requests?limit=50', { cookie: member.cookie }));
    expect(listed.data.find((one: { id: string }) => one.id === id)).toMatchObject({
      action: null,
      status: 'rejected',
    });
    const searched = await success(get(`/v1/approval-requests?q=${SECRET}`, { cookie: member.cookie }));
    expect(searched.data).toEqual([]);
    const { top_actions } = await success(get('/v1/metrics', { cookie: member.cookie }));
    expect(top_actions.map(({ action }: { action: string }) => action)).not.toContain('');
  });

  it('is an event of the request that says who and when, and the history before it is the same, commitment by commitment', async () => {
    const { events, life } = await history(world, id);
    expect(life.status).toBe('rejected');
    const { type, skeleton, personal } = events.at(-1)!;
    expect([type, skeleton.by, skeleton.target, personal]).toEqual([
      ...['erasure.performed', member.user, id],
      { reason: 'she asked for it' },
    ]);
    expect(skeleton.events).toEqual(before.map((event) => event.id));
    const old = events.slice(0, -1);
    expect(old).toEqual(before.map((event) => ({ ...event, personal: null, salt_personal: null })));
    expect(events.map(faultOfEvent)).toEqual(events.map(() => null));
  });

  it('leaves every event provable in the ledger', async () => {
    for (const { commit, receipt } of await lines()) {
      const hash = leafHash(eventLeaf(fromHex(commit)!, fromHex(receipt.link)!));
      expect(hex(hash)).toBe(receipt.leaf_hash);
      const proof = await until(async () => {
        const answer = await get(`/v1/ledger/proofs?index=${receipt.index}`, { cookie: member.cookie });
        return answer.status === 200 ? answer.body : null;
      });
      const hashes = proof.hashes.map((text: string) => fromHex(text)!);
      const { index, size } = proof;
      expect(verifyInclusion({ index, size, leaf_hash: hash, hashes, root: fromHex(proof.root)! })).toBe(true);
    }
  });

  it('leaves evidence that names who and when, and says nothing of what was erased', async () => {
    const { status, text } = await until(async () => {
      const answer = await get(`/v1/approval-requests/${id}/evidence`, { cookie: member.cookie });
      return answer.status === 503 ? null : answer;
    });
    expect([status, text.includes('erasure.performed'), text.includes(SECRET)]).toEqual([200, true, false]);
    for (const format of ['attestation', 'markdown']) {
      const summary = await get(`/v1/approval-requests/${id}/evidence?format=${format}`, { cookie: member.cookie });
      expect([format, summary.status, summary.text.includes(SECRET)]).toEqual([format, 200, false]);
    }
  });

  it('leaves nothing to decide, to exchange or to comment on', async () => {
    const { cookie } = member;
    const { agent } = world;
    expect((await decide(member, id)).status).toBe(409);
    expect((await exchange(world, id)).status).toBe(409);
    const comment = await post(`/v1/approval-requests/${id}/comments`, { cookie, body: { comment: SECRET } });
    expect(comment.status).toBe(409);
    const outcome = { status: 'executed', detail: SECRET };
    const told = await post(`/v1/approval-requests/${id}/outcome`, { key: agent.text, body: outcome });
    expect(told.status).toBe(409);
    expect(await stored()).not.toContain(SECRET);
  });

  it('that its object cannot perform at once is performed by itself later', async () => {
    const { id: other } = await propose(world, { ...WORDS, run: { id: `again ${SECRET}` }, params: { n: 2 } });
    await success(decide(member, other, { decision: 'reject', comment: SECRET }));
    const name = `${world.organization}/${other}`;
    const real = ApprovalRequest.prototype.erase;
    let calls = 0;
    vi.spyOn(ApprovalRequest.prototype, 'erase').mockImplementation(function (this: ApprovalRequest, order) {
      calls += 1;
      if (calls === 1) throw new Error('away');
      return real.call(this, order);
    });
    expect((await erase(other)).status).toBe('applied');
    await until(async () => calls > 0);
    await until(async () => (await request(other)).erased_at !== null);
    expect(calls).toBe(2);
    vi.restoreAllMocks();
    const kept = await runInDurableObject(env.APPROVAL_REQUEST.getByName(name), (_object, { storage }) =>
      JSON.stringify(storage.sql.exec('SELECT * FROM journal').toArray()),
    );
    expect(kept).not.toContain(SECRET);
  });

  it('is done once, and survives that D1 is rebuilt from the objects', async () => {
    const again = { kind: 'erasure', target: id, value: { reason: 'twice' } };
    expect((await post('/v1/changes', { cookie: member.cookie, body: again })).status).toBe(409);
    await env.DB.prepare('DELETE FROM events WHERE organization = ?').bind(world.organization).run();
    const object = env.APPROVAL_REQUEST.getByName(`${world.organization}/${id}`);
    await (object as unknown as { retell(): Promise<void> }).retell();
    await until(async () => (await d1('events')).includes('erasure.performed'));
    expect(await d1('events')).not.toContain(SECRET);
    expect(await d1('events')).toContain(before[0]!.id);
  });
});
