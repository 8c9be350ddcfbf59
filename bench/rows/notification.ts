// How long after the approver has the answer do waiters have it: 200 streams over one request, on loopback, in a thread
// of their own. Below zero: the waiter heard first, as the object tells its sockets before it answers.
import { PRODUCTION, type Row } from '../context.ts';
import { clock, openWaiters } from '../harness/waiters.ts';
import { found, propose, type World } from '../harness/world.ts';
import { atMost, type Line, percentile } from '../line.ts';

const WAITERS = 200;
const ROUNDS = 5;
/** A poller hears after half its period on average. */
const POLL_SECONDS = 30;

interface Offer {
  intent: object;
  intent_token: string;
  public_key: Parameters<World['owner']['passkey']['get']>[0];
}

/** Milliseconds after the approver's answer, one per waiter. */
async function round(world: World): Promise<number[]> {
  const id = await propose(world);
  const path = `/v1/approval-requests/${id}/decisions`;
  const { public_key, ...offer } = await world.owner.call<Offer>('POST', `${path}/options`, { decision: 'approve' });
  const assertion = await world.owner.passkey.get(public_key);
  const url = `${world.house.base_url}/v1/approval-requests/${id}/stream`;
  const { heard } = await openWaiters({ url, key: world.key, count: WAITERS });
  await world.owner.call('POST', path, { ...offer, assertion });
  const answered = clock();
  return (await heard).map((time) => time - answered);
}

export const notification: Row = {
  name: 'notification',
  async measure(context) {
    const world = await found(await context.house(PRODUCTION));
    await round(world);
    const rounds: number[][] = [];
    for (let i = 0; i < ROUNDS; i++) rounds.push(await round(world));
    const line = (name: string, share: number, limit: number, polled: number): Line => ({
      ...{ figure: `notification, ${WAITERS} waiters: ${name}`, unit: 'ms', target: atMost(limit) },
      samples: rounds.map((times) => percentile(times, share)),
      baseline: { arm: `${POLL_SECONDS} s polling`, value: polled * 1_000, how: 'computed' },
      note: 'below zero: heard before the approver had the answer',
    });
    return [line('p50', 0.5, 1, POLL_SECONDS / 2), line('p99', 0.99, 10, POLL_SECONDS * 0.99)];
  },
};
