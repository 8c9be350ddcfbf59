// The types of a condition as far as they are known before any request: what the agent sends is `dyn`, the rest is
// not. Catches `action > 5` at upload instead of as an error of every request.
import type { CelFunc } from '@bufbuild/cel';
import { call, FUNCTIONS, insideLibrary, OPERATORS, overloadsOf } from './functions.ts';
import { type Expr, parametersOf } from './tree.ts';
import { kindName, Unusable } from './values.ts';

/** The names that a condition may use, and their CEL types. `context` may be null. */
export const VARIABLES: Record<string, string> = {
  param: 'map',
  resource: 'string',
  actor: 'string',
  action: 'string',
  metadata: 'map',
  context: 'dyn',
  now: 'google.protobuf.Timestamp',
};

/** What is wrong with which part. */
export interface Complaint {
  expr: Expr;
  detail: string;
}
export type Complain = (expr: Expr, detail: string) => void;

const LOGIC = new Set(['_&&_', '_||_', '!_']);
const EQUALITY = new Set(['_==_', '_!=_']);
const CONSTANTS: Record<string, string> = {
  boolValue: 'bool',
  int64Value: 'int',
  doubleValue: 'double',
  stringValue: 'string',
  nullValue: 'null_type',
};

export const operatorName = (name: string): string => OPERATORS[name] ?? `${name}()`;

const fits = (known: string, wanted: string) => known === 'dyn' || wanted === 'dyn' || known === wanted;

function accepts(overload: CelFunc, target: string | undefined, args: string[]): boolean {
  if ((overload.target === undefined) !== (target === undefined)) return false;
  if (target !== undefined && !fits(target, overload.target!.name)) return false;
  return overload.arguments.length === args.length && args.every((arg, i) => fits(arg, overload.arguments[i]!.name));
}

function resultOf(overloads: CelFunc[]): string {
  const [first, ...rest] = new Set(overloads.map((overload) => overload.result.name));
  return rest.length === 0 ? first! : 'dyn';
}

/** The kind of an expression; complains about every part that can never be evaluated. */
export function kindOfExpr(expr: Expr, locals: ReadonlySet<string>, complain: Complain): string {
  const { case: shape, value } = expr.exprKind;
  const inner = (part: Expr) => kindOfExpr(part, locals, complain);
  if (shape === 'constExpr') return CONSTANTS[value.constantKind.case ?? ''] ?? 'dyn';
  if (shape === 'identExpr') return locals.has(value.name) ? 'dyn' : (VARIABLES[value.name] ?? 'dyn');
  if (shape === 'listExpr') {
    value.elements.forEach(inner);
    return 'list';
  }
  if (shape === 'selectExpr') return selectKind(expr, inner(value.operand!), value.testOnly, complain);
  if (shape === 'comprehensionExpr') return comprehensionKind(expr, locals, complain);
  return shape === 'callExpr' ? callKind(expr, inner, complain) : 'dyn';
}

function selectKind(expr: Expr, operand: string, testOnly: boolean, complain: Complain): string {
  if (!fits(operand, 'map')) complain(expr, `A ${kindName(operand)} has no fields.`);
  return testOnly ? 'bool' : 'dyn';
}

function comprehensionKind(expr: Expr, locals: ReadonlySet<string>, complain: Complain): string {
  const { range, variable, accumulator, step, initial, result } = parametersOf(expr);
  const over = kindOfExpr(range, locals, complain);
  if (!fits(over, 'list') && !fits(over, 'map')) complain(expr, `A ${kindName(over)} has no items to go through.`);
  const inside = new Set([...locals, variable, accumulator]);
  kindOfExpr(step, inside, complain);
  const start = kindOfExpr(initial, inside, complain);
  const end = kindOfExpr(result, inside, complain);
  return end === 'dyn' ? start : end;
}

function callKind(expr: Expr, inner: (part: Expr) => string, complain: Complain): string {
  const { name, target, args } = callOf(expr);
  const targetKind = target && inner(target);
  const kinds = args.map(inner);
  if (LOGIC.has(name)) return logicKind(expr, name, kinds, complain);
  if (EQUALITY.has(name)) return equalityKind(expr, kinds, complain);
  if (name === '_?_:_') return conditionalKind(expr, kinds, complain);
  if (name === '_[_]' || name.startsWith('@not')) return name === '_[_]' ? 'dyn' : 'bool';
  if (!FUNCTIONS.has(name)) return 'dyn';
  const overloads = overloadsOf(name).filter((overload) => accepts(overload, targetKind, kinds));
  const given = [...(targetKind ? [targetKind] : []), ...kinds].map((kind) => kindName(kind)).join(' and ');
  if (overloads.length === 0) complain(expr, `\`${operatorName(name)}\` cannot take ${given || 'nothing'}.`);
  return overloads.length === 0 ? 'dyn' : resultOf(overloads);
}

/** Whether an expression of this kind can be true or false at all; a call by what its overloads answer. */
export function canBeBoolean(expr: Expr, kind: string): boolean {
  if (kind !== 'dyn' || expr.exprKind.case !== 'callExpr') return kind === 'bool' || kind === 'dyn';
  const overloads = overloadsOf(expr.exprKind.value.function);
  return overloads.length === 0 || overloads.some(({ result }) => result.name === 'bool');
}

function callOf(expr: Expr) {
  if (expr.exprKind.case !== 'callExpr') throw new Error('not a call');
  const { function: name, target, args } = expr.exprKind.value;
  return { name, target, args };
}

function logicKind(expr: Expr, name: string, kinds: string[], complain: Complain): string {
  const wrong = kinds.find((kind) => !fits(kind, 'bool'));
  if (wrong) complain(expr, `\`${operatorName(name)}\` needs true or false, not a ${kindName(wrong)}.`);
  return 'bool';
}

function equalityKind(expr: Expr, [left, right]: string[], complain: Complain): string {
  const [one, other] = [kindName(left!), kindName(right!)];
  const differ = one !== other && !['dyn', 'null'].includes(one) && !['dyn', 'null'].includes(other);
  if (differ) complain(expr, `A ${one} is never equal to a ${other}.`);
  return 'bool';
}

function conditionalKind(expr: Expr, [test, yes, no]: string[], complain: Complain): string {
  if (!fits(test!, 'bool')) complain(expr, `\`? :\` needs true or false in front, not a ${kindName(test!)}.`);
  return yes === no ? yes! : 'dyn';
}

/** Compiles a literal pattern once, to refuse a wrong one at upload. */
export function patternError(pattern: string): string | undefined {
  try {
    insideLibrary(() => call('matches', '', [pattern]));
    return undefined;
  } catch (error) {
    if (error instanceof Unusable) return error.message;
    throw error;
  }
}
