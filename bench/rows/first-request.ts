// CPU from the start of the process to the first answer, over a Worker that does nothing: compiling the bundle, its global
// scope, the first way through the router. What workerd itself needs is in both arms.
import { BARE, PRODUCTION, type Row } from '../context.ts';
import { cpuMs, withPid } from '../harness/cpu.ts';
import { openHouse } from '../harness/house.ts';
import { median } from '../line.ts';

const ROUNDS = 7;

interface Start {
  /** Milliseconds of CPU until the first answer. */
  all: number;
  /** Of these, the request alone. */
  request: number;
}

async function start(entry: string, path: string): Promise<Start> {
  const { started: house, pid } = await withPid(() => openHouse(entry, { empty: true }));
  try {
    if (pid === null) throw new Error('CPU time per process is only known on Linux');
    const before = cpuMs(pid);
    await (await fetch(house.base_url + path)).text();
    const all = cpuMs(pid);
    return { all, request: all - before };
  } finally {
    await house.close();
  }
}

const medianOf = (starts: Start[], part: keyof Start): number => median(starts.map((one) => one[part]));

export const firstRequest: Row = {
  name: 'first-request',
  async measure() {
    const [ours, bare]: [Start[], Start[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await start(PRODUCTION, '/v1/organization'));
      bare.push(await start(BARE, '/'));
    }
    const floor = medianOf(bare, 'all');
    const over = (part: keyof Start) => (medianOf(ours, part) - medianOf(bare, part)).toFixed(1);
    return [
      {
        ...{ figure: 'start and first request', unit: 'ms CPU', samples: ours.map(({ all }) => all) },
        baseline: { arm: 'bare Worker', value: floor, how: 'measured' },
        target: { words: '≤ 10 ms over a bare Worker', holds: (value) => value - floor <= 10 },
        note: `${over('all')} ms over it, of which the request alone ${over('request')}; a 401, so no object is touched`,
      },
    ];
  },
};
