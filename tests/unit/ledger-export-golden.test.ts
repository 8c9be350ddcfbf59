// A whole organisation's export, pinned: out of the house that tests/workerd/ledger-export.test.ts builds, where everything
// was decided that can be. Whatever changes here, this file verifies for ever and says the same: a change of it is a break
// of a promise, not a test to mend.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { fromBase64, fromUtf8, hex } from '../../core/encoding.ts';
import { type ExportInput, exportLines, verifyExport } from '../../core/ledger/export.ts';
import { tilePath } from '../../core/ledger.ts';
import { webCrypto } from '../../sdk/src/verify/evidence-crypto.ts';
import { recordsOf, resummed } from '../support/ledger-forger.ts';

const PINNED = '92cb2d251c27d5b81cb76e616ad0f1a0601b5b00263d26b5145574b65c5b6872';

const GOLDEN = join(import.meta.dirname, '../golden');
const file = readFileSync(join(GOLDEN, 'organization.export'));
const anchors = JSON.parse(readFileSync(join(GOLDEN, 'organization.anchors.json'), 'utf8'));
const lines = file.toString().trimEnd().split('\n');
const check = (given: readonly string[], more: object = {}) => verifyExport(given, { ...anchors, ...more }, webCrypto);

// biome-ignore lint/suspicious/noExplicitAny: records are read by their documented names
const records = recordsOf(lines) as any[];

describe('the golden export', () => {
  it('is the file that it always was, and verifies: each claim with its word', async () => {
    expect(hex(sha256(file))).toBe(PINNED);
    const { valid, claims, ...said } = await check(lines);
    expect(claims.filter(({ status }) => status === 'failed')).toEqual([]);
    expect([valid, said]).toEqual([
      true,
      { first_use: false, organization: anchors.organization, size: 89, events: 78 },
    ]);
    expect(claims.map(({ claim, status }) => [claim, status])).toEqual([
      ['checkpoint', 'proved'],
      ['inclusion', 'proved'],
      ['lifecycle', 'proved'],
      ['links', 'proved'],
      ['completeness', 'as-of-checkpoint'],
      ['sealed_at', 'asserted'],
      ['receipt', 'proved'],
      ['receipt', 'not-replayable'],
      ['standing', 'proved'],
    ]);
    const detail = (wanted: string) => claims.find(({ claim }) => claim === wanted)!.detail;
    expect(detail('receipt')).toMatch(/^10 of 11 decision receipts/);
    expect(detail('standing')).toMatch(/^before 18 of 18 decisions/);
  });

  it('holds an approval, a rejection, an edit, a lent vote, votes by token, a broken glass and what is erased', () => {
    const events = records.flatMap(({ event }) => (event ? [event] : []));
    const types = new Set(events.map(({ skeleton }) => skeleton.type));
    for (const type of ['approval.edited', 'break_glass.used', 'break_glass.reviewed', 'erasure.performed'])
      expect(types).toContain(type);
    const votes = events.map(({ skeleton }) => skeleton).filter(({ decision }) => decision !== undefined);
    expect(new Set(votes.map(({ decision }) => decision))).toEqual(new Set(['approve', 'reject', 'edit']));
    expect(votes.filter(({ delegation }) => delegation)).toHaveLength(1);
    expect(votes.filter(({ method }) => method === 'oidc')).toHaveLength(3);
    expect(events.filter(({ personal }) => personal === null).length).toBeGreaterThan(1);
    const receipts = records.flatMap(({ decision }) => (decision?.envelope ? [decision.envelope.payload] : []));
    const predicates = receipts.map((payload) => JSON.parse(fromUtf8(fromBase64(payload)!)!).predicateType);
    expect(new Set(predicates.map((type) => type.split('/').at(-2)))).toEqual(
      new Set(['human-approval', 'human-rejection', 'break-glass']),
    );
  });

  it('is written again byte for byte from what it holds', () => {
    const { organization, checkpoint, hints } = records[0].export;
    const tiles = new Map(records.flatMap(({ tile }) => (tile ? [[tile.path, fromBase64(tile.hashes)!]] : [])));
    const input: ExportInput = {
      ...{ organization, checkpoint, log_key: hints.log_key },
      events: records.flatMap(({ event, receipt }) =>
        event ? [{ event: { ...event, id: event.skeleton.id }, receipt }] : [],
      ),
      decisions: records.flatMap(({ decision }) => (decision ? [decision] : [])),
      read_tile: (level, number, width) => tiles.get(tilePath({ level, number, width }))!,
    };
    expect([...exportLines(input)]).toEqual(lines);
  });

  it.each([
    ['organization', 'org_00000000000000000000000000'],
    ['log_key', ['localhost/assentry/2026h2+00000000+AAAA']],
    ['receipt_key', 'AAAA'],
    ['link_key', '00'.repeat(32)],
  ])('fails under another %s', async (anchor, value) => {
    expect((await check(lines, { [anchor]: value })).valid).toBe(false);
  });

  it('fails without any one of its lines, and with any two of them exchanged', async () => {
    for (const at of records.keys()) {
      const without = (await check(resummed(records.toSpliced(at, 1)))).valid;
      // Receipts may be left out, and are then said to be.
      expect(without, `line ${at + 1}`).toBe(records[at].decision !== undefined);
      if (at === 0) continue;
      const exchanged = records.with(at, records[at - 1]).with(at - 1, records[at]);
      const both = records[at].tile && records[at - 1].tile;
      expect((await check(resummed(exchanged))).valid, `lines ${at} and ${at + 1}`).toBe(both !== undefined);
    }
  });
});
