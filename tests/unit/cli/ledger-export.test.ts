import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromBase64 } from '../../../core/encoding.ts';
import { SHARD_SPAN } from '../../../core/ledger.ts';
import {
  exportAcross,
  exportOf,
  history,
  LOG_KEY,
  type MadeExport,
  ORGANIZATION,
  RECEIPT_KEY,
  SHARD_KEYS,
} from '../../support/ledger-export.ts';
import { resummed } from '../../support/ledger-forger.ts';
import { ContractServer } from '../sdk/contract-server.ts';
import { assentry, emptyPlace } from './terminal.ts';

let one: MadeExport;
let two: MadeExport;
/** What the log holds now. */
let made: MadeExport;
let server: ContractServer;
let env: Record<string, string>;
/** Places that the list does not have, for so many calls. */
let missing: { org_seq: number; calls: number };
beforeAll(async () => {
  // More than two pages.
  const events = history(50, { receipts: true });
  [one, two] = [await exportOf(events), await exportAcross(events, 150)];
});
beforeEach(async () => {
  made = one;
  server = new ContractServer();
  env = { ASSENTRY_API_KEY: 'asn_live_x', ASSENTRY_URL: await server.start() };
  missing = { org_seq: 0, calls: 0 };
  server.before = ({ path }) => answer(path);
});
afterEach(() => server.stop());

const records = () => made.lines.map((line) => JSON.parse(`{${line.slice(74)}`));

function answer(path: string): ReturnType<ContractServer['before']> {
  if (path === '/v1/ledger/key') return { status: 200, body: keys() };
  const [, request] = /^\/v1\/approval-requests\/(\w+)\/receipts$/.exec(path) ?? [];
  if (request !== undefined) {
    const data = made.decisions.filter(({ event }) => event.startsWith(`evt_${request}_`));
    return { status: 200, body: { data } };
  }
  const [, listed] = /^\/v1\/events\?(.*)$/.exec(path) ?? [];
  if (listed !== undefined) return { status: 200, body: page(new URLSearchParams(listed)) };
  return file(path);
}

const keys = () =>
  made === one
    ? { verifier_key: LOG_KEY }
    : {
        verifier_key: SHARD_KEYS[1],
        shards: SHARD_KEYS.map((verifier_key, shard) => ({ shard, verifier_key, verifier_keys: [verifier_key] })),
      };

/** A checkpoint or a tile of the log, or of one of its shards. */
function file(path: string): ReturnType<ContractServer['before']> {
  const [, of, name] = /^\/ledger(?:\/shards\/(\d))?\/(.*)$/.exec(path) ?? [];
  const { checkpoint, shards } = records()[0].export;
  const note = of === undefined ? checkpoint : shards[Number(of)].checkpoint;
  if (name === 'checkpoint') return { status: 200, body: null, text: note };
  const found = records().find(({ tile }) => tile?.path === name && (tile?.shard ?? 0) === Number(of ?? 0));
  return found && { status: 200, body: null, text: fromBase64(found.tile.hashes)! };
}

/** Newest first, `limit` at a time; the cursor is a place. */
function page(query: URLSearchParams): object {
  const gap = missing.calls-- > 0 ? missing.org_seq : 0;
  const before = Number(query.get('cursor') ?? Number.POSITIVE_INFINITY);
  const older = made.placed
    .filter(({ receipt: { index, org_seq } }) => index < before && org_seq !== gap)
    .toReversed()
    .map(({ event, receipt }) => ({ ...event, organization: undefined, receipt }));
  const limit = Number(query.get('limit'));
  const data = older.slice(0, limit);
  return { data, next_cursor: older.length > limit ? String(data.at(-1)!.receipt.index) : null };
}

const pinned = ['--log-key', LOG_KEY, '--organization', ORGANIZATION];

