// The main job as an outsider does it, in the live organisation: enrol by the printed link in a real browser, ask with
// the command line, approve with a passkey, exchange, verify with jose, report, audit. One story, told in order.

import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellRefundStory } from '../../scripts/refund-story.ts';
import type { ApprovalRequest } from '../../sdk/src/wire.ts';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { assentry, type CliAnswer } from '../support/cli.ts';
import { Receiver } from '../support/receiver.ts';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

let stack: TestStack;
let browser: Browser;
let owner: Visitor;
let receiver: Receiver;
let id = '';
let token = '';

const cli = (...args: string[]): Promise<CliAnswer> =>
  assentry({ ASSENTRY_URL: stack.base_url, ASSENTRY_API_KEY: stack.dev.live.api_key }, args);

async function requestNow(): Promise<ApprovalRequest> {
  const { code, stdout } = await cli('approval', 'get', id, '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout) as ApprovalRequest;
}

beforeAll(async () => {
  [stack, browser, receiver] = await Promise.all([TestStack.start(), launchBrowser(), Receiver.open()]);
  owner = await visit(browser);
});

afterAll(async () => {
  await browser?.close();
  receiver?.close();
  await stack?.stop();
});

describe('the main job', () => {
  it('enrols the owner through the printed link, with a passkey', async () => {
    await owner.page.goto(stack.dev.setup_url);
    await owner.page.getByLabel('Name of this passkey').fill('office key');
    await owner.page.getByRole('button', { name: 'Create passkey' }).click();
    await owner.page.waitForURL(`${stack.base_url}/`);
    const { credentials } = await owner.cdp.send('WebAuthn.getCredentials', { authenticatorId: owner.authenticator });
    expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }]);
  });

  it('takes the link once only', async () => {
    const late = await visit(browser);
    await late.page.goto(stack.dev.setup_url);
    await late.page.getByRole('button', { name: 'Create passkey' }).click();
    await late.page.getByRole('alert').waitFor();
    expect(new URL(late.page.url()).pathname).toBe('/setup');
    await late.context.close();
  });

  it('adds a webhook endpoint by a change that the passkey signs', async () => {
    await owner.page.goto(`${stack.base_url}/delivery`);
    await owner.page
      .getByRole('button', { name: /endpoint/i })
      .first()
      .click();
    await owner.page.getByLabel('Address').fill(receiver.url);
    await owner.page.getByRole('button', { name: 'Review the change' }).click();
    await owner.page.getByRole('button', { name: 'Sign with passkey' }).click();
    await owner.page.getByText('Signed and in force.').waitFor();
    const text = await owner.page.getByRole('dialog').innerText();
    receiver.secret = /whsec_[A-Za-z0-9+/=]+/.exec(text)![0];
  });

  it('leaves the request of the seed pending', async () => {
    const asked = await cli(
      ...[
        'approval',
        'request',
        '--action',
        'deployment.execute',
        '--resource',
        'service:billing-api',
        '--risk',
        'high',
      ],
      ...['--actor', 'service-account:release-bot', '--metadata', 'environment=production'],
    );
    expect(asked.code).toBe(0);
    expect(asked.stdout).toMatch(/pending/i);
    id = /apr_[0-9a-z]{26}/.exec(asked.stdout)![0];
    expect(await requestNow()).toMatchObject({ status: 'pending', risk: { level: 'high' }, capability: null });
  });

  it('shows the reviewer what will happen, why they are asked, and the match words', async () => {
    const { match_words, review_url } = await requestNow();
    await owner.page.goto(review_url);
    await owner.page.getByRole('button', { name: /^Approve (.* )?with passkey$/ }).waitFor();
    const text = await owner.page.locator('main').innerText();
    for (const said of ['deployment.execute', 'service:billing-api', 'release-bot', 'production', ...match_words])
      expect(text).toContain(said);
    expect(text).toContain('This goes to production.');
  });

  it('tells whoever waits at once when the passkey has signed', async () => {
    const waiting = cli('approval', 'wait', id, '--json');
    await owner.page.getByRole('button', { name: /^Approve (.* )?with passkey$/ }).click();
    await owner.page.getByRole('status').filter({ hasText: 'Approved' }).waitFor();
    const waited = await waiting;
    expect(waited.code).toBe(0);
    expect(JSON.parse(waited.stdout)).toMatchObject({ status: 'approved', decisions: [{ decision: 'approve' }] });
  });

  it('refuses changed parameters before the exchange', async () => {
    const changed = await cli('capability', 'exchange', '--request', id, '--param', 'version=v9');
    expect(changed.code).not.toBe(0);
    expect(changed.stdout).toBe('');
  });

  it('prints a token for the approved request', async () => {
    const exchanged = await cli('capability', 'exchange', '--request', id, '--actor', 'service-account:release-bot');
    expect(exchanged.code).toBe(0);
    token = exchanged.stdout.trim();
    expect(token.split('.')).toHaveLength(3);
  });

  it("verifies with a few lines of jose against the issuer's keys", async () => {
    const issuer = `${stack.base_url}/o/${stack.dev.live.organization}`;
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: 'service:billing-api',
      typ: 'at+jwt',
      algorithms: ['ES256'],
    });
    expect(payload).toMatchObject({ sub: 'service-account:release-bot', txn: id });
    expect(payload.authorization_details).toMatchObject([
      { action: 'deployment.execute', resource: 'service:billing-api' },
    ]);
    expect(payload.exp! - payload.iat!).toBeLessThanOrEqual(300);
  });

  it('gives no second token', async () => {
    const again = await cli('capability', 'exchange', '--request', id, '--actor', 'service-account:release-bot');
    expect(again.code).not.toBe(0);
    expect(again.stdout).toBe('');
    expect(again.stderr).toMatch(/exchanged already/i);
  });

  it('takes the outcome, and the ledger verifies', async () => {
    expect((await cli('outcome', 'report', id, '--status', 'executed')).code).toBe(0);
    const verified = await cli('ledger', 'verify');
    expect(verified.stderr + verified.stdout).not.toMatch(/fail/i);
    expect(verified.code).toBe(0);
  });

  it('shows all of it on the request page, each step with its place in the ledger', async () => {
    await owner.page.goto(`${stack.base_url}/requests/${id}`);
    await owner.page.getByText('Execution executed').waitFor();
    const text = await owner.page.locator('main').innerText();
    const steps = [
      'Approval requested',
      'Approval decided',
      'Capability issued',
      'Capability exchanged',
      'Execution executed',
    ];
    for (const step of steps) expect(text).toContain(step);
    expect(text.match(/ledger entry \d+/g)!.length).toBeGreaterThanOrEqual(steps.length);
    expect(text).not.toContain('not sealed yet');
  });

  it('told the receiver, who verified it', async () => {
    const event = await until(() => receiver.events.find(({ subject }) => subject === id));
    expect(event).toMatchObject({
      type: 'approval.decided',
      data: {
        approval_id: id,
        decision: 'approve',
        status: 'approved',
        action: 'deployment.execute',
        resource: 'service:billing-api',
        actor: 'service-account:release-bot',
      },
    });
    expect(receiver.forged).toEqual([]);
  });

  it('tells the refund story with the browser, too', async () => {
    const approve = async (request: ApprovalRequest) => {
      await owner.page.goto(request.review_url);
      await owner.page.getByRole('button', { name: /^Approve (.* )?with passkey$/ }).click();
      await owner.page.getByRole('status').filter({ hasText: 'Approved' }).waitFor();
    };
    const { merchant, request } = await tellRefundStory(
      { base_url: stack.base_url, ...stack.dev.live },
      approve,
      () => {},
    );
    await merchant.close();
    expect(request.status).toBe('executed');
  });

  it('invites a second person, who enrols on a phone, reads what others administer, and decides', async () => {
    const { page } = owner;
    await page.goto(`${stack.base_url}/people`);
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await page.getByLabel('Name').fill('Rita');
    await page.getByLabel('Mail address').fill('rita@example.com');
    await page.getByRole('button', { name: 'Review the change' }).click();
    await page.getByRole('button', { name: 'Sign with passkey' }).click();
    await page.getByText('Signed and in force.').waitFor();
    const link = /http:\S+#token=\S+/.exec(await page.getByRole('dialog').innerText())![0];

    const rita = await visit(browser, { viewport: { width: 390, height: 844 } });
    await rita.page.goto(link);
    await rita.page.getByRole('button', { name: 'Create passkey' }).click();
    await rita.page.waitForURL(`${stack.base_url}/`);
    await rita.page.goto(`${stack.base_url}/people`);
    await rita.page.getByText('You can read this page.').waitFor();

    const asked = await cli('approval', 'request', '--action', 'db.migrate', '--resource', 'db:orders', '--json');
    const { review_url, id: second } = JSON.parse(asked.stdout) as ApprovalRequest;
    await rita.page.goto(review_url);
    await rita.page.getByRole('button', { name: /^Approve (.* )?with passkey$/ }).click();
    await rita.page.getByRole('status').filter({ hasText: 'Approved' }).waitFor();
    expect((await cli('approval', 'wait', second)).code).toBe(0);
    expect(rita.errors).toEqual([]);
    await rita.context.close();
  });

  it('left no error in the page', () => {
    expect(owner.errors).toEqual([]);
  });
});
