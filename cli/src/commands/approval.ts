// `assentry approval …`: ask, look, wait, withdraw; and approve or reject, which happens in the browser, with a passkey.
import type { ApprovalRequest, ListFilter, Proposal, RiskLevel } from '@assentry/sdk';
import type { Command } from 'commander';
import { printable } from '../../../core/display.ts';
import type { JsonObject } from '../../../core/json.ts';
import { STATUSES } from '../../../core/lifecycle.ts';
import { MAX_LIST_LIMIT } from '../../../core/limits.ts';
import { type Context, contextOf, type Exit, type GlobalOptions, type World } from '../context.ts';
import { EXIT, exitOfStatus } from '../exit-codes.ts';
import { examples } from '../help.ts';
import { count, field, objectOf, oneOf, seconds } from '../inputs.ts';
import { requestLines, requestTable } from '../request-view.ts';
import { waitAtTerminal } from '../waiting.ts';
import { evidenceCommand } from './approval-evidence.ts';
import { fileCommands } from './approval-file.ts';
import { decidedByToken, nonceCommand, type TokenOptions } from './approval-token.ts';

const RISKS = ['low', 'medium', 'high', 'critical'] as const;
const DEFAULT_ROWS = 20;

interface RequestOptions extends GlobalOptions {
  action: string;
  resource: string;
  actor?: string;
  risk?: RiskLevel;
  param?: JsonObject;
  paramsFile?: string;
  metadata?: JsonObject;
  context?: JsonObject;
  reason?: string;
  expiresIn?: number;
  runId?: string;
  toolCallId?: string;
  idempotencyKey?: string;
  wait?: boolean;
  timeout?: number;
}

/** Adds the noun and its verbs. Each verb sets `exit` to what the shell shall learn. */
export function approvalCommands(program: Command, world: World, exit: Exit): void {
  const noun = program.command('approval').description('Ask a person before a risky action');
  requestCommand(noun, world, exit);
  fileCommands(noun, world, exit);
  lookCommands(noun, world, exit);
  waitCommands(noun, world, exit);
  nonceCommand(noun, world);
  evidenceCommand(noun, world);
}

function requestCommand(noun: Command, world: World, exit: Exit): void {
  noun
    .command('request')
    .description('Propose an action; prints the id, the match words and the link to review it')
    .addHelpText('before', examples(REQUEST_EXAMPLE))
    .requiredOption('--action <name>', 'what: deployment.execute')
    .requiredOption('--resource <type:name>', 'on what: service:billing-api')
    .option('--actor <actor>', 'who: service-account:NAME, agent:NAME or user:ID (default: the service account)')
    .option('--risk <level>', `claim at least this risk: ${RISKS.join(', ')}`, oneOf(...RISKS))
    .option('--param <key=text>', 'a parameter, key:=json for numbers; repeatable', field)
    .option('--params-file <file>', 'all parameters as a JSON object, - for standard input')
    .option('--metadata <key=text>', 'what policy can match on; repeatable', field)
    .option('--context <key=text>', 'what the reviewer should know; repeatable', field)
    .option('--reason <text>', 'why, in one sentence (context.reason)')
    .option('--expires-in <duration>', 'shorten the time to decide: 15m, 1h', seconds)
    .option('--run-id <id>', 'the same run and tool call name the same request')
    .option('--tool-call-id <id>', 'which call of the run')
    .option('--idempotency-key <key>', 'name this call, to repeat it safely (default: a fresh key)')
    .option('--wait', 'wait for the decision; the exit code says which')
    .option('--timeout <duration>', 'with --wait: give up waiting after this long (exit code 124)', seconds)
    .action(async (options: RequestOptions, command: Command) => {
      const context = contextOf(world, command);
      const idempotency_key = options.idempotencyKey;
      const made = await context
        .client()
        .request(await proposalOf(context, options), { signal: world.signal, idempotency_key });
      const decided = options.wait && made.status === 'pending' ? await asked(context, made, options) : made;
      show(context, command, decided);
      if (decided.status === 'pending') context.out.say(`Next: assentry approval wait ${decided.id}`);
      if (wasRejectedBefore(made)) context.out.say(REJECTED_BEFORE);
      if (decided.status !== 'pending') exit(exitOfStatus(decided));
    });
}

const REQUEST_EXAMPLE = `assentry approval request --action deployment.execute --resource service:billing-api \\
    --risk high --actor service-account:release-bot --metadata environment=production
assentry approval request --action order_tools.process_refund --resource order:ORD-1287 \\
    --param amount:=2400 --reason "arrived broken" --wait`;

async function proposalOf(context: Context, options: RequestOptions): Promise<Proposal> {
  const file = options.paramsFile === undefined ? {} : await objectOf(context, options.paramsFile);
  const params = { ...file, ...options.param };
  const words = { ...options.context, ...(options.reason === undefined ? {} : { reason: options.reason }) };
  const run = options.runId === undefined ? undefined : { id: options.runId, tool_call_id: options.toolCallId };
  const { action, resource, actor, risk, metadata, expiresIn: expires_in } = options;
  return { action, resource, actor, risk, params, metadata, context: orNone(words), run, expires_in };
}

/** A new request is pending, or decided by policy: one that a person had rejected is an earlier one. */
const wasRejectedBefore = ({ status, verdict }: ApprovalRequest): boolean =>
  status === 'rejected' && verdict === 'require_approval';
