// A vitest project inside workerd, as deployed: real storage, real alarms, real WebCrypto. Secrets are made anew for each
// run; storage is isolated per test file.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { base64url, fromBase64Url } from '../../core/encoding.ts';
import { verifierKey } from '../../core/ledger/note.ts';

const root = join(import.meta.dirname, '../..');

/** A private key as the deployment has it: JWK without the fields that only a browser reads. */
async function privateJwk(algorithm: { name: string; namedCurve?: string }): Promise<Record<string, unknown>> {
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const exported = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey;
  const { key_ops: _operations, ext: _extractable, ...jwk } = exported;
  return { ...jwk };
}

/** Origins that the witness under test knows, all under the log's own key: a fresh one for each test. */
const WITNESSED = ['localhost/assentry/2026h2', ...Array.from({ length: 16 }, (_, n) => `log.example/${n}`)];

async function bindings() {
  const log = await privateJwk({ name: 'Ed25519' });
  const public_key = fromBase64Url(String(log.x))!;
  const p256 = { name: 'ECDSA', namedCurve: 'P-256' };
  const migrations = join(root, 'migrations');
  return {
    LEDGER_KEY: JSON.stringify(log),
    WITNESS_KEY: JSON.stringify(await privateJwk({ name: 'Ed25519' })),
    WITNESSED_LOGS: JSON.stringify(
      Object.fromEntries(WITNESSED.map((name) => [name, verifierKey({ name, public_key })])),
    ),
    RECEIPT_KEY: JSON.stringify(await privateJwk(p256)),
    CAPABILITY_KEYS: JSON.stringify([{ ...(await privateJwk(p256)), kid: 'test-1', alg: 'ES256', use: 'sig' }]),
    MAC_SECRETS: JSON.stringify([{ kid: 1, secret: base64url(crypto.getRandomValues(new Uint8Array(32))) }]),
    TEST_MIGRATIONS: existsSync(migrations) ? await readD1Migrations(migrations) : [],
  };
}

/**
 * @param folder of the tests, below `tests/`
 * @param main the Worker's entry, where it is not the real one
 */
export const workerdProject = (folder: string, main?: string) =>
  defineConfig({
    plugins: [
      cloudflareTest(async () => ({
        ...(main === undefined ? {} : { main: join(root, main) }),
        wrangler: { configPath: join(root, 'wrangler.toml') },
        miniflare: { bindings: await bindings() },
      })),
    ],
    test: {
      name: folder,
      root,
      include: [`tests/${folder}/**/*.test.ts`],
      setupFiles: ['tests/workerd/support/setup.ts'],
      globalSetup: ['tests/support/provider-board.ts', 'tests/support/verdict-board.ts'],
      testTimeout: 180_000,
      hookTimeout: 180_000,
    },
  });
