// What an attacker could learn or take while the ledger does not answer.
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { post, success } from '../workerd/support/house.ts';
import {
  approved,
  exchange,
  found,
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

describe('while the ledger does not answer', () => {
  it('the door of the decision does not tell of an approval that is not sealed', async () => {
    const { id } = await propose(world, unique());
    const offer = await success(offered(reviewer, id));
    faults.ledger = 'down';
    expect((await sign(reviewer, id, offer)).body.code).toBe('not-sealed-yet');
    const asked = await offered(reviewer, id, { decision: 'reject' });
    expect([asked.status, asked.body.code]).toEqual([503, 'not-sealed-yet']);
    expect(asked.text).not.toContain('approved');
  });

  it('a capability that is revoked before its exchange is sealed gives no token, to whoever repeats the call', async () => {
    const { id } = await approved(reviewer, unique());
    faults.ledger = 'down';
    expect((await exchange(world, id)).body.code).toBe('not-sealed-yet');
    await post(`/v1/approval-requests/${id}/revoke`, { cookie: reviewer.cookie, body: {} });
    heal();
    expect((await exchange(world, id)).body.code).toBe('capability-revoked');
  });
});
