// The verifier's page and an export of a whole organisation: genuine ones verify, damaged ones do not, and a bundle that
// withholds what people signed is neither called valid nor red.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkFile } from '../../../dashboard/src/pages/verify/check.ts';
import { pinnedKeys } from '../../../dashboard/src/pages/verify/known.ts';
import { toneOf, verdictOf } from '../../../dashboard/src/pages/verify/verdict.ts';
import { ANCHORS, forged, textOf } from '../evidence/samples.ts';

const GOLDEN = readFileSync(join(import.meta.dirname, '../../golden/organization.export'), 'utf8');
const PINS = JSON.parse(readFileSync(join(import.meta.dirname, '../../golden/organization.anchors.json'), 'utf8'));

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});
afterEach(() => vi.unstubAllGlobals());

const file = (text: string) => new File([text], 'a.file');
const { organization, receipt_key } = PINS;

describe('a chosen file', () => {
  it('that is a genuine export is valid, pins its log key at first, and says what it is about', async () => {
    const first = await checkFile(file(GOLDEN), { organization, receipt_key });
    expect(first.report).toMatchObject({ valid: true, complete: true });
    expect(first.report.claims.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(first.about?.what).toMatch(/^an export of org_\w+: \d+ events$/);
    expect(first.first_key).toBe(pinnedKeys().join('\n'));
    expect([PINS.log_key].flat()).toEqual(pinnedKeys());
    expect(verdictOf(first.report, '')).toMatch(/^Nothing failed: \d+ proved/);
    expect(await checkFile(file(GOLDEN), { organization, receipt_key })).toMatchObject({
      report: { valid: true, first_use: false },
      first_key: null,
      other_key: null,
    });
  });

  it('that is a damaged, cut or foreign export is not valid', async () => {
    const cut = GOLDEN.split('\n').slice(0, -2).join('\n');
    for (const text of [GOLDEN.replace('"org_seq":3', '"org_seq":4'), cut])
      expect((await checkFile(file(text), { organization })).report.valid).toBe(false);
    expect((await checkFile(file(GOLDEN), { organization: 'org_other' })).report.valid).toBe(false);
    expect(pinnedKeys()).toEqual([]);
  });

  it('that is a bundle with all that its kind needs is good, and says of what kind it is', async () => {
    const { log_key: _, ...known } = ANCHORS;
    const { report, needs } = await checkFile(file(textOf('approval')), known);
    expect(toneOf(report)).toBe('good');
    expect(needs[0]).toBe('Everything that the evidence of a person’s approval needs is proved.');
  });

  it('that withholds what people signed is partial: not red, and not called proved', async () => {
    const { log_key: _, ...known } = ANCHORS;
    const text = forged('approval', (bundle) => {
      for (const { event } of bundle.events)
        if (event.skeleton.by.startsWith('usr_')) Object.assign(event, { personal: null, salt_personal: null });
      for (const receipt of bundle.receipts) receipt.bundle = null;
      bundle.heads = [];
    });
    const { report, needs } = await checkFile(file(text), known);
    expect(toneOf(report)).toBe('partial');
    expect(verdictOf(report, '24')).toMatch(/^Nothing failed, but this file does not prove all that it needs: /);
    expect(needs.join(' ')).toMatch(/Withheld from whoever downloaded this file, so not proved: .*signature/);
  });
});
