// An emergency use while parts of the house fail: nothing is let through that is not sealed, and no debt gets lost.
import { afterEach, beforeAll, expect, it } from 'vitest';
import { get, post, success } from '../workerd/support/house.ts';
import { exchange, found, type Member, member, owner, type World } from '../workerd/support/world.ts';
import { faults, heal } from './faults.ts';

let world: World;
let boss: Member;
let fire: Member;

beforeAll(async () => {
  world = await found();
  boss = await owner(world);
});
afterEach(heal);

const ASK = { action: 'deployment.rollback', resource: 'service:billing-api', reason: 'down' };

/** A use that is signed and not sent yet. */
async function signed(by: Member) {
  const body = { ...ASK, actor: world.actor };
  const offered = await success(post('/v1/break-glass/options', { cookie: by.cookie, body }));
  const { intent, intent_token } = offered;
  const assertion = await by.passkey.get(offered.public_key);
  return { id: intent.request as string, body: { intent, intent_token, assertion } as never };
}

const send = (by: Member, body: never) => post('/v1/break-glass', { cookie: by.cookie, body });

it('is shown to nobody while the ledger does not answer, is a debt, and the same call finishes it', async () => {
  fire = await member(boss, 'fire@example.com', ['break_glass']);
  const one = await signed(fire);
  const two = await signed(fire);
  faults.ledger = 'down';
  expect(await send(fire, one.body)).toMatchObject({ status: 503, body: { code: 'not-sealed-yet' } });
  expect((await get(`/v1/approval-requests/${one.id}`, { cookie: boss.cookie })).status).toBe(404);
  expect((await exchange(world, one.id)).status).toBeGreaterThanOrEqual(400);
  expect(await send(fire, two.body)).toMatchObject({ status: 403, body: { code: 'break-glass-debt' } });
  heal();
  expect(await send(fire, one.body)).toMatchObject({ status: 201, body: { status: 'approved' } });
  expect((await exchange(world, one.id)).status).toBe(200);
  expect(await send(fire, two.body)).toMatchObject({ status: 403, body: { code: 'break-glass-debt' } });
});

it('goes on with D1 down, and so does its review', async () => {
  const third = await member(boss, 'third@example.com', ['break_glass']);
  const { body, id } = await signed(third);
  faults.d1 = 'down';
  expect((await send(third, body)).status).toBe(201);
  const said = { verdict: 'justified', comment: 'ok' };
  const path = `/v1/break-glass/${id}/review`;
  const offered = await success(post(`${path}/options`, { cookie: boss.cookie, body: said }));
  const { intent, intent_token } = offered;
  const assertion = await boss.passkey.get(offered.public_key);
  const review = { intent, intent_token, assertion, comment: said.comment } as never;
  expect((await post(path, { cookie: boss.cookie, body: review })).status).toBe(200);
  await signed(third);
});

it('reviewed while the ledger does not answer, stays a debt until the same call is sealed', async () => {
  const fourth = await member(boss, 'fourth@example.com', ['break_glass']);
  const use = await signed(fourth);
  await success(send(fourth, use.body));
  const path = `/v1/break-glass/${use.id}/review`;
  const said = { verdict: 'justified', comment: 'ok' };
  const offered = await success(post(`${path}/options`, { cookie: boss.cookie, body: said }));
  const { intent, intent_token } = offered;
  const assertion = await boss.passkey.get(offered.public_key);
  const body = { intent, intent_token, assertion, comment: said.comment } as never;
  faults.ledger = 'down';
  expect(await post(path, { cookie: boss.cookie, body })).toMatchObject({ body: { code: 'not-sealed-yet' } });
  const again = { cookie: fourth.cookie, body: { ...ASK, actor: world.actor } };
  expect((await post('/v1/break-glass/options', again)).body.code).toBe('break-glass-debt');
  heal();
  expect((await post(path, { cookie: boss.cookie, body })).status).toBe(200);
  expect((await post('/v1/break-glass/options', again)).status).toBe(200);
});
