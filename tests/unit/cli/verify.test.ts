import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportOf, history, LOG_KEY, type MadeExport, ORGANIZATION } from '../../support/ledger-export.ts';
import { ANCHORS, SAMPLES, type Sample, textOf } from '../evidence/samples.ts';
import { assentry, emptyPlace, type Session } from './terminal.ts';

const sample = (name: Sample) => join(import.meta.dirname, '../../golden', `${name}.evidence`);
const one = (anchor: string | readonly string[]) => String(anchor);
const LOG = ['--log-key', one(ANCHORS.log_key)];
const PINNED = [
  ...LOG,
  ...['--organization', ANCHORS.organization, '--origin', ANCHORS.origin, '--rp-id', ANCHORS.rp_id],
  ...['--receipt-key', one(ANCHORS.receipt_key)],
];
const verify = (file: string, args: string[] = PINNED, session?: Session) =>
  assentry(['verify', file, ...args], session);

/** A file of its own with this text. */
function kept(text: string | Uint8Array): string {
  const file = join(emptyPlace(), 'a.evidence');
  writeFileSync(file, text);
  return file;
}

/** The lowest bit of one byte, at the first place of a text, turned. */
function flipped(text: string, at: string): Uint8Array {
  const bytes = Buffer.from(text);
  const place = bytes.indexOf(at) + at.length - 1;
  bytes[place] = bytes[place]! ^ 1;
  return bytes;
}

