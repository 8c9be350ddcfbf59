// The dashboard against the real stack in a real browser: what it refuses to sign, what its security policy lets run,
// and that every page can be used by everybody (axe), on a phone in the dark and on a desk in the light.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

let stack: TestStack;
let browser: Browser;
let owner: Visitor;

interface Asked {
  id: string;
  review_url: string;
}

/** A request of the live organisation's agent. */
async function ask(body: Record<string, unknown>): Promise<Asked> {
  const response = await fetch(`${stack.base_url}/v1/approval-requests`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${stack.dev.live.api_key}`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    },
    body: JSON.stringify({ actor: stack.dev.live.actor, ...body }),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as Asked;
}

const deployment = (version: string) =>
  ask({
    action: 'deployment.execute',
    resource: 'service:billing-api',
    params: { version },
    metadata: { environment: 'production' },
    context: { reason: 'hotfix\u202e for INC-42 <img src=x onerror=alert(1)>' },
  });

/** How often the authenticator was asked to sign. */
async function signatures(): Promise<number> {
  const { credentials } = await owner.cdp.send('WebAuthn.getCredentials', { authenticatorId: owner.authenticator });
  return credentials[0]!.signCount;
}

/** The parts of answers that are lied about. */
interface Answered {
  public_key: { challenge: string };
  params: { version: string };
  effective: { params: { version: string } };
  after?: { roles: string[] };
}

/** Changes the JSON that the page gets from an address, as a lying server or something in between would. */
async function lie(page: Page, address: string, change: (body: Answered) => void): Promise<void> {
  await page.route(address, async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as Answered;
    change(body);
    await route.fulfill({ response, json: body });
  });
}

const approve = () => owner.page.getByRole('button', { name: 'Approve with passkey' });

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  owner = await visit(browser);
  await owner.page.goto(stack.dev.setup_url);
  await owner.page.getByRole('button', { name: 'Create passkey' }).click();
  await owner.page.waitForURL(`${stack.base_url}/`);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

describe('the review page refuses to sign', () => {
  it('when the server swaps reject for approve under the challenge', async () => {
    const { review_url, id } = await deployment('v1');
    await owner.page.goto(review_url);
    const before = await signatures();
    // The whole honest answer to "approve", given to somebody who rejects.
    await owner.page.route('**/decisions/options', async (route) => {
      const asked = { ...route.request().postDataJSON(), decision: 'approve' };
      await route.continue({ postData: JSON.stringify(asked) });
    });
    await owner.page.getByRole('button', { name: 'Reject' }).click();
    await owner.page.getByLabel(/^Reason/).fill('not today');
    await owner.page.getByRole('button', { name: 'Reject with passkey' }).click();
    await owner.page.getByText('This page refused to sign').waitFor();
    expect(await signatures()).toBe(before);
    await owner.page.unrouteAll();
    await owner.page.goto(`${stack.base_url}/requests/${id}`);
    await owner.page.getByRole('link', { name: 'Review and decide' }).waitFor();
  });

  it('when only the challenge is another', async () => {
    const { review_url } = await deployment('v2');
    await owner.page.goto(review_url);
    const before = await signatures();
    await lie(owner.page, '**/decisions/options', (body) => {
      body.public_key.challenge = 'A'.repeat(43);
    });
    await approve().click();
    await owner.page.getByText('This page refused to sign').waitFor();
    expect(await signatures()).toBe(before);
    await owner.page.unrouteAll();
  });

  it('when the parameters shown are not those of the digests', async () => {
    const { review_url, id } = await deployment('v3');
    await lie(owner.page, `**/v1/approval-requests/${id}`, (body) => {
      body.params.version = 'v0-harmless';
      body.effective.params.version = 'v0-harmless';
    });
    await owner.page.goto(review_url);
    await owner.page.getByRole('alert').filter({ hasText: 'does not fit its digests' }).waitFor();
    expect(await approve().count()).toBe(0);
    await owner.page.unrouteAll();
  });

  it('when a proposed change is shown as another', async () => {
    await owner.page.goto(`${stack.base_url}/people`);
    await lie(owner.page, '**/v1/changes', (body) => {
      if (body.after) body.after.roles = ['auditor'];
    });
    const before = await signatures();
    await owner.page.getByRole('button', { name: 'Invite somebody' }).click();
    await owner.page.getByLabel('Name', { exact: true }).fill('Lee');
    await owner.page.getByLabel('Mail address').fill('lee@example.com');
    await owner.page.getByRole('button', { name: 'Review the change' }).click();
    await owner.page.getByText('its content does not fit its digests').waitFor();
    await owner.page.getByRole('button', { name: 'Sign with passkey' }).click();
    await owner.page.getByText('This page refused to sign').waitFor();
    expect(await signatures()).toBe(before);
    await owner.page.unrouteAll();
  });
});

describe('hostile text', () => {
  it('is shown as characters: hidden ones as chips, markup as text, and nothing of it runs', async () => {
    const { review_url } = await deployment('v4');
    const { page } = owner;
    let ran = false;
    page.once('dialog', async (dialog) => {
      ran = true;
      await dialog.dismiss();
    });
    await page.goto(review_url);
    await page.getByText('<img src=x onerror=alert(1)>').waitFor();
    expect(await page.locator('.reveal').first().innerText()).toContain('U+202E');
    expect(await page.locator('main img').count()).toBe(0);
    expect(ran).toBe(false);
  });
});

describe('the pages', () => {
  it('come with a policy under which only our own files run', async () => {
    for (const path of ['/', '/r/apr_x', '/policy']) {
      const { headers } = await fetch(stack.base_url + path);
      const csp = headers.get('content-security-policy') ?? '';
      for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"])
        expect(csp).toContain(part);
      expect(csp).toContain("require-trusted-types-for 'script'");
      expect(csp).not.toContain('unsafe');
    }
    const refused = await owner.page.evaluate(
      "try { document.createElement('div').innerHTML = '<b>x</b>'; false } catch { true }",
    );
    expect(refused).toBe(true);
    // The browser says so itself, and that is the only error that any page writes here.
    await until(() => owner.errors.length > 0);
    expect(owner.errors.splice(0)).toEqual([expect.stringContaining('TrustedHTML')]);
  });

  const PATHS = ['/', '/requests', '/policy', '/people', '/machines', '/delivery', '/verify'];
  const MORE = ['/changes', '/checkpoint', '/audit', '/metrics', '/account', '/sign-in', '/setup', '/nowhere'];
  it.each([
    [390, 'dark'],
    [1440, 'light'],
  ] as const)('have no fault that axe finds and no sideways scroll at %d px in %s', async (width, colorScheme) => {
    const { review_url, id } = await deployment(`v-${width}-${colorScheme}`);
    const { page, errors } = owner;
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    for (const path of [...PATHS, ...MORE, new URL(review_url).pathname, `/requests/${id}`]) {
      await page.goto(stack.base_url + path);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await page
        .getByText(/^Loading/)
        .first()
        .waitFor({ state: 'detached' });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id: rule, nodes }) => `${path}: ${rule} ${nodes[0]?.html}`)).toEqual([]);
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
      expect(overflow, path).toBeLessThanOrEqual(0);
    }
    expect(errors).toEqual([]);
  });
});

describe('the keyboard alone', () => {
  it('finds, opens and decides a request', async () => {
    const { page } = owner;
    const { id } = await deployment('v-keys');
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${stack.base_url}/?q=v-keys`);
    await page.getByRole('list', { name: 'Pending requests' }).getByRole('link').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${stack.base_url}/r/${id}`);
    await approve().waitFor();
    await page.keyboard.press('a');
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'Approved' }).waitFor();
  });
});
