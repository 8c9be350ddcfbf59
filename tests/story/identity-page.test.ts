// Identity providers in a real browser: trusted and removed with a passkey, readable by everybody.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { TestStack } from '../support/stack.ts';

let stack: TestStack;
let browser: Browser;
let owner: Visitor;
const button = (name: string | RegExp) => owner.page.getByRole('button', { name });
const row = () => owner.page.getByRole('row').filter({ hasText: 'https://login.example.com' });

beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
  owner = await visit(browser);
  await owner.page.goto(stack.dev.setup_url);
  await button('Create passkey').click();
  await owner.page.waitForURL(`${stack.base_url}/`);
  await owner.page.goto(`${stack.base_url}/machines`);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function faults(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: owner.page }).analyze();
  return violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`);
}

describe('the identity providers on the machines page', () => {
  it('are trusted with a passkey, after showing what is signed', async () => {
    await button('Trust an identity provider').click();
    await owner.page.getByLabel('Name', { exact: true }).fill('Company');
    await owner.page.getByLabel('Issuer', { exact: true }).fill('https://login.example.com');
    expect(await faults()).toEqual([]);
    await button('Review the change').click();
    await owner.page.getByText('Creates the identity provider Company.').waitFor();
    await button('Sign with passkey').click();
    await owner.page.getByText('Signed and in force.').waitFor();
    await owner.page.goto(`${stack.base_url}/machines`);
    await row().waitFor();
    expect(await row().textContent()).toContain('people');
  });

  it.each([
    [390, 'dark'],
    [1440, 'light'],
  ] as const)('have no fault that axe finds and no sideways scroll at %d px in %s', async (width, colorScheme) => {
    await owner.page.setViewportSize({ width, height: 900 });
    await owner.page.emulateMedia({ colorScheme });
    expect(await faults()).toEqual([]);
    const overflow = await owner.page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
  });

  it('are removed the same way', async () => {
    await button('Remove Company').click();
    await owner.page.getByText('Removes the identity provider Company.').waitFor();
    await button('Sign with passkey').click();
    await owner.page.getByText('Signed and in force.').waitFor();
    await owner.page.goto(`${stack.base_url}/machines`);
    await button('Trust an identity provider').waitFor();
    expect(await row().count()).toBe(0);
    expect(owner.errors).toEqual([]);
  });
});
