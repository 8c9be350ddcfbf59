// What a page shows stays true: what happened before its live socket opened, or while it was offline, is read as soon as it
// listens. In a real browser, at phone size.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Assentry } from '../../sdk/src/index.ts';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { TestStack } from '../support/stack.ts';

const PHONE = { viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' } as const;
/** Less than the pages wait before they read again without a socket. */
const SOON = { timeout: 6_000 };

let stack: TestStack;
let browser: Browser;
let owner: Visitor;
let agent: Assentry;

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  agent = new Assentry({ apiKey: stack.dev.live.api_key, url: stack.base_url, actor: stack.dev.live.actor });
  owner = await visit(browser, PHONE);
  await owner.page.goto(stack.dev.setup_url);
  await owner.page.getByRole('button', { name: 'Create passkey' }).click();
  await owner.page.waitForURL(`${stack.base_url}/`);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

/** Holds the page's live sockets until told. */
async function held(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.routeWebSocket('**/v1/live', async (socket) => {
    await released;
    socket.connectToServer();
  });
  return release;
}

const propose = (name: string) => agent.request({ action: 'unknown.tool', resource: `thing:${name}` });

it('a request that was made before the live socket opened is in the queue once it is open', async () => {
  const { page } = owner;
  const release = await held(page);
  await page.goto(stack.base_url);
  await page.getByText('renewed every 10 s').waitFor();
  await propose('before-the-socket');
  release();
  await page.getByText('before-the-socket').first().waitFor(SOON);
  await page.unrouteAll();
});

it('a request that was made while the phone was offline is in the queue once it is back', async () => {
  const { page, context } = owner;
  await page.goto(stack.base_url);
  await page.getByText(/, live/).waitFor();
  await context.setOffline(true);
  await page.getByText('This device is offline').waitFor();
  await propose('while-offline');
  // Longer than a read that fails is tried again.
  await page.waitForTimeout(3_000);
  await context.setOffline(false);
  await page.getByText('while-offline').first().waitFor(SOON);
  expect(owner.errors).toEqual([]);
});

it('a page that gets no socket reads again every ten seconds, lists of people, too', async () => {
  const { page } = owner;
  await page.routeWebSocket('**/v1/live', (socket) => socket.close());
  await page.goto(`${stack.base_url}/people`);
  await page.waitForLoadState('networkidle');
  const again = page.waitForResponse((response) => new URL(response.url()).pathname === '/v1/members', {
    timeout: 15_000,
  });
  expect((await again).status()).toBe(200);
  await page.unrouteAll();
});
