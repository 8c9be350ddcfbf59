// What a condition is put together from: the parts that all must hold, and what each says of one field. Text alone; the
// request is not there.
import { among, type Bounds, type Fact, NARROWED, OPEN } from './bounds.ts';
import { type Expr, type Parsed, textOf } from './tree.ts';

export const isCall = (expr: Expr, name: string): boolean =>
  expr.exprKind.case === 'callExpr' && expr.exprKind.value.function === name;

export const argsOf = (expr: Expr): Expr[] => (expr.exprKind.case === 'callExpr' ? expr.exprKind.value.args : []);

/** The parts that `&&` (or `||`) puts together, from the left. */
export const operandsOf = (expr: Expr, operator: string): Expr[] =>
  isCall(expr, operator) ? argsOf(expr).flatMap((arg) => operandsOf(arg, operator)) : [expr];

interface Comparison {
  field: string;
  narrowed: (bounds: Bounds) => Bounds;
}

const FLIPPED: Record<string, string> = {
  '_<_': '_>_',
  '_<=_': '_>=_',
  '_>_': '_<_',
  '_>=_': '_<=_',
  '_==_': '_==_',
  '_!=_': '_!=_',
};

/** `field op value`, `value op field` or `field in [values]`; null for anything else. */
function comparisonOf(parsed: Parsed, expr: Expr): Comparison | null {
  if (expr.exprKind.case !== 'callExpr') return null;
  const { function: name, args } = expr.exprKind.value;
  const [left, right] = args as [Expr, Expr];
  if (name === '@in' && isField(left)) {
    const facts = right.exprKind.case === 'listExpr' ? right.exprKind.value.elements.map(factOf) : [undefined];
    if (facts.some((fact) => fact === undefined)) return null;
    return { field: textOf(parsed, left), narrowed: (bounds) => among(bounds, facts as Fact[]) };
  }
  if (!Object.hasOwn(NARROWED, name)) return null;
  const [field, fact, operator] = isField(left) ? [left, factOf(right), name] : [right, factOf(left), FLIPPED[name]!];
  if (!isField(field) || fact === undefined) return null;
  return { field: textOf(parsed, field), narrowed: (bounds) => NARROWED[operator]!(bounds, fact) };
}

/** What all comparisons together leave of each field. */
export function boundsIn(parsed: Parsed, operands: readonly Expr[]): Map<string, Bounds> {
  const fields = new Map<string, Bounds>();
  for (const operand of operands) {
    const said = comparisonOf(parsed, operand);
    if (said) fields.set(said.field, said.narrowed(fields.get(said.field) ?? OPEN));
  }
  return fields;
}

/** `param.amount`, `metadata["a b"]`, `action`: names and fields only. */
function isField(expr: Expr | undefined): boolean {
  if (!expr) return false;
  const { case: shape, value } = expr.exprKind;
  if (shape === 'identExpr') return true;
  if (shape === 'selectExpr') return !value.testOnly && isField(value.operand);
  return isCall(expr, '_[_]') && isField(argsOf(expr)[0]) && factOf(argsOf(expr)[1]!) !== undefined;
}

/** A number, text or truth value that is written out; undefined for anything else. */
export function factOf(expr: Expr): Fact | undefined {
  if (isCall(expr, '-_')) {
    const inner = factOf(argsOf(expr)[0]!);
    return typeof inner === 'number' ? -inner : undefined;
  }
  if (expr.exprKind.case !== 'constExpr') return undefined;
  const { case: kind, value } = expr.exprKind.value.constantKind;
  if (kind === 'int64Value') return Number(value);
  return kind === 'doubleValue' || kind === 'stringValue' || kind === 'boolValue' ? (value as Fact) : undefined;
}
