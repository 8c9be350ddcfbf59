// Conditions that are never true, as far as their text alone shows it: a part without names that comes out false, and
// comparisons of one field that no value can meet. What it does not understand it takes for possible.

import { evaluateCondition } from '../condition.ts';
import { isEmpty } from './bounds.ts';
import { boundsIn, operandsOf } from './operands.ts';
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
  const none = [...boundsIn(parsed, operands)].find(([, bounds]) => isEmpty(bounds));
  return none ? `no \`${none[0]}\` fits all of its comparisons` : null;
}
