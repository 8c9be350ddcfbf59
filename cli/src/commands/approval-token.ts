// `assentry approval nonce` and `--oidc-token-file`: decide with a token of an identity provider, where policy takes one.
// Two steps: the server offers what is to be signed, the provider signs a token over its nonce. A token is never a flag's
// value: it comes from a file or from standard input. Nothing is signed that this command has not itself put a hash to.
import type { ApprovalRequest } from '@assentry/sdk';
import type { Command } from 'commander';
import { challengeText, commentDigest, type DecisionIntent } from '../../../core/intent.ts';
import type { JsonObject } from '../../../core/json.ts';
import { type Context, contextOf, type GlobalOptions, type World } from '../context.ts';
import { writeWhole } from '../evidence/output-file.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { examples } from '../help.ts';
import { objectOf, oneOf, textOf } from '../inputs.ts';

/** What lies between the two steps, as the offer's file holds it. No secret: it decides nothing without a token. */
interface Offer {
  request: string;
  intent: DecisionIntent;
  intent_token: string;
  comment: string | null;
}

interface NonceOptions extends GlobalOptions {
  decision: 'approve' | 'reject';
  reviewer: string;
  offer: string;
  comment?: string;
  externalRef?: string;
}

const EXAMPLE = `assentry approval nonce apr_… --decision approve --reviewer usr_… --offer offer.json   # prints the nonce
# sign in at your identity provider with that nonce within two minutes, keep the ID token in token.jwt
assentry approval approve apr_… --offer offer.json --oidc-token-file token.jwt`;

const decisionsPath = (id: string): string => `/v1/approval-requests/${encodeURIComponent(id)}/decisions`;

export function nonceCommand(noun: Command, world: World): void {
  noun
    .command('nonce <id>')
    .description('Where policy takes a signed token: print the nonce that it must hold')
    .addHelpText('before', examples(EXAMPLE))
    .requiredOption('--decision <word>', 'approve or reject', oneOf('approve', 'reject'))
    .requiredOption('--reviewer <id>', 'whose token will sign: usr_…')
    .requiredOption('--offer <file>', 'where to keep what is signed, for the second step')
    .option('--comment <text>', 'said with the decision; it is part of what is signed')
    .option('--external-ref <ref>', 'a ticket; it is part of what is signed')
    .action(async (id: string, options: NonceOptions, command: Command) => {
      const context = contextOf(world, command);
      const offer = await offered(context, id, options);
      writeWhole(options.offer, [JSON.stringify(offer)]);
      const nonce = challengeText(offer.intent);
      const { expires_at } = offer.intent;
      if (command.optsWithGlobals<GlobalOptions>().json) context.out.json({ nonce, expires_at });
      else context.out.data(nonce);
      context.out.say(
        `Bring a token with this nonce before ${expires_at}: assentry approval ${options.decision} ${id} …`,
      );
    });
}

async function offered(context: Context, id: string, options: NonceOptions): Promise<Offer> {
  const { decision, reviewer, comment = null, externalRef: external_ref = null } = options;
  const body = { decision, reviewer, comment, external_ref };
  const call = { signal: context.signal };
  const { intent, intent_token } = await context
    .client()
    .call<Pick<Offer, 'intent' | 'intent_token'>>('POST', `${decisionsPath(id)}/options`, body, call);
  const asked = { request: id, decision, reviewer, external_ref, comment_digest: commentDigest(intent.nonce, comment) };
  const wrong = Object.entries(asked).find(([field, value]) => intent[field as keyof DecisionIntent] !== value);
  if (wrong) throw new CliError(EXIT.verification, `The server offers another ${wrong[0]} than was asked for.`);
  return { request: id, intent, intent_token, comment };
}

export interface TokenOptions {
  oidcTokenFile?: string;
  offer?: string;
}

/** Decides with a token; null when none is given, and the decision is the browser's. */
export async function decidedByToken(
  context: Context,
  id: string,
  decision: 'approve' | 'reject',
  { oidcTokenFile, offer }: TokenOptions,
): Promise<ApprovalRequest | null> {
  if (oidcTokenFile === undefined && offer === undefined) return null;
  if (oidcTokenFile === undefined || offer === undefined)
    throw new CliError(
      EXIT.usage,
      'A token needs its offer: give --oidc-token-file and --offer, see approval nonce --help.',
    );
  const kept = (await objectOf(context, offer)) as unknown as Offer;
  if (kept.request !== id || kept.intent?.decision !== decision)
    throw new CliError(EXIT.usage, `${offer} is an offer to ${kept.intent?.decision} ${kept.request}, not this.`);
  const oidc_token = (await textOf(context, oidcTokenFile)).trim();
  const { intent, intent_token, comment } = kept;
  const body: JsonObject = { intent: intent as unknown as JsonObject, intent_token, oidc_token };
  const said = comment === null ? body : { ...body, comment };
  return context.client().call('POST', decisionsPath(id), said, { signal: context.signal });
}
