// `npm run bench [-- --json] [-- ROW…]`: measures what docs promise of cost and speed. Nothing fails on a time; a row that
// could not be measured at all is an error.
import { QUIET } from './child.ts';

// What wrangler says of its own would stand in the way of `--json`.
Object.assign(process.env, QUIET, { WRANGLER_LOG: 'error' });
const args = process.argv.slice(2).filter((arg) => arg !== '--');
const json = args.includes('--json');

try {
  const { bench, shown } = await import('../bench/run.ts');
  const report = await bench(
    args.filter((arg) => arg !== '--json'),
    (row) => console.error(`measuring ${row} …`),
  );
  console.log(json ? JSON.stringify(report, null, 2) : shown(report));
  process.exitCode = report.not_measured.length > 0 ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
