// `assentry policy …`: the verbs. What they do is in cli/src/policy; what a policy means is core's.
import type { Command } from 'commander';
import { printable } from '../../../core/display.ts';
import { contextOf, type Exit, type GlobalOptions, type World } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../help.ts';
import { count, instant } from '../inputs.ts';
import { testPolicy } from '../policy/cases.ts';
import { checkPolicy } from '../policy/check.ts';
import { diffPolicies } from '../policy/difference.ts';
import { type ProposeOptions, proposePolicy } from '../policy/propose.ts';
import { inForce, policyIn } from '../policy/read.ts';
import { type SimulateOptions, simulatePolicy } from '../policy/simulation.ts';
import { suggestPatterns } from '../policy/suggestions.ts';
import { proposeSwitch, type SwitchOptions } from '../policy/switch.ts';

/** Adds the noun and its verbs. */
export function policyCommands(program: Command, world: World, exit: Exit): void {
  const noun = program.command('policy').description('Check, test, compare, show and change the policy');
  localCommands(noun, world, exit);
  publishedCommands(noun, world, exit);
  historyCommands(noun, world);
  switchCommands(noun, world, exit);
}

const isJson = (command: Command): boolean => command.optsWithGlobals<GlobalOptions>().json === true;

/** Verbs that work on files alone. */
function localCommands(noun: Command, world: World, exit: Exit): void {
  noun
    .command('check <file>')
    .description(
      'Check a policy document: schema, conditions, rules that never match. Needs no server but for --people',
    )
    .addHelpText('before', examples('assentry policy check policy.yaml\nassentry policy check policy.yaml --people'))
    .option('--people', 'also ask the server whether whom it asks is there, and enough of them')
    .action(async (file: string, { people = false }: { people?: boolean }, command: Command) => {
      await checkPolicy(contextOf(world, command), file, { json: isJson(command), people });
      exit(EXIT.ok);
    });
  noun
    .command('test <file>')
    .description('Run the cases beside a policy: policy.yaml has policy.test.yaml. Needs no server')
    .addHelpText('before', examples('assentry policy test policy.yaml'))
    .option('--tests <file>', 'where the cases are')
    .action(async (file: string, { tests }: { tests?: string }, command: Command) => {
      await testPolicy(contextOf(world, command), file, tests, isJson(command));
      exit(EXIT.ok);
    });
  noun
    .command('diff <file> [other]')
    .description('Say in words what changes from the policy in force to <file>, or from <file> to <other>')
    .addHelpText('before', examples('assentry policy diff policy.yaml\nassentry policy diff old.yaml new.yaml'))
    .action((file: string, other: string | undefined, _options: GlobalOptions, command: Command) => {
      const [from, to] = other === undefined ? [undefined, file] : [file, other];
      return diffPolicies(contextOf(world, command), to, from, isJson(command));
    });
}

/** Verbs about the policy in force. */
function publishedCommands(noun: Command, world: World, exit: Exit): void {
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
    .action(async (file: string, _options: ProposeOptions, command: Command) => {
      const context = contextOf(world, command);
      const { source } = await policyIn(context, file);
      await proposePolicy(world, context, source, command.optsWithGlobals<ProposeOptions>());
      exit(EXIT.ok);
    });
}

/** Verbs over what was asked before. */
function historyCommands(noun: Command, world: World): void {
  noun
    .command('simulate <file>')
    .description('Judge the last requests by the document: what would be asked, let through or denied otherwise')
    .addHelpText('before', examples('assentry policy simulate policy.yaml --last 5000'))
    .option('--last <requests>', 'how many, the newest', count, 1_000)
    .option('--since <instant>', 'none older than this: 2026-11-01, or 2026-11-01T09:00:00Z', instant)
    .action((file: string, options: SimulateOptions, command: Command) =>
      simulatePolicy(contextOf(world, command), file, options, isJson(command)),
    );
  noun
    .command('suggest')
    .description('Suggest trusted patterns: what several people approved every single time')
    .option('--last <requests>', 'over how many, the newest', count, 10_000)
    .action(({ last }: { last: number }, command: Command) =>
      suggestPatterns(contextOf(world, command), last, isJson(command)),
    );
}

/** `require` and `allow`: one switch for one action. */
function switchCommands(noun: Command, world: World, exit: Exit): void {
  for (const [verb, requires, says] of [
    ['require', true, 'that a person must approve an action'],
    ['allow', false, 'that an action needs no person; what a rule denies stays denied'],
  ] as const) {
    noun
      .command(`${verb} <action>`)
      .description(`Propose a rule on top of the policy: ${says}`)
      .addHelpText('before', examples(`assentry policy ${verb} stripe.refund --actor agent:support`))
      .option('--actor <actor>', 'of this actor alone (default: whoever acts)')
      .option('--dry-run', 'print the policy that it would be, and propose nothing')
      .option('--open', 'open the page where it is signed')
      .action(async (action: string, _options: SwitchOptions, command: Command) => {
        const options = command.optsWithGlobals<SwitchOptions>();
        await proposeSwitch(world, contextOf(world, command), action, requires, options);
        if (!options.dryRun) exit(EXIT.ok);
      });
  }
}

async function showPolicy(world: World, command: Command): Promise<void> {
  const context = contextOf(world, command);
  const policy = await inForce(context);
  if (isJson(command)) return context.out.json(policy);
  const { version, digest, published_at, published_by } = policy;
  context.out.say(printable(`Version ${version}, ${digest}, published ${published_at} by ${published_by}`));
  for (const line of policy.source.trimEnd().split('\n')) context.out.data(printable(line));
}
