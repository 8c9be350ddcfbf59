// Conditions that are never true, as far as their text alone shows it: a part without names that comes out false, and
// comparisons of one field that no value can meet. What it does not understand it takes for possible.

import { evaluateCondition } from '../condition.ts';
import { among, type Bounds, type Fact, isEmpty, NARROWED, OPEN } from './bounds.ts';
import { type Expr, everyPart, type Parsed, textOf } from './tree.ts';

const FACTS = {
  param: {},
  metadata: {},
  context: null,
  resource: '',
  actor: '',
  action: '',
  now: '2000-01-01T00:00:00.000Z',
};

const operandsOf = (expr: Expr, operator: string): Expr[] =>
  isCall(expr, operator) ? argsOf(expr).flatMap((arg) => operandsOf(arg, operator)) : [expr];

const isCall = (expr: Expr, name: string): boolean =>
  expr.exprKind.case === 'callExpr' && expr.exprKind.value.function === name;

const argsOf = (expr: Expr): Expr[] => (expr.exprKind.case === 'callExpr' ? expr.exprKind.value.args : []);

/** A sentence if the condition is never true; null if it may be. */
export function neverTrue(parsed: Parsed): string | null {
  return inside(parsed, parsed.expr);
}

function inside(parsed: Parsed, expr: Expr): string | null {
  const alternatives = operandsOf(expr, '_||_');
  if (alternatives.length > 1) {
    const reasons = alternatives.map((one) => inside(parsed, one));
    return reasons.every((reason) => reason !== null) ? reasons[0]! : null;
  }
  const operands = operandsOf(expr, '_&&_');
  if (operands.length === 1) return constant(parsed, expr) ?? compared(parsed, operands);
  return operands.map((one) => inside(parsed, one)).find((reason) => reason !== null) ?? compared(parsed, operands);
}

/** A part that names nothing has one value for all requests. */
function constant(parsed: Parsed, expr: Expr): string | null {
  if ([...everyPart(expr)].some(({ exprKind }) => exprKind.case === 'identExpr')) return null;
  const text = textOf(parsed, expr);
  const { result } = evaluateCondition({ text, parsed: { ...parsed, expr } }, FACTS);
  if (result === true) return null;
  return result === false ? `\`${text}\` is always false` : `\`${text}\` is always an error`;
}

/** All comparisons of one field with something written out must leave a value. */
function compared(parsed: Parsed, operands: Expr[]): string | null {
  const fields = new Map<string, Bounds>();
  for (const operand of operands) {
    const said = comparisonOf(parsed, operand);
    if (!said) continue;
    const bounds = said.narrowed(fields.get(said.field) ?? OPEN);
    if (isEmpty(bounds)) return `no \`${said.field}\` fits all of its comparisons`;
    fields.set(said.field, bounds);
  }
  return null;
}

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

/** `param.amount`, `metadata["a b"]`, `action`: names and fields only. */
function isField(expr: Expr | undefined): boolean {
  if (!expr) return false;
  const { case: shape, value } = expr.exprKind;
  if (shape === 'identExpr') return true;
  if (shape === 'selectExpr') return !value.testOnly && isField(value.operand);
  return isCall(expr, '_[_]') && isField(argsOf(expr)[0]) && factOf(argsOf(expr)[1]!) !== undefined;
}

/** A number, text or truth value that is written out; undefined for anything else. */
function factOf(expr: Expr): Fact | undefined {
  if (isCall(expr, '-_')) {
    const inner = factOf(argsOf(expr)[0]!);
    return typeof inner === 'number' ? -inner : undefined;
  }
  if (expr.exprKind.case !== 'constExpr') return undefined;
  const { case: kind, value } = expr.exprKind.value.constantKind;
  if (kind === 'int64Value') return Number(value);
  return kind === 'doubleValue' || kind === 'stringValue' || kind === 'boolValue' ? (value as Fact) : undefined;
}
