// `assentry ledger verify`: the log's signed head, that your own requests' events are in it, each unaltered and each
// object's in one unbroken line, and with a key of scope admin:read that none of the organisation's is missing. What is
// trusted is the log's key; without a pinned one, that is the server's word.
// `assentry ledger export`: all of the organisation's events with their proofs, in one file.
import { type Command, Option } from 'commander';
import { printable } from '../../../core/display.ts';
import { MAX_LIST_LIMIT } from '../../../core/limits.ts';
import { type Context, contextOf, type Exit, type GlobalOptions, type World } from '../context.ts';
import { writeWhole } from '../evidence/output-file.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { examples } from '../help.ts';
import { count } from '../inputs.ts';
import { type Audit, auditOf } from '../ledger/audit.ts';
import { type Finding, verifyEvents } from '../ledger/events.ts';
import { exportOf } from '../ledger/export.ts';
import { Heads, type VerifiedHead } from '../ledger/head.ts';
import { profileNamed } from '../settings.ts';

interface VerifyOptions extends GlobalOptions {
  logKey?: string[];
  key?: string[];
  limit: number;
  audit: boolean;
}

const DEFAULT_REQUESTS = 20;

const several = (text: string, before: string[] = []): string[] => [...before, text];

/** Adds the noun and its verb. */
export function ledgerCommands(program: Command, world: World, exit: Exit): void {
  const noun = program.command('ledger').description('Check the transparency log');
  noun
    .command('verify [ids...]')
    .description('Verify the checkpoint, the events of these requests (default: the newest), and that none is missing')
    .addHelpText('before', examples('assentry ledger verify\nassentry ledger verify apr_… --log-key origin+hash+key'))
    .option(
      '--log-key <verifier-key>',
      "the log's verifier key, pinned; once for each shard (default: the profile's, else the server's word)",
      several,
    )
    .addOption(new Option('--key <verifier-key>', 'its earlier name').argParser(several).hideHelp())
    .option('--limit <requests>', 'how many of the newest requests', count, DEFAULT_REQUESTS)
    .option('--no-audit', "leave out the organisation's audit, which reads every leaf of the log")
    .action(async (ids: string[], options: VerifyOptions, command: Command) => {
      await verify(world, ids, options, command);
      exit(EXIT.ok);
    });
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
  const pinned = [...(options.logKey ?? []), ...(options.key ?? [])];
  const heads = await Heads.of(
    context,
    pinned.length > 0 ? pinned : (context.settings().ledger_key?.split(/\s+/) ?? []),
  );
  const head = heads.newest;
  const requests = ids.length > 0 ? ids : await newest(context, options.limit);
  const findings: Finding[] = [];
  for (const id of requests) findings.push(await verifyEvents(context, heads, id));
  const { json, profile } = command.optsWithGlobals<GlobalOptions>();
  const link_key = profile === undefined ? null : (profileNamed(world, profile)?.link_key ?? null);
  const audit = options.audit ? await auditOf(context, heads, link_key) : LEFT_OUT;
  if (json) context.out.json(reportOf(head, findings, audit));
  else for (const line of linesOf(head, findings, audit)) context.out.data(printable(line));
  const faults = [...findings.flatMap((finding) => finding.faults), ...faultsOf(audit)].length;
  if (faults > 0) throw new CliError(EXIT.verification, `The ledger does not hold: ${faults} faults.`);
}

const LEFT_OUT: Audit = { ran: false, reason: '--no-audit' };
const faultsOf = (audit: Audit): readonly { detail: string }[] => (audit.ran ? audit.faults : []);

async function newest({ client, signal }: Context, limit: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of client().list({ limit: Math.min(limit, MAX_LIST_LIMIT) }, { signal })) {
    if (ids.push(id) >= limit) break;
  }
  return ids;
}

const reportOf = ({ origin, size, root_text, pinned }: VerifiedHead, findings: Finding[], audit: Audit) => ({
  checkpoint: { origin, size, root: root_text, pinned },
  ...{ requests: findings, audit },
  valid: findings.every(({ faults }) => faults.length === 0) && faultsOf(audit).length === 0,
});

const auditLine = (audit: Audit): string =>
  audit.ran
    ? `audit       places 1 to ${audit.places} of the organisation among all ${audit.size} leaves: ${audit.faults.length === 0 ? 'none is missing up to the last' : 'FAULTS'}`
    : `audit       NOT RUN: ${audit.reason}. Whether an event of the organisation is missing was not checked.`;

function linesOf(head: VerifiedHead, findings: Finding[], audit: Audit): string[] {
  const sum = (of: (finding: Finding) => number) => findings.reduce((total, finding) => total + of(finding), 0);
  const waiting = sum(({ unproved }) => unproved);
  return [
    `checkpoint  ${head.origin}, ${head.size} entries, root ${head.root_text}, signature ok`,
    `events      ${sum(({ proved }) => proved)} in the log, unaltered and in order (requests: ${findings.length})`,
    ...(waiting === 0 ? [] : [`waiting     ${waiting} are newer than this checkpoint`]),
    auditLine(audit),
    ...faultsOf(audit).map(({ detail }) => `FAULT       audit: ${detail}`),
    ...findings.flatMap(({ request, faults }) => faults.map((fault) => `FAULT       ${request}: ${fault}`)),
  ];
}
