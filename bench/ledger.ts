// How many events per second the ledger seals with every proof verified, against the arm that seals one event per call.
// All arms in one run, in turn; only ratios of one run mean anything. `--json` for machines.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { fromHex } from '../core/encoding.ts';
import {
  type HashReader,
  inclusionProof,
  nodeHash,
  openCheckpoint,
  rootAt,
  tileHashReader,
  tilePath,
  verifyInclusion,
  widthOf,
} from '../core/ledger.ts';
import { logSigner } from '../durable-objects/ledger/keys.ts';
import { ROOT } from '../scripts/paths.ts';
import { bundle } from './harness/bundle.ts';

const ROUNDS = 5;
const PORTIONS = 4;
const ARMS = [
  { arm: 'one call, one transaction per event', path: '/per-event', events: 2048, per_call: 1, parallel: 64 },
  { arm: 'group commit, one event per call', path: '/seal', events: 4096, per_call: 1, parallel: 512 },
  { arm: 'group commit, 64 events per call', path: '/seal', events: 16_384, per_call: 64, parallel: 16 },
] as const;

interface Receipt {
  index: number;
  leaf_hash: string;
}

export interface BenchRow {
  figure: string;
  unit: 'events/s';
  min: number;
  median: number;
  max: number;
  /** One per round. */
  samples: number[];
  /** Of the medians, to the first arm. */
  ratio: number;
  target: string;
}

type Ask = <T>(path: string, body: object) => Promise<T>;

async function privateJwk(algorithm: { name: string; namedCurve?: string }): Promise<string> {
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const { kty, crv, x, y, d } = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey;
  return JSON.stringify({ kty, crv, x, y, d });
}

const KEYS = {
  LEDGER_ORIGIN: 'localhost/assentry/bench',
  LEDGER_KEY: await privateJwk({ name: 'Ed25519' }),
  RECEIPT_KEY: await privateJwk({ name: 'ECDSA', namedCurve: 'P-256' }),
  CHECKPOINT_SECONDS: '0',
};

/** The one table of migrations/schema/checkpoints.ts. */
const CHECKPOINTS =
  'CREATE TABLE checkpoints (origin TEXT, size INTEGER, root TEXT, note TEXT, at TEXT, PRIMARY KEY (origin, size))';

