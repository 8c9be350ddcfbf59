// The state of one evaluation, and what may go wrong in it.
import type { CelValue } from '@bufbuild/cel';
import type { Json } from '../json.ts';
import { MAX_CONDITION_LIST, MAX_CONDITION_STEPS } from '../policy/bounds.ts';
import { type Manner, TOO_MUCH_WORK } from '../policy/semantics.ts';
import type { Cased } from './near.ts';
import type { Place } from './place.ts';
import type { Expr } from './tree.ts';
import { kindOf, Unusable } from './values.ts';

/** One evaluation: what is bound, what was spent, what was read, and the part that decided last. */
export interface Run {
  facts: { [name: string]: Json };
  now: CelValue;
  locals: Map<string, CelValue>;
  steps: number;
  manner: Manner;
  cased: Cased;
  converted: Map<object, CelValue>;
  /** Objects, and the names in them that nothing beside reads like. */
  clear: Map<object, Set<string>>;
  /** By part; a part inside a comprehension reads one place per item. */
  reads: Map<Expr, Map<string, Place>>;
  decided: { expr: Expr; value: CelValue } | null;
}

/** An error at a part of the expression. */
export class Failure extends Error {
  expr: Expr;
  constructor(expr: Expr, detail: string) {
    super(detail);
    this.expr = expr;
  }
}

/** A text that reads otherwise than it is spelt: an error, too, of which people can tell what is meant. */
export class Ambiguous extends Failure {}

/** Counts steps, of this condition and of the judgement that it is part of; a limit reached is an error like any other. */
export function spend(run: Run, expr: Expr, steps: number): void {
  run.steps += steps;
  run.manner.work.left -= steps;
  if (run.steps > MAX_CONDITION_STEPS) throw new Failure(expr, 'evaluating it takes too much work');
  if (run.manner.work.left < 0) throw new Failure(expr, TOO_MUCH_WORK);
}

export function limitList(expr: Expr, size: number): void {
  if (size > MAX_CONDITION_LIST) throw new Failure(expr, `a list of more than ${MAX_CONDITION_LIST} items`);
}

/** Runs library code; what it cannot do becomes a failure at this part. */
export function at<T>(expr: Expr, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Unusable) throw new Failure(expr, error.message);
    throw error;
  }
}

/** A value that must be true or false. */
export function truthOf(expr: Expr, value: CelValue): boolean {
  if (typeof value !== 'boolean') throw new Failure(expr, `needs true or false, not a ${kindOf(value)}`);
  return value;
}
