// Erasure as an owner does it: on the request's page, with a passkey, in a real browser. What is personal is gone from
// page and API; the proofs hold, and the verifier says what it cannot replay any more.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { TestStack } from '../support/stack.ts';

let stack: TestStack;
let browser: Browser;
let owner: Visitor;
let id = '';
/** In everything that is said of the request. */
const SECRET = 'henrietta';

/** The agent's call. */
async function api(method: string, path: string, body?: object): Promise<string> {
  const headers: Record<string, string> = { authorization: `Bearer ${stack.dev.live.api_key}` };
  if (body) Object.assign(headers, { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() });
  const response = await fetch(stack.base_url + path, { method, headers, body: body ? JSON.stringify(body) : null });
  const text = await response.text();
  expect(response.ok, text).toBe(true);
  return text;
}
const shown = (): Promise<string> => api('GET', `/v1/approval-requests/${id}`);
/** What the owner's session is answered, who may see everything. */
const seen = (path: string): Promise<string> =>
  page().evaluate<string>(`fetch('/v1/approval-requests/${id}${path}').then((answer) => answer.text())`);
const page = () => owner.page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  // axe needs to put its script into the page, which our own policy rightly forbids.
  owner = await visit(browser, { bypassCSP: true, reducedMotion: 'reduce' });
  await page().goto(stack.dev.setup_url);
  await page().getByRole('button', { name: 'Create passkey' }).click();
  await page().waitForURL(`${stack.base_url}/`);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

it('a pending request has nothing to erase; a rejected one is erased with the owner’s passkey', async () => {
  const asked = {
    action: 'mail.send',
    resource: `customer:${SECRET}`,
    params: { to: SECRET },
    actor: stack.dev.live.actor,
  };
  const told = { ...asked, context: { reason: `to ${SECRET}` }, metadata: { name: SECRET } };
  id = (JSON.parse(await api('POST', '/v1/approval-requests', told)) as { id: string }).id;
  await page().goto(`${stack.base_url}/requests/${id}`);
  await page().getByRole('link', { name: 'Review and decide' }).waitFor();
  expect(await page().getByRole('button', { name: 'Erase what is personal' }).count()).toBe(0);
  await page().getByRole('link', { name: 'Review and decide' }).click();
  await page().getByRole('button', { name: 'Reject' }).click();
  await page()
    .getByLabel(/^Reason/)
    .fill(`not to ${SECRET}`);
  await page().getByRole('button', { name: 'Reject with passkey' }).click();
  await page().getByRole('status').filter({ hasText: 'Rejected' }).waitFor();
  await page().goto(`${stack.base_url}/requests/${id}`);
  await page().getByText(SECRET).first().waitFor();
  expect(await shown()).toContain(SECRET);

  await page().getByRole('button', { name: 'Erase what is personal' }).click();
  const dialog = page().getByRole('dialog', { name: 'Erase what is personal' });
  expect(await dialog.getByRole('button', { name: 'Review the change' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Reason (required)').fill('asked for by the person');
  await dialog.getByRole('button', { name: 'Review the change' }).click();
  await dialog.getByRole('button', { name: 'Sign with passkey' }).click();
  await page().getByRole('heading', { level: 1, name: 'A request that was erased' }).waitFor();
});

it('afterwards the page says so, and what was said is nowhere in it, nor in the answers', async () => {
  await page().goto(`${stack.base_url}/requests/${id}`);
  await page().getByText('What it said was erased').waitFor();
  await page().getByRole('list').first().waitFor();
  expect(await page().content()).not.toContain(SECRET);
  const answer = await shown();
  expect(answer).not.toContain(SECRET);
  expect(JSON.parse(answer)).toMatchObject({ status: 'rejected', params: null, erased_at: expect.any(String) });
  for (const path of ['', '/events']) {
    const told = await seen(path);
    expect(told).toContain(id);
    expect(told).not.toContain(SECRET);
  }
  expect(await page().getByRole('button', { name: 'Erase what is personal' }).count()).toBe(0);
});

it('its evidence still verifies in the browser, and says what is not replayable', async () => {
  await page().getByRole('button', { name: 'Verify in this browser' }).click();
  await page().getByText('not replayable here').first().waitFor({ timeout: 20_000 });
  const claims = page().getByRole('list', { name: 'Claims' });
  expect(await claims.innerText()).toMatch(/erased: not replayable here/);
  // A valid report is a status; one that is not would be an alert.
  await page().getByRole('status').filter({ hasText: 'The file is about request' }).waitFor();
  expect(await page().getByRole('alert').count()).toBe(0);
  expect(await claims.getByText('failed', { exact: true }).count()).toBe(0);
  expect(await page().content()).not.toContain(SECRET);
});

it.each([
  [390, 'dark'],
  [1440, 'light'],
] as const)('the page of an erased request has no fault that axe finds at %d px in %s', async (width, colorScheme) => {
  await page().setViewportSize({ width, height: 900 });
  await page().emulateMedia({ colorScheme });
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const { violations } = await new AxeBuilder({ page: page() }).withTags(tags).analyze();
  expect(violations.map(({ id: rule, nodes }) => `${rule}: ${nodes[0]?.html}`)).toEqual([]);
  const overflow = await page().evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  expect(overflow).toBeLessThanOrEqual(0);
  expect(owner.errors).toEqual([]);
});
