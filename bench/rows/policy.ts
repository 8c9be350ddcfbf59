// The worst that a condition can be made to cost. Each attack has its own line of thought: too many items, too many
// comparisons, patterns that back-track elsewhere, texts that grow, deep nesting. The dearest one is the row.

import { compileCondition, evaluateCondition } from '../../core/condition.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Row } from '../context.ts';
import { atMost, median } from '../line.ts';

const ROUNDS = 15;

const wide = (size: number): Json[] => Array.from({ length: size }, (_, n) => ({ n, s: 'a'.repeat(20) }));
const many = (count: number, part: string, joint = ' && '): string =>
  Array.from({ length: count }, () => part).join(joint);
const LONG = 'a'.repeat(60_000);

const ATTACKS: [string, JsonObject][] = [
  [`param.l.all(i, ${many(60, 'i.n >= 0')})`, { l: wide(1_000) }],
  [many(20, 'param.l.all(i, i.n >= 0)'), { l: wide(1_000) }],
  [`param.l.all(i, param.s.contains("${'a'.repeat(50)}b"))`, { l: wide(1_000), s: LONG }],
  ['param.l.all(i, param.s.matches("^(a|aa)+$"))', { l: wide(1_000), s: LONG.slice(30_000) }],
  ['param.s.matches("(a*)*b")', { s: LONG }],
  ['param.s.matches("[a-z]{500}$")', { s: LONG }],
  ['param.l.map(i, i.n).map(i, i + 1).filter(i, i > 3).size() > 3', { l: wide(1_000) }],
  ['param.l.map(i, param.s + param.s).size() > 1', { l: wide(1_000), s: LONG }],
  [many(50, 'param == param'), { l: wide(1_000) }],
  ['param.l.all(i, i in param.l)', { l: wide(1_000) }],
  ['param.l.all(i, param.l == param.l)', { l: wide(1_000) }],
  ['(param.s + param.s + param.s + param.s).size() > 1', { s: LONG }],
  [`${'!'.repeat(900)}true`, {}],
  [`${'('.repeat(400)}true${')'.repeat(400)}`, {}],
  [`${'['.repeat(200)}1${']'.repeat(200)} == param.l`, { l: wide(1_000) }],
];

/** Milliseconds of CPU of this thread so far: what others do to the machine must not count. */
const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

/** Milliseconds of CPU from the text to the answer; compiling is in it, an isolate may see it for the first time. */
function timeOf(text: string, param: JsonObject): number {
  const named = { action: 'a', resource: 'r', actor: 'agent:a', metadata: {}, context: null };
  const started = cpuMs();
  const compiled = compileCondition(text);
  if ('condition' in compiled)
    evaluateCondition(compiled.condition, { ...named, param, now: '2026-11-20T00:00:00.000Z' });
  return cpuMs() - started;
}

export const policy: Row = {
  name: 'policy',
  async measure() {
    const attacks = ATTACKS.map(([text, param]) => {
      timeOf(text, param);
      return { text, samples: Array.from({ length: ROUNDS }, () => timeOf(text, param)) };
    });
    const worst = attacks.sort((a, b) => median(b.samples) - median(a.samples))[0]!;
    return [
      {
        ...{
          figure: `worst of ${ATTACKS.length} hostile conditions`,
          unit: 'ms CPU',
          samples: worst.samples,
          baseline: null,
        },
        target: atMost(20, '< 20 ms (policy.md)'),
        note: worst.text.length > 60 ? `${worst.text.slice(0, 60)}…` : worst.text,
      },
    ];
  },
};
