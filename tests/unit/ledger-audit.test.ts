import { describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { fromHex, hex, utf8 } from '../../core/encoding.ts';
import {
  auditOrganization,
  eventLeaf,
  leafHash,
  linkOf,
  NOTHING_BEFORE,
  type OwnSealed,
  parseEventLeaf,
} from '../../core/ledger.ts';

const KEY = sha256(utf8('ours'));
const FOREIGN = sha256(utf8('theirs'));

/** A log of two organisations and some receipts, as the ledger writes it; every third event is ours. */
function log(places: number, salt = '') {
  const leaves: Uint8Array[] = [];
  const own: OwnSealed[] = [];
  const last = new Map([KEY, FOREIGN].map((key) => [key, { seq: 0, previous: NOTHING_BEFORE }]));
  for (let at = 0; own.length < places; at++) {
    const key = at % 3 === 0 ? KEY : FOREIGN;
    const commit = sha256(utf8(`event ${at}${salt}`));
    const { seq, previous } = last.get(key)!;
    const leaf = eventLeaf(commit, linkOf(key, { seq: seq + 1, previous, commit }));
    last.set(key, { seq: seq + 1, previous: leafHash(leaf) });
    if (key === KEY) own.push({ event: `evt_${at}`, commit: hex(commit), index: leaves.length, org_seq: seq + 1 });
    leaves.push(leaf);
    if (at % 5 === 0) leaves.push(utf8(`{"receipt":${at}}`));
  }
  return { leaves, own, end: last.get(KEY)! };
}

const { leaves, own, end } = log(30);
const audit = (changed: Uint8Array[], events: OwnSealed[] = own, more = {}) =>
  auditOrganization({ link_key: KEY, leaves: changed, own: events, ...more });
const first = (changed: Uint8Array[], events = own, more = {}) => {
  const { ok, faults } = audit(changed, events, more);
  expect(ok).toBe(faults.length === 0);
  return faults[0] && { kind: faults[0].kind, org_seq: faults[0].org_seq, index: faults[0].index };
};

describe('an audit of all leaves', () => {
  it('finds every leaf of the organisation, whatever the order of its receipts', () => {
    const last = { org_seq: 30, leaf_hash: hex(end.previous) };
    const report = audit(leaves, own.toReversed(), { last });
    expect(report).toEqual({ ok: true, size: leaves.length, org_seq: 30, leaf_hash: last.leaf_hash, faults: [] });
  });

  it('names the gap where any one leaf of the organisation was taken out or altered, and none for a foreign one', () => {
    for (const [index, leaf] of leaves.entries()) {
      const mine = own.find((receipt) => receipt.index === index);
      const altered = leaf.with(5, leaf[5]! ^ 1);
      const faults = [first(leaves.with(index, utf8('gone'))), first(leaves.with(index, altered))];
      expect(faults).toEqual(Array(2).fill(mine && { kind: 'gap', org_seq: mine.org_seq, index }));
    }
  });

  it('names the first of two leaves that were swapped', () => {
    const [a, b] = [own[9]!, own[10]!];
    const swapped = leaves.with(a.index, leaves[b.index]!).with(b.index, leaves[a.index]!);
    expect(first(swapped)).toMatchObject({ org_seq: 10 });
  });

  it('names a leaf that stands twice, however far apart', () => {
    for (const seq of [1, 7, 30]) {
      const { index } = own[seq - 1]!;
      expect(first([...leaves, leaves[index]!])).toEqual({ kind: 'fork', org_seq: seq, index: leaves.length });
    }
  });

  it('names a fork: another event with a valid link for a used place, near by default and everywhere if asked', () => {
    const forge = (seq: number) => {
      const commit = sha256(utf8('another event'));
      const previous = seq === 1 ? NOTHING_BEFORE : leafHash(leaves[own[seq - 2]!.index]!);
      return [...leaves, eventLeaf(commit, linkOf(KEY, { seq, previous, commit }))];
    };
    expect(first(forge(30))).toEqual({ kind: 'fork', org_seq: 30, index: leaves.length });
    expect(first(forge(2), own, { fork_window: Number.POSITIVE_INFINITY })).toMatchObject({ kind: 'fork', org_seq: 2 });
    expect(first(forge(2), own, { fork_window: 3 })).toBeUndefined();
  });

  it('takes no leaf under another key for its own', () => {
    const { commit } = parseEventLeaf(leaves[own[29]!.index]!)!;
    const forged = eventLeaf(commit, linkOf(FOREIGN, { seq: 31, previous: end.previous, commit }));
    expect(audit([...leaves, forged])).toMatchObject({ ok: true, org_seq: 30 });
    expect(auditOrganization({ link_key: FOREIGN, leaves, own }).ok).toBe(false);
  });

  it('names an event that the leaves have and the organisation was not given', () => {
    expect(first(leaves, own.toSpliced(11, 1))).toEqual({ kind: 'unknown', org_seq: 12, index: own[11]!.index });
  });

  it('names a receipt that no leaf answers for: another commit, another entry, beyond the end', () => {
    const wrong = (change: Partial<OwnSealed>) => first(leaves, own.with(4, { ...own[4]!, ...change }));
    expect(wrong({ commit: '0'.repeat(64) })).toMatchObject({ kind: 'unlinked', org_seq: 5 });
    expect(wrong({ index: 3 })).toEqual({ kind: 'unlinked', org_seq: 5, index: 3 });
    const beyond = [...own, { ...own[0]!, event: 'evt_x', org_seq: 40 }];
    expect(first(leaves, beyond)).toMatchObject({ kind: 'unlinked', org_seq: 40 });
  });

  it('notices a tail cut off from leaves and events alike, where somebody saw a later link', () => {
    const cut = leaves.slice(0, own[20]!.index);
    expect(first(cut, own.slice(0, 20))).toBeUndefined();
    const last = { org_seq: 30, leaf_hash: hex(end.previous) };
    expect(first(cut, own.slice(0, 20), { last })).toEqual({ kind: 'gap', org_seq: 21, index: null });
    const rewritten = log(30, ' rewritten');
    expect(first(rewritten.leaves, rewritten.own, { last })).toMatchObject({ kind: 'gap', org_seq: 30 });
  });

  it('never throws for what is no leaf and no receipt', () => {
    const strange = [new Uint8Array(), new Uint8Array(66), fromHex('a501')!];
    const odd = [{ event: '', commit: 'zz', index: -1, org_seq: Number.NaN }];
    expect(audit(strange, odd).ok).toBe(false);
    expect(audit([], [], { last: { org_seq: -3, leaf_hash: 'x' } }).ok).toBe(false);
  });
});
