// An approval request for people: what, who, risk, how far it is, where to decide.
import type { ApprovalRequest, Edit, FieldChange } from '@assentry/sdk';
import { canonicalize } from '../../core/canonical.ts';
import { printable } from '../../core/display.ts';
import { messageText, sentenceText } from '../../core/sentence.ts';
import { type Output, span, table, timeLeft } from './output.ts';

const COLORS: Readonly<Record<string, 'green' | 'red' | 'yellow'>> = {
  approved: 'green',
  executed: 'green',
  pending: 'yellow',
  executing: 'yellow',
  rejected: 'red',
  failed: 'red',
};

/** Lines of one request, the id and status first. */
export function requestLines(request: ApprovalRequest, { paint }: Output, now_ms = Date.now()): string[] {
  const color = COLORS[request.status];
  const status = color === undefined ? request.status : paint[color](request.status);
  const facts = factsOf(request, now_ms).filter(([, value]) => value !== null) as [string, string][];
  return [
    `${paint.bold(printable(request.id))}  ${status}`,
    ...table(facts.map(([name, value]) => [`  ${name}`, value])),
  ];
}

function factsOf(request: ApprovalRequest, now_ms: number): [string, string | null][] {
  if (request.erased_at)
    return [
      ['erased', request.erased_at],
      ['actor', request.actor],
      ['risk', request.risk.level],
    ];
  const pending = request.status === 'pending';
  const edits = request.edits ?? [];
  return [
    ['asks to', sentenceText(shownIn(request))],
    ['action', `${request.action} on ${request.resource}`],
    ['actor', request.actor],
    [
      'risk',
      `${(request.effective.risk ?? request.risk).level}${request.policy.rule === null ? '' : ` (rule ${request.policy.rule})`}`,
    ],
    [edits.length > 0 ? 'asked' : 'params', jsonLine(request.params)],
    ...edits.flatMap(editLines),
    ['params', edits.length > 0 ? jsonLine(request.effective.params) : null],
    ['metadata', jsonLine(request.metadata)],
    ...request.decisions.map(decisionLine),
    ['message', messageText(shownIn(request))],
    ['reason', request.rejection_reason],
    ['capability', request.capability && `${request.capability.id} ${request.capability.status ?? ''}`.trim()],
    ['words', request.match_words.join(' ')],
    ['review', pending ? request.review_url : null],
    ['decide in', pending ? progressOf(request, now_ms) : null],
  ];
}

/** The effective params: what may run then. */
const shownIn = (request: ApprovalRequest) => ({ ...request, params: request.effective.params });

/** Who edited, what policy let them do, and each field against what was asked. */
const editLines = ({ editor, mode, comment, diff }: Edit): [string, string | null][] => [
  ['edited by', `${editor.name || editor.id} (${mode})${comment === null ? '' : `: ${comment}`}`],
  ...(diff ?? []).map((change): [string, string] => ['', `${change.pointer}: ${sides(change)}`]),
];

/** Who decided, and in whose right where it was not their own. */
const decisionLine = ({ reviewer, decision, delegation }: ApprovalRequest['decisions'][number]): [string, string] => {
  const behalf = delegation ? ` on behalf of ${delegation.from.name || delegation.from.id} (delegated)` : '';
  return [decision === 'approve' ? 'approved by' : 'rejected by', `${reviewer.name || reviewer.id}${behalf}`];
};

const sides = ({ kind, from, to }: FieldChange): string => {
  if (kind === 'added') return `added ${canonicalize(to)}`;
  return kind === 'removed' ? `removed ${canonicalize(from)}` : `${canonicalize(from)} → ${canonicalize(to)}`;
};

/** Canonical, so that the same params always look the same. */
const jsonLine = (value: object): string | null =>
  Object.keys(value).length === 0 ? null : canonicalize(value as Parameters<typeof canonicalize>[0]);

/** `57 min, 1 of 2 approvals`. */
function progressOf({ expires_at, effective, ...request }: ApprovalRequest, now_ms: number): string {
  const requirement = effective.requirement ?? request.requirement;
  const left = timeLeft(Date.parse(expires_at) - now_ms);
  const wanted = (requirement?.stages ?? []).reduce((sum, stage) => sum + stage.count, 0);
  const given = (requirement?.stages ?? []).reduce((sum, stage) => sum + Math.min(stage.approved, stage.count), 0);
  return wanted === 0 ? left : `${left}, ${given} of ${wanted} approvals`;
}

/** The line that a waiting terminal shows. */
export function waitingLine(request: ApprovalRequest, now_ms = Date.now()): string {
  const asked = span(now_ms - Date.parse(request.created_at));
  return `waiting: requested ${asked} ago, expires in ${progressOf(request, now_ms)}`;
}

/** A list as a table, newest first as it came. */
export function requestTable(requests: readonly ApprovalRequest[], now_ms = Date.now()): string[] {
  const head = ['ID', 'STATUS', 'RISK', 'ACTION', 'RESOURCE', 'ACTOR', 'AGE'];
  const rows = requests.map((request) => [
    ...[
      request.id,
      request.status,
      request.risk.level,
      request.action ?? '(erased)',
      request.resource ?? '(erased)',
      request.actor,
    ],
    span(now_ms - Date.parse(request.created_at)),
  ]);
  return table([head, ...rows]);
}
