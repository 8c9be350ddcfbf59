// The golden samples under tools that nobody here wrote: libfido2's fido2-assert, and Go's sumdb. Where a tool cannot be
// had, its test says so and is counted as skipped.
import { spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { base64, concatBytes, fromBase64Url } from '../../../core/encoding.ts';
import { keyOfCose } from '../../../core/evidence/cose.ts';
import { whyNoGo } from '../../support/go.ts';
import { ANCHORS, type Loose, SAMPLES, textOf } from './samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'assentry-evidence-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasFido2 = spawnSync('fido2-assert', []).error === undefined;

/** A CBOR byte string, as libfido2 keeps authenticator data. */
const byteString = (bytes: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(0x58, bytes.length), bytes);

describe('fido2-assert -V', () => {
  const votes = (['approval', 'rejection', 'quorum'] as const).flatMap((sample) =>
    (JSON.parse(textOf(sample)) as Loose).events.filter(({ event }: Loose) => event.personal?.assertion),
  );

  /** Its exit status for an assertion over this client data. */
  const judge = ({ assertion, public_key }: Loose, client: Uint8Array): number | null => {
    const [data, signature] = ['authenticatorData', 'signature'].map(
      (field) => fromBase64Url(assertion.response[field])!,
    );
    const lines = [base64(sha256(client)), ANCHORS.rp_id, base64(byteString(data!)), base64(signature!)];
    const pem = createPublicKey({ key: keyOfCose(public_key) as never, format: 'jwk' });
    writeFileSync(join(folder, 'key.pem'), pem.export({ format: 'pem', type: 'spki' }));
    writeFileSync(join(folder, 'assertion'), `${lines.join('\n')}\n`);
    return spawnSync('fido2-assert', [
      '-V',
      '-p',
      '-v',
      '-i',
      join(folder, 'assertion'),
      join(folder, 'key.pem'),
      'es256',
    ]).status;
  };

  it('accepts every assertion of the samples, and none over another challenge', (ctx) => {
    if (!hasFido2) ctx.skip('skipped: no fido2-assert');
    expect(votes).toHaveLength(4);
    for (const { event } of votes) {
      const client = fromBase64Url(event.personal.assertion.response.clientDataJSON)!;
      expect(judge(event.personal, client)).toBe(0);
      expect(
        judge(
          event.personal,
          client.map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
        ),
      ).not.toBe(0);
    }
  });
});

describe("Go's sumdb", () => {
  it.for(SAMPLES)('opens the checkpoint of %s and finds every leaf below it', (sample, ctx) => {
    const missing = whyNoGo();
    if (missing) ctx.skip(missing);
    const path = join(folder, `${sample}.evidence`);
    writeFileSync(path, textOf(sample));
    const { leaves, status, output } = go(path);
    expect(status, output).toBe(0);
    const { events, organization_events, receipts } = JSON.parse(textOf(sample));
    expect(leaves).toBe(events.length + organization_events.length + receipts.length);
  });
});

function go(path: string): { leaves: number; status: number | null; output: string } {
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' };
  const cwd = join(import.meta.dirname, '../../go/evidence');
  const { status, stdout, stderr } = spawnSync('go', ['run', 'main.go', path, String(ANCHORS.log_key)], { cwd, env });
  return { leaves: Number(/(\d+) leaves/.exec(String(stdout))?.[1]), status, output: `${stdout}${stderr}` };
}
