// Where a condition comes out as it should because a list is empty: `all()` holds of nothing, `exists()` fails of nothing,
// and nothing is in an empty list. A condition that asks for the size of the list has provided for that.
import { argsOf, isCall } from './operands.ts';
import { type Expr, type Parsed, parametersOf, textOf } from './tree.ts';

/** A part that an empty list decides. */
export interface Vacuous {
  /** As it is written. */
  text: string;
  /** The list: `param.to`. */
  list: string;
}

const ROOTS = ['param', 'metadata', 'context'];

/** Parts that make the condition `wanted` where their list is empty. */
export function vacuousParts(parsed: Parsed, wanted: boolean): Vacuous[] {
  const whole = textOf(parsed, parsed.expr);
  return inside(parsed, parsed.expr, wanted).filter(
    ({ list }) =>
      ROOTS.some((root) => list.startsWith(`${root}.`) || list.startsWith(`${root}[`)) &&
      !whole.includes(`size(${list})`) &&
      !whole.includes(`${list}.size()`) &&
      !whole.includes(`${list} != []`),
  );
}

function inside(parsed: Parsed, expr: Expr, wanted: boolean): Vacuous[] {
  const walk = (part: Expr, as = wanted) => inside(parsed, part, as);
  if (isCall(expr, '!_')) return walk(argsOf(expr)[0]!, !wanted);
  if (['_&&_', '_||_', '_?_:_'].some((name) => isCall(expr, name))) return argsOf(expr).flatMap((part) => walk(part));
  const list = listOf(expr, wanted);
  return list === null ? [] : [{ text: textOf(parsed, expr), list: textOf(parsed, list) }];
}

/** The list of `all()` that is to hold, of `exists()` or `in` that is not to; null for anything else. */
function listOf(expr: Expr, wanted: boolean): Expr | null {
  if (isCall(expr, '@in')) return wanted ? null : argsOf(expr)[1]!;
  if (expr.exprKind.case !== 'comprehensionExpr') return null;
  const { range, step } = parametersOf(expr);
  return isCall(step, wanted ? '_&&_' : '_||_') ? range : null;
}
