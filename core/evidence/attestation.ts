// The same evidence for a pull request or a change ticket: an in-toto statement without a signature, and a page of
// Markdown. A summary proves nothing and says so; it names the bundle by its digest, and that can be verified.
import { codeOf } from '../display/hidden.ts';
import { reveal } from '../display.ts';
import type { Instant, Json } from '../json.ts';
import { parseCheckpoint, parseNote } from '../ledger.ts';
import type { EvidenceBundle } from './forms.ts';

/** Not one of the receipts' predicates: nobody may take a summary for an approval. */
export const SUMMARY_PREDICATE = 'https://assentry.dev/predicates/evidence-summary/v1';

interface SummarisedDecision {
  by: string;
  decision: string;
  decided_at: Instant;
  passkey: string | null;
  entry: number;
  event: string;
}

/** What the statement says; `null` where it is erased. */
export interface EvidenceSummary {
  v: 1;
  organization: EvidenceBundle['organization'];
  request: string;
  status: string;
  action: Json;
  resource: Json;
  actor: Json;
  risk: Json;
  policy: { version: Json; digest: Json; rule: Json };
  decisions: SummarisedDecision[];
  outcome: { type: string; reported_by: Json; at: Instant } | null;
  ledger: { origin: string; size: number };
  /** Digest of the bundle that this is a summary of. */
  evidence: string;
}

export interface Attestation {
  /** in-toto Statement v1. */
  statement: {
    _type: 'https://in-toto.io/Statement/v1';
    subject: [{ name: string; digest: { sha256: string } }];
    predicateType: typeof SUMMARY_PREDICATE;
    predicate: EvidenceSummary;
  };
  markdown: string;
}

/**
 * Summarises a bundle, verified or not.
 *
 * @throws when it is no bundle of the format: verify it first
 */
export function attestationOf(bundle: EvidenceBundle): Attestation {
  const predicate = summaryOf(bundle);
  const sha256 = effectiveDigest(bundle).replace(/^sha256:/, '');
  const statement = {
    _type: 'https://in-toto.io/Statement/v1' as const,
    subject: [{ name: predicate.request, digest: { sha256 } }] as [{ name: string; digest: { sha256: string } }],
    predicateType: SUMMARY_PREDICATE as typeof SUMMARY_PREDICATE,
    predicate,
  };
  return { statement, markdown: markdownOf(predicate) };
}

const lastEdit = ({ events }: Pick<EvidenceBundle, 'events'>) =>
  events.findLast(({ event }) => event.type === 'approval.edited')?.event.skeleton;

/** Of what may run: as the last edit left it, or as it was asked. */
const effectiveDigest = (bundle: EvidenceBundle): string =>
  String(lastEdit(bundle)?.effective_action_digest ?? bundle.events[0]!.event.skeleton.action_digest);

function summaryOf({ organization, events, request, checkpoint, digest }: EvidenceBundle): EvidenceSummary {
  const { skeleton, personal, object } = events[0]!.event;
  const head = parseCheckpoint(parseNote(checkpoint)!.text)!;
  return {
    v: 1,
    ...{ organization, request: object, status: String(request.status) },
    ...{ action: personal?.action ?? null, resource: personal?.resource ?? null },
    ...{ actor: skeleton.actor ?? null, risk: (lastEdit({ events }) ?? skeleton).risk ?? null },
    policy: { version: skeleton.policy_version!, digest: skeleton.policy_digest!, rule: skeleton.rule ?? null },
    decisions: events.filter(({ event }) => DECIDES.includes(event.type)).map(decisionOf),
    outcome: outcomeOf(events),
    ledger: { origin: head.origin, size: head.size },
    evidence: digest,
  };
}

const DECIDES: readonly string[] = [
  ...['approval.decided', 'approval.vote_recorded', 'approval.edited'],
  'break_glass.used',
];

/** What is no vote has a word of its own: an edit can be signed with an approval, an emergency use is never one. */
const NO_VOTES: Readonly<Record<string, string>> = { 'approval.edited': 'edit', 'break_glass.used': 'break-glass' };

const decisionOf = ({ event, receipt }: EvidenceBundle['events'][number]): SummarisedDecision => ({
  by: (event.skeleton.reviewer as string | null) ?? 'policy',
  decision: NO_VOTES[event.type] ?? String(event.skeleton.decision),
  decided_at: event.at,
  passkey: (event.skeleton.passkey as string | undefined) ?? null,
  ...{ entry: receipt.index, event: event.id },
});

function outcomeOf(events: EvidenceBundle['events']): EvidenceSummary['outcome'] {
  const last = events.findLast(({ event }) => event.type.startsWith('execution.'))?.event;
  return last ? { type: last.type, reported_by: last.skeleton.by ?? null, at: last.at } : null;
}

/** Text of others as Markdown shows it: every sign that means something escaped, what nobody sees named. */
export const markdownText = (value: Json): string =>
  value === null
    ? 'erased'
    : reveal(String(typeof value === 'object' ? JSON.stringify(value) : value))
        .map((piece) => ('text' in piece ? piece.text.replace(/[\r\n\t]/g, codeOf) : piece.hidden))
        .join('')
        .replace(/[&\\`*_{}[\]()<>#+\-.!|~@:/]/g, (sign) => `&#${sign.codePointAt(0)};`);

/** A status alone would read like an approval where there is none. */
function caveatOf({ organization, decisions }: EvidenceSummary): string {
  if (decisions.some(({ decision }) => decision === 'break-glass')) return ' (by breaking glass, not an approval)';
  return organization.kind === 'test' ? ' (test, not an approval)' : '';
}

function markdownOf(summary: EvidenceSummary): string {
  const { organization, policy, ledger, outcome } = summary;
  const rows: [string, Json][] = [
    ['Action', summary.action],
    ['Resource', summary.resource],
    ['Actor', summary.actor],
    ['Risk', summary.risk],
    ['Status', summary.status],
    ['Policy', `version ${policy.version}, rule ${policy.rule ?? 'default'}`],
    ['Outcome', outcome ? `${outcome.type}, reported by ${outcome.reported_by}` : 'none reported'],
    ['Request', summary.request],
    ['Organisation', `${organization.id} (${organization.kind})`],
  ];
  const decided = summary.decisions.map(
    ({ by, decision, decided_at, entry }) =>
      `- **${markdownText(decision)}** by ${markdownText(by)} at ${markdownText(decided_at)}, ledger entry ${entry}`,
  );
  return [
    `### Assentry: ${markdownText(summary.status)}${caveatOf(summary)}`,
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${markdownText(value)} |`),
    '',
    ...(decided.length > 0 ? decided : ['Nobody has decided.']),
    '',
    `A summary proves nothing by itself. The evidence is \`${summary.evidence}\`, under ${markdownText(ledger.origin)} at`,
    `${ledger.size} entries: \`assentry verify FILE\` checks it.`,
    '',
  ].join('\n');
}
