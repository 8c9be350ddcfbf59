import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromBase64, fromHex, hex, utf8 } from '../../core/encoding.ts';
import {
  decodeEntries,
  eventLeaf,
  leafHash,
  linkOf,
  NOTHING_BEFORE,
  parseEventLeaf,
  rootAt,
  rootOfHashes,
  splitHashes,
  tileHashReader,
  tilePath,
  widthOf,
} from '../../core/ledger.ts';
import { parseReceiptLeaf, rawSignature, receiptDigest, receiptPae, receiptStatement } from '../../core/receipt.ts';
import type { Ledger, LedgerReceipt } from '../../durable-objects/ledger.ts';
import {
  bindings,
  Caller,
  event,
  foundOn,
  type LedgerStub,
  leadsTo,
  proves,
  published,
  value,
  verifiedCheckpoint,
} from './support/ledger.ts';

let stub: LedgerStub;
let count = 0;

/** Each test has a ledger of its own; they share an origin, so what one has copied to D1 must not meet the next. */
beforeEach(async () => {
  await bindings.DB.exec('DELETE FROM checkpoints');
  stub = bindings.LEDGER.getByName(`ledger-test-${++count}`);
});
afterEach(async () => {
  await runInDurableObject(stub, (_: Ledger, state) => state.storage.deleteAlarm());
});

const statement = (decision: 'approve' | 'reject' = 'approve'): string =>
  receiptStatement({
    ...{ decision, organization: { id: 'org_1', kind: 'live' }, request: 'apr_1' },
    ...{ action_digest: `sha256:${'1'.repeat(64)}`, request_digest: `sha256:${'2'.repeat(64)}` },
    policy: { version: 1, digest: `sha256:${'3'.repeat(64)}`, rule: null },
    requirement: { verify: 'passkey', stages: [{ from: ['any'], count: 1 }] },
    votes: [
      {
        ...{ reviewer: 'usr_1', decision, stage: 0, passkey: 'pk_1', passkey_entry: 'evt_1' },
        ...{ eligibility_digest: `sha256:${'4'.repeat(64)}`, decided_at: '2026-11-20T10:00:00.000Z' },
        ...{ intent: {}, assertion: {} },
      },
    ],
    decided_at: '2026-11-20T10:00:00.000Z',
  });

/** What D1 keeps of the chain that an organisation can check by itself. */
function expectLinked(caller: Caller, receipts: LedgerReceipt[], commits: Map<string, string>): void {
  let previous = NOTHING_BEFORE;
  receipts
    .toSorted((a, b) => a.org_seq - b.org_seq)
    .forEach((receipt, at) => {
      expect(receipt.org_seq).toBe(at + 1);
      const commit = fromHex(commits.get(receipt.event)!)!;
      const link = linkOf(fromHex(caller.linkKey)!, { seq: receipt.org_seq, previous, commit });
      expect(receipt.link).toBe(hex(link));
      previous = leafHash(eventLeaf(commit, link));
      expect(receipt.leaf_hash).toBe(hex(previous));
    });
}

