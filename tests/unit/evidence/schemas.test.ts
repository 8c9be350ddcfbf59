import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromBase64, fromUtf8 } from '../../../core/encoding.ts';
import { faultOfForm } from '../../../core/evidence/schema.ts';
import { attestationOf, SUMMARY_SCHEMA } from '../../../core/evidence.ts';
import { statementSchema } from '../../../core/receipt/schema.ts';
import { SCHEMAS } from '../../../scripts/evidence-schemas.ts';
import { type Loose, SAMPLES, textOf } from './samples.ts';

const REFERENCE = join(import.meta.dirname, '../../../docs/reference');

it.each(Object.entries(SCHEMAS))('docs/reference/%s is what the core says', (file, schema) => {
  expect(JSON.parse(readFileSync(join(REFERENCE, file), 'utf8'))).toEqual(schema);
});

describe('a signed statement', () => {
  const statementOf = (sample: 'approval' | 'rejection' | 'quorum'): Loose => {
    const { dsseEnvelope } = JSON.parse(textOf(sample)).receipts[0].bundle;
    return JSON.parse(fromUtf8(fromBase64(dsseEnvelope.payload)!)!);
  };

  it.each([
    ['approval', 'human-approval'],
    ['quorum', 'human-approval'],
    ['rejection', 'human-rejection'],
  ] as const)('of %s fits the schema of %s and no other', (sample, name) => {
    const names = ['human-approval', 'human-rejection', 'test-approval'] as const;
    const fits = names.filter((one) => faultOfForm(statementSchema(one), statementOf(sample)) === null);
    expect(fits).toEqual([name]);
  });

  it('with one field more or less does not fit', () => {
    const statement = statementOf('approval');
    const fault = (change: (predicate: Loose) => void) => {
      const copy = structuredClone(statement);
      change(copy.predicate);
      return faultOfForm(statementSchema('human-approval'), copy);
    };
    expect(fault((predicate) => delete predicate.votes[0].assertion)?.pointer).toBe('/predicate/votes/0/assertion');
    expect(fault((predicate) => (predicate.approved = true))?.detail).toContain('"approved"');
  });
});

describe('a summary', () => {
  const summaryOf = (sample: (typeof SAMPLES)[number]): Loose =>
    structuredClone(attestationOf(JSON.parse(textOf(sample))).statement);

  it.each(SAMPLES)('of %s fits its schema and that of no receipt', (sample) => {
    expect(faultOfForm(SUMMARY_SCHEMA, summaryOf(sample))).toBeNull();
    for (const name of ['human-approval', 'human-rejection', 'test-approval'] as const)
      expect(faultOfForm(statementSchema(name), summaryOf(sample))?.pointer).toBe('/predicateType');
  });

  it('with a field more or less, or another kind of value, does not fit', () => {
    const fault = (change: (predicate: Loose) => void) => {
      const summary = summaryOf('approval');
      change(summary.predicate);
      return faultOfForm(SUMMARY_SCHEMA, summary);
    };
    expect(fault((predicate) => delete predicate.evidence)?.pointer).toBe('/predicate/evidence');
    expect(fault((predicate) => (predicate.approved = true))?.detail).toContain('"approved"');
    expect(fault((predicate) => (predicate.decisions[0].entry = 'x'))?.pointer).toBe('/predicate/decisions/0/entry');
    expect(fault((predicate) => (predicate.outcome.at = 'x'))?.pointer).toBe('/predicate/outcome/at');
  });
});
