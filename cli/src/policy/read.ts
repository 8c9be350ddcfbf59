// Policies for commands: from a file, checked here with every wrong place as `file:line:column`, or the one in force.
import { AssentryError } from '@assentry/sdk';
import { printable } from '../../../core/display.ts';
import type { Policy } from '../../../core/policy/model.ts';
import type { ProblemPlace, Result } from '../../../core/problems.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { textOf } from '../inputs.ts';

export interface Published {
  version: number;
  digest: string;
  source: string;
  published_at: string;
  published_by: string;
}

export interface Checked {
  source: string;
  policy: Policy;
  warnings: ProblemPlace[];
  notes: ProblemPlace[];
}

/** Loaded when needed alone: the policy language brings YAML and CEL, which no other command needs. */
export const language = () => import('../../../core/policy.ts');

export const placeLine = (file: string, { line, column, detail }: ProblemPlace): string =>
  printable(`${file}:${line ?? 1}:${column ?? 1}: ${detail}`);

/** The value, or every wrong place said and the command ended. */
export function orPlaces<T>({ out }: Context, file: string, read: Result<T>, what: string): T {
  if (read.ok) return read.value;
  for (const place of read.problem.errors ?? []) out.say(placeLine(file, place));
  throw new CliError(EXIT.error, `${file} is not ${what}.`);
}

/** Reads and checks a file; warnings are said. */
export async function policyIn(context: Context, file: string): Promise<Checked> {
  const source = await textOf(context, file);
  const { parsePolicy } = await language();
  const { policy, warnings, notes } = orPlaces(context, file, parsePolicy(source), 'a valid policy');
  for (const warning of warnings) context.out.say(`${placeLine(file, warning)} (warning)`);
  return { source, policy, warnings, notes };
}

export const inForce = ({ client, signal }: Context): Promise<Published> =>
  client().call<Published>('GET', '/v1/policy', undefined, { signal });

/** Null when this key may not read the policy: then the server's own base check is all there is. */
export async function digestInForce(context: Context): Promise<string | null> {
  try {
    return (await inForce(context)).digest;
  } catch (error) {
    if (!(error instanceof AssentryError) || error.code !== 'forbidden') throw error;
    context.out.say('This key may not read the policy: the change is based on whatever is in force.');
    return null;
  }
}
