// Every page of the desk, on a phone and on a desk, light and dark: it shows its content without scrolling sideways, and
// axe finds nothing against WCAG 2.2 A and AA.
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Assentry } from '../../sdk/src/index.ts';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

const VIEWS: Record<string, BrowserContextOptions & { colorScheme: 'light' | 'dark' }> = {
  'a phone in the dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true, isMobile: true },
  'a desk in the light': { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
};
const PAGES = [
  ...['/', '/requests', '/policy', '/people', '/machines', '/delivery', '/changes', '/audit', '/metrics'],
  ...['/checkpoint', '/account', '/nowhere'],
];
const SIDEWAYS = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let stack: TestStack;
let browser: Browser;
let cookies: Awaited<ReturnType<Visitor['context']['cookies']>>;
let pending: string;

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  const { api_key, actor } = stack.dev.live;
  const agent = new Assentry({ apiKey: api_key, url: stack.base_url, actor });
  const asked = await agent.request({
    action: 'order_tools.process_refund',
    resource: 'service:orders',
    params: { amount: 129_200, currency: 'EUR', order_id: 'ORD-1287' },
    context: { reason: 'The customer sent it back.' },
  });
  pending = asked.id;
  const owner = await visit(browser);
  await owner.page.goto(stack.dev.setup_url);
  await owner.page.getByRole('button', { name: 'Create passkey' }).click();
  await owner.page.waitForURL(`${stack.base_url}/`);
  cookies = await owner.context.cookies();
  await owner.context.close();
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

/** A person at one kind of screen, signed in or not, for all pages of it. */
async function visitor(view: BrowserContextOptions, signedIn: boolean): Promise<Visitor> {
  // axe needs to put its script into the page, which our own policy rightly forbids.
  const someone = await visit(browser, { ...view, bypassCSP: true, reducedMotion: 'reduce' });
  if (signedIn) await someone.context.addCookies(cookies);
  return someone;
}

async function open({ page }: Visitor, path: string): Promise<void> {
  // From somewhere else: a mere change of the fragment loads nothing.
  await page.goto('about:blank');
  await page.goto(stack.base_url + path);
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await until(async () => (await page.getByText(/^Loading /).count()) === 0);
}

/** axe in both schemes: colours are all that a scheme changes, so in the other one only their rules run. */
async function violationsOf(page: Page, scheme: 'light' | 'dark') {
  await page.emulateMedia({ colorScheme: scheme === 'light' ? 'dark' : 'light' });
  const colours = await new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']).analyze();
  await page.emulateMedia({ colorScheme: scheme });
  const all = await new AxeBuilder({ page }).withTags(RULES).analyze();
  return [...colours.violations, ...all.violations];
}

async function faultsOf({ page, errors }: Visitor, scheme: 'light' | 'dark'): Promise<string[]> {
  const violations = await violationsOf(page, scheme);
  const wide = await page.evaluate<boolean>(SIDEWAYS);
  return [
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
    ...(wide ? ['it scrolls sideways'] : []),
    ...errors.splice(0),
  ];
}

describe.each(Object.entries(VIEWS))('on %s', (_name, view) => {
  let stranger: Visitor;
  let owner: Visitor;

  beforeAll(async () => {
    stranger = await visitor(view, false);
    owner = await visitor(view, true);
  });

  it.each(['/setup#token=none', '/sign-in'])('%s has no fault, signed out', async (path) => {
    await open(stranger, path);
    expect(await faultsOf(stranger, view.colorScheme)).toEqual([]);
  });

  it.each([...PAGES, '/r/PENDING', '/requests/PENDING'])('%s has no fault', async (path) => {
    await open(owner, path.replace('PENDING', pending));
    expect(await faultsOf(owner, view.colorScheme)).toEqual([]);
  });
});
