// The ledger's own bench (bench/ledger.ts), as lines of the table.
import type { Row } from '../context.ts';
import { ledgerRows } from '../ledger.ts';
import type { Line } from '../line.ts';

const PER_SECOND = 10_000;
const TIMES = 20;

export const ledger: Row = {
  name: 'ledger',
  async measure() {
    const [first, ...others] = await ledgerRows();
    const value = first!.median;
    return others.map(
      ({ figure, unit, samples }): Line => ({
        ...{ figure, unit, samples },
        baseline: { arm: 'one call, one transaction per event', value, how: 'measured' },
        target: {
          words: `≥ ${PER_SECOND.toLocaleString('en')} and ≥ ${TIMES}×`,
          holds: (rate, ratio) => rate >= PER_SECOND && ratio >= TIMES,
        },
        note: 'performance.md has 1,289/s for the per-event arm',
      }),
    );
  },
};
