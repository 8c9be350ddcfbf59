// A person decides from the command line, signed in at a real OpenID provider: nonce, login, token, decision, evidence.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Reviewer } from '../../scripts/reviewer.ts';
import { assentry, type CliAnswer } from '../support/cli.ts';
import { OpenIdProvider } from '../support/openid-provider.ts';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

let stack: TestStack;
let provider: OpenIdProvider;
let folder: string;
let dana: string;

interface Answer {
  id: string;
  status: string;
  target: string;
  secret: string;
}

async function call(method: string, path: string, body?: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${stack.dev.test.admin_api_key}` };
  const response = await fetch(stack.base_url + path, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer = (await response.json()) as Answer;
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer;
}
const change = (kind: string, value: object, target?: string): Promise<Answer> =>
  call('POST', '/v1/changes', { kind, value, ...(target ? { target } : {}) });
const cli = (args: string[], input = ''): Promise<CliAnswer> =>
  assentry({ ASSENTRY_URL: stack.base_url, ASSENTRY_API_KEY: stack.dev.test.admin_api_key }, args, input);
const ask = async (action: string): Promise<string> =>
  (
    await call('POST', '/v1/approval-requests', {
      action,
      resource: 'service:billing-api',
      params: { n: Math.random() },
    })
  ).id;

const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low, verify: oidc }
rules:
  - { id: money, match: { action: money.move }, verdict: require_approval, approvals: [{ from: "group:finance", count: 1 }] }
  - { id: passkey, match: { action: passkey.only }, verdict: require_approval, verify: passkey }
`;

beforeAll(async () => {
  provider = await OpenIdProvider.open({ 'dana-1': ['Payments'], 'erin-2': [] });
  stack = await TestStack.start();
  folder = mkdtempSync(join(tmpdir(), 'assentry-oidc-'));
  await change('policy', { source: POLICY });
  const { secret } = await change('member', { name: 'Dana', email: 'dana@example.com', roles: ['reviewer'] });
  dana = await (await Reviewer.enrol(stack.base_url, secret)).user();
  const groups = { group_claim: 'groups', group_mappings: { Payments: 'group:finance' } };
  const settings = {
    name: 'Company',
    issuer: provider.issuer,
    purpose: 'people',
    audience: provider.audience,
    ...groups,
  };
  const { target: issuer } = await change('oidc_issuer', settings);
  await change('member', { identities: [{ issuer, subject: 'dana-1' }] }, dana);
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  provider?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function nonce(id: string, decision: string, more: string[] = []): Promise<{ nonce: string; offer: string }> {
  const offer = join(folder, `${id}.json`);
  const asked = await cli([
    'approval',
    'nonce',
    id,
    '--decision',
    decision,
    '--reviewer',
    dana,
    '--offer',
    offer,
    ...more,
  ]);
  expect(asked.code, asked.stderr).toBe(0);
  return { nonce: asked.stdout.trim(), offer };
}

describe('with a token of a real provider', () => {
  it('somebody approves from the command line: the token from a file, the group by its claim', async () => {
    const id = await ask('money.move');
    const offered = await nonce(id, 'approve');
    const file = join(folder, 'token.jwt');
    writeFileSync(file, await provider.signIn('dana-1', offered.nonce));
    const decided = await cli([
      'approval',
      'approve',
      id,
      '--offer',
      offered.offer,
      '--oidc-token-file',
      file,
      '--json',
    ]);
    expect(decided.code, decided.stderr).toBe(0);
    expect(JSON.parse(decided.stdout)).toMatchObject({
      status: 'approved',
      decisions: [{ reviewer: { id: dana }, assurance: { method: 'oidc', kid: 'provider-1' } }],
    });
    const evidence = join(folder, 'evidence.json');
    await until(async () => ((await cli(['approval', 'evidence', id, '--output', evidence])).code === 0 ? true : null));
    const verified = await cli(['verify', evidence]);
    expect(verified.code, verified.stderr).toBe(0);
    expect(verified.stdout).toMatch(/^proved +signature: A token over this approve is usr_/m);
    expect(verified.stdout).not.toMatch(/^failed/m);
  });

  it('somebody rejects with the token on standard input, and says why', async () => {
    const id = await ask('service.stop');
    const offered = await nonce(id, 'reject', ['--comment', 'not today']);
    const token = await provider.signIn('dana-1', offered.nonce);
    const args = ['approval', 'reject', id, '--offer', offered.offer, '--oidc-token-file', '-', '--json'];
    const decided = await cli(args, token);
    expect(decided.code, decided.stderr).toBe(0);
    expect(JSON.parse(decided.stdout)).toMatchObject({ status: 'rejected', rejection_reason: 'not today' });
  });

  it('nobody else decides, no other nonce, and nothing that needs a passkey', async () => {
    const id = await ask('service.stop');
    const offered = await nonce(id, 'approve');
    const send = (token: string) =>
      cli(['approval', 'approve', id, '--offer', offered.offer, '--oidc-token-file', '-'], token);
    for (const token of [await provider.signIn('erin-2', offered.nonce), await provider.signIn('dana-1', 'another')]) {
      const refused = await send(token);
      expect([refused.code === 0, refused.stderr]).toEqual([false, expect.stringContaining('signed token')]);
    }
    expect((await call('GET', `/v1/approval-requests/${id}`)).status).toBe('pending');
    const passkey = await ask('passkey.only');
    const offer = join(folder, 'none.json');
    const asked = await cli([
      'approval',
      'nonce',
      passkey,
      '--decision',
      'approve',
      '--reviewer',
      dana,
      '--offer',
      offer,
    ]);
    expect([asked.code === 0, asked.stderr]).toEqual([false, expect.stringContaining('passkey')]);
  });

  it('a file that is an offer for something else is refused before anything is sent', async () => {
    const [id, other] = [await ask('service.stop'), await ask('service.stop')];
    const { offer } = await nonce(id, 'approve');
    for (const args of [
      ['approval', 'approve', other, '--offer', offer, '--oidc-token-file', '-'],
      ['approval', 'reject', id, '--offer', offer, '--oidc-token-file', '-'],
      ['approval', 'approve', id, '--oidc-token-file', '-'],
    ])
      expect((await cli(args, 'x')).code).toBe(2);
  });
});
