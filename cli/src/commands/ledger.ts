// `assentry ledger verify`: the log's signed head, and that your own requests' events are in it, each unaltered and each
// object's in one unbroken line. What is trusted is the log's key; without a pinned one, that is the server's word.
// `assentry ledger export`: all of the organisation's events with their proofs, in one file.
import type { Command } from 'commander';
import { printable } from '../../../core/display.ts';
import { MAX_LIST_LIMIT } from '../../../core/limits.ts';
import { type Context, contextOf, type GlobalOptions, type World } from '../context.ts';
import { writeWhole } from '../evidence/output-file.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { examples } from '../help.ts';
import { count } from '../inputs.ts';
import { type Finding, verifyEvents } from '../ledger/events.ts';
import { exportOf } from '../ledger/export.ts';
import { headOf, type VerifiedHead } from '../ledger/head.ts';

interface VerifyOptions extends GlobalOptions {
  key?: string;
  limit: number;
}

const DEFAULT_REQUESTS = 20;

/** Adds the noun and its verb. */
export function ledgerCommands(program: Command, world: World): void {
  const noun = program.command('ledger').description('Check the transparency log');
  noun
    .command('verify [ids...]')
    .description('Verify the signed checkpoint, and every event of these requests (default: the newest you can see)')
    .addHelpText('before', examples('assentry ledger verify\nassentry ledger verify apr_… --key origin+hash+key'))
    .option('--key <verifier-key>', "the log's verifier key, pinned (default: the profile's, else the server's word)")
    .option('--limit <requests>', 'how many of the newest requests', count, DEFAULT_REQUESTS)
    .action((ids: string[], options: VerifyOptions, command: Command) => verify(world, ids, options, command));
  noun
    .command('export')
    .description('Export every event of the organisation with its proofs, for `assentry verify` (scope admin:read)')
    .addHelpText('before', examples('assentry ledger export --output ledger.export\nassentry verify ledger.export'))
    .option('--output <file>', 'write it there (default: standard output)')
    .action((options: { output?: string }, command: Command) => exportTo(world, options.output, command));
}

/** Raw lines, because each line's sum is over its text: into a file or a pipe, never onto a terminal. */
async function exportTo(world: World, output: string | undefined, command: Command): Promise<void> {
  const context = contextOf(world, command);
  if (output === undefined && world.stdout.isTTY) throw new CliError(EXIT.usage, 'Name a file with --output.');
  const { events, lines } = await exportOf(context);
  if (output !== undefined) writeWhole(output, lines);
  else for (const line of lines) world.stdout.write(line);
  const where = output === undefined ? '' : ` to ${output}. Next: assentry verify ${output}`;
  context.out.say(printable(`Exported ${events} events${where}`));
}

async function verify(world: World, ids: string[], options: VerifyOptions, command: Command): Promise<void> {
  const context = contextOf(world, command);
  const head = await headOf(context, options.key ?? context.settings().ledger_key);
  const requests = ids.length > 0 ? ids : await newest(context, options.limit);
  const findings: Finding[] = [];
  for (const id of requests) findings.push(await verifyEvents(context, head, id));
  if (command.optsWithGlobals<GlobalOptions>().json) context.out.json(reportOf(head, findings));
  else for (const line of linesOf(head, findings)) context.out.data(printable(line));
  const faults = findings.flatMap((finding) => finding.faults);
  if (faults.length > 0) throw new CliError(EXIT.verification, `The ledger does not hold: ${faults.length} faults.`);
}

async function newest({ client, signal }: Context, limit: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of client().list({ limit: Math.min(limit, MAX_LIST_LIMIT) }, { signal })) {
    if (ids.push(id) >= limit) break;
  }
  return ids;
}

const reportOf = ({ origin, size, root_text, pinned }: VerifiedHead, findings: Finding[]) => ({
  checkpoint: { origin, size, root: root_text, pinned },
  requests: findings,
  valid: findings.every(({ faults }) => faults.length === 0),
});

function linesOf(head: VerifiedHead, findings: Finding[]): string[] {
  const sum = (of: (finding: Finding) => number) => findings.reduce((total, finding) => total + of(finding), 0);
  const waiting = sum(({ unproved }) => unproved);
  return [
    `checkpoint  ${head.origin}, ${head.size} entries, root ${head.root_text}, signature ok`,
    `events      ${sum(({ proved }) => proved)} in the log, unaltered and in order (requests: ${findings.length})`,
    ...(waiting === 0 ? [] : [`waiting     ${waiting} are newer than this checkpoint`]),
    ...findings.flatMap(({ request, faults }) => faults.map((fault) => `FAULT       ${request}: ${fault}`)),
  ];
}
