// How fast an export is verified without the server, as anyone would who got the file: CPU of this thread, every line.
import { hex } from '../../core/encoding.ts';
import { verifyExport } from '../../core/ledger/export.ts';
import { exportOf, history, LINK_KEY, LOG_KEY, nodeCrypto, ORGANIZATION } from '../../tests/support/ledger-export.ts';
import type { Row } from '../context.ts';
import type { Line } from '../line.ts';

const ROUNDS = 5;
/** Six events each: about 100,000. */
const REQUESTS = 16_667;
const PER_SECOND = 100_000;

const cpuSeconds = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
};

async function rates(lines: readonly string[], anchors: object): Promise<number[]> {
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = cpuSeconds();
    const { valid, events } = await verifyExport(lines, anchors, nodeCrypto);
    if (!valid) throw new Error('the export does not verify');
    samples.push(events / (cpuSeconds() - started));
  }
  return samples;
}

export const exported: Row = {
  name: 'export',
  async measure() {
    const { lines } = await exportOf(history(REQUESTS));
    const anchors = { log_key: LOG_KEY, organization: ORGANIZATION };
    const target: Line['target'] = {
      words: `≥ ${PER_SECOND.toLocaleString('en')}`,
      holds: (rate) => rate >= PER_SECOND,
    };
    const shared = { unit: 'entries/s/core', baseline: null, target };
    return [
      { figure: 'verify an export', ...shared, samples: await rates(lines, anchors) },
      {
        ...{ figure: 'verify an export, links too', ...shared },
        samples: await rates(lines, { ...anchors, link_key: hex(LINK_KEY) }),
        note: 'with K_org: one HMAC more per entry',
      },
    ];
  },
};
