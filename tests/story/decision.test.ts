// One state for a decision, in a real browser at phone size: what is typed, shown, named by the button and signed are the
// same; a failure keeps it all; a lost answer is not told as a refusal, and is told as what it was once that is known.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reviewer } from '../../scripts/reviewer.ts';
import { Assentry } from '../../sdk/src/index.ts';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { enrolOwner } from '../support/people.ts';
import { TestStack } from '../support/stack.ts';

const POLICY = `version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - { id: less, match: { action: order_tools.process_refund }, verdict: require_approval, risk: low, edits: narrow }
parameters:
  - action: order_tools.process_refund
    schema:
      type: object
      properties:
        amount: { type: integer, title: Amount, format: minor-units, currency: currency, narrow: lower }
        currency: { type: string }
        order_id: { type: string }
`;
// axe needs to put its script into the page, which our own policy rightly forbids.
const PHONE = { viewport: { width: 390, height: 844 }, reducedMotion: 'reduce', bypassCSP: true } as const;
const DECISIONS = /\/decisions$/;

let stack: TestStack;
let browser: Browser;
let boss: Reviewer;
let dana: Visitor;
let agent: Assentry;

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  const { api_key, actor } = stack.dev.live;
  agent = new Assentry({ apiKey: api_key, url: stack.base_url, actor });
  boss = await enrolOwner(stack, 'live');
  await boss.change('policy', { source: POLICY });
  const value = { name: 'Dana', email: 'dana@example.com', roles: ['reviewer'] };
  const { secret } = await boss.change('invitation', value);
  dana = await visit(browser, PHONE);
  await dana.page.goto(String(secret));
  await dana.page.getByRole('button', { name: 'Create passkey' }).click();
  await dana.page.waitForURL(`${stack.base_url}/`);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const amount = () => dana.page.getByLabel('Amount');
const approve = () => dana.page.getByRole('button', { name: /^Approve/ });
const signatures = async (): Promise<number> => {
  const { credentials } = await dana.cdp.send('WebAuthn.getCredentials', { authenticatorId: dana.authenticator });
  return credentials[0]!.signCount;
};
/** Whether the device verifies its user; where not, the prompt fails. */
const verifies = (isUserVerified: boolean) =>
  dana.cdp.send('WebAuthn.setUserVerified', { authenticatorId: dana.authenticator, isUserVerified });

/** A refund of €1,292.00, opened, with its form. */
async function refund(): Promise<string> {
  const params = { amount: 129_200, currency: 'EUR', order_id: 'ORD-1287' };
  const asked = await agent.request({ action: 'order_tools.process_refund', resource: 'service:orders', params });
  await dana.page.goto(asked.review_url);
  await approve().waitFor();
  return asked.id;
}
const openForm = () => dana.page.getByText('More: edit or narrow').click();
const ran = async (id: string) => {
  const { status, effective } = await agent.get(id);
  return [status, effective.params.amount];
};

/** What axe finds in both schemes, and whether the page scrolls sideways. */
async function faultsOf(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa']).analyze();
    found.push(...violations.map(({ id }) => `${colorScheme}: ${id}`));
  }
  const wide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
  return [...found, ...(wide ? ['it scrolls sideways'] : [])];
}

describe('what is typed, shown, named and signed', () => {
  it('is the same: an amount is typed in euros, the button names it, and it alone is approved', async () => {
    const { page } = dana;
    const id = await refund();
    await page.getByRole('button', { name: 'Approve €1,292.00 with passkey' }).waitFor();
    await openForm();
    expect(await amount().inputValue()).toBe('1292.00');
    await amount().fill('900.00');
    await page.getByRole('heading', { name: /€900\.00/ }).waitFor();
    await page.getByText('This is €900.00.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Approve €900.00 with passkey' }).click();
    await page.getByText('You approved this').waitFor();
    expect(await ran(id)).toEqual(['approved', 90_000]);
  });

  it('stays the same when the prompt fails: the next touch approves what is typed, not what was asked', async () => {
    const { page } = dana;
    const id = await refund();
    await openForm();
    await amount().fill('900');
    await verifies(false);
    await approve().click();
    await page.getByText('Nothing was signed').first().waitFor();
    await verifies(true);
    expect(await amount().inputValue()).toBe('900');
    await page.getByRole('button', { name: 'Approve €900.00 with passkey' }).click();
    await page.getByText('You approved this').waitFor();
    expect(await ran(id)).toEqual(['approved', 90_000]);
  });

  it('stays the same when the server refuses', async () => {
    const { page } = dana;
    const id = await refund();
    await openForm();
    await amount().fill('900');
    await page.route('**/decisions/options', (route: Route) =>
      route.fulfill({ status: 429, json: { code: 'rate-limited', detail: 'Too many calls. Try again in a moment.' } }),
    );
    await approve().click();
    await page.getByText('Too many calls').first().waitFor();
    await page.unrouteAll();
    expect(await amount().inputValue()).toBe('900');
    await page.getByRole('button', { name: 'Approve €900.00 with passkey' }).click();
    await page.getByText('You approved this').waitFor();
    expect(await ran(id)).toEqual(['approved', 90_000]);
  });

  it.each(['900,00', '900.0.0', '150000', ''])('%j is a sentence at its field, and closes Approve', async (typed) => {
    const { page } = dana;
    await refund();
    await openForm();
    await amount().fill(typed);
    expect(await approve().isDisabled()).toBe(true);
    expect(await approve().innerText()).toBe('Approve');
    expect(await amount().getAttribute('aria-invalid')).toBe('true');
    const described = (await amount().getAttribute('aria-describedby'))!.split(' ').at(-1)!;
    expect(await page.locator(`[id="${described}"]`).innerText()).toMatch(/\w.*\.$/);
    // The heading is of what would be signed: what stands.
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('1,292.00');
    expect(await page.getByText(/reduced/i).count()).toBe(0);
    expect(await faultsOf(page)).toEqual([]);
    await amount().fill('1292');
    expect(await approve().isEnabled()).toBe(true);
  });

  it('is kept when the session ends, for the same person to sign in again', async () => {
    const { page } = dana;
    const id = await refund();
    await openForm();
    await amount().fill('900');
    await page.evaluate("fetch('/v1/session', { method: 'DELETE' })");
    await approve().click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign in with passkey' }).click();
    await amount().waitFor();
    expect(await amount().inputValue()).toBe('900');
    await page.getByRole('button', { name: 'Approve €900.00 with passkey' }).click();
    await page.getByText('You approved this').waitFor();
    expect(await ran(id)).toEqual(['approved', 90_000]);
  });
});

