// Where a rule is passed by what the agent may write otherwise: a resource that nothing ties to the params, metadata beside
// a param of the same name, an empty list. Warnings alone; what is certain and what only may be are told alike, because the
// agent chooses which one it is.

import { everyPart, type Parsed } from '../../condition/tree.ts';
import { type Vacuous, vacuousParts } from '../../condition/vacuous.ts';
import { conditionOf } from '../../condition.ts';
import type { Work } from '../../glob/cover.ts';
import { unboundedParts } from '../diff/unbounded.ts';
import type { Match } from '../model.ts';
import type { ParameterSchema } from '../parameters/model.ts';
import type { Document } from '../schema.ts';
import type { Path } from '../source.ts';
import type { Warning } from '../warnings.ts';
import { judging } from './hidden.ts';

interface Entry {
  match: Pick<Match, 'action' | 'resource' | 'actor' | 'metadata'>;
  when: string | null;
  path: Path;
  /** Where the condition stands. */
  at: Path;
  /** How the condition comes out where the call is let through; null: it lets nothing through. */
  passes: boolean | null;
  /** Nothing of the params is open: what they may be is written out. */
  isClosed: boolean;
}

const MAX_STEPS = 1_000_000;

function entriesOf({ rules, trusted, approval }: Document): Entry[] {
  return [
    ...rules.map(({ match, when, verdict }, at) => ({
      match,
      when,
      path: ['rules', at],
      at: ['rules', at, 'when'],
      isClosed: false,
      passes: verdict === 'allow' ? true : null,
    })),
    ...trusted.map(({ match, when }, at) => ({
      match,
      when,
      path: ['trusted', at],
      at: ['trusted', at, 'when'],
      passes: true,
      isClosed: !unboundedParts({ match, when }).some((part) => part.includes('parameter')),
    })),
    // A compact tool is allowed where its condition is false.
    ...(approval?.tools ?? []).map(({ action, when }, at) => ({
      match: { action: [action], resource: null, actor: null, metadata: {} },
      when,
      path: ['approval', 'tools', at],
      at: ['approval', 'tools', at, action],
      passes: false,
      isClosed: false,
    })),
  ];
}

/** Every warning of this kind. */
export function aboutAgentsWord(document: Document): Warning[] {
  const work: Work = { left: MAX_STEPS };
  return entriesOf(document).flatMap((entry) => {
    const judged = (entry.match.action ?? ['**']).map((action) => judging(document.parameters, action, work));
    const read = entry.when === null ? null : conditionOf(entry.when);
    const parsed = read === null || 'problems' in read ? null : read.condition.parsed;
    const schemas = judged.flatMap(({ entries }) => entries.map(({ schema }) => schema));
    const isTied = judged.every(
      ({ entries, isSure }) => isSure && entries.every(({ resource }) => resource !== undefined),
    );
    return [
      ...(isTied || entry.isClosed ? [] : untied(entry, parsed)),
      ...twice(entry, parsed, schemas),
      ...(parsed === null || entry.passes === null ? [] : vacuous(entry, parsed, schemas, judged)),
    ];
  });
}

const EVERY = ['**', '*:**', '*:*'];

function untied({ match, path, at }: Entry, parsed: Parsed | null): Warning[] {
  const byMatch = match.resource?.some((glob) => !EVERY.includes(glob)) === true;
  const byCondition = parsed !== null && reads(parsed, 'resource').length > 0;
  if (!byMatch && !byCondition) return [];
  const detail =
    'This decides by the resource, which is the agent’s word: no schema ties it to the params. Write `resource: "kind:{param}"` beside their schema under `parameters`, or decide by the params.';
  return [{ path: byMatch ? [...path, 'match', 'resource'] : at, detail }];
}

/** Keys of `metadata` or `context`, or the name itself, that a condition reads. */
function reads(parsed: Parsed, root: string): string[] {
  return [...everyPart(parsed.expr)].flatMap(({ exprKind: { case: shape, value } }) => {
    if (shape === 'identExpr') return value.name === root ? [''] : [];
    const owner = shape === 'selectExpr' ? value.operand?.exprKind : undefined;
    return owner?.case === 'identExpr' && owner.value.name === root && shape === 'selectExpr' ? [value.field] : [];
  });
}

/** The same fact in two fields, and the rule looks at the one that runs nothing. */
function twice({ match, path, at }: Entry, parsed: Parsed | null, schemas: readonly ParameterSchema[]): Warning[] {
  const isParam = (key: string) => schemas.some(({ properties = {} }) => Object.hasOwn(properties, key));
  const told = (field: string, key: string, place: Path): Warning => ({
    path: place,
    detail: `\`${field}\` and the parameter \`${key}\` are two fields for one fact, and the agent writes both: decide by \`param.${key}\`, which is what runs.`,
  });
  const inMatch = Object.keys(match.metadata).filter(isParam);
  const read = (root: string) => (parsed === null ? [] : [...new Set(reads(parsed, root))].filter(isParam));
  return [
    ...inMatch.map((key) => told(`metadata.${key}`, key, [...path, 'match', 'metadata', key])),
    ...['metadata', 'context'].flatMap((root) => read(root).map((key) => told(`${root}.${key}`, key, at))),
    ...(match.actor !== null && isParam('actor') ? [told('actor', 'actor', [...path, 'match', 'actor'])] : []),
  ];
}

function vacuous(
  { at, passes }: Entry,
  parsed: Parsed,
  schemas: readonly ParameterSchema[],
  judged: readonly { isSure: boolean }[],
): Warning[] {
  const isFilled = ({ list }: Vacuous) =>
    judged.every(({ isSure }) => isSure) && schemas.every((schema) => (minimumOf(schema, list) ?? 0) > 0);
  return vacuousParts(parsed, passes!)
    .filter((part) => !isFilled(part))
    .map(({ text, list }) => ({
      path: at,
      detail: `\`${text}\` is ${passes ? 'met' : 'not met'} by an empty list, so that a call with nothing in \`${list}\` passes. Write \`size(${list}) ${passes ? '> 0 &&' : '== 0 ||'} …\`, or \`minItems: 1\` under \`parameters\`.`,
    }));
}

/** What a schema says of the least entries of `param.a.b`; undefined: nothing. */
function minimumOf(schema: ParameterSchema, list: string): number | undefined {
  const keys = /^param((?:\.\w+)+)$/.exec(list)?.[1]?.slice(1).split('.') ?? [''];
  const found = keys.reduce<ParameterSchema | undefined>(
    (inner, key) => (inner?.properties && Object.hasOwn(inner.properties, key) ? inner.properties[key] : undefined),
    schema,
  );
  const types = found?.type === undefined ? [] : [found.type].flat();
  return types.length === 1 && types[0] === 'array' ? found?.minItems : undefined;
}
