// The gate in front of CEL: what a condition may be at all, decided at upload from its text alone. Behind it every
// expression is small, uses known names and functions, and costs a bounded amount (policy.md "CEL comes from a library").
import { parse } from '@bufbuild/cel';
import {
  MAX_COMPREHENSION_DEPTH,
  MAX_CONDITION_CHARS,
  MAX_CONDITION_NODES,
  MAX_PATTERN_STATES,
} from '../policy/bounds.ts';
import { NEWEST, type Semantics } from '../policy/semantics.ts';
import { oneOfWords, suggestion } from '../policy/suggestion.ts';
import { checkArithmetic } from './arithmetic.ts';
import { FUNCTIONS } from './functions.ts';
import { functionHint, nameHint, syntaxHint } from './hints.ts';
import { type Complain, type Complaint, canBeBoolean, kindOfExpr, patternError, VARIABLES } from './kinds.ts';
import { patternStates } from './pattern.ts';
import { type Expr, everyPart, offsetOf, type Parsed, parametersOf, partsOf } from './tree.ts';
import { kindName } from './values.ts';

/** What is wrong with a condition, and at which character (from 0). */
export interface GateProblem {
  detail: string;
  offset: number;
}
export type Gated = { parsed: Parsed } | { problems: GateProblem[] };

/** Text of a condition → its tree, or why it may not be one. */
export function passGate(text: string, semantics: Semantics = NEWEST): Gated {
  if (text.length > MAX_CONDITION_CHARS) {
    const detail = `A condition has at most ${MAX_CONDITION_CHARS} characters; this one has ${text.length}.`;
    return { problems: [{ detail, offset: 0 }] };
  }
  const read = readTree(text);
  if ('problems' in read) return read;
  const complaints = complaintsAbout(read.parsed, semantics);
  if (complaints.length === 0) return read;
  const place = ({ expr, detail }: Complaint) => ({ detail, offset: offsetOf(read.parsed, expr) });
  return { problems: complaints.slice(0, 5).map(place) };
}

interface SyntaxPlace {
  rawMessage?: string;
  location?: { start: { offset: number } };
}

function readTree(text: string): Gated {
  try {
    return { parsed: parse(text) };
  } catch (error) {
    const { rawMessage, location } = error as SyntaxPlace;
    const offset = location?.start.offset ?? 0;
    const detail = `Not a CEL expression: ${rawMessage ?? (error as Error).message}.${syntaxHint(text, offset)}`;
    return { problems: [{ detail, offset }] };
  }
}

function complaintsAbout(parsed: Parsed, semantics: Semantics): Complaint[] {
  const { expr } = parsed;
  const complaints: Complaint[] = [];
  const complain: Complain = (part, detail) => complaints.push({ expr: part, detail });
  checkSize(expr, complain);
  if (complaints.length > 0) return complaints;
  checkParts(expr, new Set(), 0, complain);
  if (complaints.length > 0) return complaints;
  const kind = kindOfExpr(expr, new Set(), complain);
  if (complaints.length === 0 && semantics > 1) checkArithmetic(parsed, complain);
  if (complaints.length === 0 && !canBeBoolean(expr, kind)) {
    complain(expr, `A condition is true or false; this is ${kind === 'dyn' ? 'neither' : `a ${kindName(kind)}`}.`);
  }
  return complaints;
}

function checkSize(expr: Expr, complain: Complain): void {
  const nodes = [...everyPart(expr)].length;
  if (nodes > MAX_CONDITION_NODES)
    complain(expr, `A condition has at most ${MAX_CONDITION_NODES} parts; this: ${nodes}.`);
}

const CHECKS: Record<string, (expr: Expr, locals: ReadonlySet<string>, complain: Complain) => void> = {
  identExpr: checkName,
  callExpr: checkCall,
  constExpr: checkConstant,
  structExpr: (expr, _locals, complain) => complain(expr, 'Map and message literals are no part of conditions.'),
};

function checkParts(expr: Expr, locals: ReadonlySet<string>, depth: number, complain: Complain): void {
  CHECKS[expr.exprKind.case ?? '']?.(expr, locals, complain);
  if (expr.exprKind.case !== 'comprehensionExpr') {
    for (const part of partsOf(expr)) checkParts(part, locals, depth, complain);
    return;
  }
  const { range, variable, accumulator, initial, step, result } = parametersOf(expr);
  if (depth >= MAX_COMPREHENSION_DEPTH) complain(expr, 'all, exists, exists_one, map and filter cannot be nested.');
  if (Object.hasOwn(VARIABLES, variable))
    complain(expr, `\`${variable}\` is a name of its own; call the item something else.`);
  checkParts(range, locals, depth, complain);
  const inside = new Set([...locals, variable, accumulator]);
  for (const part of [initial, step, result]) checkParts(part, inside, depth + 1, complain);
}

function checkName(expr: Expr, locals: ReadonlySet<string>, complain: Complain): void {
  if (expr.exprKind.case !== 'identExpr') return;
  const { name } = expr.exprKind.value;
  if (locals.has(name) || Object.hasOwn(VARIABLES, name)) return;
  const names = Object.keys(VARIABLES);
  complain(
    expr,
    `Unknown name \`${name}\`; a condition knows ${oneOfWords(names)}.${suggestion(name, names) || nameHint(name)}`,
  );
}

const MACROS = ['has', 'all', 'exists', 'filter', 'map'];

function checkCall(expr: Expr, _locals: ReadonlySet<string>, complain: Complain): void {
  if (expr.exprKind.case !== 'callExpr') return;
  const { function: name, args } = expr.exprKind.value;
  if (!FUNCTIONS.has(name)) {
    const named = [...FUNCTIONS].filter((allowed) => /^\w+$/.test(allowed) && /^[a-z]/i.test(allowed));
    complain(expr, `Unknown function \`${name}()\`.${functionHint(name) || suggestion(name, [...named, ...MACROS])}`);
  }
  if (name === 'matches') checkPattern(expr, args.at(-1), complain);
}

function checkPattern(expr: Expr, pattern: Expr | undefined, complain: Complain): void {
  const constant = pattern?.exprKind.case === 'constExpr' ? pattern.exprKind.value.constantKind : undefined;
  const wrong = constant?.case === 'stringValue' ? wrongPattern(constant.value) : 'it must be written out as text';
  if (wrong) complain(expr, `matches() cannot use this pattern: ${wrong}.`);
}

const wrongPattern = (pattern: string): string | undefined =>
  patternStates(pattern) > MAX_PATTERN_STATES ? 'it repeats too much' : patternError(pattern);

const USABLE_CONSTANTS = new Set(['boolValue', 'int64Value', 'doubleValue', 'stringValue', 'nullValue']);

function checkConstant(expr: Expr, _locals: ReadonlySet<string>, complain: Complain): void {
  if (expr.exprKind.case !== 'constExpr') return;
  const { constantKind } = expr.exprKind.value;
  if (!USABLE_CONSTANTS.has(constantKind.case ?? ''))
    complain(expr, 'Unsigned numbers and bytes are no part of conditions.');
  if (constantKind.case === 'int64Value' && BigInt.asIntN(64, constantKind.value) !== constantKind.value) {
    complain(expr, 'This number is too large.');
  }
}
