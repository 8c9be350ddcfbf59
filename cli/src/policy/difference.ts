// `assentry policy diff`: what changes in words between two documents, or between the one in force and a document.
import { printable } from '../../../core/display.ts';
import type { Policy } from '../../../core/policy/model.ts';
import type { Context } from '../context.ts';
import { inForce, language, orPlaces, policyIn } from './read.ts';

/** From `base` (the one in force if absent) to `file`. */
export async function diffPolicies(context: Context, file: string, base?: string, json = false): Promise<void> {
  const { policyDifferences, policyWords } = await language();
  const before = base === undefined ? await current(context) : (await policyIn(context, base)).policy;
  const after = (await policyIn(context, file)).policy;
  if (json) return context.out.json(policyDifferences(before, after));
  for (const line of policyWords(before, after)) context.out.data(printable(line));
}

async function current(context: Context): Promise<Policy> {
  const { parsePolicy } = await language();
  const { source, version } = await inForce(context);
  context.out.say(`Compared with version ${version}, which is in force.`);
  return orPlaces(context, 'the policy in force', parsePolicy(source), 'a policy that this version understands').policy;
}
