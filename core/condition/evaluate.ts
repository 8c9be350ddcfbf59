// Walks a condition. The library computes each call; the order is ours, because CEL lets `&&`, `||` and comprehensions
// swallow errors and policy must not (policy.md "Errors never help the agent"): left to right, a side that is reached
// must have a value, every item of a comprehension is evaluated, and every step is counted.
import { type CelValue, celList, isCelList, isCelMap } from '@bufbuild/cel';
import { likenessCost, readingCost } from '../look-alike.ts';
import { comprehend } from './comprehension.ts';
import { call } from './functions.ts';
import { operatorName } from './kinds.ts';
import { besides, keysLike, nearlyEqual, nearlyIn, partDiffers, plainly, textsIn } from './near.ts';
import { matchCost } from './pattern.ts';
import { type Beside, keysIn, type Place, placeIn, placeOf, presentIn } from './place.ts';
import { Ambiguous, at, Failure, limitList, type Run, spend, truthOf } from './run.ts';
import type { Expr } from './tree.ts';
import { celOf, kindOf, weightOf } from './values.ts';

/** The value of an expression. Throws Failure; notes reads and the deciding part in the run. */
export function evaluate(run: Run, expr: Expr): CelValue {
  spend(run, expr, 1);
  const { case: shape, value } = expr.exprKind;
  if (shape === 'callExpr' && Object.hasOwn(CONTROL, value.function))
    return CONTROL[value.function]!(run, expr, value.args);
  const result = SHAPES[shape ?? '']!(run, expr);
  run.decided = { expr, value: result };
  return result;
}

const SHAPES: Record<string, (run: Run, expr: Expr) => CelValue> = {
  constExpr: constant,
  identExpr: read,
  selectExpr: (run, expr) =>
    expr.exprKind.case === 'selectExpr' && expr.exprKind.value.testOnly ? has(run, expr) : read(run, expr),
  listExpr: list,
  callExpr: callFunction,
  comprehensionExpr: (run, expr) => comprehend(run, expr, evaluate),
};

const CONTROL: Record<string, (run: Run, expr: Expr, args: Expr[]) => CelValue> = {
  '_&&_': (run, expr, args) => logic(run, expr, args, false),
  '_||_': (run, expr, args) => logic(run, expr, args, true),
  '_?_:_': (run, expr, [test, yes, no]) => evaluate(run, truth(run, expr, test!) ? yes! : no!),
};

const truth = (run: Run, expr: Expr, part: Expr): boolean => truthOf(expr, evaluate(run, part));

/** `&&` is decided by the first false, `||` by the first true; otherwise by all of them together. */
function logic(run: Run, expr: Expr, args: Expr[], decisive: boolean): boolean {
  for (const arg of args) if (truth(run, expr, arg) === decisive) return decisive;
  run.decided = { expr, value: !decisive };
  return !decisive;
}

function constant(_run: Run, expr: Expr): CelValue {
  if (expr.exprKind.case !== 'constExpr') throw new Error('not a constant');
  const { constantKind } = expr.exprKind.value;
  return constantKind.case === 'nullValue' ? null : (constantKind.value as CelValue);
}

function list(run: Run, expr: Expr): CelValue {
  if (expr.exprKind.case !== 'listExpr') throw new Error('not a list');
  return celList(expr.exprKind.value.elements.map((element) => evaluate(run, element)));
}

const key = (run: Run, expr: Expr) => evaluate(run, expr);

function placed(run: Run, expr: Expr): Place {
  return at(expr, () => placeOf(expr, { run, key, evaluate, beside: besideOf(run, expr) }));
}

/** The first version reads keys as they are spelt. */
const besideOf =
  (run: Run, expr: Expr): Beside =>
  (owner, name, isThere) => {
    const of = ('cel' in owner ? owner.cel : owner.json) as object;
    if (run.manner.semantics === 1 || run.clear.get(of)?.has(name)) return;
    const others = keysIn(owner).filter((other) => other !== name);
    spend(run, expr, likenessCost(...others));
    const [like] = keysLike(others, name);
    if (like !== undefined) throw new Ambiguous(expr, besides(owner.name ?? 'the value', name, like, isThere));
    run.clear.set(of, (run.clear.get(of) ?? new Set()).add(name));
  };

function valueAt(run: Run, expr: Expr, place: Place): CelValue {
  if ('cel' in place) return place.cel;
  const { json } = place;
  if (place.name === 'now') return run.now;
  if (json === null || typeof json !== 'object') return at(expr, () => celOf(json));
  const known = run.converted.get(json);
  if (known !== undefined) return known;
  const value = at(expr, () => celOf(json));
  spend(
    run,
    expr,
    at(expr, () => weightOf(value)),
  );
  run.converted.set(json, value);
  return value;
}

function note(run: Run, expr: Expr, place: Place): void {
  if (place.name === null) return;
  const places = run.reads.get(expr) ?? new Map<string, Place>();
  run.reads.set(expr, places.set(place.name, place));
}

function read(run: Run, expr: Expr): CelValue {
  const place = placed(run, expr);
  note(run, expr, place);
  return valueAt(run, expr, place);
}

function has(run: Run, expr: Expr): CelValue {
  if (expr.exprKind.case !== 'selectExpr') throw new Error('not a field');
  const { operand, field } = expr.exprKind.value;
  const owner = placed(run, operand!);
  const beside = besideOf(run, expr);
  const present = at(expr, () => presentIn(owner, field, beside));
  const found: Place = present
    ? at(expr, () => placeIn(owner, field, () => undefined))
    : { name: `${owner.name}.${field}`, json: null };
  if (owner.name !== null) note(run, expr, found);
  return present;
}

