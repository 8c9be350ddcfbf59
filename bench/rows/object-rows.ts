// Rows that objects write. A row of a table, an index entry and an alarm are each one billed row.
import type { Row } from '../context.ts';
import { costOf, sum, sumOf, threeLives } from '../harness/life.ts';
import { approve, propose } from '../harness/world.ts';
import { atMost, type Line } from '../line.ts';
import type { Counts, Kind } from '../worker/meter.ts';

const ROUNDS = 5;

/** Rows and alarms of one kind of object. */
const rowsOf = (counts: Counts, kind: Kind): number =>
  (counts[`rows:${kind}`] ?? 0) + (counts[`setAlarm:${kind}`] ?? 0);

const line = (figure: string, samples: number[], target: Line['target'], note: string): Line => ({
  ...{ figure, unit: 'rows', samples, baseline: null, target, note },
});

export const objectRows: Row = {
  name: 'object-rows',
  async measure(context) {
    const world = await context.world();
    const short: Counts[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      let id = '';
      const asked = async () => {
        id = await propose(world);
      };
      const create = await costOf(world, asked, 0);
      short.push(sum(create, await costOf(world, () => approve(world, id), 0)));
    }
    const lives = await threeLives(world);
    const ofLife = (kind: Kind) => lives.map((counts) => rowsOf(counts, kind));
    const naive = { arm: 'whole life, naive', value: 71, how: 'from performance.md' } as const;
    const alarms = sumOf(lives[0]!, /^setAlarm:request$/);
    return [
      line(
        'request object: create + decide',
        short.map((counts) => rowsOf(counts, 'request')),
        atMost(5),
        'before any alarm fires; 2 are CREATE TABLE',
      ),
      {
        ...line('request object: whole life', ofLife('request'), atMost(9), `with alarms: ${alarms} of them setAlarm`),
        baseline: naive,
      },
      line('organization object: whole life', ofLife('organization'), null, 'reservation, nonces, alarms'),
      line('ledger: whole life', ofLife('ledger'), null, 'alone in each flush; under load flushes are shared'),
    ];
  },
};
