import { beforeAll, describe, expect, it } from 'vitest';
import { TERMINAL } from '../../core/lifecycle.ts';
import { count, history } from './support/history.ts';
import { type Answer, get, post, success } from './support/house.ts';
import { approved, exchange, found, type Member, offered, owner, propose, sign, type World } from './support/world.ts';

let world: World;
let member: Member;
beforeAll(async () => {
  world = await found('live');
  member = await owner(world);
});

const ROUNDS = 24;
const TERMINALS = ['approval.decided', 'approval.expired', 'approval.canceled'];

type Mover = (request: string) => Promise<Answer>;
const cancel: Mover = (id) => post(`/v1/approval-requests/${id}/cancel`, { key: world.agent.text, body: {} });
const revoke: Mover = (id) => post(`/v1/approval-requests/${id}/revoke`, { cookie: member.cookie, body: {} });
const expire: Mover = (id) => post(`/v1/approval-requests/${id}/expire`, { cookie: member.cookie, body: {} });
const report: Mover = (id) =>
  post(`/v1/approval-requests/${id}/outcome`, { key: world.agent.text, body: { status: 'executed' } });
const take: Mover = (id) => exchange(world, id, { nonce: crypto.randomUUID() });

/** The ceremony is done before the race: only the last call runs in it. */
async function ready(decision: 'approve' | 'reject', id: string): Promise<Mover> {
  const offer = await success(offered(member, id, { decision, comment: 'in a race' }));
  return () => sign(member, id, offer, { comment: 'in a race' });
}

const shuffled = <T>(list: T[]): T[] =>
  list
    .map((one) => [Math.random(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);

/** Nothing but an answer or a refusal that says why; never a 5xx. */
function allSane(answers: Answer[]): void {
  for (const { status, text } of answers) expect([200, 403, 409], text).toContain(status);
}

describe('approve, reject, cancel, revoke and expire at once', () => {
  it('leave one terminal decision, whose order in the ledger is that of the object', async () => {
    const endings = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const { id } = await propose(world, { params: { round } });
      const movers = [
        await ready('approve', id),
        await ready('approve', id),
        await ready('reject', id),
        cancel,
        expire,
        revoke,
      ];
      allSane(await Promise.all(shuffled(movers).map((move) => move(id))));
      const told = await history(world, id);
      const decided = TERMINALS.reduce((sum, type) => sum + count(told, type), 0) + count(told, 'capability.revoked');
      const { status } = await success(get(`/v1/approval-requests/${id}`, { key: world.agent.text }));
      expect(status).toBe(told.life.status);
      endings.add(status);
      if (status === 'rejected' || status === 'expired') expect(decided, told.types.join()).toBe(1);
      if (count(told, 'approval.decided') === 0) expect(told.types).not.toContain('capability.issued');
      expect(count(told, 'approval.decided')).toBeLessThanOrEqual(1);
      expect(told.types.filter((type) => type.startsWith('execution.'))).toEqual([]);
    }
    expect(endings.size, `only ever ${[...endings]}`).toBeGreaterThan(1);
  });

  it('followed by the same again change nothing that is terminal', async () => {
    const { id } = await propose(world, { params: { again: true } });
    const [approve, reject] = [await ready('approve', id), await ready('reject', id)];
    await success(cancel(id));
    const before = await history(world, id);
    const answers = await Promise.all([approve, reject, cancel, expire, revoke, take, report].map((move) => move(id)));
    for (const { status } of answers) expect(status).toBe(409);
    expect(await history(world, id)).toEqual(before);
    expect(TERMINAL).toContain(before.life.status);
  });
});

describe('exchange, revoke, cancel and outcome at once', () => {
  it('never give a token after a revocation, never two exchanges, never two ends', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id } = await approved(member, { action: 'raced.for', params: { round } });
      const movers = shuffled([take, take, take, revoke, cancel, report]);
      const answers = await Promise.all(movers.map((move) => move(id)));
      allSane(answers);
      const told = await history(world, id);
      const won = answers.filter(({ status, body }) => status === 200 && body.access_token).length;
      expect(count(told, 'capability.exchanged')).toBeLessThanOrEqual(1);
      expect(won).toBeLessThanOrEqual(count(told, 'capability.exchanged'));
      const gone = told.types.indexOf('capability.revoked');
      if (gone !== -1) expect(told.types.indexOf('capability.exchanged')).toBeLessThan(gone);
      if (count(told, 'approval.canceled') === 1) expect(told.types).not.toContain('capability.exchanged');
      expect(count(told, 'execution.executed')).toBeLessThanOrEqual(1);
    }
  });
});

describe('the same vote', () => {
  it('sent twenty times at once is one vote, and every answer says so', async () => {
    const { id } = await propose(world, { params: { twenty: true } });
    const offer = await success(offered(member, id));
    const assertion = await member.passkey.get(offer.public_key);
    const body = { intent: offer.intent, intent_token: offer.intent_token, assertion };
    const send = () => post(`/v1/approval-requests/${id}/decisions`, { cookie: member.cookie, body: body as never });
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    for (const { status, text } of answers) expect(status, text).toBe(200);
    const told = await history(world, id);
    expect(count(told, 'approval.decided')).toBe(1);
    expect(count(told, 'capability.issued')).toBe(1);
  });
});
