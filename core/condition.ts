// A condition of policy: one CEL expression behind a gate (core/condition/gate.ts), evaluated so that no error is
// swallowed (core/condition/evaluate.ts). Deterministic, bounded, no eval. In: the text and what was asked. Out: true or
// false, or why there is neither; the part that decided; everything that was read.

import { evaluate } from './condition/evaluate.ts';
import { call, insideLibrary } from './condition/functions.ts';
import { type GateProblem, passGate } from './condition/gate.ts';
import { VARIABLES } from './condition/kinds.ts';
import type { Cased } from './condition/near.ts';
import type { Place } from './condition/place.ts';
import { Ambiguous, Failure, type Run } from './condition/run.ts';
import { type Expr, everyPart, type Parsed, textOf } from './condition/tree.ts';
import { jsonOf, kindOf, Unusable } from './condition/values.ts';
import type { Instant, Json, JsonObject } from './json.ts';
import { MAX_CACHED_CONDITIONS, MAX_TRACE_VALUE_CHARS } from './policy/bounds.ts';
import type { DecidedBy } from './policy/model.ts';
import { type Manner, manner, NEWEST, type Semantics } from './policy/semantics.ts';

export type { GateProblem } from './condition/gate.ts';

/** What the names of a condition stand for. */
export interface ConditionFacts {
  param: JsonObject;
  resource: string;
  actor: string;
  action: string;
  metadata: JsonObject;
  context: JsonObject | null;
  now: Instant;
}

/** A condition that passed the gate. */
export interface Condition {
  text: string;
  parsed: Parsed;
}

export interface ConditionOutcome {
  /** null: an error, never to be taken for true or false. */
  result: boolean | null;
  error: string | null;
  /** The error is that a text reads otherwise than it is spelt. */
  ambiguous: boolean;
  decided_by: DecidedBy;
  /** Everything read by name, e.g. `context.records`; the value as it was sent, null where `has()` found nothing. */
  reads: { name: string; value: Json }[];
}

/** Text → a condition, or what is wrong with it at which character (from 0). */
export function compileCondition(
  text: string,
  semantics: Semantics = NEWEST,
): { condition: Condition } | { problems: GateProblem[] } {
  const gated = passGate(text, semantics);
  return 'problems' in gated ? gated : { condition: { text, parsed: gated.parsed } };
}

// Memoisation of a pure function, bounded by count: policies are few, and conditions are compiled again when dropped.
const compiled = new Map<string, ReturnType<typeof compileCondition>>();

/** `compileCondition`, remembered by text and version. */
export function conditionOf(text: string, semantics: Semantics = NEWEST): ReturnType<typeof compileCondition> {
  const key = `${semantics} ${text}`;
  const known = compiled.get(key);
  if (known) return known;
  if (compiled.size >= MAX_CACHED_CONDITIONS) compiled.clear();
  const fresh = compileCondition(text, semantics);
  compiled.set(key, fresh);
  return fresh;
}

/** How a condition is evaluated beside its facts: the judgement's manner, and whether case of a text matters. */
interface Evaluating {
  manner: Manner;
  cased: Cased;
}
const alone = (): Evaluating => ({ manner: manner(), cased: () => false });

const runFor = ({ now, ...facts }: ConditionFacts, how: Evaluating): Run => ({
  ...how,
  facts: { ...facts, now },
  now: call('timestamp', undefined, [now])!,
  locals: new Map(),
  steps: 0,
  converted: new Map(),
  clear: new Map(),
  reads: new Map(),
  decided: null,
});

/** Evaluates a condition. Never throws on anything that a request can hold; what cannot be evaluated is an error. */
export function evaluateCondition(
  condition: Condition,
  facts: ConditionFacts,
  how: Evaluating = alone(),
): ConditionOutcome {
  return insideLibrary(() => {
    let run: Run | undefined;
    try {
      run = runFor(facts, how);
      const value = evaluate(run, condition.parsed.expr);
      if (typeof value !== 'boolean')
        throw new Failure(condition.parsed.expr, `is a ${kindOf(value)}, not true or false`);
      return outcome(condition, run, value, run.decided?.expr ?? condition.parsed.expr, null);
    } catch (error) {
      if (error instanceof Failure)
        return { ...outcome(condition, run, null, error.expr, error.message), ambiguous: error instanceof Ambiguous };
      if (error instanceof Unusable) return outcome(condition, run, null, condition.parsed.expr, error.message);
      throw error;
    }
  });
}

function outcome(
  { text, parsed }: Condition,
  run: Run | undefined,
  result: boolean | null,
  part: Expr,
  detail: string | null,
): ConditionOutcome {
  const expression = textOf(parsed, part) || text;
  const value = detail === null && run?.decided ? brief(jsonOf(run.decided.value)) : null;
  // Items of a comprehension are named in an error only: of a result, the last one alone would mislead.
  const shown = readsIn(run, part).filter(({ name }) => detail !== null || isOfRequest(name));
  const values = shown.map(({ name, value }) => ({ name, value: brief(value) }));
  const error = detail && `\`${expression}\`: ${detail}`;
  const reads = readsIn(run, parsed.expr).filter(({ name }) => isOfRequest(name));
  return { result, error, ambiguous: false, decided_by: { expression, values, result: value }, reads };
}

const isOfRequest = (name: string) => Object.hasOwn(VARIABLES, name.split(/[.[]/)[0]!);

const jsonAt = (place: Place): Json => ('cel' in place ? jsonOf(place.cel) : place.json);

/** What was read inside a part, by name, each name once. */
function readsIn(run: Run | undefined, part: Expr): { name: string; value: Json }[] {
  const found = new Map<string, Json>();
  for (const inner of everyPart(part)) {
    for (const [name, place] of run?.reads.get(inner) ?? []) found.set(name, jsonAt(place));
  }
  return [...found].map(([name, value]) => ({ name, value }));
}

/** A value as a trace shows it: long ones are cut, because a trace is recorded for every rule. */
function brief(value: Json): Json {
  const text = JSON.stringify(value);
  if (text.length <= MAX_TRACE_VALUE_CHARS) return value;
  if (typeof value === 'string') return `${[...value.slice(0, MAX_TRACE_VALUE_CHARS)].slice(0, -1).join('')}…`;
  return Array.isArray(value) ? `(a list of ${value.length} items)` : '(an object too large to show)';
}
