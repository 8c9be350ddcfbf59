// all, exists, exists_one, map and filter. The library expands them into a fold that may stop early and skip errors; here
// every item is evaluated, so that no item's error is swallowed, whatever the order of the items.
import { type CelValue, celList, isCelList, isCelMap } from '@bufbuild/cel';
import { Failure, limitList, type Run, truthOf } from './run.ts';
import { type Expr, parametersOf } from './tree.ts';
import { kindOf } from './values.ts';

type Evaluate = (run: Run, expr: Expr) => CelValue;

/** Items of a list, or keys of an object in one order, whatever order they were sent in. */
function itemsOf(expr: Expr, value: CelValue): CelValue[] {
  if (!isCelList(value) && !isCelMap(value)) throw new Failure(expr, `a ${kindOf(value)} has no items to go through`);
  limitList(expr, value.size);
  return isCelList(value) ? [...value] : [...value.keys()].map(String).sort();
}

/** The value of a comprehension. Throws Failure for the first item that has none. */
export function comprehend(run: Run, expr: Expr, evaluate: Evaluate): CelValue {
  const { range, variable, accumulator, initial, step, result } = parametersOf(expr);
  const items = itemsOf(expr, evaluate(run, range));
  const outer = run.locals;
  run.locals = new Map(outer);
  const fold = initial.exprKind.case === 'listExpr' ? collect : accumulate;
  run.locals.set(accumulator, fold(run, { variable, accumulator, initial, step }, items, evaluate));
  const value = evaluate(run, result);
  run.locals = outer;
  return value;
}

interface Fold {
  variable: string;
  accumulator: string;
  initial: Expr;
  step: Expr;
}

/** `all`, `exists`, `exists_one`: a flag or a count goes from item to item. */
function accumulate(
  run: Run,
  { variable, accumulator, initial, step }: Fold,
  items: CelValue[],
  evaluate: Evaluate,
): CelValue {
  let accumulated = evaluate(run, initial);
  for (const item of items) {
    run.locals.set(variable, item).set(accumulator, accumulated);
    accumulated = stepped(run, step, evaluate);
  }
  return accumulated;
}

/** The step of `all` and `exists` is `@result && test`: the test comes first here, so that no item is skipped. */
function stepped(run: Run, step: Expr, evaluate: Evaluate): CelValue {
  const { case: shape, value } = step.exprKind;
  if (shape !== 'callExpr' || !['_&&_', '_||_'].includes(value.function)) return evaluate(run, step);
  const [accumulated, test] = value.args;
  const now = truthOf(step, evaluate(run, test!));
  const before = truthOf(step, evaluate(run, accumulated!));
  return value.function === '_&&_' ? before && now : before || now;
}

/** `map` and `filter`: what each step would append, appended once instead of copied for each item. */
function collect(run: Run, { variable, step }: Fold, items: CelValue[], evaluate: Evaluate): CelValue {
  return celList(
    items.flatMap((item) => {
      run.locals.set(variable, item);
      return appended(run, step, evaluate);
    }),
  );
}

/** `@result + [x]` appends x; `test ? @result + [x] : @result` does so when the test holds. */
function appended(run: Run, step: Expr, evaluate: Evaluate): CelValue[] {
  const { case: shape, value } = step.exprKind;
  if (shape !== 'callExpr') return [];
  const [first, second, third] = value.args;
  if (value.function === '_?_:_') {
    return appended(run, truthOf(step, evaluate(run, first!)) ? second! : third!, evaluate);
  }
  return second?.exprKind.case === 'listExpr' ? second.exprKind.value.elements.map((item) => evaluate(run, item)) : [];
}
