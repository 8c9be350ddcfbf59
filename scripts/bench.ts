// `npm run bench [-- --json] [-- ROW…]`: measures what docs promise of cost and speed. Nothing fails on a time; a row that
// could not be measured at all is an error.
import { given } from './arguments.ts';
import { QUIET } from './child.ts';

// What wrangler says of its own would stand in the way of `--json`.
Object.assign(process.env, QUIET, { WRANGLER_LOG: 'error' });
const { has, words } = given({
  usage: 'npm run bench [-- --json] [-- ROW…]',
  does: 'Measures what the documents promise of cost and speed. Without a ROW, all of them.',
  switches: { json: 'print JSON' },
  words: { least: 0, most: Number.POSITIVE_INFINITY },
});

try {
  const { bench, shown } = await import('../bench/run.ts');
  const report = await bench(words, (row) => console.error(`measuring ${row} …`));
  console.log(has('json') ? JSON.stringify(report, null, 2) : shown(report));
  for (const { row, reason } of report.not_measured) console.error(`FAILED: ${row} was not measured: ${reason}`);
  process.exitCode = report.not_measured.length > 0 ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
