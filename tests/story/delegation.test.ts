// A delegation at the pages: lent on a desk with a passkey, used on a phone, named wherever the vote is shown, ended with
// a click; axe finds nothing on the way.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Reviewer } from '../../scripts/reviewer.ts';
import { Assentry } from '../../sdk/src/index.ts';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { assentry } from '../support/cli.ts';
import { enrolOwner } from '../support/people.ts';
import { TestStack } from '../support/stack.ts';

const POLICY = `version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - { id: pay, match: { action: "pay.**" }, verdict: require_approval, risk: low, approvals: [{ from: "group:finance", count: 1 }] }
`;
const DESK: BrowserContextOptions = { viewport: { width: 1440, height: 900 }, bypassCSP: true };
const PHONE: BrowserContextOptions = {
  ...{ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: 'dark', bypassCSP: true },
};

let stack: TestStack;
let browser: Browser;
let boss: Reviewer;
let ada: Visitor;
let eve: Visitor;

/** Somebody invited, at a browser, with the passkey that the link enrols. */
async function joined(name: string, options: BrowserContextOptions): Promise<Visitor> {
  const email = `${name.toLowerCase()}@example.com`;
  const { secret } = await boss.change('invitation', { name, email, roles: ['reviewer'] });
  const somebody = await visit(browser, options);
  await somebody.page.goto(String(secret));
  await somebody.page.getByRole('button', { name: 'Create passkey' }).click();
  await somebody.page.waitForURL(`${stack.base_url}/`);
  return somebody;
}

const faultsOf = async (page: Page): Promise<string[]> => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  return [
    ...violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
    ...(wide > 0 ? ['it scrolls sideways'] : []),
  ];
};

const ask = () => {
  const { api_key, actor } = stack.dev.live;
  const agent = new Assentry({ apiKey: api_key, url: stack.base_url, actor });
  const params = { amount: 12, order: crypto.randomUUID() };
  return agent.request({ action: 'pay.out', resource: 'service:orders', params });
};

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  boss = await enrolOwner(stack, 'live');
  await boss.change('policy', { source: POLICY });
  [ada, eve] = [await joined('Ada', DESK), await joined('Eve', PHONE)];
  const members = await boss.call<{ data: { id: string; name: string }[] }>('GET', '/v1/members');
  const { id } = members.data.find(({ name }) => name === 'Ada')!;
  await boss.change('group', { name: 'finance', members: [id] });
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

it('is lent on the people page, decides on the delegate’s phone, and is named everywhere', async () => {
  const before = await ask();
  await eve.page.goto(before.review_url);
  await eve.page.getByText('You can read this, not decide it').waitFor();

  await ada.page.goto(`${stack.base_url}/people`);
  await ada.page.getByRole('button', { name: 'Delegate', exact: true }).click();
  await ada.page.getByLabel('To', { exact: true }).selectOption({ label: 'Eve' });
  await ada.page.getByLabel('Only these actions').fill('pay.*');
  expect(await faultsOf(ada.page)).toEqual([]);
  await ada.page.getByRole('button', { name: 'Review the change' }).click();
  await ada.page.getByText('Ada lends Eve the right to decide').waitFor();
  await ada.page.getByRole('button', { name: 'Sign with passkey' }).click();
  await ada.page.getByRole('button', { name: 'Close' }).first().click();
  const row = ada.page.getByRole('table', { name: 'Delegations' }).getByRole('row', { name: /Ada.*Eve.*pay/ });
  await row.waitFor();
  expect(await faultsOf(ada.page)).toEqual([]);

  const asked = await ask();
  await eve.page.goto(asked.review_url);
  await eve.page.getByText('You decide on behalf of Ada (delegated)').waitFor();
  expect(await faultsOf(eve.page)).toEqual([]);
  await eve.page.getByRole('button', { name: 'Approve with passkey' }).click();
  await eve.page.getByRole('status').filter({ hasText: 'Approved' }).waitFor();
  await eve.page.getByText('on behalf of Ada (delegated)').waitFor();
  expect(await faultsOf(eve.page)).toEqual([]);
  await ada.page.goto(`${stack.base_url}/requests/${asked.id}`);
  await ada.page.getByText('on behalf of Ada (delegated)').waitFor();

  const env = { ASSENTRY_URL: stack.base_url, ASSENTRY_API_KEY: stack.dev.live.api_key };
  const shown = await assentry(env, ['approval', 'get', asked.id]);
  expect(shown.stdout).toMatch(/approved by +Eve on behalf of Ada \(delegated\)/);

  await eve.page.goto(before.review_url);
  await eve.page.getByText('You can read this, not decide it').waitFor();
});

it('is ended by the delegate, and the next request is not theirs', async () => {
  await eve.page.goto(`${stack.base_url}/people`);
  await eve.page.getByRole('button', { name: 'End the delegation of Ada to Eve' }).click();
  expect(await faultsOf(eve.page)).toEqual([]);
  await eve.page.getByRole('button', { name: 'End', exact: true }).click();
  await eve.page.getByText('Nobody lends a right to decide now').waitFor();
  expect(await faultsOf(eve.page)).toEqual([]);
  const { review_url } = await ask();
  await eve.page.goto(review_url);
  await eve.page.getByText('You can read this, not decide it').waitFor();
  expect([...ada.errors, ...eve.errors]).toEqual([]);
});