describe('assentry ledger export', () => {
  it('gathers all pages into one file that verifies, and is the same as the one made from the log', async () => {
    const file = join(emptyPlace(), 'ledger.export');
    const { code, stderr, stdout } = await assentry(['ledger', 'export', '--output', file], { env });
    expect([code, stdout], stderr).toEqual([0, '']);
    expect(stderr).toContain(`Exported ${made.placed.length} events to ${file}`);
    expect(server.calls('GET', /v1\/events/).length).toBeGreaterThan(2);
    expect(readFileSync(file, 'utf8')).toBe(`${made.lines.join('\n')}\n`);
    expect(readdirSync(dirname(file))).toEqual(['ledger.export']);
    const verified = await assentry(['verify', file, ...pinned, '--receipt-key', RECEIPT_KEY]);
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    expect(verified.stdout).toMatch(/^proved +receipt: 50 of 50 decision receipts/m);
  });

  it('goes into a pipe as it is, and never onto a terminal', async () => {
    const { stdout } = await assentry(['ledger', 'export'], { env });
    expect((await assentry(['verify', '-', ...pinned], { stdin: stdout })).code).toBe(0);
    expect(await assentry(['ledger', 'export'], { env, tty: true })).toMatchObject({ code: 2, stdout: '' });
  });

  it('waits while the list lags behind the log', async () => {
    missing = { org_seq: 40, calls: 3 };
    const { code, stdout } = await assentry(['ledger', 'export'], { env });
    expect([code, stdout]).toEqual([0, `${made.lines.join('\n')}\n`]);
  });
});

describe('assentry ledger export of a log that went on in a second shard', () => {
  const both = SHARD_KEYS.flatMap((key) => ['--log-key', key]);
  beforeEach(() => {
    made = two;
  });

  it('gathers both into one file, which verifies under both keys and under neither alone', async () => {
    const { code, stdout, stderr } = await assentry(['ledger', 'export'], { env });
    expect([code, stdout], stderr).toEqual([0, `${made.lines.join('\n')}\n`]);
    const shards = new Set(made.placed.map(({ receipt }) => receipt.index >= SHARD_SPAN));
    expect(shards).toEqual(new Set([false, true]));
    const verify = (pins: string[]) =>
      assentry(['verify', '-', ...pins, '--organization', ORGANIZATION, '--receipt-key', RECEIPT_KEY], {
        stdin: stdout,
      });
    const whole = await verify(both);
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    expect(whole.stdout).toMatch(
      /^proved +checkpoint: signed by the log example.com\/assentry\/2026h2 at 150 entries/m,
    );
    expect(whole.stdout).toMatch(/^proved +checkpoint: signed by the log example.com\/assentry\/2027h1 at /m);
    expect(whole.stdout).toMatch(/^proved +receipt: 50 of 50 decision receipts/m);
    for (const key of SHARD_KEYS) {
      const { code, stdout } = await verify(['--log-key', key]);
      expect([code, stdout.includes('no trusted log key signed it')]).toEqual([9, true]);
    }
  });

  it('fails where an event of the second shard is bent or left out, its line named', async () => {
    const at = made.lines.findLastIndex((line) => line.includes('"execution.executed"'));
    const line = made.lines[at]!;
    const bent = records().with(at, JSON.parse(`{${line.slice(74).replace('"usr_1"', '"usr_2"')}`));
    for (const lines of [made.lines.toSpliced(at, 1), resummed(bent), resummed(records().toSpliced(at, 1))]) {
      const { code, stdout } = await assentry(['verify', '-', ...both], { stdin: `${lines.join('\n')}\n` });
      expect(code).toBe(9);
      expect(stdout).toContain(`line ${at + 1}: `);
    }
  });

  it('fails where the shards change places', async () => {
    const [first, ...rest] = structuredClone(records());
    first.export.shards = first.export.shards.map((one: { shard: number }) => ({ ...one, shard: 1 - one.shard }));
    const swapped = resummed([first, ...rest]);
    const { code } = await assentry(['verify', '-', ...both], { stdin: `${swapped.join('\n')}\n` });
    expect(code).toBe(9);
  });
});