describe('append', () => {
  it('gives each event an index, a link of its organisation and a leaf hash that the signed checkpoint proves', async () => {
    const caller = new Caller(stub);
    const genesis = caller.genesis();
    const first = await caller.append(genesis);
    const request = caller.request('apr_1', [event(1), event(2, 'approval.decided')]);
    const second = await caller.append(request);
    const receipts = [...first.receipts, ...second.receipts];
    expect(receipts.map((receipt) => receipt.index)).toEqual([0, 1, 2]);
    expect(second.size).toBe(3);
    expectLinked(caller, receipts, new Map([...genesis.events, ...request.events].map((e) => [e.id, e.commit])));
    for (const receipt of receipts) expect(await proves(stub, receipt)).toBe(true);
    const last = second.receipts[1]!;
    expect(value(await stub.links({ organization: caller.organization }))).toEqual({
      ...{ org_seq: 3, link: last.link, leaf_hash: last.leaf_hash },
    });
  });

  it('answers a repeat with what was stored, also one that overlaps with new events and one of any age', async () => {
    const caller = await foundOn(stub);
    const events = Array.from({ length: 6 }, (_, at) => event(at + 1));
    const once = await caller.append(caller.request('apr_1', events.slice(0, 2)));
    expect(await caller.append(caller.request('apr_1', events.slice(0, 2)))).toEqual(once);
    const more = await caller.append(caller.request('apr_1', events.slice(0, 4)));
    expect(more.receipts.slice(0, 2)).toEqual(once.receipts);
    expect(more.receipts.map((receipt) => receipt.index)).toEqual([1, 2, 3, 4]);
    await caller.append(caller.request('apr_2', [event(1)]));
    const rest = await caller.append(caller.request('apr_1', events.slice(4)));
    const whole = await caller.append(caller.request('apr_1', events));
    expect(whole.receipts).toEqual([...more.receipts, ...rest.receipts]);
    expect(whole.size).toBe(8);
    await evictDurableObject(stub);
    expect(await caller.append(caller.request('apr_1', events))).toEqual(whole);
    expect(await caller.append(caller.request('apr_1', events.slice(1, 3)))).toEqual({
      ...{ receipts: whole.receipts.slice(1, 3), decisions: [], size: 8 },
    });
  });

  it('seals a request that waits twice in the same flush once', async () => {
    const caller = await foundOn(stub);
    const request = caller.request('apr_1', [event(1), event(2)]);
    const longer = { ...request, events: [...request.events, event(3)] };
    const [one, two, three] = await Promise.all([
      caller.append(request),
      caller.append(request),
      caller.append(longer),
    ]);
    expect(two.receipts).toEqual(one.receipts);
    expect(three.receipts.slice(0, 2)).toEqual(one.receipts);
    expect(three.size).toBe(4);
  });

  it('refuses a gap, another commit at a used seq, another kind, a foreign link key and an unknown organisation', async () => {
    const caller = await foundOn(stub);
    const request = caller.request('apr_1', [event(1), event(2)]);
    await caller.append(request);
    const forged = [{ ...request.events[0]!, commit: hex(new Uint8Array(32)) }];
    const stranger = new Caller(stub);
    const table = {
      'a gap': caller.request('apr_1', [event(4)]),
      'a first seq above 1': caller.request('apr_2', [event(2)]),
      'events out of order': caller.request('apr_2', [event(2), event(1)]),
      'another commit': caller.request('apr_1', forged),
      'another commit under new events': caller.request('apr_1', [...forged, request.events[1]!, event(3)]),
      'another kind': { ...caller.request('apr_1', [event(3)]), kind: 'organization' as const },
      'another link key': { ...caller.genesis(), link_key: '0'.repeat(64) },
      'an unknown organisation': stranger.request('apr_3', [event(1)]),
      'a genesis without a key': { ...stranger.genesis(), link_key: undefined },
      'a genesis of something else': { ...stranger.genesis(), events: [event(1, 'member.updated')] },
      'no events': caller.request('apr_2', []),
      'a commit that is no hash': caller.request('apr_2', [{ ...event(1), commit: 'zz' }]),
      'a receipt without its event': caller.request('apr_2', [event(1)], [{ event: 'evt_0', payload: statement() }]),
    };
    for (const [name, wrong] of Object.entries(table)) {
      const answer = await stub.append(wrong);
      expect(answer.ok ? 'sealed' : answer.problem.code, name).toBe('internal');
      expect(answer.ok ? '' : answer.problem.reason, name).toMatch(/./);
    }
    const after = await caller.append(caller.request('apr_1', [event(3)]));
    expect(after.size).toBe(4);
  });

  it('does not let one refused request hold up those beside it', async () => {
    const caller = await foundOn(stub);
    const good = Array.from({ length: 20 }, (_, at) => caller.request(`apr_${at}`, [event(1)]));
    const bad = Array.from({ length: 20 }, (_, at) => caller.request(`apr_${at}`, [event(9)]));
    const answers = await Promise.all([...bad, ...good].map((request) => stub.append(request)));
    expect(answers.map((answer) => answer.ok)).toEqual([...bad.map(() => false), ...good.map(() => true)]);
    const indices = answers.flatMap((answer) => (answer.ok ? [answer.value.receipts[0]!.index] : []));
    expect(indices.toSorted((a, b) => a - b)).toEqual(good.map((_, at) => at + 1));
  });
});

