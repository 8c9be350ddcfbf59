// The witness of other people's logs: it cosigns only what provably continues what it saw, whoever asks and how often.
import { evictDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../core/encoding.ts';
import {
  addCheckpointText,
  consistencyProof,
  cosignedAt,
  type HashReader,
  leafHash,
  openNote,
  parseWitnessKey,
  rootAt,
  rootOfHashes,
  signCheckpoint,
  withSignatures,
} from '../../core/ledger.ts';
import { ed25519Signer, ed25519Verifier } from '../../durable-objects/ledger/keys.ts';
import { call, env, get } from './support/house.ts';

let logs = 0;
const freshOrigin = (): string => `log.example/${logs++}`;

/** A log in memory: its leaves are these texts. */
class Log {
  readonly origin: string;
  readonly hashes: Uint8Array[];
  constructor(origin: string, leaves: readonly string[]) {
    this.origin = origin;
    this.hashes = leaves.map((text) => leafHash(utf8(text)));
  }
  read: HashReader = (level, index) => rootOfHashes(this.hashes.slice(index * 2 ** level, (index + 1) * 2 ** level));
  root = (size: number): Uint8Array => rootAt(this.read, size);
  proof = (from: number, to: number): Uint8Array[] => consistencyProof(this.read, from, to);
  async note(size: number, key = env.LEDGER_KEY): Promise<string> {
    return signCheckpoint({ size, root: this.root(size) }, await ed25519Signer(key, 'LEDGER_KEY', this.origin));
  }
  async ask(old: number, size: number, more: { hashes?: Uint8Array[]; key?: string } = {}) {
    const note = await this.note(size, more.key);
    const hashes = more.hashes ?? (old <= size ? this.proof(old, size) : []);
    return { note, ...(await add(addCheckpointText({ old, hashes, note }))) };
  }
}
const add = (raw: string) =>
  call('POST', '/witness/add-checkpoint', { raw, headers: { 'content-type': 'text/plain' } });
const leaves = (count: number, bent?: number): string[] =>
  Array.from({ length: count }, (_, n) => (n === bent ? `another ${n}` : `leaf ${n}`));

const pinned = async () => ed25519Verifier(parseWitnessKey((await get('/witness/key')).body!.verifier_key as string)!);

describe('a witness', () => {
  it('cosigns what continues the log, with a time, and a stock note reader still accepts the note', async () => {
    const log = new Log(freshOrigin(), leaves(20));
    for (const [old, size] of [
      [0, 3],
      [3, 3],
      [3, 8],
      [8, 20],
    ] as const) {
      const { status, text, note } = await log.ask(old, size);
      expect([old, size, status]).toEqual([old, size, 200]);
      const whole = withSignatures(note, [text]);
      const seconds = await cosignedAt(whole, await pinned());
      expect(Math.abs(seconds! - Date.now() / 1000)).toBeLessThan(5);
      expect(await openNote(whole, await ed25519Signer(env.LEDGER_KEY, 'LEDGER_KEY', log.origin))).not.toBeNull();
    }
  });

  it('keeps two logs apart', async () => {
    const [one, two] = [new Log(freshOrigin(), leaves(9)), new Log(freshOrigin(), leaves(9, 0))];
    expect((await one.ask(0, 9)).status).toBe(200);
    expect((await two.ask(0, 5)).status).toBe(200);
    expect((await one.ask(9, 9)).status).toBe(200);
    expect((await two.ask(5, 9)).status).toBe(200);
  });

  it('refuses a fork: the same size with another root, also as if it were the first', async () => {
    const origin = freshOrigin();
    expect((await new Log(origin, leaves(7)).ask(0, 7)).status).toBe(200);
    const fork = new Log(origin, leaves(9, 6));
    for (const [old, size] of [
      [7, 7],
      [0, 7],
    ] as const) {
      const refused = await fork.ask(old, size);
      expect([refused.status, refused.text, refused.headers.get('content-type')]).toEqual([
        409,
        '7\n',
        'text/x.tlog.size',
      ]);
    }
    expect((await fork.ask(7, 9)).status).toBe(422);
  });

  it('refuses a rewritten leaf in a longer tree, whatever proof comes with it', async () => {
    const origin = freshOrigin();
    const log = new Log(origin, leaves(12));
    expect((await log.ask(0, 7)).status).toBe(200);
    const rewritten = new Log(origin, leaves(12, 2));
    for (const hashes of [undefined, log.proof(7, 12), []]) {
      const refused = await rewritten.ask(7, 12, hashes ? { hashes } : {});
      expect([refused.status, refused.body?.code]).toEqual([422, 'proof-failed']);
    }
    expect((await log.ask(7, 12)).status).toBe(200);
  });

  it('refuses a shorter tree, and says the size that it knows', async () => {
    const log = new Log(freshOrigin(), leaves(9));
    expect((await log.ask(0, 9)).status).toBe(200);
    const shorter = await log.ask(4, 4);
    expect([shorter.status, shorter.text]).toEqual([409, '9\n']);
    expect((await log.ask(9, 4)).status).toBe(400);
    expect((await log.ask(9, 9)).status).toBe(200);
  });

  it("refuses a key that is not the log's with 403, a log that it does not know with 404, and anything else with 400", async () => {
    const log = new Log(freshOrigin(), leaves(2));
    expect((await log.ask(0, 2, { key: env.WITNESS_KEY! })).status).toBe(403);
    expect((await new Log('log.example/unknown', leaves(2)).ask(0, 2)).status).toBe(404);
    const note = await log.note(2);
    const bad = [
      '',
      '{}',
      'old 0',
      `old 00\n\n${note}`,
      `old -1\n\n${note}`,
      `old 0\nAAAA\n\n${note}`,
      `old 0\n${note}`,
    ];
    const long = addCheckpointText({ old: 0, hashes: Array(64).fill(log.root(1)), note });
    for (const text of [...bad, long, `old 0\n\n${note.slice(0, -40)}`]) {
      const { status, body } = await add(text);
      expect([text.slice(0, 20), status, body?.code === 'invalid-request' || body?.code === 'malformed-json']).toEqual([
        text.slice(0, 20),
        400,
        true,
      ]);
    }
    expect((await log.ask(0, 2)).status).toBe(200);
  });

  it('cosigns one of two heads that are offered at once, and never goes back', async () => {
    const origin = freshOrigin();
    const heads = [new Log(origin, leaves(8)), new Log(origin, leaves(8, 3))];
    const answers = await Promise.all(heads.flatMap((log) => [log.ask(0, 5), log.ask(0, 8), log.ask(0, 8)]));
    const taken = answers.filter(({ status }) => status === 200);
    expect(taken.length).toBeGreaterThan(0);
    expect(new Set(taken.map(({ note }) => note.split('\n')[2])).size).toBe(1);
  });

  it('remembers when its object was away', async () => {
    const log = new Log(freshOrigin(), leaves(9));
    expect((await log.ask(0, 9)).status).toBe(200);
    await evictDurableObject(env.WITNESS.getByName(log.origin));
    expect((await log.ask(0, 4)).text).toBe('9\n');
  });
});

describe('a cosignature', () => {
  it("is nobody else's, of no other text and of no other time", async () => {
    const log = new Log(freshOrigin(), leaves(3));
    const { text, note } = await log.ask(0, 3);
    const key = await pinned();
    const whole = withSignatures(note, [text]);
    expect(await cosignedAt(whole, key)).not.toBeNull();
    expect(await cosignedAt(note, key)).toBeNull();
    expect(await cosignedAt(withSignatures(await log.note(2), [text]), key)).toBeNull();
    expect(await cosignedAt(whole, { ...key, name: 'witness.example/other' })).toBeNull();
    const [name, , encoded] = [text.split(' ')[1], 0, text.trim().split(' ')[2]!];
    const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
    for (const at of [4, 11, 12, bytes.length - 1]) {
      const bent = bytes.map((byte, n) => (n === at ? byte ^ 1 : byte));
      const line = `— ${name} ${btoa(String.fromCharCode(...bent))}\n`;
      expect(await cosignedAt(withSignatures(note, [line]), key), `byte ${at}`).toBeNull();
    }
  });
});
