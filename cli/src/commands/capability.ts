// `assentry capability …` and `assentry outcome …`: take the permission, check one, say what happened.
import { type CapabilityCall, verifyCapability } from '@assentry/sdk/verify';
import type { Command } from 'commander';
import { printable } from '../../../core/display.ts';
import type { JsonObject } from '../../../core/json.ts';
import { type Context, contextOf, type Exit, type GlobalOptions, type World } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { examples } from '../help.ts';
import { field, objectOf, oneOf, standardInput } from '../inputs.ts';
import { table } from '../output.ts';
import { requestLines } from '../request-view.ts';

interface ExchangeOptions extends GlobalOptions {
  request: string;
  actor?: string;
  param?: JsonObject;
  paramsFile?: string;
  nonce?: string;
}

/** Adds both nouns. */
export function capabilityCommands(program: Command, world: World, exit: Exit): void {
  const noun = program.command('capability').description('Take and check the permission for one action');
  exchangeCommand(noun, world);
  verifyCommand(noun, world, exit);
  outcomeCommand(program.command('outcome').description('Say what happened'), world, exit);
}

function exchangeCommand(noun: Command, world: World): void {
  noun
    .command('exchange')
    .description('Exchange an approval for its token: for this one action, once. Prints the token')
    .addHelpText('before', examples('assentry capability exchange --request apr_… --actor service-account:release-bot'))
    .requiredOption('--request <id>', 'the approved request')
    .option('--actor <actor>', 'who acts (default: the actor of the request)')
    .option('--param <key=text>', 'a parameter as you will execute it, key:=json for numbers; repeatable', field)
    .option('--params-file <file>', 'all of them as a JSON object, - for standard input')
    .option('--nonce <text>', 'the same nonce again gets the same token again (default: a fresh one)')
    .action(async (options: ExchangeOptions, command: Command) => {
      const context = contextOf(world, command);
      const { request, actor, nonce } = options;
      const params = await paramsOf(context, options);
      const exchanged = await context.client().exchange({ request, actor, nonce, params }, { signal: world.signal });
      if (options.json ?? command.optsWithGlobals<GlobalOptions>().json) return context.out.json(exchanged);
      const { action, resource } = exchanged.authorization_details[0]!;
      context.out.say(printable(`${exchanged.capability.id}: ${action} on ${resource}, for ${exchanged.expires_in} s`));
      context.out.data(printable(exchanged.access_token));
      context.out.say(`Then: assentry outcome report ${request} --status executed`);
    });
}

/** Undefined when nothing was said about params. */
async function paramsOf(
  world: World,
  options: { param?: JsonObject; paramsFile?: string },
): Promise<JsonObject | undefined> {
  if (options.paramsFile === undefined) return options.param;
  return { ...(await objectOf(world, options.paramsFile)), ...options.param };
}

interface VerifyOptions extends GlobalOptions {
  issuer?: string;
  audience?: string;
  action: string;
  resource: string;
  actor?: string;
  param?: JsonObject;
  paramsFile?: string;
  metadata?: JsonObject;
  context?: JsonObject;
  contextFile?: string;
  preconditionFile?: string;
}

