// What it takes to know who calls: one call of the organisation's object, which the work needs in any case. A forged key
// is refused by its MAC, in the Worker.
import { pause, type Row } from '../context.ts';
import { ALARMS_MS, costOf, sumOf } from '../harness/life.ts';
import { call, propose, type World } from '../harness/world.ts';
import { atMost, type Line } from '../line.ts';

/** A key of the right form that we did not make: the last character is another one. */
const forged = (key: string): string => key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');

async function refusedWith(world: World): Promise<void> {
  const headers = { authorization: `Bearer ${forged(world.key)}` };
  const response = await fetch(`${world.house.base_url}/v1/organization`, { headers });
  if (response.status !== 401) throw new Error(`a forged key was answered ${response.status}`);
}

async function thrice(world: World, act: () => Promise<unknown>, counted: RegExp): Promise<number[]> {
  const samples: number[] = [];
  await act();
  // The ledger's copies of its checkpoint are nobody's authentication.
  await pause(ALARMS_MS);
  for (let i = 0; i < 3; i++) samples.push(sumOf(await costOf(world, act, 0), counted));
  return samples;
}

const naive = (value: number): Line['baseline'] => ({ arm: 'key table in D1', value, how: 'from performance.md' });

export const authentication: Row = {
  name: 'authentication',
  async measure(context) {
    const world = await context.world();
    const id = await propose(world, 'staging');
    const read = () => call(world, 'GET', `/v1/approval-requests/${id}`);
    const ANYTHING = /^(call:|d1\.queries)/;
    const unit = 'calls';
    const one = atMost(1, 'the one admit/authorize call');
    return [
      {
        ...{ figure: 'authenticate a create: calls and D1 rows read', unit, baseline: naive(1), target: one },
        samples: await thrice(
          world,
          () => propose(world, 'staging'),
          /^(call:organization\.(admit|authorize)|d1\.read)$/,
        ),
      },
      {
        ...{ figure: 'authenticate a read: calls and D1 queries', unit, baseline: naive(1), target: one },
        samples: await thrice(world, read, /^(call:organization\.|d1\.queries)/),
      },
      {
        ...{ figure: 'a forged key: calls and D1 queries', unit, baseline: naive(1), target: atMost(0) },
        samples: await thrice(world, () => refusedWith(world), ANYTHING),
      },
    ];
  },
};