describe('a damaged row of one object', () => {
  it('refuses that object and seals the others of the same flush', async () => {
    const caller = await foundOn(stub);
    const [bad, good] = [caller.request('apr_bad', [event(1), event(2)]), caller.request('apr_good', [event(1)])];
    await caller.append({ ...bad, events: bad.events.slice(0, 1) });
    await runInDurableObject(stub, (_: Ledger, state) => {
      state.storage.sql.exec("UPDATE objects SET last_flush = 999 WHERE object = 'apr_bad'");
    });
    const answers = await Promise.all([stub.append(bad), stub.append(good)]);
    expect(answers.map((answer) => (answer.ok ? answer.value.receipts[0]!.index : answer.problem.code))).toEqual([
      'internal',
      2,
    ]);
  });
});

describe('hundreds of concurrent appends', () => {
  it('take every index once, keep the order of each object, link every organisation, and are all proved', async () => {
    const callers = await Promise.all(Array.from({ length: 4 }, () => foundOn(stub)));
    const commits = new Map<string, string>();
    const waiting = callers.flatMap((caller) =>
      Array.from({ length: 40 }, (_, object) => object).flatMap((object) =>
        [1, 2, 3].map((seq) => {
          const one = event(seq, seq === 3 ? 'approval.decided' : 'approval.requested');
          commits.set(one.id, one.commit);
          return caller.append(caller.request(`apr_${object}`, [one]));
        }),
      ),
    );
    const receipts = (await Promise.all(waiting)).flatMap((answer) => answer.receipts);
    const indices = receipts.map((receipt) => receipt.index).toSorted((a, b) => a - b);
    expect(indices).toEqual(receipts.map((_, at) => at + callers.length));
    for (let at = 0; at < receipts.length; at += 3) {
      const [first, second, third] = receipts.slice(at, at + 3).map((receipt) => receipt.index);
      expect(first! < second! && second! < third!).toBe(true);
    }
    const { size, root } = await verifiedCheckpoint(stub, receipts.length + callers.length);
    for (const receipt of [receipts[0]!, receipts[200]!, receipts.at(-1)!])
      expect(await proves(stub, receipt)).toBe(true);
    expect(rootOfHashes(await allHashes(size))).toEqual(root);
  });
});

/** Every leaf hash, out of the public tiles. */
async function allHashes(size: number): Promise<Uint8Array[]> {
  const tiles: Uint8Array[][] = [];
  for (let number = 0; widthOf(0, number, size) > 0; number++) {
    tiles.push(splitHashes((await stub.tile(tilePath({ level: 0, number, width: widthOf(0, number, size) })))!));
  }
  return tiles.flat();
}

describe('an interruption', () => {
  it('leaves the same head after eviction, and the next leaf goes on from it', async () => {
    const caller = await foundOn(stub);
    for (let round = 0; round < 2; round++) {
      const requests = Array.from({ length: 90 }, (_, at) => caller.request(`apr_${round}_${at}`, [event(1)]));
      await Promise.all(requests.map((request) => caller.append(request)));
      const before = await verifiedCheckpoint(stub, 1 + 90 * (round + 1));
      await evictDurableObject(stub);
      const after = await verifiedCheckpoint(stub, before.size);
      expect(after).toEqual(before);
      const { receipts } = await caller.append(caller.request('apr_next', [event(round + 1)]));
      expect(receipts[0]!.index).toBe(before.size);
      const grown = await verifiedCheckpoint(stub, before.size + 1);
      expect(await leadsTo(stub, before, grown)).toBe(true);
      await caller.append(caller.request(`apr_filler_${round}`, [event(1)]));
    }
  });

  it('in the middle of many appends loses nothing acknowledged and seals a repeated one once', async () => {
    const caller = await foundOn(stub);
    const requests = Array.from({ length: 300 }, (_, at) => caller.request(`apr_${at}`, [event(1), event(2)]));
    const flying = requests.map((request) => caller.append(request).catch(() => null));
    await new Promise((resolve) => setTimeout(resolve, 8));
    await abortAllDurableObjects();
    const acknowledged = await Promise.all(flying);
    stub = bindings.LEDGER.getByName(`ledger-test-${count}`);
    const again = new Caller(stub, caller.organization);
    const answers = await Promise.all(requests.map((request) => again.append(request)));
    acknowledged.forEach((answer, at) => {
      if (answer !== null) expect(answers[at]!.receipts).toEqual(answer.receipts);
    });
    const indices = answers.flatMap((answer) => answer.receipts.map((receipt) => receipt.index));
    expect(indices.toSorted((a, b) => a - b)).toEqual(indices.map((_, at) => at + 1));
    for (const answer of [answers[0]!, answers[299]!]) expect(await proves(stub, answer.receipts[1]!)).toBe(true);
  });

  it('by rows that contradict each other stops the ledger instead of sealing on', async () => {
    const caller = await foundOn(stub);
    await caller.append(caller.request('apr_1', [event(1), event(2)]));
    await runInDurableObject(stub, (_: Ledger, state) => {
      state.storage.sql.exec('UPDATE flushes SET hashes = zeroblob(64) WHERE first = 1');
    });
    await evictDurableObject(stub);
    const answer = await stub.append(caller.request('apr_1', [event(3)]));
    expect(answer.ok ? 'sealed' : answer.problem).toMatchObject({
      code: 'unavailable',
      reason: expect.stringMatching(/damaged: .*contradict/),
    });
    await expect(runInDurableObject(stub, (ledger: Ledger) => ledger.checkpoint())).rejects.toThrow(/contradict/);
  });
});

