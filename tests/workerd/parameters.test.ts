// Params that do not fit the policy's schema stop at the door, at every door that judges, and leave nothing behind.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../core/json.ts';
import { businessSeconds } from '../../core/policy/calendar/business.ts';
import type { Calendar } from '../../core/policy/model.ts';
import { get, post, success } from './support/house.ts';
import { change, found, fresh, type Member, member, owner, POLICY, propose, type World } from './support/world.ts';

const schema = (most: number) => `${POLICY}
parameters:
  - action: "pay.*"
    schema:
      required: [amount]
      properties: { amount: { type: integer, maximum: ${most}, title: Amount, narrow: lower } }
  - { action: read.ledger, schema: { properties: { amount: { type: integer } } } }
`;
let world: World;
let boss: Member;
beforeAll(async () => {
  world = await found('live', schema(100));
  boss = await owner(world);
});
const refund = (params: JsonObject) => ({ action: 'pay.refund', resource: 'service:pay', params });
const ask = (params: JsonObject, idempotency = fresh()) =>
  post('/v1/approval-requests', { key: world.agent.text, body: refund(params), idempotency });
const refusal = { status: 400, body: { code: 'invalid-request', errors: [{ pointer: '/params/amount' }] } };

describe('params that do not fit', () => {
  it('are refused with their place, and nothing is recorded', async () => {
    expect(await ask({ amount: '24005' })).toMatchObject(refusal);
    expect(await ask({ amount: 101 })).toMatchObject(refusal);
    expect(await ask({})).toMatchObject(refusal);
    const { data } = await success(get('/v1/approval-requests?action=pay.refund', { key: world.admin.text }));
    expect(data).toEqual([]);
  });

  it('are refused by a dry run in the same words', async () => {
    const body = refund({ amount: '24005' });
    const dry = await post('/v1/policy/evaluate', { key: world.agent.text, body });
    expect(dry.body).toMatchObject(refusal.body);
    expect(dry.body.detail).toBe((await ask({ amount: '24005' })).body.detail);
  });

  it('are a no by AuthZEN, even where a rule would allow', async () => {
    const evaluation = (amount: Json) => ({
      subject: { type: 'service-account', id: 'release-bot' },
      action: { name: 'read.ledger', properties: { amount } },
      resource: { type: 'service', id: 'pay' },
    });
    const asked = (amount: Json) => post('/access/v1/evaluation', { key: world.agent.text, body: evaluation(amount) });
    expect((await success(asked(5))).decision).toBe(true);
    expect((await success(asked('5'))).decision).toBe(false);
  });

  it('are not let through by breaking glass either', async () => {
    const fire = await member(boss, 'fire@example.com', ['break_glass']);
    const offered = (amount: Json) =>
      post('/v1/break-glass/options', {
        cookie: fire.cookie,
        body: { ...refund({ amount }), actor: world.actor, reason: 'billing is down' },
      });
    expect(await offered('24005')).toMatchObject(refusal);
    expect((await offered(90)).status).toBe(200);
  });

  it('tell nobody without a key what the schema is', async () => {
    const answer = await post('/v1/approval-requests', { body: refund({ amount: '1' }), idempotency: fresh() });
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
  });
});

describe('params that fit', () => {
  it('are asked about, and the request carries the schema for the page', async () => {
    const asked = await propose(world, refund({ amount: 100 }));
    expect(asked).toMatchObject({ status: 'pending', parameters: { required: ['amount'] } });
    const other = await propose(world, { action: 'other.thing' });
    expect(other.parameters).toBeNull();
  });

  it('stay answered when the schema changes; new ones meet the new schema at once', async () => {
    const key = fresh();
    const first = await success(ask({ amount: 90 }, key));
    await change(boss, 'policy', { source: schema(50) });
    expect(await ask({ amount: 91 })).toMatchObject(refusal);
    expect((await success(ask({ amount: 90 }, key))).id).toBe(first.id);
    await change(boss, 'policy', { source: schema(1_000) });
    expect((await success(ask({ amount: 999 }))).status).toBe('pending');
  });
});

describe('business time', () => {
  it('is counted here as everywhere: the runtime knows the zones and their clock changes', async () => {
    const calendars = `calendars:
  office: { zone: Europe/Berlin, from: "09:00", to: "17:00" }
  always: { zone: Australia/Lord_Howe, days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "24:00" }
risk:
  low: { timeout: { business: 4h, calendar: office } }
  high: { timeout: { business: 20d, calendar: always } }
`;
    const here = await found('live', `version: 1\ndefaults: { risk: low }\n${calendars}`);
    const evaluate = (risk: string) =>
      success(post('/v1/policy/evaluate', { key: here.agent.text, body: { ...refund({}), risk } }));
    const asked_ms = Date.now();
    const { timeout_seconds } = await evaluate('low');
    const office = { zone: 'Europe/Berlin', days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' };
    const expected = businessSeconds(office as Calendar, 4 * 3_600, asked_ms);
    expect(Math.abs(timeout_seconds - expected)).toBeLessThan(30);
    expect((await evaluate('high')).timeout_seconds).toBe(20 * 24 * 3_600);
    const spring = Date.parse('2026-03-27T12:00:00Z');
    expect(businessSeconds(office as Calendar, 8 * 3_600, spring)).toBe(71 * 3_600);
  });
});
