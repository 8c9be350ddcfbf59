// `writeOnly` in a browser and at a terminal: a value that policy hides is on no page, in no answer that a page gets, in
// no frame of its live socket, and in nothing that the command line prints.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintSetupLink } from '../../scripts/seed.ts';
import { Assentry } from '../../sdk/src/index.ts';
import type { ApprovalRequest } from '../../sdk/src/wire.ts';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { assentry } from '../support/cli.ts';
import { TestStack } from '../support/stack.ts';

const PHONE = { width: 390, height: 844 };
const SECRETS = ['hunter2-alpha', 'bravo-token-77', 'charlie-key-1'];
const POLICY = `version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - { id: users, match: { action: "user.**" }, verdict: require_approval, edits: narrow, message: "Create {name}?" }
parameters:
  - action: "user.**"
    sentence: "Create {name} with {seats} seats"
    schema:
      type: object
      properties:
        name: { type: string }
        seats: { type: integer, narrow: lower }
        password: { type: string, writeOnly: true }
        auth: { type: object, properties: { token: { type: string, writeOnly: true } } }
        keys: { type: array, items: { type: string, writeOnly: true } }
`;
const PARAMS = {
  name: 'Emma',
  seats: 5,
  password: SECRETS[0]!,
  auth: { token: SECRETS[1]! },
  keys: [SECRETS[2]!],
};

let stack: TestStack;
let browser: Browser;
let owner: Visitor;
let agent: Assentry;
let request: ApprovalRequest;
/** Everything that the browser was sent. */
const received: string[] = [];

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  const { admin_api_key, api_key, actor, organization } = stack.dev.test;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${admin_api_key}` };
  const body = JSON.stringify({ kind: 'policy', value: { source: POLICY } });
  const published = await fetch(`${stack.base_url}/v1/changes`, { method: 'POST', headers, body });
  expect(published.status, await published.text()).toBeLessThan(300);
  agent = new Assentry({ apiKey: api_key, url: stack.base_url, actor });
  owner = await visit(browser, { viewport: PHONE });
  owner.page.on(
    'response',
    (response) =>
      void response.text().then(
        (text) => received.push(text),
        () => undefined,
      ),
  );
  owner.page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => received.push(String(payload))));
  await owner.page.goto((await mintSetupLink(stack.place, organization)).url);
  await owner.page.getByRole('button', { name: 'Create passkey' }).click();
  await owner.page.waitForURL(`${stack.base_url}/`);
  request = await agent.request({ action: 'user.create', resource: 'tenant:acme', params: PARAMS });
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const secretsIn = (text: string): string[] => SECRETS.filter((secret) => text.includes(secret));

/** The page as it stands, with what is typed in its fields. */
async function expectHidden(path: string, shown: string): Promise<void> {
  await owner.page.goto(stack.base_url + path);
  await owner.page.getByText(shown).first().waitFor();
  await owner.page.waitForLoadState('networkidle');
  const typed = await owner.page
    .locator('input, textarea')
    .evaluateAll((fields) => fields.map((field) => (field as { value?: string }).value ?? ''));
  expect([path, ...secretsIn((await owner.page.content()) + typed.join('\n'))]).toEqual([path]);
}

describe('in a browser', () => {
  it('no page shows it, before and after the decision', async () => {
    const pages = [`/r/${request.id}`, `/requests/${request.id}`];
    for (const path of pages) await expectHidden(path, 'Emma');
    for (const path of ['/', '/requests']) await expectHidden(path, 'Emma');
    await owner.page.goto(`${stack.base_url}/r/${request.id}`);
    await owner.page.getByRole('button', { name: /^Approve/ }).click();
    await owner.page
      .getByText(/approved/i)
      .first()
      .waitFor();
    for (const path of pages) await expectHidden(path, 'Emma');
    await expectHidden('/audit', 'approval.decided');
    await expectHidden('/policy', 'users');
  });

  it('the page says that there is something, and that it is hidden', async () => {
    await owner.page.goto(`${stack.base_url}/requests/${request.id}`);
    await owner.page.getByText('(hidden)').first().waitFor();
  });

  it('nothing that the browser received holds it', () => {
    expect(received.some((text) => text.includes('Emma'))).toBe(true);
    expect(received.flatMap(secretsIn)).toEqual([]);
  });
});

describe('at a terminal', () => {
  it('nothing prints it, and the evidence verifies with what is hidden named', async () => {
    const { admin_api_key, actor } = stack.dev.test;
    const env = { ASSENTRY_URL: stack.base_url, ASSENTRY_API_KEY: admin_api_key, ASSENTRY_ACTOR: actor };
    const folder = mkdtempSync(join(tmpdir(), 'hidden-'));
    const file = join(folder, 'a.evidence');
    try {
      for (const args of [
        ['approval', 'get', request.id],
        ['approval', 'get', request.id, '--json'],
        ['approval', 'list'],
        ['approval', 'list', '--json'],
        ['approval', 'wait', request.id],
        ['approval', 'evidence', request.id, '--output', file],
        ['verify', file],
        ['verify', file, '--json'],
      ]) {
        const { code, stdout, stderr } = await assentry(env, args);
        expect([args.join(' '), code, ...secretsIn(stdout + stderr)], stdout + stderr).toEqual([args.join(' '), 0]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('whoever asked gets it with the exchange, to act by', async () => {
    const exchanged = await agent.exchange({ request: request.id });
    expect(exchanged.params).toEqual(PARAMS);
  });
});
