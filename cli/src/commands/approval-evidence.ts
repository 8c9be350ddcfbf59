// `assentry approval evidence`: downloads the bundle, or a summary of it. It verifies nothing: `assentry verify` does, with
// anchors that do not come from the same server.
import { UnavailableError } from '@assentry/sdk';
import type { EvidenceBundle } from '@assentry/sdk/evidence';
import type { Command } from 'commander';
import { printable } from '../../../core/display.ts';
import { fromUtf8 } from '../../../core/encoding.ts';
import { type Context, contextOf, type GlobalOptions, type World } from '../context.ts';
import { writeWhole } from '../evidence/output-file.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { examples } from '../help.ts';
import { oneOf } from '../inputs.ts';

interface EvidenceOptions extends GlobalOptions {
  output?: string;
  format: 'json' | 'attestation' | 'markdown';
}

/** Adds the verb to `approval`. */
export function evidenceCommand(noun: Command, world: World): void {
  noun
    .command('evidence <id>')
    .description('Download the evidence of a request, for `assentry verify`; waits until the checkpoint has all of it')
    .addHelpText('before', examples('assentry approval evidence apr_… --output approval.evidence'))
    .option('--output <file>', 'write it there, byte for byte (default: standard output)')
    .option(
      '--format <format>',
      'json: the bundle; attestation, markdown: summaries',
      oneOf('json', 'attestation', 'markdown'),
      'json' as const,
    )
    .action((id: string, options: EvidenceOptions, command: Command) => download(world, id, options, command));
}

async function download(world: World, id: string, options: EvidenceOptions, command: Command): Promise<void> {
  const context = contextOf(world, command);
  const { output, format } = options;
  const bytes = await sealed(context, `/v1/approval-requests/${encodeURIComponent(id)}/evidence?format=${format}`);
  const text = fromUtf8(bytes);
  if (text === null) throw new CliError(EXIT.error, 'The server answered with something that is not UTF-8.');
  if (output === undefined) return show(context, text, format);
  writeWhole(output, [bytes]);
  const next = format === 'json' ? ` Next: assentry verify ${output}` : '';
  context.out.say(printable(`Wrote ${output}.${next}`));
  if (format === 'json' && isWithheld(text)) context.out.say(WITHHELD);
}

const WITHHELD =
  'This key is not given what people signed: the file proves no signature, and assentry verify ends with 9. ' +
  'Download it signed in, on the page of the request, or with a key of scope admin:read.';

/** Whether the file lacks what people signed, though it was not erased. */
function isWithheld(text: string): boolean {
  const { events = [] } = parsed(text) as Partial<EvidenceBundle>;
  const erased = events.some(({ event }) => event.type === 'erasure.performed');
  return !erased && events.some(({ event }) => event.personal === null && event.skeleton.personal !== null);
}

/** The client repeats a 503 four times, each after Retry-After; this many times more the whole of that. */
const ROUNDS = 6;
const LONGEST_RETRY_AFTER_SECONDS = 60;

/** The answer, once the public checkpoint holds every event. */
async function sealed({ client, signal }: Context, path: string): Promise<Uint8Array> {
  for (let round = 1; ; round++) {
    try {
      return await client().file(path, { signal });
    } catch (error) {
      const later = error instanceof UnavailableError && error.code === 'not-sealed-yet';
      if (!later || round === ROUNDS || (error.retry_after_seconds ?? 0) > LONGEST_RETRY_AFTER_SECONDS) throw error;
    }
  }
}

/** JSON of the same value, with what hides in it escaped; Markdown line by line. */
function show({ out }: Context, text: string, format: EvidenceOptions['format']): void {
  if (format === 'markdown') for (const line of text.trimEnd().split('\n')) out.data(printable(line));
  else out.json(parsed(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError(EXIT.error, 'The server answered with something that is not JSON.');
  }
}
