import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromBase64Url, fromHex, hex } from '../../../core/encoding.ts';
import { type RecordedEvent, recordEvent } from '../../../core/events.ts';
import {
  acrossShards,
  eventLeaf,
  type HashReader,
  inclusionProof,
  leafHash,
  NOTHING_BEFORE,
  nodeHash,
  placeInShard,
  rootAt,
  signCheckpoint,
  verifierKey,
} from '../../../core/ledger.ts';
import { ContractServer, requestOf } from '../sdk/contract-server.ts';
import { assentry } from './terminal.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const ORIGIN = 'assentry.example/ledger/2026h2';
const KEY = { name: ORIGIN, public_key: fromBase64Url(publicKey.export({ format: 'jwk' }).x as string)! };
const signer = { ...KEY, sign: async (message: Uint8Array) => new Uint8Array(sign(null, message, privateKey)) };

let server: ContractServer;
let env: Record<string, string>;
let id: string;
let events: (RecordedEvent & { receipt: { index: number; link: string; leaf_hash: string } | null })[];
let leaves: Uint8Array[];
let size: number;

/** Straight from RFC 6962: the subtree's root by recursion. */
const read: HashReader = (level, index) =>
  level === 0 ? leaves[index]! : nodeHash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1));

beforeEach(async () => {
  server = new ContractServer();
  env = { ASSENTRY_API_KEY: 'asn_live_x', ASSENTRY_URL: await server.start() };
  const request = requestOf({ action: 'data.export', resource: 'table:users' });
  id = request.id;
  server.requests.set(id, request);
  leaves = [0, 1, 2].map((other) => leafHash(Uint8Array.of(other)));
  events = [];
  for (const seq of [1, 2, 3]) append(seq);
  size = leaves.length;
  server.before = ({ path }) => answer(path);
});
afterEach(() => server.stop());

function append(seq: number): void {
  const place = { id: `evt_${seq}`, organization: 'org_1', object: id, seq, prev: events.at(-1)?.commit ?? null };
  const salts = { salt_skeleton: new Uint8Array(32).fill(seq), salt_personal: new Uint8Array(32).fill(seq + 100) };
  const draft = {
    type: 'approval.reminded',
    at: '2026-11-20T10:00:00.000Z',
    by: 'clock',
    skeleton: {},
    personal: null,
  } as const;
  const event = recordEvent(draft, { ...place, ...salts });
  const leaf = leafHash(eventLeaf(fromHex(event.commit)!, NOTHING_BEFORE));
  events.push({ ...event, receipt: { index: leaves.length, link: hex(NOTHING_BEFORE), leaf_hash: hex(leaf) } });
  leaves.push(leaf, leafHash(Uint8Array.of(100 + seq)));
}

let note = async () => signCheckpoint({ size, root: rootAt(read, size) }, signer);
const original = note;
afterEach(() => {
  note = original;
});

let texts: Record<string, string> = {};
function answer(path: string): ReturnType<ContractServer['before']> {
  if (path === '/ledger/checkpoint') return { status: 200, body: null, text: texts.note! };
  if (path === '/v1/ledger/key') return { status: 200, body: { origin: ORIGIN, verifier_key: verifierKey(KEY) } };
  if (path.endsWith('/events')) return { status: 200, body: { data: events } };
  const [, index, of] = /^\/v1\/ledger\/proofs\?index=(\d+)&size=(\d+)$/.exec(path) ?? [];
  if (index === undefined) return undefined;
  return { status: 200, body: { hashes: inclusionProof(read, Number(index), Number(of)).map(hex) } };
}
const verify = async (...args: string[]) => {
  texts = { note: await note() };
  return assentry(['ledger', 'verify', ...args], { env });
};

