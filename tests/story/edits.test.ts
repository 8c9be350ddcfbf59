// Approve with edits in a real browser with a virtual authenticator: a reviewer reduces a refund with one touch, the agent
// runs the reduced one and no other; a server that has another edit signed is refused by the page.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyEvidence } from '../../core/evidence.ts';
import { challengeOf, type DecisionIntent } from '../../core/intent.ts';
import { Assentry } from '../../sdk/src/index.ts';
import { webCrypto } from '../../sdk/src/verify/evidence-crypto.ts';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { enrolOwner } from '../support/people.ts';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

const POLICY = `version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - { id: less, match: { action: order_tools.process_refund }, verdict: require_approval, risk: low, edits: narrow }
  - { id: free, match: { action: mail.send }, verdict: require_approval, risk: low, edits: any }
parameters:
  - action: order_tools.process_refund
    schema:
      type: object
      properties:
        amount: { type: integer, title: Amount, format: minor-units, currency: currency, narrow: lower }
        currency: { type: string }
        order_id: { type: string }
`;
const ASKED = { amount: 129_200, currency: 'EUR', order_id: 'ORD-1287' };

let stack: TestStack;
let browser: Browser;
let dana: Visitor;
let agent: Assentry;

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  const { api_key, actor } = stack.dev.live;
  agent = new Assentry({ apiKey: api_key, url: stack.base_url, actor });
  const boss = await enrolOwner(stack, 'live');
  await boss.change('policy', { source: POLICY });
  const value = { name: 'Dana', email: 'dana@example.com', roles: ['reviewer'] };
  const { secret } = await boss.change('invitation', value);
  // axe needs to put its script into the page, which our own policy rightly forbids.
  dana = await visit(browser, { reducedMotion: 'reduce', bypassCSP: true });
  await dana.page.goto(String(secret));
  await dana.page.getByRole('button', { name: 'Create passkey' }).click();
  await dana.page.waitForURL(`${stack.base_url}/`);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const refund = (order_id: string) =>
  agent.request({ action: 'order_tools.process_refund', resource: 'service:orders', params: { ...ASKED, order_id } });
const reduce = async (amount: string) => {
  await dana.page.getByText('More: edit or narrow').click();
  await dana.page.getByLabel('Amount').fill(amount);
};
const signatures = async (): Promise<number> => {
  const { credentials } = await dana.cdp.send('WebAuthn.getCredentials', { authenticatorId: dana.authenticator });
  return credentials[0]!.signCount;
};

/** What axe finds in one scheme at one width, and whether the page scrolls sideways there. */
async function faultsOf(colorScheme: 'light' | 'dark', width: number): Promise<string[]> {
  const { page } = dana;
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 900 });
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa']).analyze();
  const wide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
  return [...violations.map(({ id }) => id), ...(wide ? ['it scrolls sideways'] : [])];
}

describe('a reviewer', () => {
  it('reduces a refund with one touch, the agent runs the reduced one, and the evidence proves it', async () => {
    const { page } = dana;
    const ran: unknown[] = [];
    const guarded = agent.guard('order_tools.process_refund', (order: typeof ASKED) => ran.push(order), {
      request: { resource: 'service:orders' },
    });
    const result = guarded(ASKED);
    const { id } = (await until(async () => {
      const response = await page.request.get(`${stack.base_url}/v1/approval-requests?status=pending`);
      return ((await response.json()) as { data: { id: string }[] }).data[0] ?? null;
    }))!;
    await page.goto(`${stack.base_url}/r/${id}`);
    await page.getByText('More: edit or narrow').click();
    expect(await page.getByLabel('Order id').isDisabled()).toBe(true);
    await page.getByLabel('Amount').fill('24.00');
    const facts = page.getByRole('region', { name: 'What will happen' });
    await facts.getByText('24.00').first().waitFor();
    expect(await facts.getByText('1,292.00').count()).toBeGreaterThan(0);
    expect(await faultsOf('light', 1_440)).toEqual([]);
    expect(await faultsOf('dark', 390)).toEqual([]);
    const before = await signatures();
    await page.getByRole('button', { name: 'Approve €24.00 with passkey' }).click();
    await result;
    expect(ran).toEqual([{ ...ASKED, amount: 2_400 }]);
    expect(await signatures()).toBe(before + 1);

    await page.goto(`${stack.base_url}/requests/${id}`);
    await page.getByText('Edited by a reviewer').waitFor();
    await page.getByText('of the edited action').waitFor();
    const text = await until(async () => {
      const response = await page.request.get(`${stack.base_url}/v1/approval-requests/${id}/evidence`);
      return response.ok() ? response.text() : null;
    });
    const report = await verifyEvidence(text!, {}, webCrypto);
    expect(report.claims.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(report.claims.filter(({ claim, status }) => claim === 'edit' && status === 'proved')).toHaveLength(2);
    expect(dana.errors).toEqual([]);
  });

  it('signs nothing when the server has another edit under the challenge', async () => {
    const { page } = dana;
    const { id, review_url } = await refund('ORD-3');
    await page.goto(review_url);
    const before = await signatures();
    // Everything fits but the edit: a lower amount than the form says, with the challenge that belongs to it.
    await page.route('**/decisions/options', async (route) => {
      const asked = route.request().postDataJSON();
      const lied = { ...asked, params: { ...asked.params, amount: 1 } };
      const response = await route.fetch({ postData: JSON.stringify(lied) });
      const body = (await response.json()) as { intent: DecisionIntent; public_key: { challenge: string } };
      expect(body.intent.edited?.params.amount).toBe(1);
      expect(body.public_key.challenge).toBe(Buffer.from(challengeOf(body.intent)).toString('base64url'));
      await route.fulfill({ response, json: body });
    });
    await reduce('24.00');
    await page.getByRole('button', { name: 'Approve €24.00 with passkey' }).click();
    await page.getByText('This page refused to sign').waitFor();
    await page.unrouteAll();
    expect(await signatures()).toBe(before);
    expect(await agent.get(id)).toMatchObject({ status: 'pending', edits: [] });
  });

  it('who changes a request freely signs the edit, and cannot approve it', async () => {
    const { page } = dana;
    const { id, review_url } = await agent.request({
      ...{ action: 'mail.send', resource: 'mail:ann', params: { subject: 'Hello', urgent: true } },
    });
    await page.goto(review_url);
    await page.getByText('More: edit or narrow').click();
    await page.getByLabel('Subject', { exact: true }).fill('Good day');
    await page.getByText('sign the edit, and somebody else approves it').waitFor();
    expect(await page.getByRole('button', { name: /^Approve/ }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Sign the edit only' }).click();
    await page.getByText('You edited this').waitFor();
    expect(await agent.get(id)).toMatchObject({
      status: 'pending',
      params: { subject: 'Hello' },
      effective: { params: { subject: 'Good day', urgent: true } },
      edits: [{ mode: 'any' }],
    });
    expect(await page.getByRole('button', { name: /^Approve/ }).count()).toBe(0);
    expect(dana.errors).toEqual([]);
  });
});
