// `assentry approval create FILE` and `route FILE`: the decision of another tool becomes a request, or is told whom it
// would go to. The mapping is core's, and strict.
import type { ApprovalRequest, Proposal } from '@assentry/sdk';
import type { Command } from 'commander';
import { printable } from '../../../core/display.ts';
import { proposalFrom } from '../../../core/foreign/decision.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { Judgement, PolicyInput } from '../../../core/policy/model.ts';
import { type Context, contextOf, type Exit, type GlobalOptions, type World } from '../context.ts';
import { CliError, EXIT, exitOfStatus } from '../exit-codes.ts';
import { examples } from '../help.ts';
import { objectOf, seconds } from '../inputs.ts';
import { table, timeLeft } from '../output.ts';
import { inForce, language } from '../policy/read.ts';
import { requestLines } from '../request-view.ts';
import { waitAtTerminal } from '../waiting.ts';

interface FileOptions extends GlobalOptions {
  requestedBy?: string;
  wait?: boolean;
  timeout?: number;
}

const BY = 'who asks: agent:NAME, service-account:NAME, or a name, which is an agent; the key must act as it';

/** Adds both verbs. */
export function fileCommands(noun: Command, world: World, exit: Exit): void {
  noun
    .command('create <file>')
    .description('Make a request of the decision of another tool, or of a proposal, in a JSON file')
    .addHelpText('before', examples('assentry approval create out/decision.json --requested-by developer'))
    .option('--requested-by <actor>', BY)
    .option('--wait', 'wait for the decision; the exit code says which')
    .option('--timeout <duration>', 'with --wait: give up waiting after this long (exit code 124)', seconds)
    .action(async (file: string, _options: FileOptions, command: Command) => {
      const options = command.optsWithGlobals<FileOptions>();
      const context = contextOf(world, command);
      const made = await created(context, file, options);
      const waits = options.wait && made.status === 'pending';
      const request = waits ? await waitAtTerminal(context, made.id, options.timeout) : made;
      if (options.json) context.out.json(request);
      else for (const line of requestLines(request, context.out)) context.out.data(line);
      if (request.status !== 'pending') exit(exitOfStatus(request));
    });
  noun
    .command('route <file>')
    .description('Say what policy would make of the file: whom it would ask, and by which rule. Asks nobody')
    .addHelpText('before', examples('assentry approval route out/decision.json'))
    .option('--requested-by <actor>', BY)
    .action(async (file: string, _options: FileOptions, command: Command) => {
      const options = command.optsWithGlobals<FileOptions>();
      const verdict = await routed(contextOf(world, command), file, options);
      exit(verdict === 'deny' ? EXIT.blocked : EXIT.ok);
    });
}

/** The file as a proposal; what is missing or wrong in it is said place by place. */
async function mappedIn(context: Context, file: string, { requestedBy }: FileOptions) {
  const mapped = proposalFrom(await objectOf(context, file), requestedBy ?? null);
  if (mapped.ok) return mapped.value;
  for (const { pointer, detail } of mapped.problem.errors ?? [])
    context.out.say(printable(`${file}${pointer}: ${detail}`));
  const code = mapped.problem.code === 'policy-denies' ? EXIT.blocked : EXIT.usage;
  throw new CliError(code, `${file}: ${mapped.problem.detail}`);
}

/** The same decision always makes the same request. */
async function created(context: Context, file: string, options: FileOptions): Promise<ApprovalRequest> {
  const { proposal, key } = await mappedIn(context, file, options);
  const idempotency = key === null ? {} : { idempotency_key: `decision:${key}` };
  return context.client().request(proposal as unknown as Proposal, { signal: context.signal, ...idempotency });
}

/** What a dry run takes of a proposal. */
const JUDGED = ['action', 'resource', 'actor', 'risk', 'params', 'metadata', 'context'] as const;

async function routed(context: Context, file: string, options: FileOptions): Promise<string> {
  const { proposal } = await mappedIn(context, file, options);
  const asked = Object.fromEntries(JUDGED.filter((key) => key in proposal).map((key) => [key, proposal[key]!]));
  const judged = await context
    .client()
    .call<Judgement>('POST', '/v1/policy/evaluate', asked, { signal: context.signal });
  const route = judged.verdict === 'require_approval' ? await routeIn(context, judged, asked) : null;
  if (options.json) context.out.json({ proposal, route, judgement: judged });
  else for (const line of lines(judged, asked, route)) context.out.data(printable(line));
  return judged.verdict;
}

/** Which route of the policy named the people; null when the rule does, none does, or this key may not read it. */
async function routeIn(context: Context, judged: Judgement, asked: JsonObject): Promise<number | null> {
  const { parsePolicy, routeOf } = await language();
  const published = await inForce(context).catch(() => null);
  const read = published && parsePolicy(published.source);
  if (!read?.ok) return null;
  const rule = read.value.policy.rules.find(({ id }) => id === judged.rule);
  if (rule && rule.approvals.length > 0) return null;
  const nothing = { actor: '', params: {}, metadata: {}, context: null, claimed_risk: null };
  return routeOf(read.value.policy, { ...nothing, ...asked } as unknown as PolicyInput);
}

const VERDICTS = {
  allow: 'would be let through without a person',
  require_approval: 'would ask a person',
  deny: 'would be denied',
} as const;

function lines(
  { verdict, rule, risk, requirement, timeout_seconds }: Judgement,
  asked: JsonObject,
  route: number | null,
) {
  const by = rule === null ? 'the default' : `rule ${rule}`;
  const facts = [
    ['  by', route === null ? by : `${by}, people from routing ${route + 1}`],
    ['  risk', risk.level],
    ...(verdict === 'require_approval'
      ? [
          ...requirement.stages.map(({ from, count }, at) => [`  stage ${at + 1}`, `${count} of ${from.join(', ')}`]),
          ['  verify', requirement.verify],
          ['  within', timeLeft(timeout_seconds * 1_000)],
        ]
      : []),
  ];
  return [`${String(asked.action)} on ${String(asked.resource)} ${VERDICTS[verdict]}.`, ...table(facts)];
}
