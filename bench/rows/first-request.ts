// CPU from nothing to the first answer, over a Worker that does nothing: compiling the bundle and starting the router.
// What workerd itself needs is in both arms.
import { BARE, PRODUCTION, type Row } from '../context.ts';
import { cpuMs, withPid } from '../harness/cpu.ts';
import { openHouse } from '../harness/house.ts';
import { median } from '../line.ts';

const ROUNDS = 5;

async function firstAnswer(entry: string, path: string): Promise<number> {
  const { started: house, pid } = await withPid(() => openHouse(entry));
  try {
    if (pid === null) throw new Error('CPU time per process is only known on Linux');
    const before = cpuMs(pid);
    await (await fetch(house.base_url + path)).text();
    return cpuMs(pid) - before;
  } finally {
    await house.close();
  }
}

export const firstRequest: Row = {
  name: 'first-request',
  async measure() {
    const [ours, bare]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await firstAnswer(PRODUCTION, '/v1/organization'));
      bare.push(await firstAnswer(BARE, '/'));
    }
    const floor = median(bare);
    return [
      {
        ...{ figure: 'first request', unit: 'ms CPU', samples: ours },
        baseline: { arm: 'bare Worker', value: floor, how: 'measured' },
        target: { words: '≤ 10 ms over a bare Worker', holds: (value) => value - floor <= 10 },
        note: `${(median(ours) - floor).toFixed(1)} ms over it; a 401, so no object is touched`,
      },
    ];
  },
};
