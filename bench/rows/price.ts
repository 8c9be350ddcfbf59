// List price of a million, from counted calls and rows. The naive arms are priced by the same model: polling adds what
// one poll was counted to cost, an object that is held awake adds its time.
import type { Row } from '../context.ts';
import { costOf, threeLives } from '../harness/life.ts';
import { breakdown, dollars, PRICES_READ, quantities } from '../harness/price.ts';
import { openReceiver } from '../harness/receiver.ts';
import { approve, call, found, propose, type World } from '../harness/world.ts';
import { atMost, type Line, median } from '../line.ts';
import type { Counts } from '../worker/meter.ts';

/** How long a person takes, in the arms that pay for it. */
const WAIT_SECONDS = 600;
const POLL_SECONDS = 2;
const OBJECT_GB = 0.128;

/** The sweep looks five seconds after a delivery became due whether it was made. */
const SWEPT_MS = 6_500;

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

/** What approving costs more where one endpoint wants to hear of it: due row, queue, attempt, sweep. */
async function webhook(world: World): Promise<Line> {
  const receiver = await openReceiver();
  try {
    const told = await found(world.house);
    await told.owner.change('webhook_endpoint', { url: receiver.url, events: ['approval.decided'] });
    const approving = async (by: World) => {
      const id = await propose(by);
      return costOf(by, () => approve(by, id), SWEPT_MS);
    };
    const [plain, heard] = [await approving(world), [await approving(told), await approving(told)]];
    if (receiver.taken() !== heard.length) throw new Error(`${receiver.taken()} of ${heard.length} webhooks arrived`);
    const more = (counts: Counts) => priceOf(counts) - priceOf(plain);
    const unit = '$/million';
    const note = `with it, approving alone: ${breakdown(quantities(heard[1]!))}`;
    return {
      figure: 'list price: one webhook more',
      unit,
      samples: heard.map(more),
      baseline: null,
      target: null,
      note,
    };
  } finally {
    await receiver.close();
  }
}

export const price: Row = {
  name: 'price',
  async measure(context) {
    const world = await context.world();
    let id = '';
    // Its alarms are not of the polls.
    await costOf(world, async () => {
      id = await propose(world);
    });
    const polls = await thrice(world, () => call(world, 'GET', `/v1/approval-requests/${id}`), 0);
    const waits = await thrice(world, () => call(world, 'GET', `/v1/approval-requests/${id}?wait=1`), 0);
    const lives = await threeLives(world);
    const whole = lives.map((life, i) => priceOf(life) + priceOf(waits[i]!));
    const polling = Math.max(...lives.map(priceOf)) + (WAIT_SECONDS / POLL_SECONDS) * median(polls.map(priceOf));
    const awake = Math.max(...whole) + dollars({ object_gb_second: WAIT_SECONDS * OBJECT_GB });
    const approval = line('list price: human approval with its wait', lives, atMost(25, '≤ $25'));
    const told = `list prices of ${PRICES_READ}; no Worker CPU, no storage; object time is an upper bound; each step alone in its flush`;
    return [
      {
        ...{ ...approval, samples: whole, note: `${approval.note}; ${told}` },
        baseline: { arm: `polled every ${POLL_SECONDS} s for 10 min`, value: polling, how: 'computed' },
      },
      {
        ...{
          ...approval,
          samples: whole,
          note: 'performance.md has $595 (2 s polling) and $1,109 (held awake) by a model of its own',
        },
        figure: 'list price: the same against an object held awake',
        baseline: { arm: 'held awake for 10 min', value: awake, how: 'computed' },
      },
      line(
        'list price: auto-allowed request, sealed',
        await thrice(world, () => propose(world, 'staging')),
        atMost(6, '≤ $6'),
      ),
      await webhook(world),
    ];
  },
};
