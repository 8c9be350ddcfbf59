// `assentry verify FILE`: an evidence bundle or an export, checked here, without a server and without an API key. What is
// trusted is what is pinned; what is not pinned is the file's own word, and that is said.
import { type Anchors, EVIDENCE_FORMAT, type EvidenceBundle, verifyEvidence, webCrypto } from '@assentry/sdk/evidence';
import type { Command } from 'commander';
import { EVIDENCE_LIMITS } from '../../../core/evidence/file.ts';
import { EXPORT_FORMAT, verifyExport } from '../../../core/ledger/export.ts';
import { parseCheckpoint, parseNote } from '../../../core/ledger.ts';
import { policyJudge } from '../../../core/policy/evidence-judge.ts';
import { parseStrictJson } from '../../../core/strict-json.ts';
import { contextOf, type Exit, type GlobalOptions, type World } from '../context.ts';
import {
  type AnchorFlags,
  anchorsFor,
  type Pins,
  receiptKeys,
  verifierKeys,
  witnessKeys,
} from '../evidence/anchors.ts';
import { claimLines, type Verdict } from '../evidence/claims.ts';
import { type Given, givenIn } from '../evidence/file.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { examples } from '../help.ts';

const EXAMPLE = `assentry approval evidence apr_… --output approval.evidence
assentry verify approval.evidence --log-key origin+hash+key --organization org_… \\
    --origin https://approve.example.com --rp-id approve.example.com --receipt-key MFkw…`;

type VerifyFlags = AnchorFlags & { request?: string; allowPartial?: boolean };

/** Adds the verb. */
export function verifyCommand(program: Command, world: World, exit: Exit): void {
  program
    .command('verify <file>')
    .description(
      'Verify an evidence bundle or an export; needs no server. 0 all that it needs is proved, 9 not, 1 unreadable',
    )
    .addHelpText('before', examples(EXAMPLE))
    .option('--log-key <verifier-key>', "the log's verifier key; repeatable, while a key is rotated", verifierKeys)
    .option('--organization <id>', 'whose file it must be')
    .option('--request <id>', 'the request that an evidence bundle must be about')
    .option('--origin <origin>', 'where passkeys sign')
    .option('--rp-id <id>', 'the relying party of the passkeys')
    .option('--receipt-key <base64>', 'the public key of receipts; repeatable', receiptKeys)
    .option('--witness <verifier-key>', "a witness's key; repeatable", witnessKeys)
    .option('--allow-partial', 'end with 0 where nothing failed, though something needed is withheld or not proved')
    .action((file: string, flags: VerifyFlags, command: Command) => verify(world, file, flags, command, exit));
}

async function verify(world: World, file: string, flags: VerifyFlags, command: Command, exit: Exit): Promise<void> {
  const { out } = contextOf(world, command);
  const { json, profile } = command.optsWithGlobals<GlobalOptions>();
  const pins = anchorsFor(world, flags, profile);
  const given = await givenIn(world, file);
  if (given.kind === 'export' && flags.request !== undefined)
    throw new CliError(EXIT.usage, 'An export is about a whole organisation: --request is for evidence bundles.');
  const verdict =
    given.kind === 'export' ? await exportVerdict(given.lines, pins) : await verdictOn(given.text, pins, flags.request);
  if (verdict.first_use) out.say(warningFor(given, pins));
  if (json) out.json(verdict);
  else for (const line of claimLines(verdict)) out.data(line);
  if (verdict.valid && (verdict.complete || flags.allowPartial)) return exit(EXIT.ok);
  throw new CliError(EXIT.verification, verdict.valid ? partial(file, verdict) : notValid(file, verdict));
}

function notValid(file: string, { claims }: Verdict): string {
  const failed = claims.filter(({ status }) => status === 'failed');
  const names = [...new Set(failed.map(({ claim }) => claim))].join(', ');
  return `${file} is not valid: ${names || 'it claims nothing'}. Do not rely on it.`;
}

const UNPROVED: readonly string[] = ['withheld', 'asserted', 'missing'];

/** Nothing failed, and yet it is no proof: which parts, and who gets them. */
function partial(file: string, { needs }: Verdict): string {
  const open = needs.filter(({ status }) => UNPROVED.includes(status));
  const names = open.map(({ claim }) => claim).join(', ');
  const withheld = open.some(({ status }) => status === 'withheld')
    ? ' An agent’s key is given no signatures: download it signed in, on the page of the request, or with a key of scope admin:read.'
    : '';
  return `${file} does not prove all that it needs: ${names}.${withheld} --allow-partial takes it as it is.`;
}

async function verdictOn(text: string, pins: Pins, request: string | undefined): Promise<Verdict> {
  const anchors = request === undefined ? pins : { ...pins, request };
  const { first_use = false, ...report } = await verifyEvidence(text, anchors, webCrypto, { judge: policyJudge });
  const { valid, complete, kind, needs, claims, sentence = null } = report;
  return { format: EVIDENCE_FORMAT, valid, complete, kind, needs, first_use, ...saidBy(text), sentence, claims };
}

async function exportVerdict(lines: AsyncIterable<string>, pins: Pins): Promise<Verdict> {
  const { valid, claims, first_use, size, organization, events } = await verifyExport(lines, pins, webCrypto);
  const about = organization === null ? null : `${events} events of ${organization}`;
  // An export is of no one kind: what it proves of each decision is a claim of its own.
  return { format: EXPORT_FORMAT, about, valid, complete: valid, kind: null, needs: [], first_use, size, claims };
}

/** Only to say what it is about and "as of checkpoint N": whether that holds are claims of their own. */
function saidBy(text: string): Pick<Verdict, 'about' | 'size'> {
  const parsed = parseStrictJson(text, EVIDENCE_LIMITS);
  const said = parsed.ok ? (parsed.value as Partial<EvidenceBundle> | null) : null;
  const { checkpoint, request, organization } = said ?? {};
  const opened = typeof checkpoint === 'string' ? parseNote(checkpoint) : null;
  const broken = said?.events?.some(({ event }) => event?.type === 'break_glass.used');
  const status = `${request?.status}${broken ? ', by breaking glass: nobody approved it' : ''}`;
  const about = `${request?.id} (${status}) of ${organization?.id}, ${organization?.kind}`;
  return {
    about: request && organization ? about : null,
    size: (opened && parseCheckpoint(opened.text)?.size) ?? null,
  };
}

const FLAGS: readonly [keyof Anchors, string][] = [
  ['log_key', '--log-key'],
  ['organization', '--organization'],
  ['origin', '--origin'],
  ['rp_id', '--rp-id'],
  ['receipt_key', '--receipt-key'],
];

function warningFor({ kind }: Given, pins: Pins): string {
  const missing = FLAGS.filter(
    ([anchor]) => pins[anchor] === undefined && (kind === 'evidence' || anchor === 'log_key'),
  );
  const flags = missing.map(([, flag]) => flag).join(', ');
  return `Warning: first use. What is not pinned is the file's own word: compare it elsewhere, then pin it with ${flags}.`;
}
