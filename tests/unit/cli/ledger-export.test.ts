import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromBase64 } from '../../../core/encoding.ts';
import { exportOf, history, LOG_KEY, type MadeExport, ORGANIZATION, RECEIPT_KEY } from '../../support/ledger-export.ts';
import { ContractServer } from '../sdk/contract-server.ts';
import { assentry, emptyPlace } from './terminal.ts';

let made: MadeExport;
let server: ContractServer;
let env: Record<string, string>;
/** Places that the list does not have, for so many calls. */
let missing: { org_seq: number; calls: number };
beforeAll(async () => {
  // More than two pages.
  made = await exportOf(history(50, { receipts: true }));
});
beforeEach(async () => {
  server = new ContractServer();
  env = { ASSENTRY_API_KEY: 'asn_live_x', ASSENTRY_URL: await server.start() };
  missing = { org_seq: 0, calls: 0 };
  server.before = ({ path }) => answer(path);
});
afterEach(() => server.stop());

const records = () => made.lines.map((line) => JSON.parse(`{${line.slice(74)}`));

function answer(path: string): ReturnType<ContractServer['before']> {
  if (path === '/v1/ledger/key') return { status: 200, body: { verifier_key: LOG_KEY } };
  const [, request] = /^\/v1\/approval-requests\/(\w+)\/receipts$/.exec(path) ?? [];
  if (request !== undefined) {
    const data = made.decisions.filter(({ event }) => event.startsWith(`evt_${request}_`));
    return { status: 200, body: { data } };
  }
  const [, listed] = /^\/v1\/events\?(.*)$/.exec(path) ?? [];
  if (listed !== undefined) return { status: 200, body: page(new URLSearchParams(listed)) };
  const text =
    path === '/ledger/checkpoint'
      ? records()[0].export.checkpoint
      : records().find(({ tile }) => path === `/ledger/${tile?.path}`)?.tile.hashes;
  if (text === undefined) return undefined;
  return { status: 200, body: null, text: path === '/ledger/checkpoint' ? text : fromBase64(text)! };
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
