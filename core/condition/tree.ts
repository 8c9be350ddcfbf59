// The parsed expression: walking it, writing it back as text, finding a part's place. The library parses; macros come
// expanded into comprehensions, and are written back as they were typed.
import { type parse, unparse } from '@bufbuild/cel';

export type Parsed = ReturnType<typeof parse>;
export type Expr = Parsed['expr'];

/** The parts of a comprehension that the macros use. Throws when the parser left one out: a broken invariant. */
export function parametersOf(expr: Expr) {
  if (expr.exprKind.case !== 'comprehensionExpr') throw new Error('not a comprehension');
  const { iterRange, iterVar, accuVar, accuInit, loopStep, result } = expr.exprKind.value;
  if (!iterRange || !accuInit || !loopStep || !result) throw new Error('an incomplete comprehension');
  return { range: iterRange, variable: iterVar, accumulator: accuVar, initial: accuInit, step: loopStep, result };
}

/** The direct parts of an expression, in reading order. The loop condition is left out: ours never stops early. */
export function partsOf(expr: Expr): Expr[] {
  const { case: shape, value } = expr.exprKind;
  if (shape === 'selectExpr') return [value.operand!];
  if (shape === 'callExpr') return [...(value.target ? [value.target] : []), ...value.args];
  if (shape === 'listExpr') return value.elements;
  if (shape !== 'comprehensionExpr') return [];
  const { range, initial, step, result } = parametersOf(expr);
  return [range, initial, step, result];
}

/** An expression and everything in it, outermost first. */
export function* everyPart(expr: Expr): Generator<Expr> {
  yield expr;
  for (const part of partsOf(expr)) yield* everyPart(part);
}

/** A part as people would write it. */
export function textOf(parsed: Parsed, part: Expr): string {
  try {
    const text = unparse({ ...parsed, expr: part });
    // What only exists in expanded macros has no text of its own.
    return text.includes('@result') ? '' : text;
  } catch {
    return '';
  }
}

/** Where a part stands in the expression, in characters from 0: of an operator, the operator itself. */
export const offsetOf = (parsed: Parsed, part: Expr): number => parsed.sourceInfo?.positions[String(part.id)] ?? 0;
