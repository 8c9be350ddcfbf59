// Arithmetic that would say one thing of 1050 and another of 1050.5, though only digits differ: JSON has one kind of number,
// CEL has two. Refused at publication with the way to write it; semantics 1 let it through. The rest is even: sums, products
// and comparisons of both kinds agree, and `%`, an index or a date of a number with a fraction is an error, which asks.
import { type Complain, kindOfExpr } from './kinds.ts';
import { type Expr, everyPart, type Parsed, textOf } from './tree.ts';

const callOf = (expr: Expr) => (expr.exprKind.case === 'callExpr' ? expr.exprKind.value : undefined);
// The names of a comprehension's items are not known here; what they hold is of any kind anyway.
const kindOf = (expr: Expr): string => kindOfExpr(expr, new Set(), () => undefined);

/** Complains about every part whose value hangs on how its numbers are written. */
export function checkArithmetic(parsed: Parsed, complain: Complain): void {
  for (const part of everyPart(parsed.expr)) {
    checkDivision(parsed, part, complain);
    checkDigits(parsed, part, complain);
  }
}

/** `/` is even where one side is known to be a number with a fraction: then the other may be of either kind. */
function checkDivision(parsed: Parsed, part: Expr, complain: Complain): void {
  const call = callOf(part);
  if (call?.function !== '_/_' || call.args.some((side) => kindOf(side) === 'double')) return;
  complain(part, `Dividing whole numbers drops the remainder (1050 / 100 is 10): write ${divided(parsed, call.args)}.`);
}

function divided(parsed: Parsed, [left, right]: Expr[]): string {
  const whole = right?.exprKind.case === 'constExpr' ? right.exprKind.value.constantKind : undefined;
  const [above, below] = [textOf(parsed, left!), textOf(parsed, right!)];
  const grouped = (text: string): string => (/^[\w.[\]"'()]+$/.test(text) ? text : `(${text})`);
  if (above === '' || below === '') return '`100.0` for `100`, or `double(x) / y`';
  if (whole?.case === 'int64Value') return `\`${grouped(above)} / ${below}.0\``;
  return `\`double(${above}) / ${grouped(below)}\``;
}

const ORDERS = new Set(['_<_', '_<=_', '_>_', '_>=_']);

/** A number made text, then ordered or measured: "999" is above "1000", and 999.5 is longer than 1000. */
function checkDigits(parsed: Parsed, part: Expr, complain: Complain): void {
  const call = callOf(part);
  if (!call) return;
  const operands = [...(call.target ? [call.target] : []), ...call.args];
  if (!ORDERS.has(call.function) && call.function !== 'size') return;
  const digits = operands.flatMap(partsOfText).find(isNumberAsText);
  if (!digits) return;
  const number = textOf(parsed, callOf(digits)!.args[0]!) || 'x';
  complain(part, `The digits of a number are no order: compare the number itself, as in \`${number} > 1000\`.`);
}

/** What a text is put together of. */
function partsOfText(expr: Expr): Expr[] {
  const call = callOf(expr);
  if (call?.function === '_+_') return call.args.flatMap(partsOfText);
  return call?.function === '_?_:_' ? call.args.slice(1).flatMap(partsOfText) : [expr];
}

const isNumberAsText = (expr: Expr): boolean => {
  const call = callOf(expr);
  return call?.function === 'string' && ['dyn', 'int', 'double'].includes(kindOf(call.args[0] ?? expr));
};
