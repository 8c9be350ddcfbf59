// What a trusted pattern leaves open: everything that may be anything while the pattern still lets it through without a
// person. Read from the text of its condition; what is not understood counts as bounded only where it is named, because
// the condition itself stands in the same sentence. So the sentence is never narrower than the pattern.
import type { Bounds } from '../../condition/bounds.ts';
import { argsOf, boundsIn, factOf, isCall, operandsOf } from '../../condition/operands.ts';
import { type Expr, everyPart, parametersOf } from '../../condition/tree.ts';
import { conditionOf } from '../../condition.ts';
import type { Match } from '../model.ts';

interface Pattern {
  match: Match;
  when: string | null;
}

/** Root of a condition → what people call what it holds. */
const ROOTS = { param: 'parameter', metadata: 'metadata value', context: 'context value' } as const;

/** One clause for each thing that is open, in the order of a request. */
export function unboundedParts({ match, when }: Pattern): string[] {
  const read = when === null ? null : conditionOf(when);
  const parsed = read === null || 'problems' in read ? null : read.condition.parsed;
  const operands = parsed === null ? [] : operandsOf(parsed.expr, '_&&_');
  const bounds = parsed === null ? new Map<string, Bounds>() : boundsIn(parsed, operands);
  const isNamed = (name: string) => bounds.get(name)?.values != null;
  const names = (['action', 'resource', 'actor'] as const).filter((name) => match[name] === null && !isNamed(name));
  return [
    ...names.map((name) => `the ${name}`),
    ...Object.entries(ROOTS).flatMap(([root, word]) => openIn(root, word, match, operands)),
    ...[...bounds].flatMap(([field, one]) => halfOpen(field, one)),
  ];
}

/** One sentence, or nothing where everything is bounded. */
export function unboundedWords(pattern: Pattern): string {
  const parts = unboundedParts(pattern);
  return parts.length === 0 ? '' : ` Not bounded: ${parts.join('; ')}.`;
}

function openIn(root: string, word: string, match: Match, operands: readonly Expr[]): string[] {
  const matched = root === 'metadata' ? Object.keys(match.metadata) : [];
  const named = [...new Set([...matched, ...operands.flatMap((operand) => [...fieldsHeld(operand, root)])])].sort();
  const listed = operands.flatMap((one) => [...everyPart(one)].flatMap((part) => keysListed(part, root) ?? []));
  if (operands.some((operand) => isClosed(operand, root, named)))
    return listed.filter((key) => !named.includes(key)).map((key) => `the ${word} ${key}`);
  return [named.length === 0 ? `every ${word}` : `every ${word} but ${named.join(', ')}`];
}

/**
 * Keys of a root that the condition says something about, whichever way it comes out true: of alternatives, what all of
 * them speak of.
 *
 * @param holds false: how it comes out false, inside a `!`
 */
function fieldsHeld(expr: Expr, root: string, holds = true): Set<string> {
  const held = (part: Expr, as = holds) => fieldsHeld(part, root, as);
  if (isCall(expr, '!_')) return held(argsOf(expr)[0]!, !holds);
  if (isCall(expr, holds ? '_&&_' : '_||_')) return new Set(argsOf(expr).flatMap((part) => [...held(part)]));
  if (isCall(expr, holds ? '_||_' : '_&&_'))
    return inAll(
      argsOf(expr)
        .filter((part) => !(holds && isAbsent(part, root)))
        .map((part) => held(part)),
    );
  if (!isCall(expr, '_?_:_')) return new Set(keysRead(expr, root, holds));
  const [test, yes, no] = argsOf(expr) as [Expr, Expr, Expr];
  return new Set([...keysRead(test, root, true), ...inAll([held(yes), held(no)])]);
}

const inAll = ([first = new Set(), ...more]: Set<string>[]): Set<string> =>
  new Set([...first].filter((key) => more.every((set) => set.has(key))));

/** `param.a`, `param["a"]`. That a key is there says nothing of its value; that it is not says everything. */
function keysRead(expr: Expr, root: string, holds: boolean): string[] {
  return [...everyPart(expr)].flatMap((part) => {
    const { case: shape, value } = part.exprKind;
    if (shape === 'selectExpr') return (!value.testOnly || !holds) && isRoot(value.operand, root) ? [value.field] : [];
    const [first, second] = argsOf(part);
    const [owner, key] = isCall(part, '_[_]') ? [first, second] : isCall(part, '@in') && !holds ? [second, first] : [];
    const name = key && isRoot(owner, root) ? factOf(key) : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}

const isRoot = (expr: Expr | undefined, root: string): boolean =>
  expr?.exprKind.case === 'identExpr' && expr.exprKind.value.name === root;

/** Whether this part alone says which keys there are; of alternatives, each. */
function isClosed(operand: Expr, root: string, named: readonly string[]): boolean {
  const closed = (part: Expr) => isClosed(part, root, named);
  if (isCall(operand, '_||_')) return operandsOf(operand, '_||_').every(closed);
  if (isCall(operand, '_&&_')) return operandsOf(operand, '_&&_').some(closed);
  return isAbsent(operand, root) || keysListed(operand, root) !== null || countsAll(operand, root, named);
}

/** `context == null`. */
function isAbsent(operand: Expr, root: string): boolean {
  if (!isCall(operand, '_==_')) return false;
  const [left, right] = argsOf(operand) as [Expr, Expr];
  const isNull = right.exprKind.case === 'constExpr' && right.exprKind.value.constantKind.case === 'nullValue';
  return isNull && isRoot(left, root);
}

/** The keys of `root.all(k, k in ["a", "b"])`; null for anything else. */
function keysListed(operand: Expr, root: string): string[] | null {
  if (operand.exprKind.case !== 'comprehensionExpr') return null;
  const { range, variable, step } = parametersOf(operand);
  const test = isCall(step, '_&&_') ? argsOf(step)[1] : undefined;
  if (!isRoot(range, root) || !test || !isCall(test, '@in')) return null;
  const [item, list] = argsOf(test) as [Expr, Expr];
  if (!isRoot(item, variable) || list.exprKind.case !== 'listExpr') return null;
  const keys = list.exprKind.value.elements.map(factOf);
  return keys.every((key): key is string => typeof key === 'string') ? keys : null;
}

/** `size(root) == n`, where n of its keys are read. */
function countsAll(operand: Expr, root: string, named: readonly string[]): boolean {
  if (!isCall(operand, '_==_')) return false;
  const [counted, count] = argsOf(operand) as [Expr, Expr];
  return isCall(counted, 'size') && isRoot(argsOf(counted)[0], root) && factOf(count) === named.length;
}

/** Comparisons that leave one end of a field open. */
const halfOpen = (field: string, { least, most, values }: Bounds): string[] =>
  values !== null || least.length > 0 === most.length > 0
    ? []
    : [`how ${least.length > 0 ? 'large' : 'small'} \`${field}\` is`];
