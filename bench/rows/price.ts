// List price of a million, from counted calls and rows. The naive arms are priced by the same model: polling adds what
// one poll was counted to cost, an object that is held awake adds its time.
import type { Row } from '../context.ts';
import { costOf, threeLives } from '../harness/life.ts';
import { breakdown, dollars, PRICES_READ, quantities } from '../harness/price.ts';
import { call, propose, type World } from '../harness/world.ts';
import { atMost, type Line } from '../line.ts';
import type { Counts } from '../worker/meter.ts';

/** How long a person takes, in the arms that pay for it. */
const WAIT_SECONDS = 600;
const POLL_SECONDS = 2;
const OBJECT_GB = 0.128;

const priceOf = (counts: Counts): number => dollars(quantities(counts));

/** Three times the same, with its alarms; the first one warms up and is left out. */
async function thrice(world: World, act: () => Promise<unknown>, settle_ms?: number): Promise<Counts[]> {
  await act();
  const made: Counts[] = [];
  for (let i = 0; i < 3; i++) made.push(await costOf(world, act, settle_ms));
  return made;
}

const line = (figure: string, counts: Counts[], target: Line['target'], note?: string): Line => ({
  ...{ figure, unit: '$/million', samples: counts.map(priceOf), baseline: null, target },
  note: note ?? breakdown(quantities(counts[0]!)),
});

export const price: Row = {
  name: 'price',
  async measure(context) {
    const world = await context.world();
    const id = await propose(world);
    const polls = await thrice(world, () => call(world, 'GET', `/v1/approval-requests/${id}`), 0);
    const waits = await thrice(world, () => call(world, 'GET', `/v1/approval-requests/${id}?wait=1`), 0);
    const lives = (await threeLives(world)).map((life) => ({ ...life }));
    const whole = lives.map((life, i) => priceOf(life) + priceOf(waits[i]!));
    const polling = Math.max(...lives.map(priceOf)) + (WAIT_SECONDS / POLL_SECONDS) * priceOf(polls[0]!);
    const awake = Math.max(...whole) + dollars({ object_gb_second: WAIT_SECONDS * OBJECT_GB });
    const approval = line('list price: human approval with its wait', lives, atMost(25, '≤ $25'));
    const told = `list prices of ${PRICES_READ}; no Worker CPU, no storage`;
    return [
      {
        ...{ ...approval, samples: whole, note: `${approval.note}; ${told}` },
        baseline: { arm: `polled every ${POLL_SECONDS} s for 10 min`, value: polling, how: 'computed' },
      },
      {
        ...{ ...approval, samples: whole, note: 'performance.md has $595 and $1,109 for these arms' },
        figure: 'list price: the same against an object held awake',
        baseline: { arm: 'held awake for 10 min', value: awake, how: 'computed' },
      },
      line(
        'list price: auto-allowed request, sealed',
        await thrice(world, () => propose(world, 'staging')),
        atMost(6, '≤ $6'),
      ),
    ];
  },
};
