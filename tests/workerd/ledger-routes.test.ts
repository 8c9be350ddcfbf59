// The log over HTTP: who may read what, in which form, and for how long it may be kept.
import { beforeAll, describe, expect, it } from 'vitest';
import { fromHex, hex } from '../../core/encoding.ts';
import type { RecordedEvent } from '../../core/events.ts';
import type { EvidenceCrypto } from '../../core/evidence/forms.ts';
import { type ExportReceipt, exportLines, tilesOfExport, verifyExport } from '../../core/ledger/export.ts';
import {
  auditOrganization,
  decodeEntries,
  leafHash,
  type OwnSealed,
  openCheckpoint,
  parseTlogProof,
  tilePath,
  verifyConsistency,
  verifyInclusion,
} from '../../core/ledger.ts';
import { logSigner } from '../../durable-objects/ledger/keys.ts';
import { app } from '../../worker/app.ts';
import { env, get, success } from './support/house.ts';
import { bindings, event, foundOn, verifiedCheckpoint } from './support/ledger.ts';
import { approved, found, type Member, owner, type World } from './support/world.ts';

let ours: World;
let theirs: World;
let me: Member;
let size: number;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
beforeAll(async () => {
  [ours, theirs] = [await found('live'), await found('live')];
  me = await owner(ours);
  await owner(theirs);
  await approved(me);
  await pause(1100);
  await get('/ledger/checkpoint');
  size = Number((await get('/ledger/checkpoint')).text.split('\n')[1]);
});

const reader = () => ({ key: ours.admin.text });
async function bytesOf(path: string, public_too = false): Promise<Response> {
  const bindings = public_too ? { ...env, LEDGER_PUBLIC: 'true' } : env;
  const headers = new Headers(public_too ? [] : [['authorization', `Bearer ${ours.admin.text}`]]);
  return app.request(`${env.BASE_URL}${path}`, { headers }, bindings, {
    ...{ waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} },
  } as unknown as ExecutionContext);
}

describe('an inclusion proof', () => {
  it('comes as a C2SP tlog-proof that verifies under the log key alone', async () => {
    const { text, headers, status } = await get('/v1/ledger/proofs?index=2&format=tlog-proof', reader());
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    const proof = parseTlogProof(text)!;
    const { size, root } = (await openCheckpoint(proof.checkpoint, await logSigner(env)))!;
    const entries = await bytesOf(`/ledger/tile/entries/000${size < 256 ? `.p/${size}` : ''}`);
    const leaf = decodeEntries(new Uint8Array(await entries.arrayBuffer()))![2]!;
    const { index, hashes } = proof;
    expect(verifyInclusion({ index, size, leaf_hash: leafHash(leaf), hashes, root })).toBe(true);
    expect(verifyInclusion({ index: 1, size, leaf_hash: leafHash(leaf), hashes, root })).toBe(false);
  });

  it('is no tlog-proof for another size than the public checkpoint has', async () => {
    const { status, body } = await get('/v1/ledger/proofs?index=0&size=2&format=tlog-proof', reader());
    expect([status, body.errors?.[0].pointer]).toEqual([400, '/size']);
  });
});

describe('a consistency proof', () => {
  it('shows that each earlier tree begins the public one', async () => {
    for (let from = 0; from <= size; from += 3) {
      const proof = await success(get(`/v1/ledger/consistency?from=${from}&to=${size}`, reader()));
      const [from_root, to_root] = [fromHex(proof.from_root)!, fromHex(proof.to_root)!];
      const hashes = proof.hashes.map((hash: string) => fromHex(hash)!);
      expect(verifyConsistency({ from, from_root, to: size, to_root, hashes })).toBe(true);
    }
  });

  it('is refused for sizes that are none, and to who is not known', async () => {
    const status = async (query: string, caller = {}) => (await get(`/v1/ledger/consistency?${query}`, caller)).status;
    expect(await status(`from=0&to=${size}`)).toBe(401);
    expect(await status('from=3&to=2', reader())).toBe(400);
    expect(await status('from=-1&to=2', reader())).toBe(400);
    expect(await status('from=1', reader())).toBe(400);
    expect(await status('from=0&to=999999', reader())).toBe(404);
  });
});

