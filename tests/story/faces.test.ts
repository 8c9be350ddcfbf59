// Every page of the desk, on a phone and on a desk, light and dark: it shows its content without scrolling sideways, and
// axe finds nothing against WCAG 2.2 A and AA.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Assentry } from '../../sdk/src/index.ts';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { forged } from '../unit/evidence/samples.ts';

const VIEWS: Record<string, BrowserContextOptions & { colorScheme: 'light' | 'dark' }> = {
  'a phone in the dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true, isMobile: true },
  'a desk in the light': { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
};
const PAGES = [
  ...[
    '/',
    '/requests',
    '/policy',
    '/people',
    '/machines',
    '/delivery',
    '/changes',
    '/break-glass',
    '/audit',
    '/metrics',
  ],
  ...['/checkpoint', '/verify', '/account', '/nowhere'],
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

/** A golden sample as a person has it: a file. `flip` changes one byte of the first salt. */
function sample(flip: boolean) {
  const text = readFileSync(join(import.meta.dirname, '../golden/approval.evidence'), 'utf8');
  const flipped = text.replace(/(?<="salt":")./, (first) => (first === 'a' ? 'b' : 'a'));
  return { name: 'approval.evidence', mimeType: 'application/json', buffer: Buffer.from(flip ? flipped : text) };
}

/** As an agent's key gets it: without what people did. */
const withheldSample = (): string =>
  forged('approval', (bundle) => {
    for (const { event } of bundle.events)
      if (event.skeleton.by.startsWith('usr_')) Object.assign(event, { personal: null, salt_personal: null });
    for (const receipt of bundle.receipts) receipt.bundle = null;
    bundle.heads = [];
  });

/** Lets the file fall onto the page's target. */
async function drop(page: Page, { name, mimeType, buffer }: ReturnType<typeof sample>): Promise<void> {
  const dropping = `(() => {
    const dataTransfer = new DataTransfer();
    const file = new File([${JSON.stringify(new TextDecoder().decode(buffer))}], '${name}', { type: '${mimeType}' });
    dataTransfer.items.add(file);
    return dataTransfer;
  })()`;
  const dataTransfer = await page.evaluateHandle(dropping);
  await page.locator('label', { hasText: 'Evidence file' }).dispatchEvent('drop', { dataTransfer });
}

describe.each(Object.entries(VIEWS))('on %s', (_name, view) => {
  let stranger: Visitor;
  let owner: Visitor;

  beforeAll(async () => {
    stranger = await visitor(view, false);
    owner = await visitor(view, true);
  });

  it.each(['/setup#token=none', '/sign-in', '/verify'])('%s has no fault, signed out', async (path) => {
    await open(stranger, path);
    expect(await faultsOf(stranger, view.colorScheme)).toEqual([]);
  });

  it('an evidence file is verified by a stranger, and no request leaves the page for it', async () => {
    const { page } = stranger;
    await open(stranger, '/verify');
    await page.waitForLoadState('networkidle');
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.url()));
    await drop(page, sample(false));
    const verdict = page.getByText(/^Nothing failed: \d+ proved, \d+ asserted by the operator/);
    await verdict.waitFor();
    await page.getByText('which is executed').waitFor();
    await page.getByText('First use: this log key came with the file').waitFor();
    await page.getByText(/^Operator-trusted: no witness that you named/).waitFor();
    await page.getByLabel('Witness keys').fill('nonsense');
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByRole('alert').filter({ hasText: 'This is no witness' }).waitFor();
    await page.getByLabel('Witness keys').fill('');
    await page.getByRole('button', { name: 'Check again' }).click();
    await verdict.waitFor();
    await page.getByRole('listitem').filter({ hasText: 'proved' }).filter({ hasText: 'quorum' }).waitFor();
    expect(await page.locator('.status.bad').count()).toBe(0);
    expect(await faultsOf(stranger, view.colorScheme)).toEqual([]);
    await page.getByLabel('Evidence file').setInputFiles(sample(true));
    await page.getByRole('alert').filter({ hasText: 'Not valid because the check “lifecycle” failed' }).waitFor();
    expect(await page.getByRole('list', { name: 'Claims' }).getByRole('listitem').first().innerText()).toMatch(
      /^failed/,
    );
    expect(await faultsOf(stranger, view.colorScheme)).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('a file under another key than the pinned one is not valid', async () => {
    const { page } = stranger;
    await open(stranger, '/verify');
    expect(await page.getByLabel('Log key').inputValue()).toContain('localhost/assentry/2026h2+');
    await page
      .getByLabel('Log key')
      .fill('localhost/assentry/2026h2+00000000+AYjzgbOIobb0eJVCZmR20yNG7Jn1QOZIqXXZJ7rHXHaf');
    await page.getByLabel('Evidence file').setInputFiles(sample(false));
    await page.getByText('Not valid because the check “checkpoint” failed').waitFor();
    await page.getByText('The file brought another log key than those pinned').waitFor();
    expect(await faultsOf(stranger, view.colorScheme)).toEqual([]);
  });

  it('an export is verified, too; a file that withholds what people signed is neither called proved nor red', async () => {
    const { page } = stranger;
    await open(stranger, '/verify');
    await page.getByLabel('Log key').fill('');
    const text = readFileSync(join(import.meta.dirname, '../golden/organization.export'), 'utf8');
    const asFile = (name: string, content: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });
    await page.getByLabel('Evidence file').setInputFiles(asFile('organization.export', text));
    await page.getByText(/^Nothing failed: \d+ proved/).waitFor();
    await page.getByText(/The file is about an export of org_\w+: \d+ events/).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await faultsOf(stranger, view.colorScheme)).toEqual([]);
    await page.getByLabel('Log key').fill('');
    await page.getByLabel('Evidence file').setInputFiles(asFile('agent.evidence', withheldSample()));
    const partial = page.getByRole('alert').filter({ hasText: 'Nothing failed, but this file does not prove all' });
    await partial.filter({ hasText: /so not proved: .*signature/ }).waitFor();
    expect(await page.locator('.text-bad').count()).toBe(0);
    expect(await faultsOf(stranger, view.colorScheme)).toEqual([]);
  });

  it('a request’s evidence is verified on its page, and saved as the same file', async () => {
    const { page } = owner;
    await open(owner, `/requests/${pending}`);
    await page.getByRole('button', { name: 'Verify in this browser' }).click();
    await page.getByText(/^Nothing failed: /).waitFor();
    expect(await faultsOf(owner, view.colorScheme)).toEqual([]);
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download evidence' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe(`${pending}.evidence`);
    const { format } = JSON.parse(readFileSync(await saved.path(), 'utf8')) as { format: string };
    expect(format).toBe('assentry-evidence/v1');
  });

  it.each([...PAGES, '/r/PENDING', '/requests/PENDING'])('%s has no fault', async (path) => {
    await open(owner, path.replace('PENDING', pending));
    expect(await faultsOf(owner, view.colorScheme)).toEqual([]);
  });
});
