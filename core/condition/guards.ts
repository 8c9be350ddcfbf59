// Guards in the wrong order: `x > 1 && has(x)` reads x before it asks whether x is there, and an absent x is an error.
import { operandsOf } from './operands.ts';
import { type Expr, everyPart, type Parsed, textOf } from './tree.ts';

const isGuard = (part: Expr) => part.exprKind.case === 'selectExpr' && part.exprKind.value.testOnly;

/** A sentence for each `has(x)` that comes after x was read. */
export function unguarded(parsed: Parsed): string[] {
  const operands = operandsOf(parsed.expr, '_&&_');
  return operands.flatMap((operand, index) => {
    if (!isGuard(operand)) return [];
    const guarded = textOf(parsed, operand).slice('has('.length, -1);
    const earlier = operands.slice(0, index).flatMap((before) => [...everyPart(before)]);
    const read = earlier.some((part) => !isGuard(part) && textOf(parsed, part) === guarded);
    return read ? [`The guard comes too late: write has(${guarded}) before ${guarded} is read.`] : [];
  });
}
