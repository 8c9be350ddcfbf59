// A policy is proposed, shown as what changes, and signed in the browser: no command puts one in force by itself.
import { printable } from '../../../core/display.ts';
import type { ProblemPlace } from '../../../core/problems.ts';
import type { Context, GlobalOptions, World } from '../context.ts';
import { digestInForce } from './read.ts';

interface Change {
  id: string;
  status: 'proposed' | 'applied' | 'rejected' | 'expired';
  diff: string[];
  warnings: ProblemPlace[];
}

export interface ProposeOptions extends GlobalOptions {
  baseDigest?: string;
  open?: boolean;
}

/** Proposes the text on what is in force (or what the caller says it is based on), and says where to sign. */
export async function proposePolicy(
  world: World,
  context: Context,
  source: string,
  { baseDigest, json, open }: ProposeOptions,
): Promise<void> {
  const base_digest = baseDigest ?? (await digestInForce(context));
  const body = { kind: 'policy', value: { source }, ...(base_digest === null ? {} : { base_digest }) };
  const change = await context.client().call<Change>('POST', '/v1/changes', body, { signal: world.signal });
  if (json) context.out.json(change);
  else for (const line of [...change.diff, `${change.id}  ${change.status}`]) context.out.data(printable(line));
  if (change.status !== 'proposed') return;
  const page = `${context.settings().url}/changes`;
  context.out.say(`It waits 24 hours for a passkey: ${page}`);
  if (open) world.openBrowser(page);
}
