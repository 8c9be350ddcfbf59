// `assentry policy …`: check a document here, see what is in force, propose a change. Publishing takes a passkey, so
// `apply` proposes and says where to sign.
import { AssentryError } from '@assentry/sdk';
import type { Command } from 'commander';
import { printable } from '../../../core/display.ts';
import type { ProblemPlace } from '../../../core/problems.ts';
import { type Context, contextOf, type GlobalOptions, type World } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { examples } from '../help.ts';
import { textOf } from '../inputs.ts';

interface Published {
  version: number;
  digest: string;
  source: string;
  published_at: string;
  published_by: string;
}

interface Change {
  id: string;
  status: 'proposed' | 'applied' | 'rejected' | 'expired';
  diff: string[];
  warnings: ProblemPlace[];
}

/** Adds the noun and its verbs. */
export function policyCommands(program: Command, world: World): void {
  const noun = program.command('policy').description('Check, show and change the policy');
  noun
    .command('check <file>')
    .description('Check a policy document: schema, conditions, rules that never match. Needs no server')
    .addHelpText('before', examples('assentry policy check policy.yaml'))
    .action(async (file: string, _options: GlobalOptions, command: Command) => {
      const context = contextOf(world, command);
      const { warnings } = await checked(context, file);
      if (command.optsWithGlobals<GlobalOptions>().json) context.out.json({ valid: true, warnings });
      else context.out.data(`${file} is valid${warnings.length === 0 ? '' : `, with ${warnings.length} warnings`}.`);
    });
  noun
    .command('show')
    .description('Print the policy in force')
    .action((_options: GlobalOptions, command: Command) => showPolicy(world, command));
  noun
    .command('apply <file>')
    .description('Propose the document as the new policy; a person signs it with a passkey')
    .addHelpText('before', examples('assentry policy apply policy.yaml'))
    .option('--base-digest <digest>', 'refuse if another policy is in force (default: the one in force now)')
    .option('--open', 'open the page where it is signed')
    .action((file: string, options: ApplyOptions, command: Command) => apply(world, file, options, command));
}

/** Reads and checks; prints every wrong place as `file:line:column`. */
async function checked(context: Context, file: string): Promise<{ source: string; warnings: ProblemPlace[] }> {
  const source = await textOf(context, file);
  // Loaded here alone: the policy language brings YAML and CEL, which no other command needs.
  const { parsePolicy } = await import('../../../core/policy.ts');
  const parsed = parsePolicy(source);
  if (parsed.ok) {
    for (const warning of parsed.value.warnings) context.out.say(`${placeLine(file, warning)} (warning)`);
    return { source, warnings: parsed.value.warnings };
  }
  for (const place of parsed.problem.errors ?? []) context.out.say(placeLine(file, place));
  throw new CliError(EXIT.error, `${file} is not a valid policy.`);
}

const placeLine = (file: string, { line, column, detail }: ProblemPlace): string =>
  printable(`${file}:${line ?? 1}:${column ?? 1}: ${detail}`);

async function showPolicy(world: World, command: Command): Promise<void> {
  const { out, client } = contextOf(world, command);
  const policy = await client().call<Published>('GET', '/v1/policy', undefined, { signal: world.signal });
  if (command.optsWithGlobals<GlobalOptions>().json) return out.json(policy);
  out.say(
    printable(
      `Version ${policy.version}, ${policy.digest}, published ${policy.published_at} by ${policy.published_by}`,
    ),
  );
  for (const line of policy.source.trimEnd().split('\n')) out.data(printable(line));
}

interface ApplyOptions extends GlobalOptions {
  baseDigest?: string;
  open?: boolean;
}

async function apply(world: World, file: string, options: ApplyOptions, command: Command): Promise<void> {
  const context = contextOf(world, command);
  const { source } = await checked(context, file);
  const base_digest = options.baseDigest ?? (await digestInForce(context));
  const body = { kind: 'policy', value: { source }, ...(base_digest === null ? {} : { base_digest }) };
  const change = await context.client().call<Change>('POST', '/v1/changes', body, { signal: world.signal });
  if (command.optsWithGlobals<GlobalOptions>().json) context.out.json(change);
  else for (const line of [...change.diff, `${change.id}  ${change.status}`]) context.out.data(printable(line));
  if (change.status !== 'proposed') return;
  const page = `${context.settings().url}/changes`;
  context.out.say(`It waits 24 hours for a passkey: ${page}`);
  if (options.open) world.openBrowser(page);
}

/** Null when this key may not read the policy: then the server's own base check is all there is. */
async function digestInForce({ client, out, signal }: Context): Promise<string | null> {
  try {
    return (await client().call<Published>('GET', '/v1/policy', undefined, { signal })).digest;
  } catch (error) {
    if (!(error instanceof AssentryError) || error.code !== 'forbidden') throw error;
    out.say('This key may not read the policy: the change is based on whatever is in force.');
    return null;
  }
}
