// What is signed can be seen: on a phone, in a real browser, nothing long, far or blank is approved before it was opened,
// no name passes for another, and what people honestly write is not called dangerous.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { Assentry } from '../../sdk/src/index.ts';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { TestStack } from '../support/stack.ts';

const PHONE = { width: 390, height: 844 };

let stack: TestStack;
let browser: Browser;
let owner: Visitor;
let agent: Assentry;

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  const { api_key, actor } = stack.dev.live;
  agent = new Assentry({ apiKey: api_key, url: stack.base_url, actor });
  // axe needs to put its script into the page, which our own policy rightly forbids.
  owner = await visit(browser, { viewport: PHONE, reducedMotion: 'reduce', bypassCSP: true });
  await owner.page.goto(stack.dev.setup_url);
  await owner.page.getByRole('button', { name: 'Create passkey' }).click();
  await owner.page.waitForURL(`${stack.base_url}/`);
});

afterEach(() => {
  expect(owner.errors).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

interface Asked {
  params?: JsonObject;
  context?: JsonObject;
  metadata?: Record<string, string>;
  preview?: JsonObject;
}

/** Asks for it and opens its page. */
async function review(asked: Asked): Promise<void> {
  const request = await agent.request({ action: 'shell.run', resource: `host:${crypto.randomUUID()}`, ...asked });
  await owner.page.goto(request.review_url);
  await approve().waitFor();
}

const approve = (): Locator => owner.page.getByRole('button', { name: /^Approve/ });
const fold = (text: RegExp | string): Locator => owner.page.locator('summary').filter({ hasText: text });
const slot = (path: string): Locator =>
  owner.page.locator('dl > div').filter({ has: owner.page.locator('dt code', { hasText: path }) });
const isDisabled = () => approve().isDisabled();

async function expectOpenedFirst(path: string, size: string): Promise<void> {
  expect(await isDisabled()).toBe(true);
  await owner.page.getByText(`open ${path} (${size})`).waitFor();
  await fold(size).first().click();
  await owner.page.getByText('not opened yet').waitFor({ state: 'hidden' });
  await expect.poll(isDisabled).toBe(false);
}

describe('a command whose end is pushed away', () => {
  it.each<[string, string, string, string]>([
    ['200 line ends', '\n'.repeat(200), '200 line ends', '201 lines, 222 characters'],
    ['600 spaces', ' '.repeat(600), '600 spaces', '622 characters'],
    ['90 ideographic spaces', '\u3000'.repeat(90), 'U+3000 ×90', '112 characters'],
    ['tabs and line separators', '\t\u2028'.repeat(60), '120 blanks', '61 lines, 142 characters'],
  ])('by %s is flagged, seen at once, and opened before it is approved', async (_what, blanks, chip, size) => {
    await review({ params: { command: `ls -la${blanks}rm -rf /srv/data` } });
    const box = await owner.page.getByText('rm -rf /srv/data').first().boundingBox();
    expect(box!.y + box!.height).toBeLessThan(PHONE.height);
    expect(await owner.page.locator('.reveal').first().innerText()).toContain(chip);
    await expectOpenedFirst('params.command', size);
  });

  it('by many lines is counted, and opened before it is approved', async () => {
    const command = `${Array.from({ length: 80 }, (_, at) => `echo ${at}`).join('\n')}\nrm -rf /srv/data`;
    await review({ params: { command } });
    expect(await owner.page.getByText('rm -rf /srv/data').count()).toBe(1);
    expect(await owner.page.getByText('rm -rf /srv/data').isVisible()).toBe(false);
    await expectOpenedFirst('params.command', '81 lines, 646 characters');
    expect(await owner.page.getByText('rm -rf /srv/data').isVisible()).toBe(true);
  });

  it('by the depth of its JSON, in what the agent says, or in its preview is counted as well', async () => {
    let deep: JsonObject = { rm: '-rf /srv/data' };
    for (let level = 0; level < 12; level += 1) deep = { down: [deep] };
    const diff = Array.from({ length: 40 }, (_, at) => `+ line ${at}`).join('\n');
    await review({
      params: { deep },
      context: { reason: 'a\n'.repeat(40) },
      preview: { diff, also: 'deletes it all' },
    });
    for (let left = 3; left > 0; left -= 1) {
      expect(await isDisabled()).toBe(true);
      await expect.poll(() => owner.page.getByText('not opened yet').count()).toBe(left);
      await owner.page.locator('details:not([open]) > summary').filter({ hasText: 'Open:' }).first().click();
    }
    await owner.page.getByText('not opened yet').first().waitFor({ state: 'hidden' });
    await expect.poll(isDisabled).toBe(false);
  });

  it('behind parameters that are each short enough is counted, and opened before it is approved', async () => {
    const filler = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`o${at}`, 'x\n'.repeat(11)]));
    await review({ params: { ...filler, zz: 'rm -rf /srv/data' } });
    expect(await owner.page.getByText('rm -rf /srv/data').isVisible()).toBe(false);
    expect(await isDisabled()).toBe(true);
    await fold(/\d+ more of the parameters/).click();
    await owner.page.getByText('not opened yet').waitFor({ state: 'hidden' });
    expect(await owner.page.getByText('rm -rf /srv/data').isVisible()).toBe(true);
    await expect.poll(isDisabled).toBe(false);
  });

  it('behind a hundred other parameters is counted, and opened before it is approved', async () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`option_${at + 100}`, at]));
    await review({ params: { ...many, zz: 'rm -rf /srv/data' } });
    expect(await owner.page.getByText('rm -rf /srv/data').isVisible()).toBe(false);
    expect(await isDisabled()).toBe(true);
    await fold(/\d+ more of the parameters/).click();
    await owner.page.getByText('not opened yet').waitFor({ state: 'hidden' });
    expect(await owner.page.getByText('rm -rf /srv/data').isVisible()).toBe(true);
    await expect.poll(isDisabled).toBe(false);
  });
});

