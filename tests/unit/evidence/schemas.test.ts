import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromBase64, fromUtf8 } from '../../../core/encoding.ts';
import { faultOfForm } from '../../../core/evidence/schema.ts';
import { statementSchema } from '../../../core/receipt/schema.ts';
import { SCHEMAS } from '../../../scripts/evidence-schemas.ts';
import { type Loose, textOf } from './samples.ts';

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
