// `assentry policy test`: the cases beside a policy, run here. A case that fails is named with its place, what was
// expected and what the policy says.
import { existsSync } from 'node:fs';
import { instantAt } from '../../../core/duration.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { textOf } from '../inputs.ts';
import { language, orPlaces, placeLine, policyIn } from './read.ts';

/** `policy.yaml` → `policy.test.yaml`. */
export const casesBeside = (file: string): string => file.replace(/(\.[a-z]+)?$/i, (ending) => `.test${ending}`);

/** Runs them all. @throws CliError with exit code 1 when one fails */
export async function testPolicy(context: Context, file: string, given?: string, json = false): Promise<void> {
  const path = given ?? casesBeside(file);
  if (given === undefined && !existsSync(path))
    throw new CliError(EXIT.usage, `There is no ${path} beside ${file}. Name the cases with --tests FILE.`);
  const { policy } = await policyIn(context, file);
  const { readCases, runCases } = await language();
  const cases = orPlaces(context, path, readCases(await textOf(context, path)), 'a valid file of cases');
  const outcomes = runCases(policy, cases, instantAt(Date.now()));
  const failed = outcomes.filter(({ failures }) => failures.length > 0);
  if (json) context.out.json({ passed: outcomes.length - failed.length, failed: failed.length, outcomes });
  else for (const failure of failed.flatMap(({ failures }) => failures)) context.out.data(placeLine(path, failure));
  const summary = `${outcomes.length - failed.length} of ${outcomes.length} cases hold.`;
  if (failed.length > 0) throw new CliError(EXIT.error, summary);
  if (!json) context.out.data(summary);
}
