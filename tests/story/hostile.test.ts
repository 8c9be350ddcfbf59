// Between the person and the server stands somebody, or the server itself lies, or the agent's text does: what the page
// shows is what gets signed, or nothing is. Answers are altered on their way into a real page in a real browser.
import type { Browser, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { challengeText, type DecisionIntent } from '../../core/intent.ts';
import { Assentry } from '../../sdk/src/index.ts';
import type { ApprovalRequest } from '../../sdk/src/wire.ts';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

let stack: TestStack;
let browser: Browser;
let owner: Visitor;
let agent: Assentry;
let request: ApprovalRequest;
/** Decisions that the page sent while a test ran. */
let sent: string[];

const OPTIONS = /\/decisions\/options$/;
const DECISIONS = /\/decisions$/;
// biome-ignore lint/suspicious/noExplicitAny: the attacker alters whatever there is.
type Alter = (answer: any) => void;

/** Alters the server's answers to whatever matches. */
async function alter(pattern: RegExp, change: Alter): Promise<void> {
  await owner.page.route(pattern, async (route: Route) => {
    const response = await route.fetch();
    const answer = await response.json();
    change(answer);
    await route.fulfill({ response, json: answer });
  });
}

const approveButton = () => owner.page.getByRole('button', { name: /^Approve (.* )?with passkey$/ });

async function review(): Promise<void> {
  await owner.page.goto(request.review_url);
}

async function tryToApprove(): Promise<void> {
  await review();
  await approveButton().click();
}

const propose = (context: Record<string, string>): Promise<ApprovalRequest> =>
  agent.request({
    action: 'order_tools.process_refund',
    resource: 'service:orders',
    params: { amount: 129_200, currency: 'EUR', order_id: crypto.randomUUID() },
    context,
  });

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  const { api_key, actor } = stack.dev.live;
  agent = new Assentry({ apiKey: api_key, url: stack.base_url, actor });
  owner = await visit(browser);
  await owner.page.goto(stack.dev.setup_url);
  await owner.page.getByRole('button', { name: 'Create passkey' }).click();
  await owner.page.waitForURL(`${stack.base_url}/`);
});

beforeEach(async () => {
  request = await propose({ reason: 'The customer sent it back.' });
  sent = [];
  owner.page.on('request', (call) => {
    if (call.method() === 'POST' && DECISIONS.test(call.url())) sent.push(call.url());
  });
});