function verifyCommand(noun: Command, world: World, exit: Exit): void {
  noun
    .command('verify')
    .description("Verify a token from standard input against the issuer's published keys, offline otherwise")
    .addHelpText(
      'before',
      examples(
        'assentry capability verify --action deployment.execute --resource service:billing-api --param version=v2.1.0',
      ),
    )
    .option('--issuer <url>', "who must have issued it (default: your key's organisation)")
    .option('--audience <name>', 'who it must be for (default: the resource)')
    .requiredOption('--action <name>', 'the action that will be executed')
    .requiredOption('--resource <type:name>', 'what it will be executed on')
    .option('--actor <actor>', 'who must act')
    .option('--param <key=text>', 'a parameter that will be executed, key:=json for numbers; repeatable', field)
    .option('--params-file <file>', 'all of them as a JSON object')
    .option('--metadata <key=text>', 'metadata of the call, key:=json for numbers; repeatable', field)
    .option('--context <key=text>', 'context of the call; repeatable', field)
    .option('--context-file <file>', 'all of the context as a JSON object')
    .option('--precondition-file <file>', 'the state as it is now, as a JSON object')
    .action(async (options: VerifyOptions, command: Command) => {
      const context = contextOf(world, command);
      const token = (await standardInput(world)).trim();
      const pinned = { issuer: options.issuer ?? issuerOf(context), audience: options.audience ?? options.resource };
      // What the server enforces besides is not this command's to do: it says what the token asks for.
      const checks = { ...pinned, enforce: 'consume' } as const;
      const verified = await verifyCapability(token, await callOf(context, options), checks).catch(refused);
      exit(EXIT.ok);
      if (command.optsWithGlobals<GlobalOptions>().json) return context.out.json(verified);
      for (const line of table(factsOf(verified))) context.out.data(line);
    });
}

/** The call as it will be made. What is not named is not stated: a token that rests on it is refused. */
async function callOf(world: Context, options: VerifyOptions): Promise<CapabilityCall> {
  const { action, resource, actor, metadata, preconditionFile } = options;
  const context = await paramsOf(world, { param: options.context, paramsFile: options.contextFile });
  const precondition = preconditionFile === undefined ? undefined : await objectOf(world, preconditionFile);
  const params = (await paramsOf(world, options)) ?? {};
  const call = { action, resource, params, metadata, context, precondition };
  return actor === undefined ? call : { ...call, actor };
}

/** The reason is for whoever runs this: here nobody else reads it. */
function refused(error: unknown): never {
  const reason = (error as { reason?: string }).reason;
  if (reason === undefined) throw error;
  const hint = HINTS[reason] ?? '';
  throw new CliError(EXIT.verification, `The capability is not valid for this call: ${reason}.${hint}`);
}

const HINTS: Readonly<Record<string, string>> = {
  'wrong-params': ' Name what will be executed with --param or --params-file.',
  'constraints-not-compared':
    ' Policy let it through for its metadata or context: name them with --metadata, --context.',
  'precondition-not-compared': ' It is good for one state only: name the state as it is with --precondition-file.',
};

function factsOf({
  jti,
  request,
  actor,
  expires_at_ms,
  authorization,
}: Awaited<ReturnType<typeof verifyCapability>>): string[][] {
  return [
    ['valid', `until ${new Date(expires_at_ms).toISOString()}`],
    ['action', `${authorization.action} on ${authorization.resource}`],
    ['actor', actor],
    ['capability', jti],
    ['request', request],
    ['enforce', authorization.enforce],
  ];
}

function issuerOf(context: Context): string {
  const { url, organization } = context.settings();
  if (organization === null)
    throw new CliError(EXIT.usage, 'Name the --issuer: this API key does not say its organisation.');
  return `${url}/o/${organization}`;
}

const OUTCOMES = ['executed', 'failed', 'not_started'] as const;

interface ReportOptions extends GlobalOptions {
  status: (typeof OUTCOMES)[number];
  detail?: string;
  evidenceFile?: string;
}

function outcomeCommand(noun: Command, world: World, exit: Exit): void {
  noun
    .command('report <id>')
    .description('Report the outcome of an approved request')
    .addHelpText('before', examples('assentry outcome report apr_… --status executed'))
    .requiredOption('--status <status>', OUTCOMES.join(', '), oneOf(...OUTCOMES))
    .option('--detail <text>', 'one sentence')
    .option('--evidence-file <file>', 'a JSON object')
    .action(async (id: string, { status, detail, evidenceFile }: ReportOptions, command: Command) => {
      const context = contextOf(world, command);
      const evidence = evidenceFile === undefined ? undefined : await objectOf(world, evidenceFile);
      const request = await context.client().report(id, { status, detail, evidence }, { signal: world.signal });
      exit(EXIT.ok);
      if (command.optsWithGlobals<GlobalOptions>().json) return context.out.json(request);
      for (const line of requestLines(request, context.out)) context.out.data(line);
    });
}