/** The bench's worker in workerd itself, without any proxy in between; storage on disk, removed at the end. */
async function withWorker<T>(use: (ask: Ask) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'assentry-bench-'));
  const { code } = await bundle('bench/ledger/worker.ts', ['-c', join(ROOT, 'bench/ledger/wrangler.toml')]);
  const options = convertV4MiniflareOptions({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: code }],
    ...{ d1Databases: ['DB'], bindings: KEYS, resourcePersistencePath: folder },
    ...{ compatibilityDate: '2026-09-18', compatibilityFlags: ['nodejs_compat'] },
    durableObjects: {
      LEDGER: { className: 'Ledger', useSQLite: true },
      PER_EVENT: { className: 'PerEvent', useSQLite: true },
    },
  });
  const miniflare = new Miniflare(options);
  const db = await miniflare.getD1Database('DB');
  await db.exec(CHECKPOINTS);
  const ask: Ask = async (path, body) => {
    const answer = await miniflare.dispatchFetch(`http://bench${path}`, { method: 'POST', body: JSON.stringify(body) });
    return answer.json() as never;
  };
  try {
    return await use(ask);
  } finally {
    await miniflare.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads every `step`th level and computes the nodes in between once; complete subtrees never change. */
function remembering(read: HashReader, step: number, known = new Map<string, Uint8Array>()): HashReader {
  const node: HashReader = (level, index) => {
    const key = `${level}/${index}`;
    const pair = () => nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
    const hash = known.get(key) ?? (level % step === 0 ? read(level, index) : pair());
    known.set(key, hash);
    return hash;
  };
  return node;
}

function verifyAll(receipts: Receipt[], read: HashReader, size: number, root: Uint8Array): void {
  for (const { index, leaf_hash } of receipts) {
    const hashes = inclusionProof(read, index, size);
    const holds = verifyInclusion({ index, size, leaf_hash: fromHex(leaf_hash)!, hashes, root });
    if (!holds) throw new Error(`entry ${index} is not proved`);
  }
}

/** Follows the log as an auditor does: each full tile is fetched once. */
class Follower {
  readonly #ask: Ask;
  readonly #tiles = new Map<string, Uint8Array>();
  readonly #nodes = new Map<string, Uint8Array>();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Checkpoint, tiles, and from them the proof of every receipt. */
  async verify(receipts: Receipt[]): Promise<void> {
    const { note } = await this.#ask<{ note: string }>('/checkpoint', {});
    const checkpoint = await openCheckpoint(note, await logSigner(KEYS as never));
    if (checkpoint === null) throw new Error('the checkpoint is not signed by the log');
    const { size, root } = checkpoint;
    await this.#fetch(size);
    const tiles = tileHashReader((level, number) => this.#tiles.get(`${level}/${number}`)!, size);
    const read = remembering(tiles, 8, this.#nodes);
    if (rootAt(read, size).join() !== root.join()) throw new Error('the tiles are another tree');
    verifyAll(receipts, read, size, root);
  }

  async #fetch(size: number): Promise<void> {
    const wanted = [];
    for (let level = 0; widthOf(level, 0, size) > 0; level++) {
      for (let number = 0; widthOf(level, number, size) > 0; number++) {
        const width = widthOf(level, number, size);
        if (this.#tiles.get(`${level}/${number}`)?.length !== 8192) wanted.push({ level, number, width });
      }
    }
    const texts = await this.#ask<string[]>('/tiles', { paths: wanted.map(tilePath) });
    for (const [at, { level, number }] of wanted.entries()) this.#tiles.set(`${level}/${number}`, fromHex(texts[at]!)!);
  }
}

/** The same for the arm of one event per call: its leaves are what it answered. */
class PerEventFollower {
  readonly #leaves: Uint8Array[] = [];
  readonly #nodes = new Map<string, Uint8Array>();

  async verify({ receipts, root }: { receipts: Receipt[]; root: string }): Promise<void> {
    for (const { index, leaf_hash } of receipts) this.#leaves[index] = fromHex(leaf_hash)!;
    const read = remembering((_, index) => this.#leaves[index]!, Number.POSITIVE_INFINITY, this.#nodes);
    verifyAll(receipts, read, this.#leaves.length, fromHex(root)!);
  }
}

/** Seals in portions; each is verified here while the next one is sealed there, one core each. */
async function round(ask: Ask, follower: Follower, arm: (typeof ARMS)[number], name: string): Promise<number> {
  const naive = new PerEventFollower();
  const start = performance.now();
  let verified = Promise.resolve();
  for (let portion = 0; portion < PORTIONS; portion++) {
    const load = { ...arm, name, events: arm.events / PORTIONS };
    if (arm.path === '/seal') {
      const receipts = await ask<Receipt[]>(arm.path, load);
      if (receipts.length !== load.events) throw new Error(`${receipts.length} of ${load.events} events were sealed`);
      verified = verified.then(() => follower.verify(receipts));
    } else {
      const answer = await ask<{ receipts: Receipt[]; root: string }>(arm.path, load);
      verified = verified.then(() => naive.verify(answer));
    }
  }
  await verified;
  return (1000 * arm.events) / (performance.now() - start);
}

/** Runs all arms in turn and gives one row for each. */
export async function ledgerRows(): Promise<BenchRow[]> {
  const rates: number[][] = ARMS.map(() => []);
  await withWorker(async (ask) => {
    const follower = new Follower(ask);
    await ask('/genesis', {});
    for (let n = 0; n <= ROUNDS; n++) {
      for (const [at, arm] of ARMS.entries()) {
        const rate = await round(ask, follower, arm, `round-${n}`);
        // The first round warms up the code of both sides.
        if (n > 0) rates[at]!.push(rate);
      }
    }
  });
  const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!;
  return ARMS.map(({ arm }, at) => ({
    ...{ figure: `ledger, sealed and proved: ${arm}`, unit: 'events/s' },
    ...{ min: Math.min(...rates[at]!), median: median(rates[at]!), max: Math.max(...rates[at]!) },
    samples: rates[at]!,
    ...{ ratio: median(rates[at]!) / median(rates[0]!), target: at === 0 ? 'baseline' : '≥ 10,000 and ≥ 20×' },
  }));
}

if (import.meta.main) {
  const rows = await ledgerRows();
  if (process.argv.includes('--json')) console.log(JSON.stringify(rows));
  else {
    const whole = (n: number) => Math.round(n).toLocaleString('en');
    console.table(
      rows.map(({ samples: _samples, ...row }) => ({
        ...row,
        min: whole(row.min),
        median: whole(row.median),
        max: whole(row.max),
        ratio: `${row.ratio.toFixed(1)}×`,
      })),
    );
  }
}
