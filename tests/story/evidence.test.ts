// Evidence as an auditor uses it: downloaded while the server runs, verified by another process once it is gone, under
// keys that were pinned before. One story, told in order.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assentry } from '../support/cli.ts';
import { enrolOwner } from '../support/people.ts';
import { TestStack } from '../support/stack.ts';

const place = mkdtempSync(join(tmpdir(), 'assentry-evidence-'));
const file = join(place, 'approval.evidence');
const ledger = join(place, 'ledger.export');
let stack: TestStack | null = null;
let pinned: string[] = [];
let id = '';

beforeAll(async () => {
  stack = await TestStack.start();
  const { verifier_key, receipt_keys } = (await (await fetch(`${stack.base_url}/v1/ledger/key`)).json()) as {
    verifier_key: string;
    receipt_keys: { public_key: string }[];
  };
  pinned = [
    ...['--log-key', verifier_key, '--organization', stack.dev.test.organization],
    ...['--origin', stack.base_url, '--rp-id', 'localhost'],
    ...receipt_keys.flatMap(({ public_key }) => ['--receipt-key', public_key]),
  ];
});

afterAll(async () => {
  rmSync(place, { recursive: true, force: true });
  await stack?.stop();
});

it('downloads the evidence of an approval with a key of scope admin:read, as soon as it is sealed', async () => {
  const { api_key, admin_api_key } = stack!.dev.test;
  const env = { ASSENTRY_URL: stack!.base_url, ASSENTRY_API_KEY: api_key };
  const auditor = { ...env, ASSENTRY_API_KEY: admin_api_key };
  const owner = await enrolOwner(stack!, 'test');
  const asked = ['--action', 'deployment.execute', '--resource', 'service:billing-api', '--risk', 'high', '--json'];
  id = (JSON.parse((await assentry(env, ['approval', 'request', ...asked])).stdout) as { id: string }).id;
  await owner.decide(id, 'approve', 'Read the diff.');
  const { code, stderr } = await assentry(auditor, ['approval', 'evidence', id, '--output', file]);
  expect(code, stderr).toBe(0);
  const { stdout } = await assentry(auditor, ['approval', 'evidence', id, '--format', 'markdown']);
  expect(stdout).toContain('Assentry: approved');
  const exported = await assentry(auditor, ['ledger', 'export', '--output', ledger]);
  expect(exported.code, exported.stderr).toBe(0);
});

it('verifies once the server is gone, under pinned keys, with nothing left to warn of', async () => {
  await stack!.stop();
  stack = null;
  const { code, stdout, stderr } = await assentry({}, ['verify', file, ...pinned]);
  expect([code, stderr], stdout).toEqual([0, '']);
  for (const claim of ['checkpoint', 'enrolment', 'signature', 'quorum', 'receipt'])
    expect(stdout).toMatch(new RegExp(`^proved +${claim}: `, 'm'));
  expect(stdout).toMatch(/^as of checkpoint \d+ +inclusion: /m);
  expect(stdout).not.toContain('FAILED');
});

it('verifies the export of the whole organisation in the same way', async () => {
  const { code, stdout, stderr } = await assentry({}, ['verify', ledger, ...pinned, '--json']);
  expect([code, stderr], stdout).toEqual([0, '']);
  const { claims, ...verdict } = JSON.parse(stdout) as { claims: { claim: string; status: string }[] };
  expect(verdict).toMatchObject({ format: 'assentry-export/v1', valid: true, first_use: false });
  expect(claims.filter(({ claim }) => claim === 'receipt')).toMatchObject([{ status: 'proved' }]);
  expect(readFileSync(ledger, 'utf8')).toContain(id);
});

it('fails with exit code 9 for one flipped bit, naming the check', async () => {
  const bytes = Buffer.from(readFileSync(file));
  const at = bytes.indexOf('"commit":"') + 10;
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(file, bytes);
  const { code, stdout } = await assentry({}, ['verify', file, ...pinned]);
  expect(code).toBe(9);
  expect(stdout).toMatch(/^FAILED +\w+: /);
});
