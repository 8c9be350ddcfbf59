// `assentry policy require|allow ACTION`: one rule on top of the policy in force, proposed like any other change.
import { printable } from '../../../core/display.ts';
import type { Context, World } from '../context.ts';
import { type ProposeOptions, proposePolicy } from './propose.ts';

export interface SwitchOptions extends ProposeOptions {
  actor?: string;
  dryRun?: boolean;
}

interface Draft {
  source: string;
  rule: string;
  base_digest: string;
  differences: { text: string }[];
}

/** Has the server write the rule into the policy in force, shows what changes, and proposes it. */
export async function proposeSwitch(
  world: World,
  context: Context,
  action: string,
  requires_approval: boolean,
  options: SwitchOptions,
): Promise<void> {
  const { actor, dryRun, json } = options;
  const body = { action, requires_approval, ...(actor === undefined ? {} : { actor }) };
  const draft = await context.client().call<Draft>('POST', '/v1/policy/drafts', body, { signal: context.signal });
  if (!dryRun) return proposePolicy(world, context, draft.source, { ...options, baseDigest: draft.base_digest });
  if (json) return context.out.json(draft);
  for (const { text } of draft.differences) context.out.say(printable(text));
  for (const line of draft.source.trimEnd().split('\n')) context.out.data(printable(line));
}