describe('decision receipts', () => {
  const payload = statement();

  it('get a leaf of their own after the events, signed by the receipt key over the PAE', async () => {
    const caller = await foundOn(stub);
    const decided = event(1, 'approval.decided');
    const answer = await caller.append(caller.request('apr_1', [decided, event(2)], [{ event: decided.id, payload }]));
    const [seal] = answer.decisions;
    expect(answer.receipts.map((receipt) => receipt.index)).toEqual([1, 2]);
    expect(seal).toMatchObject({ event: decided.id, index: 3 });
    const leaf = parseReceiptLeaf(seal!.leaf)!;
    expect(leaf.digest).toBe(receiptDigest(payload));
    const es256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('spki', leaf.public_key, es256, false, ['verify']);
    const signature = rawSignature(fromBase64(seal!.signature)!)!;
    expect(await crypto.subtle.verify(es256, key, signature, receiptPae(payload))).toBe(true);
    expect((await stub.keys()).receipt_keys).toEqual([
      { key: seal!.key, public_key: expect.stringMatching(/^MFkwEwYHKoZIzj0/) },
    ]);
    expect(await proves(stub, { index: 3, leaf_hash: hex(leafHash(utf8(seal!.leaf))) })).toBe(true);
  });

  it('keep their first signature when the append is repeated, and refuse another statement', async () => {
    const caller = await foundOn(stub);
    const decided = event(1, 'approval.decided');
    const request = caller.request('apr_1', [decided], [{ event: decided.id, payload }]);
    const [one, two] = await Promise.all([caller.append(request), caller.append(request)]);
    expect(two.decisions).toEqual(one.decisions);
    expect((await caller.append(request)).decisions).toEqual(one.decisions);
    expect((await caller.append({ ...request, receipts: [] })).decisions).toEqual(one.decisions);
    const other = await stub.append({ ...request, receipts: [{ event: decided.id, payload: statement('reject') }] });
    expect(other.ok ? '' : other.problem.reason).toMatch(/another receipt/);
  });

  it('are not signed for a statement of another kind, and nothing is sealed then', async () => {
    const caller = await foundOn(stub);
    const decided = event(1, 'approval.decided');
    for (const strange of ['{"predicateType":"https://slsa.dev/provenance/v1"}', '{}', 'no json']) {
      const answer = await stub.append(caller.request('apr_1', [decided], [{ event: decided.id, payload: strange }]));
      expect(answer.ok ? '' : answer.problem.code).toBe('internal');
    }
    expect(value(await stub.links({ organization: caller.organization })).org_seq).toBe(1);
  });
});

