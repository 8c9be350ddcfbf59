// Forms whose typed text and whose base could come apart: a policy that somebody else publishes under an editor's hands is
// not overwritten unseen, and what was typed is there again for whoever goes back from the signature.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Reviewer } from '../../scripts/reviewer.ts';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { enrolOwner } from '../support/people.ts';
import { TestStack } from '../support/stack.ts';

const PHONE = { viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' } as const;
const policy = (rule: string) => `version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - { id: ${rule}, match: { action: "${rule}.**" }, verdict: require_approval, risk: low }
`;

let stack: TestStack;
let browser: Browser;
let boss: Reviewer;
let ada: Visitor;

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  boss = await enrolOwner(stack, 'live');
  const { secret } = await boss.change('invitation', { name: 'Ada', email: 'ada@example.com', roles: ['admin'] });
  ada = await visit(browser, PHONE);
  await ada.page.goto(String(secret));
  await ada.page.getByRole('button', { name: 'Create passkey' }).click();
  await ada.page.waitForURL(`${stack.base_url}/`);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

it('a policy that was published while another was typed is not overwritten, and the text stays', async () => {
  const { page } = ada;
  await page.goto(`${stack.base_url}/policy`);
  await page.getByRole('button', { name: 'Edit the policy' }).click();
  const box = page.getByLabel('Policy source (YAML)');
  await box.fill(policy('typed'));
  await boss.change('policy', { source: policy('published') });
  await page.getByText('version 2 is in force').waitFor();
  await page.getByRole('button', { name: 'Check and show the diff' }).click();
  await page.getByText('Somebody changed this in the meantime').waitFor();
  expect(await box.inputValue()).toBe(policy('typed'));
  expect(ada.errors).toEqual([]);
});
