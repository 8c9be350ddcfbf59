// A browser or key manager that lacks what the pages like to use: they do without it, or say in a sentence what is missing.
// Nothing is taken as given, and no page shows the runtime's own words.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintSetupLink } from '../../scripts/seed.ts';
import { launchBrowser, type Visitor, visit } from '../support/browser.ts';
import { TestStack } from '../support/stack.ts';

let stack: TestStack;
let browser: Browser;
beforeAll(async () => {
  [stack, browser] = await Promise.all([TestStack.start(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const button = ({ page }: Visitor, name: string | RegExp) => page.getByRole('button', { name });
const RUNTIME = /TypeError|undefined is not|is not a function|Cannot read|null \(reading/;

/** Somebody whose browser runs this before any page does. */
async function without(script: string, options: Parameters<typeof visit>[1] = {}): Promise<Visitor> {
  const visitor = await visit(browser, options);
  await visitor.context.addInitScript(script);
  return visitor;
}

/** The owner’s link: the first one sets up, every later one recovers. */
const link = async (): Promise<string> => (await mintSetupLink(stack.place, stack.dev.live.organization)).url;

async function enrolled(visitor: Visitor): Promise<void> {
  await visitor.page.goto(await link());
  await button(visitor, 'Create passkey').click();
  await visitor.page.waitForURL(`${stack.base_url}/`);
}

const drop = (type: string, ...names: string[]) => names.map((name) => `delete ${type}.prototype.${name};`).join('\n');

const MISSING: Record<string, string> = {
  'everything that reads parts of a new passkey': drop(
    'AuthenticatorAttestationResponse',
    ...['getAuthenticatorData', 'getPublicKey', 'getPublicKeyAlgorithm', 'getTransports'],
  ),
  'transports that can be told': `AuthenticatorAttestationResponse.prototype.getTransports = () => { throw new TypeError('x'); };`,
  'extension results and JSON forms': `${drop('PublicKeyCredential', 'getClientExtensionResults', 'toJSON')}
    for (const name of ['parseCreationOptionsFromJSON', 'parseRequestOptionsFromJSON', 'getClientCapabilities',
      'isConditionalMediationAvailable', 'isUserVerifyingPlatformAuthenticatorAvailable']) delete PublicKeyCredential[name];`,
  'storage that may be touched': `Object.defineProperty(window, 'localStorage', {
    get() { throw new DOMException('denied', 'SecurityError'); } });`,
  'storage that has room': `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };`,
  'random UUIDs': drop('Crypto', 'randomUUID'),
  'sockets and streams': 'delete window.WebSocket; delete window.EventSource;',
  'a word on being online': `Object.defineProperty(Navigator.prototype, 'onLine', { get: () => undefined });`,
};

describe('a browser without', () => {
  it.each(Object.entries(MISSING))('%s enrols, reads, and changes its settings', async (_, script) => {
    const visitor = await without(script);
    await enrolled(visitor);
    const { page } = visitor;
    await page.goto(`${stack.base_url}/account`);
    await page.getByLabel('dark').check();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    expect(await page.getByText('This device is offline').count()).toBe(0);
    await page.getByLabel(/Single-key shortcuts/).uncheck();
    expect(await page.getByLabel(/Single-key shortcuts/).isChecked()).toBe(false);
    expect(visitor.errors).toEqual([]);
    await visitor.context.close();
  });

  const UNABLE: Record<string, string> = {
    'passkeys at all': 'delete window.PublicKeyCredential;',
    'a place to ask for credentials': `Object.defineProperty(Navigator.prototype, 'credentials', { get: () => undefined });`,
    'a way to make credentials': `CredentialsContainer.prototype.create = undefined; CredentialsContainer.prototype.get = undefined;`,
  };
  it.each(Object.entries(UNABLE))('%s says so in a sentence, at enrolment and at sign-in', async (_, script) => {
    const visitor = await without(script);
    const said = 'This browser has no passkeys, or the page was not opened over https.';
    await visitor.page.goto(await link());
    await button(visitor, 'Create passkey').click();
    await visitor.page.getByText(said).waitFor();
    await visitor.page.goto(`${stack.base_url}/sign-in`);
    await button(visitor, 'Sign in with a passkey').click();
    await visitor.page.getByText(said).waitFor();
    expect(await visitor.page.locator('body').innerText()).not.toMatch(RUNTIME);
    await visitor.context.close();
  });

  const ODD: Record<string, [script: string, said: string]> = {
    'an attestation object': [
      `Object.defineProperty(AuthenticatorAttestationResponse.prototype, 'attestationObject', { get: () => undefined });`,
      'answered in a form that this page cannot read',
    ],
    'anything in its attestation object': [
      `Object.defineProperty(AuthenticatorAttestationResponse.prototype, 'attestationObject', { get: () => new ArrayBuffer(3) });`,
      'answered in a form that this page cannot read',
    ],
    'an answer': [
      `CredentialsContainer.prototype.create = async () => null;`,
      'The passkey prompt was closed or timed out.',
    ],
    'a fault of its own in the key manager': [
      `CredentialsContainer.prototype.create = async () => { throw new TypeError("Cannot read properties of undefined"); };`,
      'The passkey could not be used',
    ],
  };
  it.each(Object.entries(ODD))('%s says so in a sentence', async (_, [script, said]) => {
    const visitor = await without(script);
    await visitor.page.goto(await link());
    await button(visitor, 'Create passkey').click();
    await visitor.page.getByText(said).waitFor();
    await visitor.context.close();
  });

  it('a clipboard says that the text is to be copied by hand', async () => {
    for (const script of [
      `Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined });`,
      `Clipboard.prototype.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));`,
    ]) {
      const visitor = await without(script);
      await enrolled(visitor);
      const { page } = visitor;
      await page.goto(`${stack.base_url}/people`);
      await button(visitor, 'Invite').first().click();
      await page.getByLabel('Name', { exact: true }).fill('Ada');
      await page.getByLabel(/Mail/).fill(`ada-${Date.now()}@example.com`);
      await page.getByLabel('reviewer').check();
      await button(visitor, 'Review the change').click();
      await button(visitor, 'Sign with passkey').click();
      await button(visitor, /^Copy /).click();
      await page.getByText('Select the text above and copy it.').waitFor();
      expect(visitor.errors).toEqual([]);
      await visitor.context.close();
    }
  });

  it('Ed25519 does not call genuine evidence forged: it says that it cannot check', async () => {
    const visitor = await without(`const { importKey } = SubtleCrypto.prototype;
      SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...rest) {
        if ((algorithm.name ?? algorithm) === 'Ed25519') throw new DOMException('Unrecognized name.', 'NotSupportedError');
        return importKey.call(this, format, key, algorithm, ...rest);
      };`);
    const { page } = visitor;
    await page.goto(`${stack.base_url}/verify`);
    await page.getByLabel('Evidence file').setInputFiles('tests/golden/approval.evidence');
    await page.getByText('This browser cannot check signatures here').waitFor();
    expect(await page.getByText('Not valid').count()).toBe(0);
    await visitor.context.close();
  });
});

/** Serves what the server would say of a key that was enrolled before keys were judged. */
async function withFault(page: Page, fault: string): Promise<void> {
  const marked = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(marked);
    if (typeof value !== 'object' || value === null) return value;
    const copy = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, marked(part)]));
    return 'fault' in copy ? { ...copy, fault } : copy;
  };
  await page.route(/\/v1\/(session|members)(\?|$)/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: marked(await response.json()) });
  });
}