describe('assentry verify, of evidence', () => {
  it.each(SAMPLES)('verifies the golden %s without key, server or word on stderr', async (name) => {
    const { code, stdout, stderr } = await verify(sample(name));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^proved +\w/m);
    expect(stdout).toMatch(/^as of checkpoint \d+ +\w/m);
    expect(stdout).toMatch(/^asserted by the operator +\w/m);
    expect(stdout).not.toContain('FAILED');
    const { request } = JSON.parse(textOf(name));
    expect(stdout.trim().split('\n').at(-1)).toContain(
      `about ${request.id} (${request.status}) of ${ANCHORS.organization}`,
    );
  });

  it('says of what was erased that it is not replayable', async () => {
    expect((await verify(sample('erased'))).stdout).toMatch(/^not replayable +\w/m);
  });

  it('ends with 9 where what people signed is withheld, says what and which key gets it; --allow-partial takes it', async () => {
    const { forged } = await import('../evidence/samples.ts');
    const file = kept(
      forged('approval', (bundle) => {
        for (const { event } of bundle.events)
          if (event.skeleton.by.startsWith('usr_')) Object.assign(event, { personal: null, salt_personal: null });
        for (const receipt of bundle.receipts) receipt.bundle = null;
        bundle.heads = [];
      }),
    );
    const { code, stdout, stderr } = await verify(file);
    expect(code).toBe(9);
    expect(stdout).toContain('Not all that the evidence of a person’s approval needs is proved.');
    expect(stdout).toMatch(/Withheld from whoever downloaded this file, so not proved: .*signature/);
    expect(stderr).toMatch(/does not prove all that it needs: .*signature.*admin:read.*--allow-partial/);
    expect((await verify(file, [...PINNED, '--allow-partial'])).code).toBe(0);
    const told = await verify(file, [...PINNED, '--json']);
    expect(told.code).toBe(9);
    expect(JSON.parse(told.stdout)).toMatchObject({
      valid: true,
      complete: false,
      kind: 'approval',
      needs: expect.arrayContaining([{ claim: 'signature', status: 'withheld' }]),
    });
  });

  it('names what is erased, and what does not apply, and says so in JSON too', async () => {
    const { stdout } = await verify(sample('erased'));
    expect(stdout).toMatch(/Erased, so not shown any more: .*signature/);
    expect(stdout).toMatch(/Does not apply here: .*quorum/);
    expect(JSON.parse((await verify(sample('erased'), [...PINNED, '--json'])).stdout)).toMatchObject({
      complete: true,
      kind: 'rejection',
      needs: expect.arrayContaining([{ claim: 'signature', status: 'erased' }]),
    });
  });

  it('does not let --allow-partial pass what failed', async () => {
    const file = kept(flipped(textOf('approval'), '"salt_skeleton":"44'));
    expect((await verify(file, [...PINNED, '--allow-partial'])).code).toBe(9);
  });

  const FLIPS: [what: string, at: string, claim: string][] = [
    ['a digest', '"action_digest":"sha256:8', 'inclusion'],
    ["the JSON's own form", '{"checkpoint"', 'format'],
    ['a salt', '"salt_skeleton":"44', 'inclusion'],
  ];
  it.each(FLIPS)(
    'finds one flipped bit in %s: exit code 9, the check named, failures first',
    async (_what, at, claim) => {
      const { code, stdout, stderr } = await verify(kept(flipped(textOf('approval'), at)));
      expect(code).toBe(9);
      expect(stdout).toMatch(/^FAILED /);
      expect(stdout).toContain(claim);
      expect(stderr).toContain('is not valid');
    },
  );

  it('names entry, event and field of what a forger changed', async () => {
    const { forged } = await import('../evidence/samples.ts');
    const file = kept(
      forged('approval', (bundle) => {
        bundle.events[0].event.personal.params.version = 'v6.6.6';
      }),
    );
    const { code, stdout } = await verify(file);
    expect(code).toBe(9);
    expect(stdout).toMatch(/^FAILED .*\(entry \d+, event evt_\w+/);
  });

  it('fails under another log, organisation, origin or relying party', async () => {
    const wrong = [
      ['--log-key', LOG_KEY],
      ['--organization', 'org_other'],
      ['--origin', 'https://evil.example'],
      ['--rp-id', 'evil.example'],
    ];
    for (const args of wrong) expect((await verify(sample('approval'), args)).code, args.join(' ')).toBe(9);
  });

  it('fails for evidence of another request than the pinned one, however good it is', async () => {
    const { request } = JSON.parse(textOf('approval'));
    const right = await verify(sample('approval'), [...PINNED, '--request', request.id]);
    expect([right.code, right.stdout]).toEqual([0, expect.stringMatching(/^proved +request: It is about apr_/m)]);
    const { code, stdout } = await verify(sample('quorum'), [...PINNED, '--request', request.id]);
    expect([code, stdout]).toEqual([9, expect.stringContaining(`not of ${request.id}`)]);
  });

  it('warns of first use on stderr and names what to pin', async () => {
    const { code, stderr } = await verify(sample('approval'), LOG);
    expect(code).toBe(0);
    expect(stderr).toMatch(/first use.*--organization, --origin, --rp-id, --receipt-key\.\n$/);
  });

  it('takes anchors from a profile, without an API key', async () => {
    const cwd = emptyPlace();
    mkdirSync(join(cwd, '.config/assentry'), { recursive: true });
    const { log_key: ledger_key, ...others } = ANCHORS;
    const profiles = { ours: { ledger_key, ...others }, theirs: { ledger_key: LOG_KEY } };
    writeFileSync(join(cwd, '.config/assentry/profiles.json'), JSON.stringify(profiles));
    expect(await verify(sample('approval'), ['--profile', 'ours'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect((await verify(sample('approval'), ['--profile', 'theirs'], { cwd })).code).toBe(9);
    expect((await verify(sample('approval'), ['--profile', 'nobody'], { cwd })).code).toBe(2);
  });

  it('reads standard input and answers in JSON', async () => {
    const { code, stdout } = await verify('-', [...PINNED, '--json'], { stdin: textOf('approval') });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'assentry-evidence/v1',
      valid: true,
      first_use: false,
      size: 24,
    });
  });

  it('answers 1 for a file that is not there, 2 for a key that is none', async () => {
    expect((await verify(join(emptyPlace(), 'none'))).code).toBe(1);
    expect((await verify(emptyPlace())).code).toBe(1);
    expect((await verify(sample('approval'), ['--log-key', 'nonsense'])).code).toBe(2);
    expect((await verify(sample('approval'), ['--receipt-key', '%'])).code).toBe(2);
    expect((await verify(sample('approval'), ['--witness', 'nonsense'])).code).toBe(2);
  });

  it.each([
    ['evidence', '{"format":"'],
    ['export', '{"sum":"'],
  ])('says of endless %s, in one line or in many, that it is not valid, and reads no further', async (_, begin) => {
    const mebibyte = 'a'.repeat(1024 * 1024);
    for (const part of [mebibyte, `${mebibyte.slice(1)}\n`]) {
      let read = 0;
      const { code, stdout } = await verify('-', PINNED, {
        *stdin() {
          yield begin;
          for (; read < 64; read++) yield part;
        },
      });
      expect([code, stdout]).toEqual([9, expect.stringMatching(/^FAILED +(format|damage):/m)]);
      expect(read).toBeLessThan(16);
    }
  });

  it('shows control characters of a hostile file as escapes', async () => {
    const text = textOf('approval').replace('"origin":"http', '"origin":"\\u001b[2J\\u202ehttp');
    const { code, stdout, stderr } = await verify(kept(text), []);
    expect(code).toBe(9);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    expect(stdout + stderr).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('assentry verify, of an export', () => {
  let made: MadeExport;
  beforeAll(async () => {
    made = await exportOf(history(2));
  });
  const pinned = ['--log-key', LOG_KEY, '--organization', ORGANIZATION];
  const text = () => `${made.lines.join('\n')}\n`;

  it('verifies under the pinned log key, with or without a line feed at the end', async () => {
    const { code, stdout, stderr } = await verify(kept(text()), pinned);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^as of checkpoint ${made.leaves.length} +completeness`, 'm'));
    expect((await verify(kept(made.lines.join('\n')), pinned)).code).toBe(0);
  });

  it('finds one flipped bit, wherever: the first line, its sum, a tile, an event', async () => {
    for (const at of ['{"sum"', '"sum":"', '"checkpoint":"e', '"hashes":"', '"salt_skeleton":"', '"org_seq":3']) {
      const { code, stdout } = await verify(kept(flipped(text(), at)), pinned);
      expect([code, stdout], at).toEqual([9, expect.stringMatching(/^FAILED /m)]);
    }
  });

  it('is of no one request', async () => {
    expect((await verify(kept(text()), [...pinned, '--request', 'apr_1'])).code).toBe(2);
  });

  it('finds a line that is missing, and warns where only the export names its key', async () => {
    expect((await verify(kept(made.lines.slice(0, -1).join('\n')), pinned)).code).toBe(9);
    expect(await verify(kept(text()), [])).toMatchObject({ code: 0, stderr: expect.stringContaining('--log-key.') });
  });
});
