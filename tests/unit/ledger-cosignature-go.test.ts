// Our cosignatures under a second implementation of C2SP tlog-cosignature: Go's own note parser and Ed25519.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBase64Url } from '../../core/encoding.ts';
import {
  cosign,
  type NoteSigner,
  parseNote,
  signCheckpoint,
  verifierKey,
  withSignatures,
  witnessKey,
} from '../../core/ledger.ts';
import { whyNoGo } from '../support/go.ts';

const SECONDS = 1_800_000_000;
const folder = mkdtempSync(join(tmpdir(), 'assentry-cosignature-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function signer(name: string): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const public_key = fromBase64Url(publicKey.export({ format: 'jwk' }).x!)!;
  return { name, public_key, sign: async (message) => new Uint8Array(sign(null, message, privateKey)) };
}

const missing = whyNoGo();
const program = join(folder, 'cosignature');
beforeAll(() => {
  if (missing) return;
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' };
  const built = spawnSync('go', ['build', '-o', program, 'main.go'], {
    cwd: join(import.meta.dirname, '../go/cosignature'),
    env,
  });
  expect(built.status, String(built.stderr)).toBe(0);
}, 120_000);

const log = signer('localhost/assentry/2026h2');
const seen = signer('witness.example/one');

async function cosigned(by = seen): Promise<string> {
  const note = await signCheckpoint({ size: 7, root: new Uint8Array(32).fill(7) }, log);
  return withSignatures(note, [await cosign(parseNote(note)!.text, by, SECONDS)]);
}

function judged(note: string, key = witnessKey(seen)) {
  const file = join(folder, 'note');
  writeFileSync(file, note);
  const { status, stdout, stderr } = spawnSync(program, [file, verifierKey(log), key]);
  return { status, output: `${stdout}${stderr}` };
}

describe("Go, by C2SP's text", () => {
  it('opens a checkpoint that we cosigned, and reads the same time', async (ctx) => {
    if (missing) ctx.skip(missing);
    expect(judged(await cosigned())).toEqual({ status: 0, output: `cosigned at ${SECONDS}\n` });
  });

  it('refuses another time, another tree, another witness, and a key of another kind', async (ctx) => {
    if (missing) ctx.skip(missing);
    const note = await cosigned();
    const [head, line] = [note.slice(0, note.lastIndexOf(' ') + 1), note.slice(note.lastIndexOf(' ') + 1)];
    const bytes = Buffer.from(line, 'base64');
    // The hint has four bytes, then comes the time.
    bytes[11]! ^= 1;
    expect(judged(`${head}${bytes.toString('base64')}\n`).status).not.toBe(0);
    expect(judged(note.replace('\n7\n', '\n8\n')).status).not.toBe(0);
    expect(judged(await cosigned(signer('witness.example/one'))).output).toContain('did not cosign');
    expect(judged(note, verifierKey(seen)).output).toContain('no verifier key of a witness');
  });
});
