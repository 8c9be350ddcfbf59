// Conditions that read a parameter which is hidden (`writeOnly`): refused at publication, because the trace shows what
// decided, and because who reads the rule and its verdicts learns the value by asking. Only what is certain is let through:
// a condition that may read one, of an action that may be one of the schema's.
import { paramsReadBy, type ReadPath } from '../../condition/reads.ts';
import { conditionOf } from '../../condition.ts';
import { globCovers, globsMeet, type Work } from '../../glob/cover.ts';
import { hides, readsHidden } from '../parameters/hidden.ts';
import type { ParameterRule, ParameterSchema } from '../parameters/model.ts';
import type { At } from '../reader.ts';
import type { Document } from '../schema.ts';
import type { Path } from '../source.ts';

/** Enough for every policy that people write; beyond it a condition counts as one that may read what is hidden. */
const MAX_STEPS = 2_000_000;

export const workFor = (): Work => ({ left: MAX_STEPS });

/** The entries that may judge an action of this glob: from the top, until one takes all of it; and whether one does. */
export function judging(parameters: readonly ParameterRule[], action: string, work: Work) {
  const end = parameters.findIndex((rule) => rule.action.some((glob) => globCovers(glob, action, work)));
  const before = end < 0 ? parameters : parameters.slice(0, end + 1);
  const entries = before.filter((rule) => rule.action.some((glob) => globsMeet(glob, action, work)));
  return { entries, isSure: end >= 0 };
}

/** Their schemas. */
export const schemasFor = (parameters: readonly ParameterRule[], action: string, work: Work): ParameterSchema[] =>
  judging(parameters, action, work).entries.map(({ schema }) => schema);

/** Whether some request of one of these actions (null: any) is shown without what stands at a path of its params. */
function mayBeHidden(
  parameters: readonly ParameterRule[],
  actions: readonly string[] | null,
  path: ReadPath,
  work: Work = { left: MAX_STEPS },
): boolean {
  if (!parameters.some(({ schema }) => hides(schema))) return false;
  return (actions ?? ['**'])
    .flatMap((action) => schemasFor(parameters, action, work))
    .some((schema) => readsHidden(schema, path));
}

interface Reading {
  when: string | null;
  actions: readonly string[] | null;
  path: Path;
}

const readingsOf = ({ rules, trusted, approval }: Document): Reading[] => [
  ...rules.map(({ when, match }, at) => ({ when, actions: match.action, path: ['rules', at, 'when'] })),
  ...trusted.map(({ when, match }, at) => ({ when, actions: match.action, path: ['trusted', at, 'when'] })),
  ...(approval?.tools ?? []).map(({ when, action }, at) => ({
    when,
    actions: [action],
    path: ['approval', 'tools', at, action],
  })),
];

/** As people write it: `param.auth.token`, `param.lines[…]`. */
const written = (path: ReadPath): string =>
  path.reduce<string>((text, key) => (key === null ? `${text}[…]` : `${text}.${key}`), 'param');

/** Reports every condition that may read a hidden parameter. */
export function checkHiddenReads(document: Document, at: At): void {
  const work: Work = { left: MAX_STEPS };
  for (const { when, actions, path } of readingsOf(document)) {
    const compiled = when === null ? null : conditionOf(when);
    if (!compiled || 'problems' in compiled) continue;
    const read = paramsReadBy(compiled.condition.parsed);
    const found = read.find((one) => mayBeHidden(document.parameters, actions, one, work));
    if (found)
      at.report(path, `This reads ${written(found)}, which \`parameters\` hides (writeOnly): no rule decides by it.`);
  }
}
