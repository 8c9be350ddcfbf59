// Breaking glass in real browsers with virtual authenticators: the role by a signed change, the form that the command line
// fills in, the signature, the capability that only the agent can use, the debt, and the review by somebody else.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Assentry } from '../../sdk/src/index.ts';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { assentry } from '../support/cli.ts';
import { TestStack } from '../support/stack.ts';

let stack: TestStack;
let browser: Browser;
let owner: Visitor;
let fire: Visitor;

// axe needs to put its script into the page, which our own policy rightly forbids.
const OPTIONS = { bypassCSP: true, reducedMotion: 'reduce' as const };

/** Enrols whoever holds this link, at a browser of their own. */
async function enrolled(link: string): Promise<Visitor> {
  const somebody = await visit(browser, OPTIONS);
  await somebody.page.goto(link);
  await somebody.page.getByRole('button', { name: 'Create passkey' }).click();
  await somebody.page.waitForURL(`${stack.base_url}/`);
  return somebody;
}

/** Invites somebody who may break glass, and nothing else. */
async function invited(email: string): Promise<Visitor> {
  const { page } = owner;
  await page.goto(`${stack.base_url}/people`);
  await page.getByRole('button', { name: 'Invite' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('Fire');
  await page.getByLabel('Mail address').fill(email);
  await page.getByLabel('reviewer', { exact: true }).uncheck();
  await page.getByLabel('break_glass', { exact: true }).check();
  await page.getByRole('button', { name: 'Review the change' }).click();
  await page.getByRole('button', { name: 'Sign with passkey' }).click();
  const link = await page
    .getByText(/\/join#token=/)
    .first()
    .textContent();
  return enrolled(link!.trim());
}

async function faults(page: Page): Promise<string[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  owner = await enrolled(stack.dev.setup_url);
  fire = await invited('fire@example.com');
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

it('one action is let through in an emergency, everybody is told, and somebody else reviews it', async () => {
  const said = ['--action', 'deployment.rollback', '--resource', 'service:billing-api', '--reason', 'billing is down'];
  const more = ['--actor', stack.dev.live.actor, '--param', 'version=v1', '--external-ref', 'INC-42', '--no-open'];
  const env = { ASSENTRY_API_KEY: stack.dev.live.api_key, ASSENTRY_URL: stack.base_url };
  const { stdout } = await assentry(env, ['break-glass', ...said, ...more]);
  await fire.page.goto(stdout.trim());
  const button = fire.page.getByRole('button', { name: 'Break glass with passkey' });
  await button.waitFor();
  expect(await fire.page.getByLabel('Reason (required)').inputValue()).toBe('billing is down');
  expect(await fire.page.getByLabel('Parameters (JSON)').inputValue()).toBe('{"version":"v1"}');
  expect(await faults(fire.page)).toEqual([]);
  await button.click();
  const done = fire.page.getByRole('region', { name: 'The glass is broken' });
  const id = (await done.getByRole('link').textContent())!;
  expect(id).toMatch(/^apr_/);

  // The capability is the agent's, once.
  const agent = new Assentry({ apiKey: stack.dev.live.api_key, url: stack.base_url, actor: stack.dev.live.actor });
  const taken = await agent.exchange({ request: id, params: { version: 'v1' } });
  expect(taken.params).toEqual({ version: 'v1' });

  // Told at the desk, and a debt.
  await owner.page.goto(stack.base_url);
  await owner.page.getByText('The glass was broken').waitFor();
  await fire.page.goto(stdout.trim().replace('#', '?again#'));
  await button.click();
  await fire.page.getByText(/must be reviewed before the next one/).waitFor();
  expect(await fire.page.getByRole('button', { name: /^Review/ }).count()).toBe(0);

  // Reviewed by somebody who was not part of it.
  await owner.page.goto(`${stack.base_url}/break-glass`);
  await owner.page.getByRole('button', { name: /^Review/ }).click();
  await owner.page.getByText('billing is down').waitFor();
  await owner.page.getByLabel('It was justified').check();
  await owner.page.getByLabel('Comment (required)').fill('The incident was real.');
  expect(await faults(owner.page)).toEqual([]);
  await owner.page.getByRole('button', { name: 'Sign the review with passkey' }).click();
  await owner.page.getByText(/Justified, says/).waitFor();
  expect(await faults(owner.page)).toEqual([]);
  await fire.page.goto(stdout.trim().replace('#', '?third#'));
  await button.click();
  await done.waitFor();
  expect([...owner.errors, ...fire.errors]).toEqual([]);
});

it('the page refuses to sign where the server asks for another action than was typed', async () => {
  await owner.page.goto(`${stack.base_url}/break-glass`);
  await owner.page.getByRole('button', { name: /^Review/ }).click();
  await owner.page.getByLabel('It was not justified').check();
  await owner.page.getByLabel('Comment (required)').fill('Why again?');
  await owner.page.getByRole('button', { name: 'Sign the review with passkey' }).click();
  await owner.page.getByText(/Not justified, says/).waitFor();
  const { page } = fire;
  await page.route('**/v1/break-glass/options', async (route) => {
    const asked = { ...route.request().postDataJSON(), params: { version: 'v0' } };
    await route.continue({ postData: JSON.stringify(asked) });
  });
  const filled = new URLSearchParams({
    action: 'a.b',
    resource: 'service:x',
    actor: stack.dev.live.actor,
    reason: 'x',
  });
  await page.goto(`${stack.base_url}/break-glass?lie#${filled}`);
  await page.getByRole('button', { name: 'Break glass with passkey' }).click();
  await page.getByText(/Nothing was signed/).waitFor();
  await page.unrouteAll();
});
