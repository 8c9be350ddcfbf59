// Which parameters a condition can read, as far as its text alone shows it: every chain of members from `param` on. What is
// computed, an item of a list or a name out of a value, is `null`; a chain that ends early reads all that is below.
import { type Expr, everyPart, type Parsed } from './tree.ts';

export type ReadPath = (string | null)[];

/** The key of an index, where it is written out as text. */
function keyOf(expr: Expr | undefined): string | null {
  if (expr?.exprKind.case !== 'constExpr') return null;
  const { case: kind, value } = expr.exprKind.value.constantKind;
  return kind === 'stringValue' ? value : null;
}

/** A chain of members from `param`; null: it starts elsewhere. */
function chainOf(expr: Expr): ReadPath | null {
  const { case: shape, value } = expr.exprKind;
  if (shape === 'identExpr') return value.name === 'param' ? [] : null;
  if (shape === 'selectExpr') return longer(value.operand!, value.field);
  if (shape === 'callExpr' && value.function === '_[_]') return longer(value.args[0]!, keyOf(value.args[1]));
  return null;
}

function longer(owner: Expr, key: string | null): ReadPath | null {
  const chain = chainOf(owner);
  return chain && [...chain, key];
}

const ownerOf = ({ exprKind: { case: shape, value } }: Expr): Expr | undefined =>
  shape === 'selectExpr'
    ? value.operand
    : shape === 'callExpr' && value.function === '_[_]'
      ? value.args[0]
      : undefined;

/** Every path below `param` that evaluating may read; `has()` is a read, too. */
export function paramsReadBy({ expr }: Parsed): ReadPath[] {
  const parts = [...everyPart(expr)];
  const owners = new Set(parts.map(ownerOf));
  // A chain is told once, where it is longest.
  return parts
    .filter((part) => !owners.has(part))
    .flatMap((part) => {
      const chain = chainOf(part);
      return chain ? [chain] : [];
    });
}