describe('names of the caller', () => {
  it('are revealed as values are: in parameters, metadata, context and preview', async () => {
    await review({
      params: { 'to\u202etnuocca': 'x' },
      metadata: { 'env\u200b': 'y' },
      context: { 'rea\u{e0041}son': 'z' },
      preview: { 'be\u2066fore': 'w' },
    });
    const main = await owner.page.locator('main').innerText();
    for (const chip of ['U+202E', 'U+200B', 'U+E0041', 'U+2066']) expect(main).toContain(chip);
    const raw = await owner.page.locator('body').evaluate((body) => body.textContent ?? '');
    for (const char of ['\u202e', '\u200b', '\u{e0041}', '\u2066']) expect(raw).not.toContain(char);
  });

  it('that are long are counted and opened as well, and the bar with the buttons stays small', async () => {
    const long = Object.fromEntries(Array.from({ length: 4 }, (_, at) => [`${'k'.repeat(900)}${at}`, 'x']));
    await review({ params: { [`a${' '.repeat(300)}b`]: 1, ...long } });
    expect(await isDisabled()).toBe(true);
    await owner.page.getByText(/\d more folded parts/).waitFor();
    const box = await owner.page.getByRole('status').boundingBox();
    expect(box!.height).toBeLessThan(PHONE.height / 4);
    expect(await owner.page.locator('.reveal').first().innerText()).toContain('300 spaces');
    const closed = owner.page.locator('details:not([open]) > summary').filter({ hasText: 'Open:' });
    while ((await closed.count()) > 0) await closed.first().click();
    await expect.poll(isDisabled).toBe(false);
  });

  it('stand beside their exact path, and what reads alike is pointed out', async () => {
    await review({
      params: {
        to_account: 'A',
        'to account': 'B',
        'to.account': 'C',
        to: { account: 'D' },
        To: 'E',
        action: 'harmless',
      },
      context: { reason: 'one', Reason: 'two' },
    });
    expect(await slot('params["to.account"]').locator('dd').innerText()).toMatch(/^C\nNot the same/);
    expect(await slot('params.to.account').locator('dd').innerText()).toMatch(/^D\nNot the same/);
    expect(await slot('params["to account"]').locator('dd').innerText()).toMatch(/^B\nNot the same/);
    expect(await slot('params.action').locator('dd').innerText()).toBe('harmless');
    expect(await slot('params.to_account').locator('dd').innerText()).toMatch(
      /Not the same as .*params\["to account"\]/,
    );
    await owner.page.getByText('Not the same as context.Reason', { exact: true }).waitFor();
    await owner.page.getByText('Not the same as context.reason', { exact: true }).waitFor();
  });

  it('of a preview are all shown, whatever stands beside the diff', async () => {
    await review({ preview: { diff: '+ harmless', command: 'rm -rf /srv/data', before: { a: 1 } } });
    const said = owner.page.getByRole('region', { name: 'Written by the agent' });
    for (const text of ['preview.diff', '+ harmless', 'preview.command', 'rm -rf /srv/data', 'preview.before'])
      expect(await said.innerText()).toContain(text);
  });
});

it('what people honestly write has no chip', async () => {
  await review({
    params: { emoji: '👩‍💻 👨‍👩‍👧‍👦 🏳️‍🌈 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👍🏽 ❤️', persian: 'می‌خواهم', hindi: 'क्‍ष', sinhala: 'ශ්‍රී' },
    context: { reason: 'First.\n\nSecond:\n    indented\n' },
  });
  expect(await owner.page.locator('.reveal').count()).toBe(0);
  expect(await owner.page.getByText(/hidden character|not opened yet|Not the same as/).count()).toBe(0);
  await expect.poll(isDisabled).toBe(false);
});

it('a number that no schema calls money is the number that it is', async () => {
  await review({ params: { amount: 1292, currency: 'EUR', total: 0.1 } });
  expect(await slot('params.amount').locator('dd').innerText()).toBe('1292');
  expect(await owner.page.locator('main').innerText()).not.toMatch(/€|12\.92|minor units/);
});

it('folds work by keyboard, and axe finds nothing', async () => {
  await review({ params: { command: `ls${'\n'.repeat(200)}rm` }, context: { reason: 'x'.repeat(700) } });
  const { violations } = await new AxeBuilder({ page: owner.page }).analyze();
  expect(violations).toEqual([]);
  await fold('201 lines').first().focus();
  await owner.page.keyboard.press('Enter');
  await fold('700 characters').focus();
  await owner.page.keyboard.press('Space');
  await owner.page.getByText('not opened yet').first().waitFor({ state: 'hidden' });
  await expect.poll(isDisabled).toBe(false);
});
