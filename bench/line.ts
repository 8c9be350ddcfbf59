// One line of the table: what was measured, what it is compared with, what was wanted. A line never fails anything: it
// says where we stand.

/** Another way to get the same, measured in the same run or computed from the same counts; `how` says which. */
export interface Baseline {
  arm: string;
  value: number;
  how: 'measured' | 'computed' | 'from performance.md';
}

export interface Line {
  figure: string;
  unit: string;
  /** One per round; the summary of them is what is judged. */
  samples: number[];
  /** What stands for the samples; the median if absent. */
  summary?: 'median' | 'max' | 'p99';
  baseline: Baseline | null;
  /** In words of performance.md, and as a test of (summary, summary ÷ baseline). Null where performance.md has none. */
  target: { words: string; holds: (value: number, ratio: number) => boolean } | null;
  note?: string;
}

/** A line with its numbers worked out: what `--json` prints. */
export interface Measured {
  row: string;
  figure: string;
  unit: string;
  measured: number;
  summary: 'median' | 'max' | 'p99';
  baseline: Baseline | null;
  /** measured ÷ baseline. */
  ratio: number | null;
  target: string | null;
  /** Null where there is no target. */
  holds: boolean | null;
  min: number;
  median: number;
  max: number;
  rounds: number;
  note: string | null;
}

/** Nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

const SUMMARIES = {
  median,
  max: (samples: readonly number[]) => Math.max(...samples),
  p99: (samples: readonly number[]) => percentile(samples, 0.99),
};

/** @throws for a line without a sample, or with nothing to compare it with: what was not measured is not shown */
export function measured(row: string, line: Line): Measured {
  const { figure, unit, samples, summary = 'median', baseline, target, note = null } = line;
  if (samples.length === 0 || samples.some((sample) => !Number.isFinite(sample)))
    throw new Error(`${figure}: nothing was measured`);
  if (baseline !== null && !Number.isFinite(baseline.value))
    throw new Error(`${figure}: ${baseline.arm} was not measured`);
  const value = SUMMARIES[summary](samples);
  const ratio = baseline === null ? null : value / baseline.value;
  return {
    ...{ row, figure, unit, measured: value, summary, baseline, ratio, note },
    target: target?.words ?? null,
    holds: target === null ? null : target.holds(value, ratio ?? Number.NaN),
    ...{ min: Math.min(...samples), median: median(samples), max: Math.max(...samples), rounds: samples.length },
  };
}

/** `≤ 5 rows`. */
export const atMost = (limit: number, words = `≤ ${limit.toLocaleString('en')}`): Line['target'] => ({
  words,
  holds: (value) => value <= limit,
});

/** `≤ 1.25×` of the baseline. */
export const atMostTimes = (limit: number): Line['target'] => ({
  words: `≤ ${limit}×`,
  holds: (_value, ratio) => ratio <= limit,
});
