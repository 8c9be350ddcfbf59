// `assentry capability …` and `assentry outcome …`: take the permission, check one, say what happened.
import { verifyCapability } from '@assentry/sdk/verify';
import type { Command } from 'commander';
import { printable } from '../../../core/display.ts';
import { fromBase64Url, fromUtf8 } from '../../../core/encoding.ts';
import type { JsonObject } from '../../../core/json.ts';
import { type Context, contextOf, type GlobalOptions, type World } from '../context.ts';
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
export function capabilityCommands(program: Command, world: World): void {
  const noun = program.command('capability').description('Take and check the permission for one action');
  exchangeCommand(noun, world);
  verifyCommand(noun, world);
  outcomeCommand(program.command('outcome').description('Say what happened'), world);
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
  action?: string;
  resource?: string;
  actor?: string;
  param?: JsonObject;
  paramsFile?: string;
}

function verifyCommand(noun: Command, world: World): void {
  noun
    .command('verify')
    .description("Verify a token from standard input against the issuer's published keys, offline otherwise")
    .addHelpText(
      'before',
      examples(
        'assentry capability exchange --request apr_… | assentry capability verify --audience service:billing-api',
      ),
    )
    .option('--issuer <url>', "who must have issued it (default: your key's organisation)")
    .option('--audience <name>', 'who it must be for')
    .option('--action <name>', 'the action that will be executed')
    .option('--resource <type:name>', 'what it will be executed on')
    .option('--actor <actor>', 'who must act')
    .option('--param <key=text>', 'a parameter that will be executed, key:=json for numbers; repeatable', field)
    .option('--params-file <file>', 'all of them as a JSON object')
    .action(async (options: VerifyOptions, command: Command) => {
      const context = contextOf(world, command);
      const token = (await standardInput(world)).trim();
      const { action, resource, actor } = options;
      const call = { action, resource, actor, params: (await paramsOf(context, options)) ?? {} };
      const pinned = { issuer: options.issuer ?? issuerOf(context), audience: audienceOf(context, options, token) };
      // What the server enforces besides is not this command's to do: it says what the token asks for.
      const verified = await verifyCapability(token, call, { ...pinned, enforce: 'consume' }).catch(refused);
      if (command.optsWithGlobals<GlobalOptions>().json) return context.out.json(verified);
      for (const line of table(factsOf(verified))) context.out.data(line);
    });
}

/** The reason is for whoever runs this: here nobody else reads it. */
function refused(error: unknown): never {
  const reason = (error as { reason?: string }).reason;
  if (reason === undefined) throw error;
  const hint = reason === 'wrong-params' ? ' Name what will be executed with --param or --params-file.' : '';
  throw new CliError(EXIT.verification, `The capability is not valid: ${reason}.${hint}`);
}

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

/** Policy's default audience is the resource. A token's own word is a convenience for people, and said to be one. */
function audienceOf(context: Context, { audience, resource }: VerifyOptions, token: string): string {
  const pinned = audience ?? resource;
  if (pinned !== undefined) return pinned;
  context.out.say("The audience is the token's own word: pin it with --audience.");
  const claims = fromUtf8(fromBase64Url(token.split('.')[1] ?? '') ?? new Uint8Array(0)) ?? '';
  try {
    return String(JSON.parse(claims).aud);
  } catch {
    throw new CliError(EXIT.verification, 'The capability is not valid: token-malformed.');
  }
}

const OUTCOMES = ['executed', 'failed', 'not_started'] as const;

interface ReportOptions extends GlobalOptions {
  status: (typeof OUTCOMES)[number];
  detail?: string;
  evidenceFile?: string;
}

function outcomeCommand(noun: Command, world: World): void {
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
      if (command.optsWithGlobals<GlobalOptions>().json) return context.out.json(request);
      for (const line of requestLines(request, context.out)) context.out.data(line);
    });
}