afterEach(async () => {
  await owner.page.unrouteAll({ behavior: 'wait' });
  owner.page.removeAllListeners('request');
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

/** The page says that it refused, sent no decision, and the request is as it was. */
async function expectRefused(): Promise<void> {
  await owner.page.getByText('This page refused to sign').waitFor();
  expect(sent).toEqual([]);
  expect((await agent.get(request.id)).status).toBe('pending');
}

/** Alters the offered intent and makes the challenge fit it, as a lying server would. */
const lyingIntent = (change: (intent: DecisionIntent) => void): Alter => {
  return (answer) => {
    change(answer.intent);
    answer.public_key.challenge = challengeText(answer.intent);
  };
};

describe('a server that swaps what is signed', () => {
  it('under the challenge alone is refused before the passkey is asked', async () => {
    await alter(OPTIONS, (answer) => {
      answer.public_key.challenge = 'A'.repeat(43);
    });
    await tryToApprove();
    await expectRefused();
  });

  it.each<[string, (intent: DecisionIntent) => void]>([
    ['approve for reject', (intent) => Object.assign(intent, { decision: 'reject', scope: null })],
    ['the request for another', (intent) => Object.assign(intent, { request: `apr_${'0'.repeat(26)}` })],
    ['the action', (intent) => Object.assign(intent, { action_digest: `sha256:${'0'.repeat(64)}` })],
    ['the scope for a longer one', (intent) => Object.assign(intent.scope!, { ttl_seconds: 86_400 })],
    ['the reviewer', (intent) => Object.assign(intent, { reviewer: `usr_${'0'.repeat(26)}` })],
    ['the organisation', (intent) => Object.assign(intent, { organization: stack.dev.test.organization })],
    ['the policy', (intent) => Object.assign(intent, { policy_digest: `sha256:${'0'.repeat(64)}` })],
  ])('%s is refused', async (_what, change) => {
    await alter(OPTIONS, lyingIntent(change));
    await tryToApprove();
    await expectRefused();
  });

  it.each<[string, Alter]>([
    ['the parameters', ({ effective }) => Object.assign(effective.params, { amount: 1 })],
    ['a further parameter', ({ effective }) => Object.assign(effective.params, { urgent: true })],
    ['the action', (shown) => Object.assign(shown, { action: 'order_tools.read_order' })],
    ['the resource', (shown) => Object.assign(shown, { resource: 'service:sandbox' })],
    ['the actor', (shown) => Object.assign(shown, { actor: 'agent:trusted' })],
    ['for whom', (shown) => Object.assign(shown, { on_behalf_of: 'user:chief' })],
    ['the metadata', (shown) => Object.assign(shown, { metadata: { environment: 'staging' } })],
    ["the agent's words", ({ context }) => Object.assign(context, { reason: 'The chief wants it.' })],
    ['a diff', (shown) => Object.assign(shown, { preview: { diff: '+harmless' } })],
    ["policy's message", (shown) => Object.assign(shown, { message: 'A mere formality.' })],
    ['the risk', ({ risk }) => Object.assign(risk, { level: 'low' })],
    ['the reasons', ({ risk }) => Object.assign(risk, { reasons: ['Nothing to see.'] })],
    ['the rule', ({ policy }) => Object.assign(policy, { rule: 'harmless' })],
    ['the version of the policy', ({ policy }) => Object.assign(policy, { version: 99 })],
    ['who must approve', ({ requirement }) => Object.assign(requirement.stages[0], { from: ['role:reviewer'] })],
    ['how many must approve', ({ requirement }) => Object.assign(requirement.stages[0], { count: 2 })],
    ['the deadline', (shown) => Object.assign(shown, { expires_at: '2099-01-01T00:00:00.000Z' })],
  ])('%s under the digest leaves nothing to sign with', async (_what, change) => {
    await alter(new RegExp(`/v1/approval-requests/${request.id}(\\?.*)?$`), change);
    await review();
    await owner.page.getByText('Do not decide this').waitFor();
    expect(await approveButton().count()).toBe(0);
  });
});

it('match words are computed by the page, whatever the server says they are', async () => {
  await alter(new RegExp(`/v1/approval-requests/${request.id}(\\?.*)?$`), (shown) => {
    shown.match_words = ['all', 'is', 'well'];
  });
  await review();
  await approveButton().waitFor();
  const text = await owner.page.locator('main').innerText();
  for (const word of request.match_words) expect(text).toContain(word);
});

describe('a ceremony that is not whole', () => {
  it('without the verification of its user decides nothing', async () => {
    const { authenticator: authenticatorId, cdp } = owner;
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    try {
      await tryToApprove();
      await until(async () => (await owner.page.getByRole('alert').count()) > 0);
      expect(sent).toEqual([]);
      expect((await agent.get(request.id)).status).toBe('pending');
    } finally {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    }
  });

  it('whose answer is altered on its way is refused by the server', async () => {
    await owner.page.route(DECISIONS, async (route) => {
      const body = route.request().postDataJSON();
      body.intent.scope.ttl_seconds = 1;
      await route.continue({ postData: JSON.stringify(body) });
    });
    await tryToApprove();
    await until(async () => (await owner.page.getByRole('alert').count()) > 0);
    expect((await agent.get(request.id)).status).toBe('pending');
  });

  it('that is whole decides, after all that', async () => {
    await tryToApprove();
    await owner.page.getByRole('status').filter({ hasText: 'Approved' }).waitFor();
    expect((await agent.get(request.id)).status).toBe('approved');
  });
});

describe('text of the agent', () => {
  it('cannot run, hide or turn around', async () => {
    request = await propose({ reason: '<img src=x onerror="document.title=`owned`"> pay\u202Eeerf\u200Bnow' });
    await review();
    await approveButton().waitFor();
    const text = await owner.page.locator('main').innerText();
    expect(text).toContain('<img src=x onerror=');
    expect(text).toMatch(/U\+202E/);
    expect(text).toMatch(/U\+200B/);
    expect(await owner.page.title()).not.toBe('owned');
    expect(await owner.page.locator('main img').count()).toBe(0);
  });
});

it('left no error in the page', () => {
  expect(owner.errors).toEqual([]);
});
