// The JSON Schemas of docs/reference, from the core's own: `node scripts/evidence-schemas.ts --write` after a change. A
// test holds the files against the source.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVIDENCE_SCHEMA, SUMMARY_SCHEMA } from '../core/evidence.ts';
import type { JsonObject } from '../core/json.ts';
import { breakGlassSchema, statementSchema } from '../core/receipt/schema.ts';
import { ROOT } from './paths.ts';

/** File below docs/reference → schema. */
export const SCHEMAS: Readonly<Record<string, JsonObject>> = {
  'evidence-v1.schema.json': EVIDENCE_SCHEMA,
  'evidence-summary-v1.schema.json': SUMMARY_SCHEMA,
  'break-glass-v1.schema.json': breakGlassSchema(),
  'human-approval-v1.schema.json': statementSchema('human-approval'),
  'human-rejection-v1.schema.json': statementSchema('human-rejection'),
  'test-approval-v1.schema.json': statementSchema('test-approval'),
};

if (process.argv.includes('--write'))
  for (const [file, schema] of Object.entries(SCHEMAS))
    writeFileSync(join(ROOT, 'docs/reference', file), `${JSON.stringify(schema, null, 2)}\n`);