describe('a lost answer', () => {
  it('is not known while the phone is offline, and what it was once it is back', async () => {
    const { page, context } = dana;
    const id = await refund();
    await page.getByText('Add a note').click();
    await page.getByLabel('Comment').fill('Checked with Ops.');
    let sent = 0;
    await page.route(DECISIONS, async (route) => {
      sent += 1;
      await route.fetch();
      await context.setOffline(true);
      await route.abort('connectionreset');
    });
    await approve().click();
    await page.getByText('Not known yet: checking').first().waitFor();
    expect(await page.getByText(/nothing was decided|could not/i).count()).toBe(0);
    expect(await approve().isDisabled()).toBe(true);
    expect(await page.getByLabel('Comment').inputValue()).toBe('Checked with Ops.');
    expect(await ran(id)).toEqual(['approved', 129_200]);
    expect(await faultsOf(page)).toEqual([]);
    await page.unrouteAll();
    await context.setOffline(false);
    await page.getByText('You approved this').waitFor({ timeout: 8_000 });
    expect(sent).toBe(1);
  });

  it('of what never arrived stays open to be signed again, with everything that was typed', async () => {
    const { page } = dana;
    const id = await refund();
    await openForm();
    await amount().fill('800');
    await page.route(DECISIONS, (route) => route.abort('connectionreset'));
    await approve().click();
    await page.getByText('Not known yet: checking').first().waitFor();
    await page.unrouteAll();
    await page.getByText('Not on record so far: still checking').first().waitFor({ timeout: 8_000 });
    expect(await amount().inputValue()).toBe('800');
    expect(await ran(id)).toEqual(['pending', 129_200]);
    await page.getByRole('button', { name: 'Approve €800.00 with passkey' }).click();
    await page.getByText('You approved this').waitFor();
    expect(await ran(id)).toEqual(['approved', 80_000]);
  });
});

describe('somebody else', () => {
  const writeReason = async () => {
    await dana.page.getByRole('button', { name: 'Reject', exact: true }).click();
    await dana.page.getByLabel(/^Reason/).fill('She paid half with a voucher.');
  };
  const reason = () => dana.page.getByLabel(/^Reason/).inputValue();

  it('who decides while a reviewer types a reason is named, and the dialog stays with its text', async () => {
    const { page } = dana;
    const id = await refund();
    await writeReason();
    await boss.decide(id, 'approve');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Decided meanwhile').waitFor({ timeout: 8_000 });
    expect(await dialog.innerText()).toMatch(/\w+ approved this/);
    expect(await reason()).toBe('She paid half with a voucher.');
    expect(await dialog.getByRole('button', { name: 'Reject with passkey' }).isDisabled()).toBe(true);
    expect(await faultsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Go back' }).click();
    expect(await page.getByLabel('What you typed was not sent').inputValue()).toContain('voucher');
  });

  it('a cancelled prompt leaves the dialog open with its reason', async () => {
    const { page } = dana;
    const id = await refund();
    await writeReason();
    await verifies(false);
    await page.getByRole('button', { name: 'Reject with passkey' }).click();
    await page.getByRole('dialog').getByText('Nothing was signed').first().waitFor();
    await verifies(true);
    expect(await reason()).toBe('She paid half with a voucher.');
    await page.getByRole('button', { name: 'Reject with passkey' }).click();
    await page.getByText('You rejected this').waitFor();
    expect(await ran(id)).toEqual(['rejected', 129_200]);
    expect(await signatures()).toBeGreaterThan(0);
    expect(dana.errors).toEqual([]);
  });
});
