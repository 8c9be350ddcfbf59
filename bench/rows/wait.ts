// What waiting costs: nobody decides for longer than objects stay in memory, then somebody does. The object must have been
// evicted meanwhile (its constructor runs again) and the waiter must hear at once. Time awake is what calls took.
import type { Row } from '../context.ts';
import { pause } from '../context.ts';
import { costOf, sumOf } from '../harness/life.ts';
import { untilSaid } from '../harness/waiters.ts';
import { approve, propose, type World } from '../harness/world.ts';
import { atMost, type Line } from '../line.ts';
import type { Counts } from '../worker/meter.ts';

/** workerd evicts an idle object after ten seconds. */
const WAITS_MS = [14_000, 28_000];
const OWN_ALARMS_MS = 2_600;

interface Waited {
  /** Of the wait alone. */
  wait: Counts;
  constructions: number;
}

/** Opens a stream, waits, counts; then decides and sees that the stream says so. */
async function waitedFor(world: World, ms: number): Promise<Waited> {
  const id = await propose(world);
  // The retry alarm of the create is not of the wait.
  await pause(OWN_ALARMS_MS);
  const url = `${world.house.base_url}/v1/approval-requests/${id}/stream`;
  let heard: Promise<unknown> = Promise.resolve();
  const wait = await costOf(
    world,
    async () => {
      const response = await fetch(url, { headers: { authorization: `Bearer ${world.key}` } });
      heard = untilSaid(response, '"status":"approved"');
      await pause(ms);
    },
    0,
  );
  const after = await costOf(world, () => approve(world, id).then(() => heard), 0);
  return { wait, constructions: after['construct:request'] ?? 0 };
}

export const wait: Row = {
  name: 'wait',
  async measure(context) {
    const world = await context.world();
    const waited: Waited[] = [];
    for (const ms of WAITS_MS) waited.push(await waitedFor(world, ms));
    const requests = waited.map((one) => sumOf(one.wait, /^call:request\./));
    const awake = waited.map((one) => sumOf(one.wait, /^awake:request$/) / 1_000);
    const flat = requests.every((count) => count === requests[0]);
    if (!flat) throw new Error(`a longer wait made more calls: ${requests.join(', ')}; there is no model for that`);
    const how = `modelled: counted over waits of ${WAITS_MS.map((ms) => ms / 1_000).join(' and ')} s, the same in both`;
    const held = (seconds: number): Line['baseline'] => ({
      ...{ arm: `object held awake for ${seconds / 60} min`, value: seconds, how: 'computed' },
    });
    const line = (figure: string, unit: string, samples: number[]) => ({
      ...{ figure, unit, samples, baseline: null },
    });
    return [
      { ...line('10-minute wait: object time', 's', awake), baseline: held(600), target: atMost(0.1), note: how },
      { ...line('60-minute wait: object time', 's', awake), baseline: held(3_600), target: atMost(0.1), note: how },
      { ...line('a wait of any length: calls of the object', 'requests', requests), target: atMost(2), note: how },
      {
        ...line(
          'constructions at the decision after it',
          'objects',
          waited.map((one) => one.constructions),
        ),
        target: { words: '1: it was evicted', holds: (value) => value === 1 },
        note: 'and the waiter heard of the decision',
      },
    ];
  },
};
