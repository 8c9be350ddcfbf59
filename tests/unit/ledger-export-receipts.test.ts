// Decision receipts inside an export: signed by the pinned key, each the entry that it says, what its event names.
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { FIRST_SUM, readLine, verifyExport } from '../../core/ledger/export.ts';
import {
  exportOf,
  history,
  LINK_KEY,
  LOG_KEY,
  nodeCrypto,
  ORGANIZATION,
  RECEIPT_KEY,
} from '../support/ledger-export.ts';
import { bendings, flips, recordsOf, resummed } from '../support/ledger-forger.ts';

const ANCHORS = {
  ...{ log_key: LOG_KEY, organization: ORGANIZATION, receipt_key: RECEIPT_KEY },
  link_key: Buffer.from(LINK_KEY).toString('hex'),
};
const check = (lines: readonly string[], anchors: object = ANCHORS) => verifyExport(lines, anchors, nodeCrypto);
const failed = async (records: readonly JsonObject[], anchors: object = ANCHORS) => {
  const { valid, claims } = await check(resummed(records), anchors);
  expect(valid).toBe(false);
  return claims.at(-1)!;
};
const saidOf = async (records: readonly JsonObject[], anchors: object = ANCHORS) => {
  const { valid, claims } = await check(resummed(records), anchors);
  expect(valid).toBe(true);
  return claims.filter(({ claim }) => claim === 'receipt').map(({ status, detail }) => [status, detail]);
};

let lines: string[];
let records: JsonObject[];
let places: number[];
type Line = { decision: { event: string; index: number; leaf: string; envelope?: unknown } };
const line = (at: number) => records[at] as unknown as Line;
const bentLine = (at: number, change: object): JsonObject[] =>
  records.with(at, { decision: { ...line(at).decision, ...change } } as unknown as JsonObject);
beforeAll(async () => {
  lines = (await exportOf(history(4, { receipts: true }))).lines;
  records = recordsOf(lines);
  places = records.flatMap((record, at) => (record.decision ? [at] : []));
});

describe('a decision receipt in an export', () => {
  it('is proved under the pinned key', async () => {
    expect(places).toHaveLength(4);
    expect(await saidOf(records)).toEqual([['proved', expect.stringContaining('4 of 4 decision receipts')]]);
    expect(await saidOf(records, { ...ANCHORS, receipt_key: ['AAAA', RECEIPT_KEY] })).toEqual([
      ['proved', expect.any(String)],
    ]);
  });

  it('is only asserted where no key is pinned, and refused under another', async () => {
    expect(await saidOf(records, { log_key: LOG_KEY })).toEqual([['asserted', expect.stringContaining('pin one')]]);
    expect(await failed(records, { ...ANCHORS, receipt_key: 'AAAA' })).toMatchObject({
      ...{ claim: 'receipt', field: '/decision/leaf', entry: line(places[0]!).decision.index },
      event: line(places[0]!).decision.event,
    });
  });

  it('that is not there is said to be not shown, and one that is erased to be erased', async () => {
    const without = records.filter((_, at) => at !== places[1]);
    expect(await saidOf(without)).toEqual([
      ['proved', expect.stringContaining('3 of 4')],
      ['not-replayable', '1 of 4 decision receipts are not shown here'],
    ]);
    expect(await saidOf(bentLine(places[1]!, { envelope: null }))).toEqual([
      ['proved', expect.stringContaining('3 of 4')],
      ['not-replayable', 'the statements of 1 decision receipts are erased'],
    ]);
  });

  it('of an older export, which has leaves alone, leaves the export valid and says so', async () => {
    const older = records.map((record) => {
      const { decision } = record as unknown as Partial<Line>;
      if (decision === undefined) return record;
      const { envelope: _, ...rest } = decision;
      return { decision: rest } as unknown as JsonObject;
    });
    expect(await saidOf(older)).toEqual([['not-replayable', '4 of 4 decision receipts are not shown here']]);
    expect(await saidOf(records.filter(({ decision }) => decision === undefined))).toHaveLength(1);
  });

  it('is found to be damaged whichever bit of whichever byte is flipped', () => {
    let sum = FIRST_SUM;
    let tried = 0;
    for (const [at, text] of lines.entries()) {
      for (const flipped of places.includes(at) ? flips(text) : []) {
        if (readLine(sum, flipped) !== null) throw new Error(`line ${at + 1}: ${flipped} went unnoticed`);
        tried += 1;
      }
      sum = readLine(sum, text)!.sum;
    }
    expect(tried).toBeGreaterThan(4 * 1_000);
  });

  it('is found by entry and field for every value that a forger bends', async () => {
    const [at] = places as [number];
    let tried = 0;
    for (const { bent, path } of bendings(records[at])) {
      const found = await failed(records.with(at, bent));
      expect(found.field, path).toMatch(/^\/decision\//);
      expect(found, path).toMatchObject({ line: at + 1, entry: expect.any(Number), event: expect.any(String) });
      tried += 1;
    }
    expect(tried).toBeGreaterThan(15);
  });

  it('is refused for another request, twice, without its event, or where the event names none', async () => {
    const [one, other] = places as [number, number];
    const { leaf, index, envelope } = line(other).decision;
    expect(await failed(bentLine(one, { leaf, index, envelope }))).toMatchObject({ field: '/decision/leaf' });
    expect(await failed(bentLine(one, { envelope }))).toMatchObject({ field: '/decision/envelope/payload' });
    expect(await failed(records.toSpliced(one, 0, records[one]!))).toMatchObject({ claim: 'order' });
    expect(await failed(records.toSpliced(one, 1).toSpliced(one + 1, 0, records[one]!))).toMatchObject({
      claim: 'order',
    });
    const born = records.findIndex(({ receipt }) => receipt !== undefined);
    const { id } = (records[born] as { event: { skeleton: { id: string } } }).event.skeleton;
    const stray = { decision: { ...line(one).decision, event: id } } as unknown as JsonObject;
    expect(await failed(records.toSpliced(born + 1, 0, stray))).toMatchObject({ claim: 'receipt' });
  });

  it('with a statement that is no approval of a live organisation is not taken for one', async () => {
    const head = structuredClone(records[0]) as { export: { organization: { kind: string } } };
    head.export.organization.kind = 'test';
    const found = await failed(records.with(0, head as unknown as JsonObject));
    expect(found).toMatchObject({ field: '/decision/envelope/payload' });
    expect(found.detail).toContain('no test-approval of');
  });
});
