import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContractServer } from '../sdk/contract-server.ts';
import { emptyPlace } from './terminal.ts';

let server: ContractServer;
let env: Record<string, string>;
beforeEach(async () => {
  server = new ContractServer();
  env = {
    PATH: process.env.PATH ?? '',
    HOME: emptyPlace(),
    ASSENTRY_API_KEY: 'asn_live_x',
    ASSENTRY_URL: await server.start(),
  };
});
afterEach(() => server.stop());

/** The real binary in a process of its own. */
function start(...args: string[]) {
  const child = spawn(process.execPath, ['cli/bin/assentry.js', ...args], { env });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text.stderr += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, text, ended };
}
const PROPOSE = ['approval', 'request', '--action', 'a.b', '--resource', 'c:d'];

describe('the assentry binary', () => {
  it('runs, prints and ends with its exit code', async () => {
    const { text, ended } = start(...PROPOSE);
    expect(await ended).toBe(0);
    expect(text.stdout).toContain([...server.requests.keys()][0]);
    server.birth = { status: 'rejected', verdict: 'deny' };
    expect(await start(...PROPOSE).ended).toBe(6);
    expect(await start('nonsense').ended).toBe(2);
  });

  it('ends with 130 on Ctrl-C, leaves the request alive, and says how to go on', async () => {
    const { child, text, ended } = start(...PROPOSE, '--wait');
    while (server.calls('GET', /stream/).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    const [request] = [...server.requests.values()];
    expect(request!.status).toBe('pending');
    expect(text.stderr).toContain(`assentry approval wait ${request!.id}`);
  });
});
