// `assentry policy check`: what is wrong with a document, what is probably not meant, and what its trusted patterns free.
import type { Context } from '../context.ts';
import { placeLine, policyIn } from './read.ts';

/** Says every warning and note at its place, and that the document is valid; a wrong one ends the command. */
export async function checkPolicy(context: Context, file: string, json: boolean): Promise<void> {
  const { warnings, notes } = await policyIn(context, file);
  if (json) return context.out.json({ valid: true, warnings, notes });
  for (const note of notes) context.out.say(`${placeLine(file, note)} (note)`);
  context.out.data(`${file} is valid${counted(warnings.length)}.`);
}

const counted = (warnings: number): string =>
  warnings === 0 ? '' : `, with ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
