// `assentry policy simulate`: the last requests judged by a draft, as a table and the newest examples.
import { printable } from '../../../core/display.ts';
import { DIFFERENCE_WORDS } from '../../../core/policy/simulate/words.ts';
import type { Example, SimulationResult } from '../../../core/policy/simulate.ts';
import type { Context } from '../context.ts';
import { table } from '../output.ts';
import { policyIn } from './read.ts';

export interface SimulateOptions {
  last: number;
  since?: string;
}

type Answer = SimulationResult & { complete: boolean };

/** Sends the draft, prints what it comes to. */
export async function simulatePolicy(
  context: Context,
  file: string,
  { last, since }: SimulateOptions,
  json: boolean,
): Promise<void> {
  const { source } = await policyIn(context, file);
  const body = { source, limit: last, ...(since === undefined ? {} : { since }) };
  const { client, out, signal } = context;
  const answer = await client().call<Answer>('POST', '/v1/policy/simulations', body, { signal });
  if (json) return out.json(answer);
  for (const line of simulationLines(answer)) out.data(line);
  if (answer.erased > 0) out.say(`${answer.erased} ${answer.erased === 1 ? 'is' : 'are'} erased and cannot be judged.`);
  if (!answer.complete) out.say(`Time was up: what came after ${answer.to ?? 'nothing'} was not looked at.`);
}

const VERDICTS = [
  ['allow', 'let through'],
  ['require_approval', 'ask a person'],
  ['deny', 'deny'],
  ['refused', 'params do not fit'],
] as const;

function simulationLines({ considered, from, to, verdicts, differences }: Answer): string[] {
  const counts = VERDICTS.map(([verdict, word]) => [
    ...[word, String(verdicts.recorded[verdict]), String(verdicts.draft[verdict])],
  ]);
  const differing = DIFFERENCE_WORDS.filter(([kind]) => differences[kind].count > 0);
  const told = differing.flatMap(([kind, word]) => [
    `${word}: ${differences[kind].count}${fatesIn(differences[kind].fates)}`,
    ...table(differences[kind].examples.map(exampleRow)),
  ]);
  const span = considered === 0 ? '' : `, ${from} to ${to}`;
  return [
    `${considered} requests${span}`,
    ...table([['', 'AS IT WAS', 'BY THE DRAFT'], ...counts]),
    ...(told.length === 0 ? ['Nothing would be otherwise.'] : told),
  ];
}

function fatesIn(fates: SimulationResult['differences']['newly_allowed']['fates']): string {
  const said = Object.entries(fates).filter(([fate, count]) => count > 0 && fate !== 'other');
  return said.length === 0 ? '' : ` (${said.map(([fate, count]) => `${count} ${fate}`).join(', ')})`;
}

const exampleRow = ({ id, action, resource, actor, recorded, draft }: Example): string[] =>
  [
    ...[`  ${id}`, `${action} on ${resource}`, actor],
    `${recorded.rule ?? 'default'} → ${draft.rule ?? 'default'}`,
    recorded.risk === draft.risk ? '' : `${recorded.risk} → ${draft.risk}`,
  ].map(printable);
