// The end of a shard as an operator makes it: `npm run rollover`, twice, with requests before and after; then an auditor
// with the command line, under the keys of both shards. One story, told in order.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { macSecrets } from '../../scripts/local-secrets.ts';
import { ROOT } from '../../scripts/paths.ts';
import { assentry } from '../support/cli.ts';
import { TestStack } from '../support/stack.ts';

const place = mkdtempSync(join(tmpdir(), 'assentry-rollover-'));
let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.start();
});
afterAll(async () => {
  rmSync(place, { recursive: true, force: true });
  await stack?.stop();
});

/** The command, of the deployment that the environment names. Not synchronous: the test's own connections would die. */
function rollover(...args: string[]): Promise<{ failed: boolean; said: string }> {
  const MAC_SECRETS = JSON.stringify(macSecrets(stack.place));
  const env = { ...process.env, ASSENTRY_URL: stack.base_url, MAC_SECRETS };
  return new Promise((resolve) =>
    execFile(process.execPath, [join(ROOT, 'scripts/rollover.ts'), ...args], { env }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, said: `${stdout}${stderr}` }),
    ),
  );
}

async function propose(run: string): Promise<void> {
  const { status } = await fetch(`${stack.base_url}/v1/approval-requests`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', 'idempotency-key': run },
      authorization: `Bearer ${stack.dev.test.api_key}`,
    },
    body: JSON.stringify({ action: 'deployment.execute', resource: 'service:billing-api' }),
  });
  expect(status).toBe(201);
}

it('ends the shard once, however often it is called, and refuses a name that was used', async () => {
  await propose('before');
  const first = await rollover('2099h1');
  expect(first.failed, first.said).toBe(false);
  expect(first.said).toMatch(/^0 {2}\S+\/\S+ {2}ended at \d+ {2}\S+\n1 {2}\S+\/2099h1 {2}takes entries {2}\S+\n$/);
  expect(await rollover('2099h1')).toEqual(first);
  for (const args of [[], ['../x'], [first.said.match(/^0 {2}\S+\/(\S+)/)![1]!]])
    expect((await rollover(...args)).failed, args.join()).toBe(true);
  await propose('after');
});

it('and an auditor finds both shards whole, in one chain, under both keys and under neither alone', async () => {
  const auditor = { ASSENTRY_URL: stack.base_url, ASSENTRY_API_KEY: stack.dev.test.admin_api_key };
  const { shards } = (await (await fetch(`${stack.base_url}/v1/ledger/key`)).json()) as {
    shards: { verifier_key: string }[];
  };
  const keys = shards.map(({ verifier_key }) => verifier_key);
  const pins = (flag: string) => keys.flatMap((key) => [flag, key]);
  const audited = await assentry(auditor, ['ledger', 'verify', '--json', ...pins('--key')]);
  expect(audited.code, audited.stderr).toBe(0);
  expect(JSON.parse(audited.stdout)).toMatchObject({ valid: true, audit: { ran: true, faults: [] } });
  const file = join(place, 'ledger.export');
  expect((await assentry(auditor, ['ledger', 'export', '--output', file])).code).toBe(0);
  const verified = await assentry({}, ['verify', file, ...pins('--log-key')]);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('/2099h1 at ')]);
  for (const key of keys) expect((await assentry({}, ['verify', file, '--log-key', key])).code).toBe(9);
});
