// `kill -9` under load, twenty times, on the same state: what was acknowledged is there, sealed once, told to D1 and to
// receivers; what was overdue is expired. The whole process group is killed, and nothing is tidied up.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { broken, INVARIANTS } from '../../scripts/invariants.ts';
import { Load } from '../support/load.ts';
import { enrolOwner } from '../support/people.ts';
import { listen, Receiver } from '../support/receiver.ts';
import { TestStack } from '../support/stack.ts';

const CYCLES = Number(process.env.KILL_CYCLES ?? 20);
const CALLERS = 6;
/** After a restart: everything but what a dead consumer had taken in hand. */
const CONVERGED_MS = 10_000;
/** A delivery that was under way is due again when its lease ends and the sweep comes by. */
const DELIVERED_MS = 30_000;

let stack: TestStack;
let load: Load;
let receiver: Receiver;
/** Where the seed's own endpoint expects somebody. */
let seeded: Receiver;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  stack = await TestStack.start();
  receiver = await Receiver.open();
  seeded = await Receiver.open(stack.place.port + 1, stack.dev.webhook_secret);
  const { api_key, actor, admin_api_key } = stack.dev.test;
  await listen(receiver, stack.base_url, admin_api_key, ['approval.*']);
  load = new Load({ base_url: stack.base_url, api_key, actor, reviewer: await enrolOwner(stack, 'test') });
});

afterAll(async () => {
  receiver?.close();
  seeded?.close();
  await stack?.stop();
});

/**
 * Asks until nothing is broken, or something has been broken for the whole limit; answers with what still is. The limit
 * runs from a fault's first appearance: a deadline that passes meanwhile makes D1 lag anew, for its own short time.
 */
async function brokenAfter(limit_ms: number, but: (fault: string) => boolean = () => false): Promise<string[]> {
  const { base_url, dev } = stack;
  const question = { base_url, api_key: dev.test.admin_api_key, acknowledged: load.acknowledged };
  let since = new Map<string, number>();
  for (;;) {
    const now = Date.now();
    const faults = (await broken(question)).filter((fault) => !but(fault));
    since = new Map(faults.map((fault) => [fault, since.get(fault) ?? now]));
    const overdue = faults.filter((fault) => Date.now() - since.get(fault)! > limit_ms);
    if (faults.length === 0 || overdue.length > 0) return overdue;
    await pause(500);
  }
}

it(`keeps every promise through ${CYCLES} kills under load`, async () => {
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    load.start(CALLERS);
    await pause(300 + Math.random() * 900);
    await stack.kill9();
    await load.stop();
    await stack.restart();
  }
  expect(load.acknowledged.size).toBeGreaterThan(CYCLES);
  expect(await brokenAfter(CONVERGED_MS, (fault) => fault.startsWith('I9'))).toEqual([]);
  expect(await brokenAfter(DELIVERED_MS)).toEqual([]);
  expect(load.scandals).toEqual([]);
});

it('had something to check: requests of every end, each event at the receiver', async () => {
  const { base_url, dev } = stack;
  const response = await fetch(`${base_url}/v1/approval-requests?status=expired&limit=100`, {
    headers: { authorization: `Bearer ${dev.test.admin_api_key}` },
  });
  const { data } = (await response.json()) as { data: { id: string }[] };
  expect(data.length).toBeGreaterThan(0);
  expect([...receiver.forged, ...seeded.forged]).toEqual([]);
  expect(new Set(seeded.events.map(({ type }) => type))).toEqual(new Set(['approval.decided']));
  const heard = new Set(receiver.events.map(({ subject }) => subject));
  const unheard = [...load.acknowledged.keys()].filter((id) => !heard.has(id));
  expect(unheard).toEqual([]);
});

it('checks what it says it checks: a broken promise is found', async () => {
  const lost = new Map([[[...load.acknowledged.keys()][0]!, new Set(['capability.consumed'])]]);
  const { base_url, dev } = stack;
  const faults = await broken({ base_url, api_key: dev.test.admin_api_key, acknowledged: lost });
  // Beside it D1 may lag behind a request whose deadline passed this moment: that is for the test above.
  const found = faults.filter((fault) => !fault.startsWith('I4'));
  expect(found).toEqual([expect.stringContaining('acknowledged capability.consumed is lost')]);
  expect(new Set(INVARIANTS.map(([name]) => name.slice(0, 2)))).toEqual(
    new Set(['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9']),
  );
});
