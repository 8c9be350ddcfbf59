// Cases beside a policy: what is asked, and what policy must say to it. Reading them and running them; nothing is asked
// of a server, and the moment is the caller's.
import { canonicalize, sameJson } from '../canonical.ts';
import type { Json } from '../json.ts';
import { fail, ok, type ProblemPlace, type Result } from '../problems.ts';
import { type Case, casesDocument, type Expectation } from './cases/schema.ts';
import { judge } from './judge.ts';
import type { Judgement, Policy, Stage } from './model.ts';
import { faultsOfCall } from './parameters.ts';
import type { At } from './reader.ts';
import { readSource, type Source } from './source.ts';

const MAX_PROBLEMS = 20;

/** What one case says otherwise than the policy, at its place in the file of cases. */
export interface Failure extends ProblemPlace {
  name: string;
  field: keyof Expectation;
  expected: Json;
  got: Json;
}
export interface Outcome {
  name: string;
  failures: Failure[];
  /** What the policy says to it. */
  judgement: Judgement;
}

export interface Cases {
  cases: Case[];
  source: Source;
}

/** YAML or JSON: a list of cases, or `{tests: […]}` → the cases, or `invalid-policy` with every place that is wrong. */
export function readCases(text: string): Result<Cases> {
  const read = readSource(text);
  if ('problems' in read) return invalid(read.problems);
  const { source } = read;
  const problems: ProblemPlace[] = [];
  const at: At = { path: [], report: (...place) => problems.push(source.place(...place)) };
  const cases = casesDocument(source.value, at);
  if (problems.length > 0) return invalid(problems);
  for (const [index, { name }] of cases.entries())
    if (cases.findIndex((one) => one.name === name) < index)
      problems.push(source.place(pathOf(source, index, 'name'), `The name "${name}" is used twice.`));
  return problems.length > 0 ? invalid(problems) : ok({ cases, source });
}

function invalid(problems: ProblemPlace[]): Result<never> {
  const [first] = problems;
  const detail = `Line ${first?.line}, column ${first?.column}: ${first?.detail}`;
  return fail('invalid-policy', detail, { errors: problems.slice(0, MAX_PROBLEMS) });
}

const pathOf = ({ value }: Source, index: number, ...more: string[]) =>
  Array.isArray(value) ? [index, ...more] : ['tests', index, ...more];

/**
 * Runs every case.
 *
 * @param now the moment for cases that name none
 * @returns an outcome per case, in their order
 */
export const runCases = (policy: Policy, { cases, source }: Cases, now: string): Outcome[] =>
  cases.map((one, index) => {
    const judgement = judge(policy, one.request, { now: one.now ?? now, exhausted_patterns: one.exhausted });
    // What the door would refuse is never judged: a case that does not say so proves nothing.
    const refused = faultsOfCall(judgement.parameters ?? null, one.request).map(({ pointer }) => pointer);
    const wanted: Expectation = { ...one.expect, refused: one.expect.refused ?? [] };
    const failures = (Object.keys(wanted) as (keyof Expectation)[])
      .filter((field) => wanted[field] !== undefined)
      .flatMap((field): Failure[] => {
        const expected = comparable[field](wanted[field] as never);
        const got = field === 'refused' ? refused : GOT[field](judgement);
        if (sameJson(expected, comparable[field](got as never))) return [];
        const detail = `"${one.name}": expected ${field} ${shown(expected)}, got ${shown(got)}.`;
        const place = source.place(pathOf(source, index, 'expect', field), detail);
        return [{ ...place, name: one.name, field, expected, got }];
      });
    return { name: one.name, failures, judgement };
  });

const shown = (value: Json): string => (typeof value === 'string' ? value : canonicalize(value));

/** What the judgement holds under the names that a case uses. */
const GOT: Record<Exclude<keyof Expectation, 'refused'>, (judgement: Judgement) => Json> = {
  verdict: ({ verdict }) => verdict,
  rule: ({ rule }) => rule,
  risk: ({ risk }) => risk.level,
  stages: ({ verdict, requirement }) => (verdict === 'require_approval' ? (requirement.stages as unknown as Json) : []),
  verify: ({ requirement }) => requirement.verify,
  constraints: ({ constraints }) => constraints,
  timeout: ({ timeout_seconds }) => timeout_seconds,
  message: ({ message }) => message,
};

const itself = (value: Json): Json => value;
/** Who may approve is a set: its order says nothing. */
const sortedStages = (stages: Stage[]): Json =>
  stages.map(({ from, count, actions }) => ({ from: [...from].sort(), count, ...(actions ? { actions } : {}) }));

const comparable: Record<keyof Expectation, (value: never) => Json> = {
  ...{ verdict: itself, rule: itself, risk: itself, verify: itself },
  ...{ constraints: itself, timeout: itself, message: itself, refused: itself },
  stages: sortedStages,
};
