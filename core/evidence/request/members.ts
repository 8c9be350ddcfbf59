// Every member of the request's document, with what in the events determines it. The one table: a member without a row
// does not compile, and a row says what the verifier compares it with. What no event says is asserted, by name.
import type { Json } from '../../json.ts';
import { matchWords } from '../../match-words.ts';
import type { ApprovalRequest } from '../../request/present.ts';
import type { Case } from '../case.ts';
import { ASSERTED, asked, type Expected, erasureOf } from './open.ts';
import { breakGlass, claim, comments, decisions, edits, escalations } from './people.ts';
import * as standing from './standing.ts';

export interface Member {
  /** Where its value stands: fields of events, or that it is the operator's word. For people. */
  from: string;
  expected(of: Case): Expected;
}

const birth = (field: string): Member => ({
  from: `approval.requested: ${field}`,
  expected: ({ birth: { skeleton } }) => skeleton[field] ?? null,
});
const words = (field: string, erased: Expected = null): Member => ({
  from: `approval.requested: ${field} (erasable)`,
  expected: (of) => asked(of, field, erased),
});
const from = (where: string, expected: Member['expected']): Member => ({ from: where, expected });
/** Depends on who reads the request; never part of a bundle. */
const ofReader = from('always null in a bundle: it depends on who reads, and when', () => null);

export const REQUEST_MEMBERS = {
  id: from('approval.requested: object', ({ birth: { line } }) => line.event.object),
  object: from('always approval_request', () => 'approval_request'),
  organization: from('approval.requested: organization', ({ birth: { line } }) => line.event.organization),
  salt: words('salt'),
  status: from('the replayed life', ({ life }) => life?.status ?? null),
  verdict: birth('verdict'),
  action: words('action'),
  resource: words('resource'),
  actor: birth('actor'),
  requester: from('approval.requested: requester, key, requester_name', requester),
  on_behalf_of: birth('on_behalf_of'),
  params: words('params'),
  hidden: from('approval.requested: hidden (erasable); absent: none', (of) => asked(of, 'hidden', []) ?? []),
  metadata: words('metadata'),
  constraints: words('constraints'),
  precondition: words('precondition'),
  context: words('context'),
  preview: words('preview'),
  run: words('run'),
  action_digest: birth('action_digest'),
  params_digest: birth('params_digest'),
  request_digest: birth('request_digest'),
  effective: from('approval.requested and the last approval.edited; votes, escalations', standing.effective),
  risk: from('approval.requested: risk, claimed_risk, risk_reasons', (of) => standing.risk(of, of.birth.line)),
  policy: from('approval.requested: policy_version, policy_digest, rule, trace', policy),
  message: words('message'),
  on_rejection: from('approval.requested: on_rejection (erasable)', onRejection),
  parameters: from('the schema for the action in the pinned policy', standing.parameters),
  requirement: from('approval.requested: requirement; votes', (of) => standing.requirement(of, of.birth.requirement)),
  scope: from('approval.requested and the last approval.edited: capability_settings, params_digest', standing.scope),
  editable: from('none once it is decided; before, asserted', standing.editable),
  edits: from('approval.edited', edits),
  decisions: from('approval.decided, approval.vote_recorded, approval.edited, passkey.registered', decisions),
  comments: from('approval.commented', comments),
  rejection_reason: from('approval.decided: comment; approval.requested: message', standing.rejectionReason),
  capability: from('capability.issued, its receipt, the replayed life', standing.capability),
  outcome: from('execution.*, capability.returned, capability.expired', standing.outcome),
  review_url: from('asserted: where the operator says that it can be reviewed', () => ASSERTED),
  match_words: from('approval.requested: request_digest', ({ birth: { skeleton } }) =>
    matchWords(skeleton.request_digest as string),
  ),
  created_at: from('approval.requested: at', ({ birth: { line } }) => line.event.at),
  updated_at: from('the last event: at', ({ bundle }) => bundle.events.at(-1)!.event.at),
  expires_at: birth('expires_at'),
  decided_at: from('approval.decided, approval.expired, break_glass.used: at', standing.decidedAt),
  decided_by: from('approval.decided, approval.expired, break_glass.used', standing.decidedBy),
  stopped: ofReader,
  viewer: ofReader,
  unmet: ofReader,
  escalations: from('approval.escalated', escalations),
  next_escalation: from('approval.requested: escalate; approval.escalated', standing.nextEscalation),
  claim: from('approval.claimed', claim),
  break_glass: from('break_glass.used', breakGlass),
  erased_at: from('erasure.performed: at', (of) => erasureOf(of)?.event.at ?? null),
  ledger: from('all events and their receipts; pending is asserted', standing.ledger),
} satisfies Record<keyof ApprovalRequest, Member>;

function requester(of: Case): Expected {
  const { requester: id, key } = of.birth.skeleton as Record<string, string | null>;
  const kind = id!.startsWith('usr_') ? 'user' : 'service_account';
  return { kind, id: id!, key: key ?? null, name: asked(of, 'requester_name') };
}

function policy(of: Case): Expected {
  const { policy_version, policy_digest, rule } = of.birth.skeleton as Record<string, Json>;
  return { version: policy_version!, digest: policy_digest!, rule: rule ?? null, trace: asked(of, 'trace', []) };
}

/** Shown of an erased request, too, though its event's part is gone. */
function onRejection(of: Case): Expected {
  return asked(of, 'on_rejection', ASSERTED);
}

/** The whole document as the events let expect it. */
export const expectedRequest = (of: Case): { [member: string]: Expected } =>
  Object.fromEntries(Object.entries<Member>(REQUEST_MEMBERS).map(([name, member]) => [name, member.expected(of)]));
