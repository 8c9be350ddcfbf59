// The forms of providers, identities and settings in a real browser: filled in, refused at the field, signed with a
// passkey, shown afterwards; by keyboard, on a phone and a desktop, in light and dark.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { TestStack } from '../support/stack.ts';

let stack: TestStack;
let browser: Browser;
let owner: Visitor;
const button = (name: string | RegExp) => owner.page.getByRole('button', { name });
const field = (label: string) => owner.page.getByLabel(label, { exact: true });
const said = (text: string) => owner.page.getByText(text).first().waitFor();
const focused = () => owner.page.evaluate<string>('document.activeElement.id');
const go = (page: string) => owner.page.goto(`${stack.base_url}/${page}`);

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  owner = await visit(browser);
  await owner.page.goto(stack.dev.setup_url);
  await button('Create passkey').click();
  await owner.page.waitForURL(`${stack.base_url}/`);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function sign(): Promise<void> {
  await button('Sign with passkey').click();
  await said('Signed and in force.');
}

/** No fault that axe finds and no sideways scroll: on a phone in the dark and on a desktop in the light. */
async function fits(): Promise<void> {
  for (const [width, colorScheme] of [
    [390, 'dark'],
    [1440, 'light'],
  ] as const) {
    await owner.page.setViewportSize({ width, height: 900 });
    await owner.page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page: owner.page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
    const wide = '[document.documentElement, ...document.querySelectorAll("dialog")]';
    const overflow = await owner.page.evaluate<number>(
      `Math.max(...${wide}.map((one) => one.scrollWidth - one.clientWidth))`,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  }
}

describe('an identity provider', () => {
  it('of people is trusted with its groups; what is refused is said at its field', async () => {
    await go('machines');
    await button('Trust an identity provider').click();
    await field('Name').fill('Company');
    await field('Issuer').fill('https://login.example.com');
    await field('Audience').fill('approvals');
    await field('ES256').check();
    await field('Address of its keys').fill('https://10.0.0.1/keys');
    await field('Claim of groups').fill('groups');
    await field('Groups').fill('Payments = group:finance\nteam=a = group:ops');
    await button('Review the change').click();
    await owner.page.getByRole('alert').waitFor();
    const refused = owner.page.locator('[aria-invalid=true]');
    expect(await refused.count()).toBe(1);
    expect(await refused.getAttribute('id')).toBe(await field('Address of its keys').getAttribute('id'));
    expect(await focused()).toBe(await refused.getAttribute('id'));
    await fits();
    await field('Address of its keys').fill('');
    await button('Review the change').click();
    await said('Creates the identity provider Company.');
    await sign();
    await go('machines');
    const row = owner.page.getByRole('row').filter({ hasText: 'https://login.example.com' });
    await row.waitFor();
    const text = await row.textContent();
    for (const part of ['Payments → group:finance', 'team=a → group:ops', 'RS256, ES256']) expect(text).toContain(part);
  });

  it('is changed by keyboard alone, and only what was changed is signed', async () => {
    await button('Edit Company').focus();
    await owner.page.keyboard.press('Enter');
    await field('Leeway in seconds').waitFor();
    expect(await button('Review the change').isDisabled()).toBe(true);
    expect(await field('Issuer').count()).toBe(0);
    const leeway = await field('Leeway in seconds').getAttribute('id');
    for (let i = 0; i < 30 && (await focused()) !== leeway; i++) await owner.page.keyboard.press('Tab');
    await owner.page.keyboard.press('ControlOrMeta+A');
    await owner.page.keyboard.type('60');
    const proposed = owner.page.waitForRequest((one) => one.method() === 'POST' && one.url().endsWith('/v1/changes'));
    await owner.page.keyboard.press('Enter');
    expect((await proposed).postDataJSON().value).toEqual({ leeway_seconds: 60 });
    await button('Sign with passkey').focus();
    await owner.page.keyboard.press('Enter');
    await said('Signed and in force.');
  });

  it('of workloads gets rules: a rule that pins nobody is refused at its claims', async () => {
    await go('machines');
    await button('Trust an identity provider').click();
    await field('Its tokens stand for').selectOption('workload');
    await field('Name').fill('CI');
    await field('Issuer').fill('https://ci.example.com');
    await field('Rule’s name').fill('release');
    await field('Claims').fill('ref = refs/heads/main');
    await field('Becomes the service account').selectOption({ index: 1 });
    await field('requests:read').check();
    await button('Review the change').click();
    await owner.page.locator('textarea[aria-invalid=true]').waitFor();
    expect(await owner.page.locator('[aria-invalid=true]').count()).toBe(1);
    await fits();
    await field('Claims').fill(
      'sub = repo:acme/shop:ref:refs/heads/main\nref = refs/heads/main\nref = refs/heads/next',
    );
    await field('Its key ends after seconds').fill('600');
    const proposed = owner.page.waitForRequest((one) => one.method() === 'POST' && one.url().endsWith('/v1/changes'));
    await button('Review the change').click();
    expect((await proposed).postDataJSON().value.rules).toEqual([
      {
        ...{ id: 'release', scopes: ['requests:write', 'requests:read'], ttl_seconds: 600 },
        service_account: expect.stringMatching(/^sa_/),
        claims: { sub: 'repo:acme/shop:ref:refs/heads/main', ref: ['refs/heads/main', 'refs/heads/next'] },
      },
    ]);
    await sign();
    await go('machines');
    await said('release: requests:write, requests:read');
  });
});

describe('a member', () => {
  it('is linked to an identity, which is shown with its provider’s name, and unlinked again', async () => {
    await go('people');
    await button(/^Identities of/).click();
    await field('Link at').waitFor();
    expect(await field('Link at').locator('option').allTextContents()).toEqual(['Company (https://login.example.com)']);
    await field('Subject').fill('00u1abc');
    await fits();
    await button('Review the change').click();
    await button('Sign with passkey').waitFor();
    await fits();
    await sign();
    await go('people');
    await said('linked: 00u1abc at Company');
    await button(/^Identities of/).click();
    await field('00u1abc at Company').uncheck();
    const proposed = owner.page.waitForRequest((one) => one.method() === 'POST' && one.url().endsWith('/v1/changes'));
    await button('Review the change').click();
    expect((await proposed).postDataJSON()).toMatchObject({ kind: 'member', value: { identities: [] } });
    await sign();
    await go('people');
    await button(/^Identities of/).waitFor();
    expect(await owner.page.getByText('linked:').count()).toBe(0);
  });
});

describe('the settings of the organisation', () => {
  it('are shown, changed with a passkey, and shown anew', async () => {
    await go('people');
    await said('no further kind of change');
    await button('Change the settings').click();
    expect(await button('Review the change').isDisabled()).toBe(true);
    await field('webhook endpoint').check();
    await field('Hours until a further passkey decides high and critical').fill('48');
    await field('Whoever breaks the glass').selectOption('required');
    await fits();
    const proposed = owner.page.waitForRequest((one) => one.method() === 'POST' && one.url().endsWith('/v1/changes'));
    await button('Review the change').click();
    expect((await proposed).postDataJSON()).toEqual({
      kind: 'organization',
      value: {
        settings: {
          ...{ four_eyes: ['webhook_endpoint'], passkey_quarantine_hours: 48 },
          break_glass: { external_ref: 'required', debt: 'same_person' },
        },
      },
    });
    await sign();
    await go('people');
    await said('48 hours');
    const shown = await owner.page.getByRole('region', { name: 'Settings' }).textContent();
    expect(shown).toContain('webhook endpoint');
    expect(shown).toContain('always');
    await fits();
    expect(owner.errors).toEqual([]);
  });
});
