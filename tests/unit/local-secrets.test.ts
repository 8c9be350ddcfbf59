import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { macKeys } from '../../core/mac.ts';
import { ensureSecrets, macSecrets } from '../../scripts/local-secrets.ts';
import { checkoutPlace, DEFAULT_PORT, type Place } from '../../scripts/place.ts';

let directory: string;
const placeAt = (port: number): Place => ({ ...checkoutPlace(port), dev_vars: join(directory, '.dev.vars') });
const text = (): string => readFileSync(join(directory, '.dev.vars'), 'utf8');

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'assentry-secrets-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it('generates every secret once and never replaces one', async () => {
  await ensureSecrets(placeAt(DEFAULT_PORT));
  const first = text();
  expect(first.match(/^[A-Z_]+/gm)).toEqual(['LEDGER_KEY', 'RECEIPT_KEY', 'CAPABILITY_KEYS', 'MAC_SECRETS']);
  await ensureSecrets(placeAt(DEFAULT_PORT));
  expect(text()).toBe(first);
});

it('is for its owner alone', async () => {
  await ensureSecrets(placeAt(DEFAULT_PORT));
  if (process.platform !== 'win32') expect(statSync(join(directory, '.dev.vars')).mode & 0o777).toBe(0o600);
});

it('makes secrets that the core takes', async () => {
  await ensureSecrets(placeAt(DEFAULT_PORT));
  expect(macKeys(macSecrets(placeAt(DEFAULT_PORT)), 'link')).toHaveLength(1);
});

it('says the origin of another port, and forgets it again', async () => {
  await ensureSecrets(placeAt(9_000));
  expect(text()).toContain("BASE_URL='http://localhost:9000'");
  await ensureSecrets(placeAt(DEFAULT_PORT));
  expect(text()).not.toContain('BASE_URL');
});

it('says what to do where there are none', () => {
  expect(() => macSecrets(placeAt(DEFAULT_PORT))).toThrow('npm start');
});