describe('tiles', () => {
  it('are for the known by default; a partial one is kept for a minute, a checkpoint not at all', async () => {
    const path = `/ledger/tile/0/000${size < 256 ? `.p/${size}` : ''}`;
    expect((await get(path)).status).toBe(401);
    const mine = await bytesOf(path);
    expect([mine.status, mine.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
    expect(mine.headers.get('cache-control')).toMatch(/^private, max-age=/);
    expect(mine.headers.get('access-control-allow-origin')).toBeNull();
    const checkpoint = await get('/ledger/checkpoint');
    expect(checkpoint.headers.get('cache-control')).toBe('no-store');
    expect(checkpoint.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('and proofs are for everybody where the deployment says so', async () => {
    for (const path of [`/ledger/tile/0/000.p/1`, '/v1/ledger/proofs?index=0', '/v1/ledger/consistency?from=1&to=2']) {
      expect((await get(path)).status).toBe(401);
      expect((await bytesOf(path, true)).status).toBe(200);
    }
    const tile = await bytesOf('/ledger/tile/0/000.p/1', true);
    expect(tile.headers.get('cache-control')).toBe('public, max-age=60');
    expect(tile.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('the link key', () => {
  it('is shown to keys of scope admin:read and to administrators, never to other keys or organisations', async () => {
    const shown = await success(get('/v1/organization/link-key', reader()));
    expect(shown.link_key).toMatch(/^[0-9a-f]{64}$/);
    expect(await success(get('/v1/organization/link-key', { cookie: me.cookie }))).toEqual(shown);
    const other = await success(get('/v1/organization/link-key', { key: theirs.admin.text }));
    expect(other.link_key).not.toBe(shown.link_key);
    for (const caller of [ours.agent, ours.verifier])
      expect((await get('/v1/organization/link-key', { key: caller.text })).status).toBe(403);
    expect((await get('/v1/organization/link-key')).status).toBe(401);
  });

  it('lets the organisation audit all leaves of the running log', async () => {
    const { link_key } = await success(get('/v1/organization/link-key', reader()));
    const path = `/ledger/tile/entries/000${size < 256 ? `.p/${size}` : ''}`;
    const leaves = decodeEntries(new Uint8Array(await (await bytesOf(path)).arrayBuffer()))!;
    const own = await ownSealed(leaves.length);
    const input = { link_key: fromHex(link_key)!, leaves, own };
    expect(auditOrganization(input)).toMatchObject({ ok: true, org_seq: own.length });
    const without = auditOrganization({ ...input, leaves: leaves.with(own[0]!.index, new Uint8Array(3)) });
    expect(without.faults[0]).toMatchObject({ index: own[0]!.index, kind: 'gap' });
    expect(hex(leafHash(leaves[own.at(-1)!.index]!))).toBe(auditOrganization(input).leaf_hash);
  });
});

describe('an export of the running log', () => {
  it('verifies without the server, links and every request of the organisation replayed', async () => {
    const { verifier_key } = await success(get('/v1/ledger/key'));
    const { link_key, organization } = await success(get('/v1/organization/link-key', reader()));
    const note = (await get('/ledger/checkpoint')).text;
    const size = Number(note.split('\n')[1]);
    await ownSealed(size);
    const { data } = await success(get('/v1/events?limit=100', reader()));
    const events = (data as { receipt: ExportReceipt }[])
      .map((event) => ({ event: { ...event, organization } as unknown as RecordedEvent, receipt: event.receipt }))
      .toSorted((a, b) => a.receipt.org_seq - b.receipt.org_seq);
    const tiles = new Map<string, Uint8Array>();
    for (const tile of tilesOfExport(
      events.map(({ receipt }) => receipt.index),
      size,
    )) {
      const bytes = await (await bytesOf(`/ledger/${tilePath(tile)}`)).arrayBuffer();
      tiles.set(tilePath(tile), new Uint8Array(bytes));
    }
    const lines = exportLines({
      ...{ organization: { id: organization, kind: 'live' }, checkpoint: note, log_key: verifier_key, events },
      read_tile: (level, number, width) => tiles.get(tilePath({ level, number, width }))!,
    });
    const report = await verifyExport(lines, { log_key: verifier_key, organization, link_key }, subtle);
    expect(report).toMatchObject({ valid: true, organization, size, first_use: false });
    expect(report.events).toBe(events.filter(({ receipt }) => receipt.index < size).length);
    expect(report.events).toBeGreaterThan(3);
  });
});

/** Ed25519 by WebCrypto. */
const subtle: EvidenceCrypto = {
  verify: async (key, message, signature) => {
    const imported = await crypto.subtle.importKey('jwk', key, 'Ed25519', false, ['verify']);
    return crypto.subtle.verify('Ed25519', imported, signature as BufferSource, message as BufferSource);
  },
};

describe('a complete tile', () => {
  it('may be kept for good under its shard’s address, hashes and entries alike; elsewhere the next shard comes', async () => {
    const stranger = await foundOn(bindings.LEDGER.getByName('head'));
    await stranger.append(
      stranger.request(
        'apr_many',
        Array.from({ length: 300 }, (_, at) => event(at + 1)),
      ),
    );
    await verifiedCheckpoint(stranger.stub, 256);
    for (const path of ['tile/0/000', 'tile/entries/000']) {
      expect((await bytesOf(`/ledger/${path}`, true)).headers.get('cache-control')).toBe('public, max-age=60');
      const address = `/ledger/shards/0/${path}`;
      const [mine, everybodys] = [await bytesOf(address), await bytesOf(address, true)];
      expect(mine.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
      expect(everybodys.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
  });
});

/** Every event of ours below `size`, in order, once D1 has them. */
async function ownSealed(size: number): Promise<OwnSealed[]> {
  for (let tries = 0; ; tries++) {
    const { data } = await success(get('/v1/events?limit=100', reader()));
    const own = (data as { id: string; commit: string; receipt: OwnSealed }[])
      .map(({ id, commit, receipt: { index, org_seq } }) => ({ event: id, commit, index, org_seq }))
      .filter(({ index }) => index < size)
      .toSorted((a, b) => a.org_seq - b.org_seq);
    if (own.length > 0 && own.every(({ org_seq }, at) => org_seq === at + 1)) return own;
    if (tries > 30) throw new Error(`D1 has ${own.length} events, and not all`);
    await pause(200);
  }
}