describe('a passkey that nobody else could verify', () => {
  it.each([
    [390, 844, 'dark'],
    [1440, 900, 'light'],
  ] as const)(
    'is named with its fault where its owner and administrators look, at %d × %d in %s',
    async (width, height, colorScheme) => {
      const visitor = await visit(browser, { viewport: { width, height }, colorScheme, bypassCSP: true });
      await enrolled(visitor);
      const { page } = visitor;
      const fault = 'its RSA modulus has 1024 bits: fewer than 2048';
      await withFault(page, fault);
      for (const path of ['/account', '/people']) {
        await page.goto(stack.base_url + path);
        await page.getByText(fault).first().waitFor();
        const shot = process.env.SHOTS;
        if (shot) await page.screenshot({ path: `${shot}/odd-key-${path.slice(1)}-${width}.png`, fullPage: true });
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0);
      }
      await visitor.context.close();
    },
  );
});

describe('a recovery in a browser', () => {
  it('says that two prompts come, ends the old session with the second, and leaves the old passkey without use', async () => {
    const [before, after] = [await visit(browser), await visit(browser)];
    await enrolled(before);
    await after.page.goto(await link());
    await after.page.getByText('two prompts').waitFor();
    await after.cdp.send('WebAuthn.setUserVerified', { authenticatorId: after.authenticator, isUserVerified: false });
    await button(after, 'Create passkey').click();
    await after.page.getByRole('alert').waitFor();
    await before.page.goto(`${stack.base_url}/account`);
    await before.page.getByRole('heading', { name: 'Your passkeys' }).waitFor();
    await after.cdp.send('WebAuthn.setUserVerified', { authenticatorId: after.authenticator, isUserVerified: true });
    await button(after, 'Create passkey').click();
    await after.page.waitForURL(`${stack.base_url}/`);
    await before.page.goto(`${stack.base_url}/sign-in`);
    await button(before, 'Sign in with a passkey').click();
    await before.page.getByRole('alert').waitFor();
    expect(await before.page.getByRole('alert').innerText()).toMatch(/could not be verified|cannot be used|not known/);
    expect(after.errors).toEqual([]);
  });
});
