import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forged, textOf } from '../evidence/samples.ts';
import { ContractServer } from '../sdk/contract-server.ts';
import { assentry, emptyPlace } from './terminal.ts';

let server: ContractServer;
let env: Record<string, string>;
/** How often the server says first that it is too early. */
let early = 0;
const bundle = textOf('approval');
const TEXTS: Record<string, string> = {
  json: bundle,
  attestation: '{"_type":"x"}',
  markdown: '### Hello\n\u001b[2Jyou\n',
};
const TOO_EARLY = { type: 'about:blank', title: 'Too early', status: 503, code: 'not-sealed-yet', detail: 'Soon.' };

beforeEach(async () => {
  server = new ContractServer();
  env = { ASSENTRY_API_KEY: 'asn_live_x', ASSENTRY_URL: await server.start() };
  early = 0;
  server.before = ({ path }) => {
    const format = /\/apr_1\/evidence\?format=(\w+)$/.exec(path)?.[1];
    if (format === undefined) return undefined;
    if (early-- > 0) return { status: 503, body: TOO_EARLY, headers: { 'retry-after': '0' } };
    return { status: 200, body: null, text: TEXTS[format]! };
  };
});
afterEach(() => server.stop());
const evidence = (...args: string[]) => assentry(['approval', 'evidence', 'apr_1', ...args], { env });

describe('assentry approval evidence', () => {
  it('writes the bundle byte for byte, for its owner only, and says what comes next', async () => {
    const file = join(emptyPlace(), 'a.evidence');
    const { code, stdout, stderr } = await evidence('--output', file);
    expect([code, stdout]).toEqual([0, '']);
    expect(readFileSync(file, 'utf8')).toBe(bundle);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(stderr).toContain(`assentry verify ${file}`);
  });

  it('says at once, of a file in which what people signed is withheld, that it proves no signature, and which key gets it', async () => {
    const file = join(emptyPlace(), 'a.evidence');
    expect((await evidence('--output', file)).stderr).not.toContain('proves no signature');
    TEXTS.json = forged('approval', (bundle) => {
      for (const { event } of bundle.events)
        if (event.skeleton.by.startsWith('usr_')) Object.assign(event, { personal: null, salt_personal: null });
    });
    const { code, stderr } = await evidence('--output', file);
    TEXTS.json = bundle;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/proves no signature.*ends with 9.*scope admin:read/s)]);
  });

  it('prints a bundle that still verifies', async () => {
    const { stdout } = await evidence();
    expect((await assentry(['verify', '-'], { stdin: stdout })).code).toBe(0);
  });

  it('prints the summaries, with control characters shown', async () => {
    expect(JSON.parse((await evidence('--format', 'attestation')).stdout)).toEqual({ _type: 'x' });
    expect((await evidence('--format', 'markdown')).stdout).toBe('### Hello\n\\e[2Jyou\n');
    expect((await evidence('--format', 'pdf')).code).toBe(2);
  });

  it('repeats while the checkpoint is not there yet, but not for ever', async () => {
    early = 7;
    expect((await evidence()).code).toBe(0);
    early = 1_000;
    expect(await evidence()).toMatchObject({ code: 8, stdout: '', stderr: expect.stringContaining('Soon.') });
    expect(early).toBeGreaterThan(900);
  });

  it('answers 1 where the file cannot be written', async () => {
    expect((await evidence('--output', join(emptyPlace(), 'no', 'such', 'folder'))).code).toBe(1);
  });
});