function callFunction(run: Run, expr: Expr): CelValue {
  if (expr.exprKind.case !== 'callExpr') throw new Error('not a call');
  const { function: name, target, args } = expr.exprKind.value;
  if (name === '_[_]') return read(run, expr);
  const on = target && evaluate(run, target);
  const values = args.map((arg) => evaluate(run, arg));
  spend(run, expr, 1 + costOf(name, on, values));
  const special = SPECIAL[name];
  if (special) return special({ run, expr, args }, values as [CelValue, CelValue]);
  const result = at(expr, () => call(name, on, values));
  if (result === undefined) throw new Failure(expr, cannotTake(name, on === undefined ? values : [on, ...values]));
  if (run.manner.semantics > 1) {
    checkDivision(expr, name, values);
    checkReading(run, expr, name, on === undefined ? values : [on, ...values], result);
  }
  return result;
}

/** Whole numbers drop the remainder, other numbers do not: the digits would decide. */
function checkDivision(expr: Expr, name: string, operands: CelValue[]): void {
  if (name === '_/_' && operands.every((side) => typeof side === 'bigint'))
    throw new Failure(expr, 'dividing whole numbers drops the remainder');
}

/** A text whose part, or pattern, says one thing as it is spelt and another as it reads, says neither. */
function checkReading(run: Run, expr: Expr, name: string, operands: CelValue[], result: CelValue): void {
  const [text, part] = operands;
  if (typeof text !== 'string' || typeof part !== 'string') return;
  spend(run, expr, readingCost(text, part) + (name === 'matches' ? matchCost(part, text.length) : 0));
  const said = name === 'matches' ? patternDiffers(expr, text, part, result) : partDiffers(name, text, part);
  if (said !== null) throw new Ambiguous(expr, said);
}

function patternDiffers(expr: Expr, text: string, pattern: string, result: CelValue): string | null {
  const plain = plainly(text);
  if (plain === text || at(expr, () => call('matches', plain, [pattern])) === result) return null;
  return 'the text reads otherwise than it is spelt';
}

const cannotTake = (name: string, values: CelValue[]) =>
  `\`${operatorName(name)}\` cannot take ${values.map(kindOf).join(' and ')}`;

function costOf(name: string, on: CelValue | undefined, values: CelValue[]): number {
  const weight = [...(on === undefined ? [] : [on]), ...values].reduce<number>(
    (sum, value) => sum + weightOf(value),
    0,
  );
  if (name !== 'matches') return weight;
  const [text, pattern] = on === undefined ? values : [on, ...values];
  return weight + matchCost(typeof pattern === 'string' ? pattern : '', typeof text === 'string' ? text.length : 0);
}

/** A call while it is computed. */
interface Calling {
  run: Run;
  expr: Expr;
  args: Expr[];
}

const SPECIAL: Record<string, (of: Calling, values: [CelValue, CelValue]) => CelValue> = {
  '_==_': (of, values) => equal(of, values),
  '_!=_': (of, values) => !equal(of, values),
  '@in': (of, values) => contained(of, values),
  '_+_': ({ expr }, [left, right]) => sum(expr, left, right),
};

const isNullLiteral = (expr: Expr) =>
  expr.exprKind.case === 'constExpr' && expr.exprKind.value.constantKind.case === 'nullValue';

/** CEL calls values of different types unequal; here that is an error, except against `null` written out. */
function equal({ run, expr, args }: Calling, [left, right]: [CelValue, CelValue]): boolean {
  const [one, other] = [kindOf(left), kindOf(right)];
  if (one !== other && !args.some(isNullLiteral)) throw new Failure(expr, `compares a ${one} with a ${other}`);
  for (const side of [left, right]) if (isCelList(side)) limitList(expr, side.size);
  const same = at(expr, () => call('_==_', undefined, [left, right])) === true;
  if (!same) notNearly(run, expr, nearlyEqual, left, right);
  return same;
}

/** What is almost equal is neither equal nor another. The first version knows no almost. */
function notNearly(run: Run, expr: Expr, nearly: typeof nearlyEqual, left: CelValue, right: CelValue): void {
  if (run.manner.semantics === 1) return;
  spend(run, expr, likenessCost(...textsIn(left), ...textsIn(right)));
  const said = nearly(left, right, run.cased);
  if (said !== null) throw new Ambiguous(expr, said);
}

function contained({ run, expr }: Calling, [item, container]: [CelValue, CelValue]): boolean {
  if (isCelMap(container)) {
    if (typeof item !== 'string') throw new Failure(expr, `looks for a ${kindOf(item)} among the keys of an object`);
    const isThere = container.get(item) !== undefined;
    if (!isThere) notNearly(run, expr, nearlyIn, item, container);
    return isThere;
  }
  if (!isCelList(container)) throw new Failure(expr, cannotTake('@in', [item, container]));
  limitList(expr, container.size);
  const kinds = new Set([...container].map(kindOf));
  if (kinds.size > 0 && !kinds.has(kindOf(item))) {
    throw new Failure(expr, `looks for a ${kindOf(item)} in a list of ${[...kinds].join(', ')}`);
  }
  const isThere = at(expr, () => call('@in', undefined, [item, container])) === true;
  if (!isThere) notNearly(run, expr, nearlyIn, item, container);
  return isThere;
}

function sum(expr: Expr, left: CelValue, right: CelValue): CelValue {
  if (isCelList(left) && isCelList(right)) {
    limitList(expr, left.size + right.size);
    return celList([...left, ...right]);
  }
  const result = at(expr, () => call('_+_', undefined, [left, right]));
  if (result === undefined) throw new Failure(expr, cannotTake('_+_', [left, right]));
  return result;
}