describe('assentry ledger verify', () => {
  it('proves every event of the newest requests under the signed checkpoint', async () => {
    const { code, stdout, stderr } = await verify();
    expect(stdout).toContain(`${ORIGIN}, 9 entries`);
    expect(stdout).toContain('3 in the log, unaltered and in order (requests: 1)');
    expect(stderr).toContain('--log-key');
    expect(code).toBe(0);
  });

  it('takes a pinned key, and says no more about it', async () => {
    const { code, stdout, stderr } = await verify(id, '--log-key', verifierKey(KEY), '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: true,
      checkpoint: { size: 9, pinned: true },
      requests: [{ request: id, proved: 3 }],
    });
    expect(server.calls('GET', /ledger\/key/)).toEqual([]);
  });

  it('counts what the checkpoint does not cover yet as waiting, not as wrong', async () => {
    size = 5;
    events[2]!.receipt = null;
    const { code, stdout } = await verify();
    expect([code, stdout]).toEqual([0, expect.stringContaining('2 are newer than this checkpoint')]);
  });

  const FORGERIES: [what: string, forge: () => void][] = [
    ['a changed field', () => Object.assign(events[1]!, { at: '2026-11-20T10:00:01.000Z' })],
    ['a changed skeleton', () => Object.assign(events[1]!.skeleton, { by: 'usr_evil' })],
    ['a missing event', () => void events.splice(1, 1)],
    ['a missing first event', () => void events.shift()],
    ['two events in the wrong order', () => void events.reverse()],
    ['an event of another request', () => Object.assign(events[0]!, { object: 'apr_other' })],
    ['no events at all', () => void events.splice(0)],
    ['another index', () => Object.assign(events[1]!.receipt!, { index: 3 })],
    ['another link', () => Object.assign(events[1]!.receipt!, { link: '11'.repeat(32) })],
    ['a leaf that is not in the tree', () => void leaves.splice(5, 1, leafHash(Uint8Array.of(9)))],
  ];
  it.each(FORGERIES)('finds %s: exit code 9, the request named', async (_what, forge) => {
    forge();
    const { code, stdout } = await verify();
    expect(code).toBe(9);
    expect(stdout).toContain(`FAULT       ${id}`);
  });

  it('refuses a checkpoint with one changed byte, of another log, or of another key', async () => {
    const good = await original();
    for (const bad of [
      good.replace('9\n', '8\n'),
      good.replace(ORIGIN, 'evil.example'),
      good.replace(/— .*/s, ''),
      '',
    ]) {
      note = async () => bad;
      expect(await verify(), bad).toMatchObject({ code: 9, stdout: '' });
    }
    note = original;
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x as string;
    const pinned = verifierKey({ name: ORIGIN, public_key: fromBase64Url(other)! });
    expect(await verify('--key', pinned)).toMatchObject({ code: 9 });
    expect(await verify('--log-key', 'nonsense')).toMatchObject({ code: 2 });
  });

  describe('where the log goes on in a second shard', () => {
    const SECOND = { ...signer, name: 'assentry.example/ledger/2027h1' };
    const [first, second] = [verifierKey(KEY), verifierKey(SECOND)];
    /** Both trees have the same leaves here; the third event is in the second. */
    beforeEach(() => {
      Object.assign(events[2]!.receipt!, { index: acrossShards(1, events[2]!.receipt!.index) });
      const [alone, shards] = [answer, [{ verifier_keys: [first] }, { verifier_keys: [second] }]];
      server.before = ({ path }) => {
        const index = /proofs\?index=(\d+)/.exec(path)?.[1];
        if (path === '/v1/ledger/key') return { status: 200, body: { verifier_key: second, shards } };
        if (path === '/ledger/shards/0/checkpoint') return { status: 200, body: null, text: texts.first! };
        if (path === '/ledger/checkpoint')
          return { status: 200, body: null, text: texts.note!, headers: { 'assentry-shard': '1' } };
        return alone(index === undefined ? path : path.replace(index, String(placeInShard(Number(index)))));
      };
      note = async () => {
        const head = { size, root: rootAt(read, size) };
        texts.first = await signCheckpoint(head, signer);
        return signCheckpoint(head, SECOND);
      };
    });
    const verifyBoth = async (...args: string[]) => {
      const newest = await note();
      texts = { ...texts, note: newest };
      return assentry(['ledger', 'verify', id, ...args], { env });
    };

    it('proves each event under the checkpoint of its own shard', async () => {
      for (const args of [[], ['--log-key', first, '--log-key', second]]) {
        const { code, stdout } = await verifyBoth(...args);
        expect([code, stdout]).toEqual([0, expect.stringContaining('3 in the log, unaltered and in order')]);
      }
      const { receipt } = events[2]!;
      Object.assign(receipt!, { index: receipt!.index - 1 });
      expect(await verifyBoth()).toMatchObject({ code: 9, stdout: expect.stringContaining(`FAULT       ${id}`) });
    });

    it('believes no server that shows one tree as two shards, or counts shards without end', async () => {
      const both = ['--log-key', first, '--log-key', second];
      const twice = note;
      note = async () => {
        await twice();
        return texts.first!;
      };
      const message = 'the same shard is there under two numbers';
      expect(await verifyBoth(...both)).toMatchObject({ code: 9, stderr: expect.stringContaining(message) });
      const { before } = server;
      server.before = (call) =>
        call.path === '/ledger/checkpoint'
          ? { status: 200, body: null, text: texts.note!, headers: { 'assentry-shard': '999999999' } }
          : before?.(call);
      expect(await verifyBoth(...both)).toMatchObject({ code: 8, stderr: expect.stringContaining('Cannot fetch') });
    });

    it('believes neither shard without its own key, and says which one is missing', async () => {
      expect(await verifyBoth('--log-key', first)).toMatchObject({
        code: 9,
        stderr: expect.stringContaining('shard 1'),
      });
      expect(await verifyBoth('--log-key', second)).toMatchObject({ code: 9 });
    });
  });
});