describe('what the ledger shows', () => {
  it('is every tile and entry of the public tree, complete and partial, and nothing else', async () => {
    const caller = await foundOn(stub);
    const requests = Array.from({ length: 300 }, (_, at) => caller.request(`apr_${at}`, [event(1), event(2)]));
    await Promise.all(requests.map((request) => caller.append(request)));
    const { size, root } = await verifiedCheckpoint(stub, 601);
    const reader = async (level: number, number: number) =>
      stub.tile(tilePath({ level, number, width: widthOf(level, number, size) }));
    const tiles = new Map<string, Uint8Array>();
    for (const [level, number] of [
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
    ] as const) {
      tiles.set(`${level}/${number}`, (await reader(level, number))!);
    }
    expect([...tiles.values()].map((tile) => tile.length / 32)).toEqual([256, 256, 89, 2]);
    const read = tileHashReader((level, number) => tiles.get(`${level}/${number}`)!, size);
    expect(rootAt(read, size)).toEqual(root);
    for (const [number, width] of [
      [0, 256],
      [1, 256],
      [2, 89],
      [1, 3],
    ] as const) {
      const bundle = (await stub.tile(tilePath({ level: 'entries', number, width })))!;
      const leaves = decodeEntries(bundle)!;
      expect(leaves.length).toBe(width);
      expect(leaves.every((leaf) => parseEventLeaf(leaf) !== null)).toBe(true);
      const hashes = splitHashes((await stub.tile(tilePath({ level: 0, number, width })))!);
      expect(leaves.map(leafHash)).toEqual(hashes);
    }
    for (const path of [
      'tile/0/003',
      'tile/0/002',
      'tile/0/002.p/90',
      'tile/2/000.p/1',
      'tile/entries/003.p/1',
      'x',
      '',
    ]) {
      expect(await stub.tile(path), path).toBeNull();
    }
  });

  it('proves every leaf under every smaller size, and every size to be the beginning of the next', async () => {
    const caller = await foundOn(stub);
    for (let at = 0; at < 5; at++) await caller.append(caller.request(`apr_${at}`, [event(1), event(2)]));
    const newest = await verifiedCheckpoint(stub, 11);
    for (const size of [1, 2, 3, 7, 8, 11]) {
      const { root, checkpoint } = value(await stub.proof({ index: size - 1, size }));
      expect(checkpoint === null).toBe(size !== 11);
      expect(await leadsTo(stub, { size, root: fromHex(root)! }, newest)).toBe(true);
    }
    const codes = async (asked: { index: number; size?: number }) => {
      const answer = await stub.proof(asked);
      return answer.ok ? 'proved' : answer.problem.code;
    };
    expect(await codes({ index: 11 })).toBe('not-found');
    expect(await codes({ index: 0, size: 12 })).toBe('not-found');
    expect(await codes({ index: 5, size: 5 })).toBe('not-found');
    expect(await codes({ index: -1 })).toBe('invalid-request');
    expect(await codes({ index: 0.5 })).toBe('invalid-request');
    const backwards = await stub.consistency({ from: 3, to: 2 });
    expect(backwards.ok ? '' : backwards.problem.code).toBe('invalid-request');
  });

  it('is a checkpoint that moves at its pace only, in which a new entry is not proved before', async () => {
    const caller = await foundOn(stub);
    const first = await verifiedCheckpoint(stub, 1);
    const { receipts } = await caller.append(caller.request('apr_1', [event(1)]));
    expect((await stub.checkpoint()).size).toBe(first.size);
    const early = await stub.proof({ index: receipts[0]!.index });
    expect(early.ok ? '' : early.problem.code).toBe('not-sealed-yet');
    expect(await stub.tile('tile/0/000.p/2')).toBeNull();
    const proof = await published(async () => stub.proof({ index: receipts[0]!.index }));
    expect(proof.size).toBe(2);
    expect((await stub.head()).root).toBe(proof.root);
  });

  it('is a directory of every object, from which a rebuild can start', async () => {
    const callers = [await foundOn(stub), await foundOn(stub)];
    for (const caller of callers) {
      for (const object of ['apr_2', 'apr_1']) await caller.append(caller.request(object, [event(1), event(2)]));
    }
    const rows = await stub.directory({});
    expect(rows.length).toBe(6);
    expect(rows[0]).toEqual({
      ...{ organization: callers[0]!.organization, kind: 'request', object: 'apr_1', last_seq: 2, first_index: 4 },
    });
    const paged = [];
    for (let page = rows.slice(0, 0); ; ) {
      page = await stub.directory({ after: paged.at(-1) ?? null, limit: 4 });
      paged.push(...page);
      if (page.length === 0) break;
    }
    expect(paged).toEqual(rows);
  });

  it('leaves no table behind when a ledger that never sealed is asked', async () => {
    await stub.checkpoint();
    await stub.directory({});
    await stub.links({ organization: 'org_x' });
    await stub.tile('tile/0/000.p/1');
    await stub.proof({ index: 0 });
    const tables = await runInDurableObject(stub, (_: Ledger, state) =>
      state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray(),
    );
    expect(tables).toEqual([]);
  });
});
