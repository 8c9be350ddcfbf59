import { beforeAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../core/encoding.ts';
import type { JsonObject } from '../../core/json.ts';
import { FIRST_SUM, readLine, verifyExport } from '../../core/ledger/export.ts';
import { auditOrganization } from '../../core/ledger.ts';
import {
  chained,
  draftsOf,
  exportOf,
  history,
  LINK_KEY,
  LOG_KEY,
  type MadeExport,
  nodeCrypto,
  ORGANIZATION,
  WHOLE_LIFE,
} from '../support/ledger-export.ts';
import { bendings, flips, recordsOf, resummed } from '../support/ledger-forger.ts';

const link_key = Buffer.from(LINK_KEY).toString('hex');
const ANCHORS = { log_key: LOG_KEY, organization: ORGANIZATION, link_key };
const check = (lines: readonly string[], anchors: object = ANCHORS) => verifyExport(lines, anchors, nodeCrypto);
/** What is wrong with it: claim, line, and what else it names. */
async function wrong(lines: readonly string[], anchors: object = ANCHORS) {
  const { valid, claims } = await check(lines, anchors);
  expect(valid).toBe(false);
  return claims.at(-1)!;
}

let small: MadeExport;
let firstEvent: number;
beforeAll(async () => {
  small = await exportOf(history(4));
  firstEvent = small.lines.findIndex((line) => line.includes('"receipt"'));
});

describe('an export', () => {
  it('verifies under the pinned key, with every claim said as what it is', async () => {
    const report = await check(small.lines);
    expect(report).toMatchObject({
      valid: true,
      first_use: false,
      size: small.leaves.length,
      organization: ORGANIZATION,
    });
    expect(report.events).toBe(small.placed.length);
    expect(report.claims.map(({ claim, status }) => [claim, status])).toEqual([
      ['checkpoint', 'proved'],
      ['inclusion', 'proved'],
      ['lifecycle', 'proved'],
      ['links', 'proved'],
      ['completeness', 'as-of-checkpoint'],
      ['sealed_at', 'asserted'],
    ]);
  });

  it('holds keys that a parser puts in another order than RFC 8785 does', () => {
    expect(small.lines[firstEvent]).toContain('"policy":{"10":"x","9":"y"}');
    expect(Object.keys(JSON.parse('{"10":1,"9":2}'))).toEqual(['9', '10']);
  });

  it('without anchors says that key and places are only asserted', async () => {
    const report = await check(small.lines, {});
    expect(report).toMatchObject({ valid: true, first_use: true });
    expect(report.claims.filter(({ status }) => status === 'asserted').map(({ claim }) => claim)).toEqual([
      'checkpoint',
      'links',
      'sealed_at',
    ]);
  });

  it('is refused under another log key, organisation or link key', async () => {
    const other = LOG_KEY.replace('example.com', 'example.net');
    expect(await wrong(small.lines, { ...ANCHORS, log_key: other })).toMatchObject({ field: '/export/checkpoint' });
    expect(await wrong(small.lines, { organization: 'org_2' })).toMatchObject({ field: '/export/organization/id' });
    expect(await wrong(small.lines, { link_key: '0'.repeat(64) })).toMatchObject({ claim: 'link', entry: 0 });
  });

  it('of an erased request stays valid', async () => {
    const records = recordsOf(small.lines).map((record) =>
      record.event
        ? { ...record, event: { ...(record.event as object), personal: null, salt_personal: null } }
        : record,
    );
    expect((await check(resummed(records as JsonObject[]))).valid).toBe(true);
  });

  it('has leaves and receipts that pass the audit', () => {
    const own = small.placed.map(({ event, receipt }) => ({ ...receipt, event: event.id, commit: event.commit }));
    expect(auditOrganization({ link_key: LINK_KEY, leaves: small.leaves, own }).ok).toBe(true);
  });
});

describe('damage', () => {
  it('of any one bit of any byte of a small export is found, and its line named', async () => {
    const sums = [FIRST_SUM];
    for (const line of small.lines) sums.push(readLine(sums.at(-1)!, line)!.sum);
    let tried = 0;
    for (const [at, line] of small.lines.entries())
      for (const text of flips(line)) {
        if (readLine(sums[at]!, text) !== null) throw new Error(`line ${at + 1}: ${text} went unnoticed`);
        tried += 1;
      }
    expect(tried).toBe(utf8(small.lines.join('')).length);
    const bent = small.lines.with(7, small.lines[7]!.replace('"index"', '"indux"'));
    const place = 7 - firstEvent;
    expect(await wrong(bent)).toMatchObject({
      claim: 'damage',
      line: 8,
      detail: expect.stringContaining(`place ${place}:`),
    });
  });

  it('of each class of bytes in each line of 10,000 events is found', async () => {
    const { lines } = await exportOf(history(2000));
    let sum = FIRST_SUM;
    for (const [at, line] of lines.entries()) {
      // Every line, and in each a different stride through it: all offsets modulo 41 over the file.
      for (let place = at % 41; place < line.length; place += 41) {
        const flipped = line.slice(0, place) + String.fromCharCode(line.charCodeAt(place) ^ 1) + line.slice(place + 1);
        if (readLine(sum, flipped) !== null) throw new Error(`line ${at + 1}, place ${place} went unnoticed`);
      }
      sum = readLine(sum, line)!.sum;
    }
    const report = await check(lines);
    expect([report.valid, report.events]).toEqual([true, lines.filter((line) => line.includes('"receipt"')).length]);
    expect(report.events).toBeGreaterThanOrEqual(10_000);
  }, 60_000);

  it('by cutting, swapping, duplicating or inserting a line is found at that line', async () => {
    const { lines } = small;
    for (const [at, line] of lines.entries()) {
      const last = at === lines.length - 1;
      expect((await wrong(lines.toSpliced(at, 1))).line, 'without it').toBe(at + 1);
      expect((await wrong(lines.toSpliced(at, 0, line))).line, 'twice').toBe(at + 2);
      expect((await wrong(lines.slice(0, at))).line, 'cut before it').toBe(at + 1);
      if (!last) expect((await wrong(lines.with(at, lines[at + 1]!).with(at + 1, line))).line, 'swapped').toBe(at + 1);
    }
    expect(await wrong([])).toMatchObject({ claim: 'shape' });
    expect(await wrong([...lines, ''])).toMatchObject({ claim: 'damage' });
  });
});

describe('a forger who makes the sums fit', () => {
  /** What no signature, leaf or commitment covers: the operator's word, and what is said to be a hint. */
  const ASSERTED = ['sealed_at', 'hints', 'kind'];

  it('is found for every value that the export claims, changed at its begin, middle and end', async () => {
    const records = recordsOf(small.lines);
    const sums = [FIRST_SUM];
    for (const line of small.lines) sums.push(readLine(sums.at(-1)!, line)!.sum);
    let tried = 0;
    for (const [at, record] of records.entries()) {
      if (at > firstEvent + 6) break;
      for (const { bent, path } of bendings(record)) {
        if (ASSERTED.some((name) => path.includes(`/${name}`) && !path.includes('skeleton'))) continue;
        const report = await check(resummed(records.with(at, bent)));
        if (report.valid) throw new Error(`line ${at + 1} ${path} went unnoticed`);
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(200);
  }, 60_000);

  it('cannot cut, swap, duplicate or insert', async () => {
    const records = recordsOf(small.lines);
    for (let at = firstEvent; at < records.length; at++) {
      const without = await wrong(resummed(records.toSpliced(at, 1)));
      expect(without.claim).toBe('order');
      expect((await wrong(resummed(records.toSpliced(at, 0, records[at]!)))).claim).toBe('order');
      if (at + 1 < records.length)
        expect((await wrong(resummed(records.with(at, records[at + 1]!).with(at + 1, records[at]!)))).line).toBe(
          at + 1,
        );
    }
  });

  it('cannot leave an event out and renumber: the link names the place', async () => {
    const records = recordsOf(small.lines).toSpliced(firstEvent + 3, 1);
    const renumbered = records.map((record, at) => {
      const { receipt, export: head } = record as { receipt?: JsonObject; export?: JsonObject };
      if (head) return { export: { ...head, events: (head.events as number) - 1 } };
      return receipt && at >= firstEvent + 3
        ? { ...record, receipt: { ...receipt, org_seq: (receipt.org_seq as number) - 1 } }
        : record;
    }) as JsonObject[];
    expect(await wrong(resummed(renumbered))).toMatchObject({
      claim: 'link',
      detail: expect.stringContaining('place 4'),
    });
  });

  it('never makes the verifier throw, whatever a line holds', async () => {
    const strange: unknown[] = [
      {},
      [],
      null,
      1,
      'x',
      { event: null },
      { event: {}, receipt: {} },
      { tile: {} },
      { tile: null },
    ];
    strange.push({ export: null }, { export: { format: 'assentry-export/v1' } }, { decision: { event: 'x' } });
    for (const odd of strange)
      for (const at of [0, 1, firstEvent, small.lines.length]) {
        const records = recordsOf(small.lines);
        expect((await wrong(resummed(records.toSpliced(at, 1, odd as JsonObject)))).detail).toMatch(/^line \d+: /);
      }
  });
});

describe('a history that is well hashed and sealed, and illegal', () => {
  const told = async (object: string, drafts: ReturnType<typeof draftsOf>) =>
    wrong((await exportOf([...history(1), ...chained(object, drafts)])).lines);
  const drafts = draftsOf(WHOLE_LIFE);

  it('is named where there is an exchange without an approval', async () => {
    const approved = drafts.findIndex(({ skeleton }) => skeleton.command === 'approve');
    const exchanged = drafts.findIndex(({ skeleton }) => skeleton.command === 'exchange');
    const skipping = [...drafts.slice(0, approved), ...drafts.slice(exchanged)].map((draft, at) => ({
      ...draft,
      skeleton: { ...draft.skeleton, step: at + 1 },
    }));
    const found = await told('apr_9', skipping);
    expect(found).toMatchObject({ claim: 'lifecycle', event: `evt_apr_9_${approved + 1}` });
    expect(found.detail).toContain('exchange is not legal');
  });

  it('is named where there are two decisions', async () => {
    const approve = drafts.filter(({ skeleton }) => skeleton.command === 'approve');
    const again = approve.map((draft) => ({ ...draft, skeleton: { ...draft.skeleton, step: 3, from: 'approved' } }));
    const twice = [...drafts.slice(0, 1 + approve.length), ...again];
    const found = await told('apr_9', twice);
    expect(found).toMatchObject({ claim: 'lifecycle', event: `evt_apr_9_${2 + approve.length}` });
    expect(found.detail).toContain('approve is not legal');
  });

  it('is named where a step is cut off at the end, or an object begins in the middle', async () => {
    const approve = draftsOf(WHOLE_LIFE.slice(0, 2));
    expect((await told('apr_9', approve.slice(0, -1))).claim).toBe('lifecycle');
    expect((await told('apr_9', drafts.slice(2))).claim).toBe('lifecycle');
  });
});
