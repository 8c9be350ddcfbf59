// What becomes of the exit code when the output has nowhere to go: a reader that left, a full disk, closed streams. The
// real binary with real pipes; the server's answers are those of a contract server, since only the verdict matters here.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractServer, requestOf } from '../sdk/contract-server.ts';
import { emptyPlace } from './terminal.ts';

const server = new ContractServer();
const place = emptyPlace();
const ids: Record<string, string> = {};
let env: Record<string, string>;

beforeAll(async () => {
  env = {
    PATH: process.env.PATH ?? '',
    HOME: place,
    ASSENTRY_API_KEY: 'asn_live_x',
    ASSENTRY_URL: await server.start(),
  };
  for (const status of ['approved', 'rejected', 'expired', 'canceled', 'pending'] as const) {
    const request = { ...requestOf({ action: 'data.export', resource: 'table:users' }), status };
    server.requests.set(request.id, request);
    ids[status] = request.id;
  }
  const decision = { action: 'data.export', resource: 'table:users', params: {} };
  writeFileSync(join(place, 'proposal.json'), JSON.stringify(decision));
  writeFileSync(join(place, 'broken.yaml'), 'version: 1\nrules: 3\n');
  writeFileSync(join(place, 'broken.evidence'), '{}');
});
afterAll(() => server.stop());

type Output = 'reader-gone' | 'all-readers-gone' | 'full' | 'closed';

/** Runs the binary with an output that takes nothing. The reader's end is closed before the first byte can come. */
function exitOf(line: string, output: Output): Promise<number | null> {
  const args = ['cli/bin/assentry.js', ...line.split(' ').map((word) => ids[word] ?? word.replace('PLACE', place))];
  if (output === 'closed') {
    const command = [process.execPath, ...args].map((word) => `'${word}'`).join(' ');
    const shell = spawn('sh', ['-c', `${command} >&- 2>&-`], { env, stdio: 'ignore' });
    return new Promise((resolve) => shell.on('close', resolve));
  }
  const full = output === 'full' ? openSync('/dev/full', 'w') : null;
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', full ?? 'pipe', 'pipe'] });
  if (full !== null) closeSync(full);
  child.stdout?.destroy();
  if (output === 'all-readers-gone') child.stderr?.destroy();
  else child.stderr?.resume();
  return new Promise((resolve) => child.on('close', resolve).on('exit', resolve));
}

const GOLDEN = 'tests/golden/approval.evidence';

/** Every command that has a verdict, and that verdict. */
const VERDICTS: readonly [line: string, code: number][] = [
  ['approval wait approved', 0],
  ['approval wait rejected', 3],
  ['approval wait rejected --json', 3],
  ['approval wait expired', 4],
  ['approval wait canceled', 5],
  ['approval wait pending --timeout 1s', 124],
  ['approval approve rejected --no-open', 3],
  ['approval reject approved --no-open', 1],
  ['approval deny rejected --no-open', 0],
  ['approval get apr_none', 1],
  ['approval nonsense', 2],
  ['approval create PLACE/proposal.json --wait --timeout 1s', 124],
  ['approval request --action a.b --resource c:d --wait --timeout 1s --json', 124],
  ['policy check PLACE/broken.yaml', 1],
  ['policy check docs/examples/policy.yaml', 0],
  ['policy test docs/examples/policy.yaml', 0],
  [`verify ${GOLDEN}`, 0],
  [`verify ${GOLDEN} --json`, 0],
  ['verify PLACE/broken.evidence', 9],
  ['verify PLACE/none.evidence', 1],
  ['ledger verify', 1],
];
/** Commands that only print: a reader that left has seen enough, a full disk is a failure. */
const PRINTS = [
  'approval list',
  'approval list --json',
  'approval get approved',
  'approval open approved',
  'approval --help',
  '--version',
  'break-glass --action a.b --resource c:d --actor agent:a --reason fire --no-open',
  'policy diff docs/examples/policy.yaml docs/examples/policy.yaml --json',
];

describe('a verdict stays what it is', () => {
  it.each(VERDICTS)('when its readers left: %s', async (line, code) => {
    expect(await exitOf(line, 'all-readers-gone')).toBe(code);
  });
  it.runIf(existsSync('/dev/full')).each(VERDICTS)('when the disk is full: %s', async (line, code) => {
    expect(await exitOf(line, 'full')).toBe(code);
  });
  it.each(['reader-gone', 'closed'] as const)(
    'for a refusal, an approval and a failed verification: %s',
    async (output) => {
      expect(await exitOf('approval wait rejected', output)).toBe(3);
      expect(await exitOf('approval wait approved', output)).toBe(0);
      expect(await exitOf('verify PLACE/broken.evidence', output)).toBe(9);
    },
  );
});

describe('a command that only prints', () => {
  it.each(PRINTS)('has not failed when its reader has seen enough: %s', async (line) => {
    expect(await exitOf(line, 'reader-gone')).toBe(0);
  });
  it.runIf(existsSync('/dev/full')).each(PRINTS)('has failed when the disk is full: %s', async (line) => {
    expect(await exitOf(line, 'full')).toBe(1);
  });
});
