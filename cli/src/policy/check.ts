// `assentry policy check`: what is wrong with a document, what is probably not meant, and what its trusted patterns free.
import type { ProblemPlace } from '../../../core/problems.ts';
import type { Context } from '../context.ts';
import { placeLine, policyIn } from './read.ts';

/** Says every warning and note at its place, and that the document is valid; a wrong one ends the command. */
export async function checkPolicy(context: Context, file: string, { json = false, people = false }): Promise<void> {
  const { source, notes, ...read } = await policyIn(context, file);
  const asked = people ? await peopleAsked(context, file, source, read.warnings) : [];
  const warnings = [...read.warnings, ...asked];
  if (json) return context.out.json({ valid: true, warnings, notes });
  for (const note of notes) context.out.say(`${placeLine(file, note)} (note)`);
  context.out.data(`${file} is valid${counted(warnings.length)}.`);
}

/** Warnings about the people whom the policy asks, which only the server can give. */
async function peopleAsked(
  context: Context,
  file: string,
  source: string,
  said: readonly ProblemPlace[],
): Promise<ProblemPlace[]> {
  const { client, signal, out } = context;
  const { warnings } = await client().call<{ warnings: ProblemPlace[] }>(
    'POST',
    '/v1/policy/checks',
    { source },
    { signal },
  );
  const asked = warnings.filter(
    (one) => !said.some(({ detail, pointer }) => detail === one.detail && pointer === one.pointer),
  );
  for (const warning of asked) out.say(`${placeLine(file, warning)} (warning)`);
  return asked;
}

const counted = (warnings: number): string =>
  warnings === 0 ? '' : `, with ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
