// Rows that D1 writes for one human approval: its request and its five events, indexes included. The ledger's checkpoint
// copies are not of the approval: at most one per CHECKPOINT_SECONDS, however many approvals.
import type { Row } from '../context.ts';
import { costOf, sumOf, threeLives } from '../harness/life.ts';
import { approve, propose } from '../harness/world.ts';
import { atMost, type Line } from '../line.ts';
import type { Counts } from '../worker/meter.ts';

/** Rows of D1 tables but the ledger's checkpoints. */
export const d1RowsOf = (counts: Counts): number => sumOf(counts, /^d1\.written (?!checkpoints)/);

/** Polls of a dashboard write nothing; the naive arm writes each event and its copy in every list by itself. */
const NAIVE = { arm: 'naive', value: 40, how: 'from performance.md' } as const;

export const d1Rows: Row = {
  name: 'd1-rows',
  async measure(context) {
    const world = await context.world();
    const lives = await threeLives(world);
    const replays: Counts[] = [];
    for (let i = 0; i < 3; i++) {
      const id = await propose(world);
      await approve(world, id);
      await world.house.counts();
      const object = `${world.organization}/${id}`;
      const retell = () => fetch(`${world.house.base_url}/__bench/retell`, { method: 'POST', body: object });
      replays.push(await costOf(world, retell, 0));
    }
    const told = replays.every((counts) => (counts['d1.queries'] ?? 0) > 0);
    if (!told) throw new Error('the delivery was not repeated, so nothing was measured');
    const line = (figure: string, samples: number[], target: Line['target']) => ({
      ...{ figure, unit: 'rows', samples, target },
    });
    return [
      { ...line('D1: one human approval, 5 events', lives.map(d1RowsOf), atMost(12)), baseline: NAIVE },
      { ...line('D1: the same delivery again', replays.map(d1RowsOf), atMost(0)), baseline: null },
    ];
  },
};