const REJECTED_BEFORE =
  'This was rejected a short while ago. Asking for the same again within ten minutes does not change the answer.';

const orNone = (object: JsonObject): JsonObject | undefined => (Object.keys(object).length === 0 ? undefined : object);

function asked(context: Context, made: ApprovalRequest, { timeout }: RequestOptions): Promise<ApprovalRequest> {
  context.out.say(`${printable(made.id)} is pending. Match words: ${made.match_words.join(' ')}`);
  return waitAtTerminal(context, made.id, timeout);
}

function show({ out }: Context, command: Command, request: ApprovalRequest): void {
  if (command.optsWithGlobals<GlobalOptions>().json) out.json(request);
  else for (const line of requestLines(request, out)) out.data(line);
}

function lookCommands(noun: Command, world: World, exit: Exit): void {
  noun
    .command('get <id>')
    .description('Show a request exactly as it is now')
    .action(async (id: string, _options: GlobalOptions, command: Command) => {
      const context = contextOf(world, command);
      show(context, command, await context.client().get(id, { signal: world.signal }));
    });
  noun
    .command('list')
    .description('List requests, newest first')
    .addHelpText('before', examples('assentry approval list --status pending'))
    .option('--status <status>', `only these: ${STATUSES.join(', ')}`, oneOf(...STATUSES))
    .option('--actor <actor>', 'only of this actor')
    .option('--action <name>', 'only this action')
    .option('--risk <level>', 'only of this risk', oneOf(...RISKS))
    .option('--search <text>', 'part of action, resource, actor or id')
    .option('--limit <rows>', 'at most this many', count, DEFAULT_ROWS)
    .action((options: ListFilter & { search?: string; limit: number }, command: Command) =>
      list(world, options, command),
    );
  noun
    .command('open <id>')
    .description('Open the review page in the browser')
    .action(async (id: string, _options: GlobalOptions, command: Command) => {
      const context = contextOf(world, command);
      const { review_url } = await context.client().get(id, { signal: world.signal });
      context.out.data(printable(review_url));
      world.openBrowser(review_url);
    });
  noun
    .command('cancel <id>')
    .description('Withdraw a request')
    .option('--reason <text>', 'why')
    .action(async (id: string, { reason }: { reason?: string }, command: Command) => {
      const context = contextOf(world, command);
      show(context, command, await context.client().cancel(id, { reason, signal: world.signal }));
      exit(EXIT.ok);
    });
}

async function list(
  world: World,
  options: ListFilter & { search?: string; limit: number },
  command: Command,
): Promise<void> {
  const { out, client } = contextOf(world, command);
  const { status, actor, action, risk, search: q, limit } = options;
  const rows: ApprovalRequest[] = [];
  for await (const request of client().list(
    { status, actor, action, risk, q, limit: Math.min(limit, MAX_LIST_LIMIT) },
    { signal: world.signal },
  )) {
    if (rows.push(request) >= limit) break;
  }
  if (command.optsWithGlobals<GlobalOptions>().json) return out.json(rows);
  if (rows.length === 0) out.say('There are no such requests.');
  else for (const line of requestTable(rows)) out.data(line);
}

interface WaitOptions extends GlobalOptions {
  timeout?: number;
  open?: boolean;
}

function waitCommands(noun: Command, world: World, exit: Exit): void {
  noun
    .command('wait <id>')
    .description('Wait for the decision; the exit code says which')
    .option('--timeout <duration>', 'give up waiting after this long (exit code 124)', seconds)
    .action(async (id: string, { timeout }: WaitOptions, command: Command) => {
      const context = contextOf(world, command);
      const request = await waitAtTerminal(context, id, timeout);
      show(context, command, request);
      exit(exitOfStatus(request));
    });
  for (const [verb, aim] of [
    ['approve', 'approved'],
    ['reject', 'rejected'],
    ['deny', 'rejected'],
  ] as const) {
    noun
      .command(`${verb} <id>`)
      .description(
        verb === 'deny' ? 'The same as reject' : `Open the review page to ${verb} with a passkey, and wait for it`,
      )
      .option('--timeout <duration>', 'give up waiting after this long (exit code 124)', seconds)
      .option('--no-open', 'print the link only')
      .option(
        '--oidc-token-file <file>',
        'where policy takes one: an ID token that signs instead, - for standard input',
      )
      .option('--offer <file>', 'what the token signs, from assentry approval nonce')
      .action(async (id: string, options: WaitOptions & TokenOptions, command: Command) => {
        const context = contextOf(world, command);
        const decision = aim === 'approved' ? 'approve' : 'reject';
        const signed = await decidedByToken(context, id, decision, options);
        const request = signed ?? (await decided(context, id, options));
        show(context, command, request);
        // One of several people: their token was taken, others are still asked.
        const taken = signed !== null && request.status === 'pending';
        exit(request.status === aim || taken ? EXIT.ok : exitOfStatus(request) || EXIT.error);
      });
  }
}

/** The decision is a person's, made on the page; this only opens it and watches. */
async function decided(context: Context, id: string, { timeout, open }: WaitOptions): Promise<ApprovalRequest> {
  const request = await context.client().get(id, { signal: context.signal });
  if (request.status !== 'pending') return request;
  if (open !== false) context.openBrowser(request.review_url);
  return waitAtTerminal(context, id, timeout);
}
