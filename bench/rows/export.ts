// How fast an export and an evidence bundle are verified without the server, as anyone would who got the file: CPU of this
// thread. The export's other arm, in the same rounds, hashes and parses the same lines and checks nothing more.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '#sha256';
import { hex, utf8 } from '../../core/encoding.ts';
import { type Anchors, verifyEvidence } from '../../core/evidence.ts';
import { verifyExport } from '../../core/ledger/export.ts';
import { ROOT } from '../../scripts/paths.ts';
import { webCrypto } from '../../sdk/src/verify/evidence-crypto.ts';
import {
  exportOf,
  history,
  LINK_KEY,
  LOG_KEY,
  nodeCrypto,
  ORGANIZATION,
  RECEIPT_KEY,
} from '../../tests/support/ledger-export.ts';
import type { Row } from '../context.ts';
import { atMost, type Line, median } from '../line.ts';

const ROUNDS = 5;
/** Six events each: about 100,000. */
const REQUESTS = 16_667;
const PER_SECOND = 100_000;
/** Fewer where each has a signature. */
const SIGNED = 1_000;
const BUNDLE_ROUNDS = 50;

const cpuSeconds = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
};

const rateOf = async (events: number, work: () => Promise<void> | void): Promise<number> => {
  const started = cpuSeconds();
  await work();
  return events / (cpuSeconds() - started);
};

interface Rates {
  verified: number[];
  bare: number[];
}

async function rates(lines: readonly string[], anchors: object): Promise<Rates> {
  const found: Rates = { verified: [], bare: [] };
  const events = lines.filter((line) => line.includes('"receipt":{')).length;
  for (let round = 0; round < ROUNDS; round++) {
    found.bare.push(await rateOf(events, () => bareReading(lines)));
    const verify = async () => {
      const report = await verifyExport(lines, anchors, nodeCrypto);
      if (!report.valid || report.events !== events) throw new Error('the export does not verify');
    };
    found.verified.push(await rateOf(events, verify));
  }
  return found;
}

/** What nobody can do without: one hash over each line, and its JSON parsed. */
function bareReading(lines: readonly string[]): void {
  for (const line of lines) {
    sha256(utf8(line));
    JSON.parse(line);
  }
}

/** Milliseconds for the golden approval, which a person signed and which was used. */
async function bundleMs(): Promise<number[]> {
  const read = (name: string) => readFileSync(join(ROOT, 'tests/golden', name), 'utf8');
  const [text, anchors] = [read('approval.evidence'), JSON.parse(read('anchors.json')) as Anchors];
  const samples: number[] = [];
  for (let round = 0; round < BUNDLE_ROUNDS; round++) {
    const started = performance.now();
    const { valid } = await verifyEvidence(text, anchors, webCrypto);
    if (!valid) throw new Error('the bundle does not verify');
    samples.push(performance.now() - started);
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
    const line = async (figure: string, all: readonly string[], more: object, note?: string): Promise<Line> => {
      const { verified, bare } = await rates(all, { ...anchors, ...more });
      const baseline = { arm: 'each line hashed and parsed', value: median(bare), how: 'measured' } as const;
      return { figure, unit: 'entries/s/core', samples: verified, baseline, target, ...(note ? { note } : {}) };
    };
    const signed = (await exportOf(history(SIGNED, { receipts: true }))).lines;
    return [
      await line('verify an export', lines, {}),
      await line(
        'verify an export, links too',
        lines,
        { link_key: hex(LINK_KEY) },
        'with K_org: one HMAC more per entry',
      ),
      {
        ...(await line('verify an export, receipts too', signed, { receipt_key: RECEIPT_KEY })),
        target: null,
        note: 'one ES256 signature for every six entries',
      },
      {
        ...{ figure: 'verify an evidence bundle', unit: 'ms', samples: await bundleMs(), baseline: null },
        target: atMost(50, '≤ 50 ms'),
        note: 'the golden approval; wall clock',
      },
    ];
  },
};
