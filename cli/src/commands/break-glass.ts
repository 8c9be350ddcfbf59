// `assentry break-glass`: fills in the form of an emergency and opens it in the browser. What lets anything through is a
// person's passkey there; nothing here does.
import type { Command } from 'commander';
import { canonicalize } from '../../../core/canonical.ts';
import { printable } from '../../../core/display.ts';
import type { JsonObject } from '../../../core/json.ts';
import { MAX_BREAK_GLASS_SECONDS } from '../../../core/limits.ts';
import { contextOf, type GlobalOptions, type World } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { examples } from '../help.ts';
import { field, objectOf, seconds } from '../inputs.ts';

interface BreakGlassOptions extends GlobalOptions {
  action: string;
  resource: string;
  actor: string;
  reason: string;
  externalRef?: string;
  param?: JsonObject;
  paramsFile?: string;
  expiresIn?: number;
  open?: boolean;
}

const EXAMPLE = `assentry break-glass --action deployment.rollback --resource service:billing-api \\
    --actor service-account:release-bot --reason "billing is down" --external-ref INC-42`;

export function breakGlassCommand(program: Command, world: World): void {
  program
    .command('break-glass')
    .description('In an emergency: let one exact action through, signed in the browser, owed a review')
    .addHelpText('before', examples(EXAMPLE))
    .requiredOption('--action <name>', 'what: deployment.rollback')
    .requiredOption('--resource <type:name>', 'on what: service:billing-api')
    .requiredOption('--actor <actor>', 'who may do it, once: service-account:NAME or agent:NAME')
    .requiredOption('--reason <text>', 'why; it is sealed in the ledger')
    .option('--external-ref <ref>', 'the incident or ticket')
    .option('--param <key=text>', 'a parameter, key:=json for numbers; repeatable', field)
    .option('--params-file <file>', 'all parameters as a JSON object, - for standard input')
    .option('--expires-in <duration>', 'how long it may be used, an hour at most (default: 10m)', seconds)
    .option('--no-open', 'print the link only')
    .action(async (options: BreakGlassOptions, command: Command) => {
      const context = contextOf(world, command);
      const file = options.paramsFile === undefined ? {} : await objectOf(context, options.paramsFile);
      const url = formUrl(context.settings().url, options, { ...file, ...options.param });
      if (command.optsWithGlobals<GlobalOptions>().json) context.out.json({ url });
      else context.out.data(printable(url));
      context.out.say('Sign it there with your passkey. Somebody else must review it before you can do this again.');
      if (options.open !== false) world.openBrowser(url);
    });
}

/** The filled-in form. In the fragment: reasons and parameters are in no server's log. */
function formUrl(base: string, options: BreakGlassOptions, params: JsonObject): string {
  const { action, resource, actor, reason, externalRef, expiresIn } = options;
  if (expiresIn !== undefined && expiresIn > MAX_BREAK_GLASS_SECONDS)
    throw new CliError(EXIT.usage, 'A break-glass capability lives an hour at most: shorten --expires-in.');
  const filled = new URLSearchParams({ action, resource, actor, reason, params: canonicalize(params) });
  if (externalRef !== undefined) filled.set('external_ref', externalRef);
  if (expiresIn !== undefined) filled.set('minutes', String(expiresIn / 60));
  return `${base}/break-glass#${filled}`;
}
