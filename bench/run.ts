// Runs rows one after the other: they share a machine, and counts share an isolate. A row that cannot be measured says
// why, leaves the others alone, and fails the whole; times fail nothing.
import { cpus, loadavg } from 'node:os';
import { Context } from './context.ts';
import { type Measured, measured } from './line.ts';
import { ROWS } from './rows.ts';
import { table } from './table.ts';

interface Missing {
  row: string;
  reason: string;
}

export interface Report {
  /** What the times were taken on; counts do not depend on it. */
  machine: { cpu: string; cores: number; node: string; load_before: number; load_after: number };
  at: string;
  lines: Measured[];
  not_measured: Missing[];
}

/**
 * Measures.
 *
 * @param names of rows; none for all
 * @param says hears which row is under way
 * @throws for a name that no row has
 */
export async function bench(names: readonly string[], says: (row: string) => void): Promise<Report> {
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0)
    throw new Error(`There is no row ${unknown.join(', ')}. Rows: ${ROWS.map((row) => row.name).join(', ')}`);
  const report: Report = { machine: machine(), at: new Date().toISOString(), lines: [], not_measured: [] };
  const context = new Context();
  try {
    for (const row of ROWS.filter(({ name }) => names.length === 0 || names.includes(name))) {
      says(row.name);
      try {
        report.lines.push(...(await row.measure(context)).map((line) => measured(row.name, line)));
      } catch (error) {
        report.not_measured.push({ row: row.name, reason: error instanceof Error ? error.message : String(error) });
      }
    }
  } finally {
    await context.close();
    report.machine.load_after = loadavg()[0]!;
  }
  return report;
}

const machine = (): Report['machine'] => ({
  ...{ cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version },
  ...{ load_before: loadavg()[0]!, load_after: loadavg()[0]! },
});

/** For people. */
export function shown({ machine, lines, not_measured }: Report): string {
  const missing = not_measured.map(({ row, reason }) => `not measured: ${row}: ${reason}`);
  const { cpu, cores, node, load_before, load_after } = machine;
  const load = `load ${load_before.toFixed(1)} before, ${load_after.toFixed(1)} after`;
  const busy = Math.max(load_before, load_after) > cores ? ' The machine was busy: times in ms say little.' : '';
  const where = `${cpu}, ${cores} cores, ${load}, Node ${node}. Counts are exact; of times only ratios mean anything.${busy}`;
  return [...(lines.length > 0 ? [table(lines)] : []), '', ...missing, where].join('\n');
}
