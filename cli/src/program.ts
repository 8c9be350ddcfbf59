// The whole command line: nouns, verbs, global options, and one place where a failure becomes a message and a code.
import { AssentryError, UnavailableError } from '@assentry/sdk';
import { Command, CommanderError } from 'commander';
import { printable } from '../../core/display.ts';
import manifest from '../package.json' with { type: 'json' };
import { approvalCommands } from './commands/approval.ts';
import { breakGlassCommand } from './commands/break-glass.ts';
import { capabilityCommands } from './commands/capability.ts';
import { ledgerCommands } from './commands/ledger.ts';
import { policyCommands } from './commands/policy.ts';
import { verifyCommand } from './commands/verify.ts';
import type { Exit, World } from './context.ts';
import { CliError, EXIT, exitOfError } from './exit-codes.ts';
import { examples } from './help.ts';
import { isReaderGone } from './streams.ts';

const FIRST = `assentry approval request --action deployment.execute --resource service:billing-api --wait
assentry capability exchange --request apr_… --actor service-account:release-bot
assentry outcome report apr_… --status executed`;

const ENVIRONMENT = `
Environment: ASSENTRY_API_KEY, ASSENTRY_URL, NO_COLOR.
Exit codes: 0 approved or ok, 1 error, 2 usage, 3 rejected, 4 expired, 5 canceled, 6 blocked by policy,
  7 not authenticated or not allowed, 8 unavailable, 9 verification failed, 124 waited long enough, 130 interrupted.`;

const WHERE = '  Is it running there? Name another place with --url or ASSENTRY_URL; `npm start` serves a local one.\n';

/**
 * Runs one command line (without `node` and the script). Returns the exit code; never throws. A verdict stays what it is,
 * whatever becomes of the output; a command that only prints has failed when its output did not arrive.
 */
export async function run(args: readonly string[], world: World): Promise<number> {
  let verdict: number | null = null;
  const program = programFor(world, (given) => {
    verdict = given;
  });
  try {
    assertText(args);
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    const code = failed(error, world);
    // Help and the version end this way, too; they only print.
    verdict = code === EXIT.ok ? null : code;
  }
  const lost = (await world.stdout.failed?.()) ?? null;
  if (lost === null || isReaderGone(lost)) return verdict ?? EXIT.ok;
  world.stderr.write(`assentry: The output is not complete: ${printable(lost.message)}\n`);
  return verdict ?? EXIT.error;
}

/** Node reads an argument that is no UTF-8 with U+FFFD in the place of what was there: that is not what was meant. */
function assertText(args: readonly string[]): void {
  const lossy = args.find((arg) => arg.includes('\uFFFD'));
  if (lossy !== undefined) throw new CliError(EXIT.usage, `The argument "${lossy}" is not UTF-8. Write it as UTF-8.`);
}

function programFor(world: World, exit: Exit): Command {
  const program = new Command('assentry')
    .description("Puts a human's passkey between an agent and a risky action.")
    .addHelpText('before', examples(FIRST))
    .addHelpText('after', ENVIRONMENT)
    .option('--json', 'print JSON, stable for programs')
    .option('--profile <name>', 'use this profile of ~/.config/assentry/profiles.json')
    .option('--url <url>', 'where Assentry runs (default: ASSENTRY_URL)')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('Add --help to see how it is written.')
    .version(manifest.version, '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      getOutHasColors: () => world.stdout.isTTY === true && !world.env.NO_COLOR,
      getErrHasColors: () => world.stderr.isTTY === true && !world.env.NO_COLOR,
    });
  approvalCommands(program, world, exit);
  breakGlassCommand(program, world);
  capabilityCommands(program, world, exit);
  policyCommands(program, world, exit);
  ledgerCommands(program, world, exit);
  verifyCommand(program, world, exit);
  return program;
}

/** Commander has printed its own; everything else is printed here, for people, with where it is wrong. */
function failed(error: unknown, { stderr, signal }: World): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const message = error instanceof Error ? error.message : String(error);
  for (const line of message.split('\n')) stderr.write(`assentry: ${printable(line)}\n`);
  if (error instanceof AssentryError) {
    const places = error.errors.filter(({ detail }) => !message.includes(detail));
    for (const { pointer, detail } of places) stderr.write(`  ${printable(`${pointer}: ${detail}`)}\n`);
    if (error.request_id !== null) stderr.write(`  request id ${printable(error.request_id)}\n`);
  }
  if (error instanceof UnavailableError && error.code === 'network') stderr.write(WHERE);
  return signal.aborted ? EXIT.interrupted : exitOfError(error);
}
