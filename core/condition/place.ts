// Where a value was read: `context.records` and the value there. Goes through JSON itself, so that only what a condition
// reads is converted, and only own fields exist.
import { type CelValue, isCelList, isCelMap } from '@bufbuild/cel';
import { isObject, type Json } from '../json.ts';
import type { Expr } from './tree.ts';
import { kindOf, Unusable } from './values.ts';

/** A value with the name it was read by; computed values have none. */
export type Place = { name: string; json: Json } | { name: string | null; cel: CelValue };

/** Looks whether a key that is read has others beside it that read like it; throws where it has. */
export type Beside = (owner: Place, name: string, isThere: boolean) => void;

interface Walk<R> {
  run: R;
  beside: Beside;
  key(run: R, expr: Expr): CelValue;
  evaluate(run: R, expr: Expr): CelValue;
}
interface Bound {
  facts: { [name: string]: Json };
  locals: Map<string, CelValue>;
}

/** The place that an expression names. Throws Unusable on a field that is not there. */
export function placeOf<R extends Bound>(expr: Expr, walk: Walk<R>): Place {
  const { case: shape, value } = expr.exprKind;
  if (shape === 'identExpr') return variable(value.name, walk.run);
  if (shape === 'selectExpr' && !value.testOnly)
    return placeIn(placeOf(value.operand!, walk), value.field, walk.beside);
  if (shape === 'callExpr' && value.function === '_[_]') {
    return placeIn(placeOf(value.args[0]!, walk), walk.key(walk.run, value.args[1]!), walk.beside);
  }
  return { name: null, cel: walk.evaluate(walk.run, expr) };
}

function variable(name: string, bound: Bound): Place {
  const local = bound.locals.get(name);
  if (local !== undefined) return { name: name.startsWith('@') ? null : name, cel: local };
  return { name, json: bound.facts[name] ?? null };
}

const nameIn = (owner: string | null, key: CelValue) => {
  if (owner === null) return null;
  if (typeof key === 'string')
    return /^[A-Za-z_]\w*$/.test(key) ? `${owner}.${key}` : `${owner}[${JSON.stringify(key)}]`;
  return `${owner}[${String(key)}]`;
};

function jsonIn(json: Json, key: CelValue): Json | undefined {
  if (isObject(json)) return typeof key === 'string' && Object.hasOwn(json, key) ? json[key] : undefined;
  return Array.isArray(json) && typeof key === 'bigint' ? json[Number(key)] : undefined;
}

function celIn(value: CelValue, key: CelValue): CelValue | undefined {
  if (isCelMap(value)) return typeof key === 'string' ? value.get(key) : undefined;
  return isCelList(value) && typeof key === 'bigint' ? value.get(Number(key)) : undefined;
}

const ownerKind = (place: Place) => {
  if ('cel' in place) return kindOf(place.cel);
  if (place.json === null) return 'null';
  return Array.isArray(place.json) ? 'list' : typeof place.json;
};

/** The place of a field or an item. Throws Unusable when it is not there. */
export function placeIn(owner: Place, key: CelValue, beside: Beside): Place {
  const name = nameIn(owner.name, key);
  const found = 'cel' in owner ? celIn(owner.cel, key) : jsonIn(owner.json, key);
  if (typeof key === 'string') beside(owner, key, found !== undefined);
  if (found === undefined) throw new Unusable(absence(owner, key));
  return 'cel' in owner ? { name, cel: found as CelValue } : { name: name!, json: found as Json };
}

function absence(owner: Place, key: CelValue): string {
  const who = owner.name ?? 'the value';
  if (owner.name === 'context' && ownerKind(owner) === 'null') return 'the request has no context';
  const what = typeof key === 'string' ? `field "${key}"` : `item ${String(key)}`;
  return `${who} (${ownerKind(owner)}) has no ${what}`;
}

/** `has(owner.field)`: of nothing, nothing is there; of text or a number it is an error. */
export function presentIn(owner: Place, field: string, beside: Beside): boolean {
  const kind = ownerKind(owner);
  if (kind === 'null') return false;
  if (kind !== 'object' && kind !== 'map') throw new Unusable(`${owner.name ?? 'the value'} (${kind}) has no fields`);
  const isThere = ('cel' in owner ? celIn(owner.cel, field) : jsonIn(owner.json, field)) !== undefined;
  beside(owner, field, isThere);
  return isThere;
}

/** The keys of an object; of anything else there are none. */
export function keysIn(owner: Place): string[] {
  if ('cel' in owner) return isCelMap(owner.cel) ? [...owner.cel.keys()].map(String) : [];
  return isObject(owner.json) ? Object.keys(owner.json) : [];
}
