import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../core/ids.ts';
import { organizationOf } from '../../worker/organization.ts';
import { count, history } from '../workerd/support/history.ts';
import { env, get, post, success } from '../workerd/support/house.ts';
import {
  ASK,
  approved,
  decide,
  exchange,
  found,
  fresh,
  type Member,
  offered,
  owner,
  propose,
  sign,
  unique,
  type World,
} from '../workerd/support/world.ts';
import { faults, heal } from './faults.ts';

let world: World;
let reviewer: Member;

beforeAll(async () => {
  world = await found();
  reviewer = await owner(world);
});
afterEach(heal);

const seen = async (id: string) => success(get(`/v1/approval-requests/${id}`, { key: world.agent.text }));

describe('while the ledger does not answer', () => {
  it('founds an organisation that knows nobody yet, and the same call finishes it', async () => {
    const id = newId('org', Date.now(), crypto.getRandomValues(new Uint8Array(10)));
    const object = organizationOf(env, id);
    const organization = { id, kind: 'live' as const, name: 'New', rp_id: env.RP_ID };
    const body = { organization, policy_source: 'version: 1\n', service_accounts: [] };
    const link = { token_id: 'a-link', purpose: 'setup' as const, exp: null };
    faults.ledger = 'down';
    expect(await object.genesis(body)).toMatchObject({ problem: { code: 'not-sealed-yet' } });
    expect(await object.linkToken(link)).toMatchObject({ problem: { code: 'unauthenticated' } });
    heal();
    expect(await object.genesis(body)).toEqual({ ok: true, value: { config_version: 1 } });
    expect(await object.linkToken(link)).toMatchObject({ ok: true });
  });

  it('shows an approval to nobody, burns nothing, and the same call finishes it', async () => {
    const { id } = await propose(world, unique());
    const offer = await success(offered(reviewer, id));
    faults.ledger = 'down';
    const first = await sign(reviewer, id, offer);
    expect([first.status, first.body.code, first.headers.get('retry-after')]).toEqual([503, 'not-sealed-yet', '1']);
    expect(await seen(id)).toMatchObject({
      status: 'pending',
      capability: null,
      decisions: [],
      ledger: { pending: true },
    });
    const { data } = await success(get(`/v1/approval-requests/${id}/events`, { key: world.agent.text }));
    expect(data.map((event: { type: string }) => event.type)).toEqual(['approval.requested']);
    expect((await exchange(world, id)).body.code).toBe('not-sealed-yet');
    expect((await sign(reviewer, id, offer)).status).toBe(503);
    heal();
    expect(await success(sign(reviewer, id, offer))).toMatchObject({ status: 'approved', ledger: { pending: false } });
    expect((await success(exchange(world, id))).token_type).toBe('Bearer');
    expect(count(await history(world, id), 'approval.decided')).toBe(1);
  });

  it('answers an auto-allowed proposal with 503, hides it, and the same call finishes it', async () => {
    faults.ledger = 'down';
    const asked = { key: world.agent.text, body: { ...ASK, action: 'read.all', ...unique() }, idempotency: fresh() };
    const refused = await post('/v1/approval-requests', asked);
    expect([refused.status, refused.body.code]).toEqual([503, 'not-sealed-yet']);
    heal();
    const done = await success(post('/v1/approval-requests', asked));
    expect(done).toMatchObject({ status: 'approved', capability: { status: 'issued' } });
    expect((await history(world, done.id)).types).toEqual([
      'approval.requested',
      'approval.decided',
      'capability.issued',
    ]);
  });

  it('gives no token, and afterwards only to the call that was first', async () => {
    const { id } = await approved(reviewer, unique());
    faults.ledger = 'down';
    expect((await exchange(world, id, { nonce: 'mine' })).body.code).toBe('not-sealed-yet');
    expect((await seen(id)).status).toBe('approved');
    expect((await exchange(world, id, { nonce: 'yours' })).body.code).toBe('not-sealed-yet');
    heal();
    expect((await exchange(world, id, { nonce: 'yours' })).body.code).toBe('capability-spent');
    expect((await success(exchange(world, id, { nonce: 'mine' }))).access_token).toMatch(/^ey/);
  });

  it('lets what refuses take effect at once: reject, cancel, revoke, expire', async () => {
    const [one, two, three, four] = await Promise.all([1, 2, 3, 4].map(() => propose(world, unique())));
    const [no, yes] = [
      await success(offered(reviewer, one.id, { decision: 'reject' })),
      await success(offered(reviewer, three.id)),
    ];
    faults.ledger = 'down';
    expect((await success(sign(reviewer, one.id, no))).status).toBe('rejected');
    expect(
      (await success(post(`/v1/approval-requests/${two.id}/cancel`, { key: world.agent.text, body: {} }))).status,
    ).toBe('canceled');
    expect((await sign(reviewer, three.id, yes)).status).toBe(503);
    expect(
      (await success(post(`/v1/approval-requests/${three.id}/revoke`, { cookie: reviewer.cookie, body: {} }))).status,
    ).toBe('canceled');
    expect(
      (await success(post(`/v1/approval-requests/${four.id}/expire`, { cookie: reviewer.cookie, body: {} }))).status,
    ).toBe('expired');
    expect(await seen(three.id)).toMatchObject({ status: 'canceled', capability: { status: 'revoked' } });
    heal();
    expect((await exchange(world, three.id)).body.code).toBe('capability-revoked');
    expect((await success(sign(reviewer, three.id, yes))).status).toBe('canceled');
    for (const { id } of [one, two, three, four]) await settledHistory(id);
  });

  it('offers a rejection even so: an intent then cites the copy of a checkpoint', async () => {
    const { id } = await propose(world, unique());
    faults.ledger = 'down';
    const offer = await success(offered(reviewer, id, { decision: 'reject' }));
    expect(offer.intent.checkpoint.root).toEqual(expect.any(String));
    expect((await success(sign(reviewer, id, offer))).status).toBe('rejected');
  });

  it('changes nothing when only its answers are lost: each event is sealed exactly once', async () => {
    const { id } = await propose(world, unique());
    faults.ledger = 'lost';
    const offer = await success(offered(reviewer, id));
    expect((await sign(reviewer, id, offer)).status).toBe(503);
    heal();
    expect((await success(sign(reviewer, id, offer))).status).toBe('approved');
    const told = await history(world, id);
    expect(told.types).toEqual(['approval.requested', 'approval.decided', 'capability.issued']);
  });
});

/** The history, as soon as the next touch has sealed it. */
async function settledHistory(id: string): Promise<void> {
  await post(`/v1/approval-requests/${id}/comments`, { cookie: reviewer.cookie, body: { comment: 'a touch' } });
  await history(world, id);
}

describe('while the organisation does not answer', () => {
  it('refuses creates, decisions and exchanges, and leaves nothing half-done', async () => {
    const waiting = await propose(world, unique());
    const ready = await approved(reviewer, unique());
    const offer = await success(offered(reviewer, waiting.id));
    const asked = { key: world.agent.text, body: { ...ASK, ...unique() }, idempotency: fresh() };
    faults.organization = 'down';
    for (const refused of [
      await post('/v1/approval-requests', asked),
      await sign(reviewer, waiting.id, offer),
      await exchange(world, ready.id),
    ])
      expect([refused.status, refused.body.code]).toEqual([503, 'unavailable']);
    heal();
    expect((await seen(waiting.id)).status).toBe('pending');
    expect((await seen(ready.id)).status).toBe('approved');
    const made = await post('/v1/approval-requests', asked);
    expect([made.status, made.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect((await success(decide(reviewer, waiting.id))).status).toBe('approved');
  });
});
