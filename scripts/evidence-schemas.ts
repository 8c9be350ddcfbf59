// The JSON Schemas of docs/reference, from the core's own: `node scripts/evidence-schemas.ts --write` after a change. A
// test holds the files against the source.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVIDENCE_SCHEMA, SUMMARY_SCHEMA } from '../core/evidence.ts';
import type { JsonObject } from '../core/json.ts';
import { breakGlassSchema, statementSchema } from '../core/receipt/schema.ts';
import { given, WRITE } from './arguments.ts';
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

if (import.meta.main) {
  const { has } = given({
    usage: 'node scripts/evidence-schemas.ts --write',
    does: 'Writes docs/reference/*.schema.json.',
    switches: WRITE,
  });
  const files = Object.entries(SCHEMAS).map(
    ([file, schema]) => [file, `${JSON.stringify(schema, null, 2)}\n`] as const,
  );
  for (const [file, text] of files) {
    if (has('write')) writeFileSync(join(ROOT, 'docs/reference', file), text);
    else process.stdout.write(text);
  }
}
