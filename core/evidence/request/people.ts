// What people did, as the request's document shows it, out of the events: decisions, edits, comments, escalations, the
// claim and an emergency use. Whether they were allowed to, and signed, other checks say.
import type { Json, JsonObject } from '../../json.ts';
import { type Case, lineOf } from '../case.ts';
import type { EvidenceLine } from '../forms.ts';
import { editsOf, heldBefore } from '../held.ts';
import { isByToken } from '../token.ts';
import { countedSeqs } from './counted.ts';
import { ASSERTED, type Expected, isErased, personal } from './open.ts';

type Skeleton = Record<string, Json>;
const linesOf = ({ bundle }: Case, type: string) => bundle.events.filter(({ event }) => event.type === type);

export const decisions = (of: Case): Expected => of.votes.map((line) => decision(of, line));

function decision(of: Case, line: EvidenceLine): Expected {
  const { skeleton, seq, at } = line.event;
  const { reviewer, decision: made, stage } = skeleton as Skeleton;
  const edits = editsOf(of);
  return {
    reviewer: { id: reviewer!, name: personal(of, line, 'reviewer_name') },
    decision: made!,
    stage: stage!,
    decided_at: at,
    assurance: assurance(of, line),
    comment: personal(of, line, 'comment'),
    external_ref: personal(of, line, 'external_ref'),
    edited: edits.some(({ event }) => event.seq < seq),
    void: voidReason(of, line) !== null,
    void_reason: voidReason(of, line),
    delegation: delegation(of, line),
  };
}

function voidReason(of: Case, { event: { seq, skeleton } }: EvidenceLine): 'edited' | 'withdrawn' | null {
  if (editsOf(of).some(({ event }) => event.seq > seq)) return 'edited';
  return skeleton.decision === 'approve' && !countedSeqs(of).includes(seq) ? 'withdrawn' : null;
}

function delegation(of: Case, line: EvidenceLine): Expected {
  const under = (line.event.skeleton.delegation ?? null) as { id: string; from: string } | null;
  return under && { id: under.id, from: { id: under.from, name: personal(of, line, 'delegator_name') } };
}

/** How it was signed. Whether the key was backed up then is the authenticator's last word to the operator. */
function assurance({ bundle }: Case, line: EvidenceLine): Expected {
  const { skeleton } = line.event;
  const { issuer, kid, passkey, passkey_entry } = skeleton as Skeleton;
  if (isByToken(line)) return { method: 'oidc', issuer: issuer!, kid: kid ?? null };
  const enrolled = bundle.organization_events.find(
    ({ event }) => event.type === 'passkey.registered' && event.skeleton.passkey === passkey,
  );
  return {
    method: 'passkey',
    passkey: passkey!,
    enrolment_entry: passkey_entry ?? null,
    device_type: enrolled?.event.skeleton.device_type ?? ASSERTED,
    backed_up: ASSERTED,
  };
}

export const edits = (of: Case): Expected =>
  editsOf(of).map((line) => {
    const { skeleton, seq, at } = line.event;
    const { reviewer, edits: mode, stage, rule, effective_action_digest } = skeleton as Skeleton;
    return {
      editor: { id: reviewer!, name: personal(of, line, 'reviewer_name') },
      mode: mode!,
      stage: stage!,
      rule: rule ?? null,
      edited_at: at,
      replaces: heldBefore(of, seq).action_digest,
      action_digest: effective_action_digest!,
      comment: personal(of, line, 'comment'),
      diff: personal(of, line, 'diff'),
    };
  });

/** Of an erased request none is shown. */
export const comments = (of: Case): Expected =>
  isErased(of)
    ? []
    : linesOf(of, 'approval.commented').map((line) => ({
        author: line.event.skeleton.by!,
        at: line.event.at,
        name: personal(of, line, 'author_name'),
        comment: personal(of, line, 'comment'),
      }));

export const escalations = (of: Case): Expected =>
  linesOf(of, 'approval.escalated').map(({ event }) => {
    const { stage, escalated_to, by } = event.skeleton as Skeleton;
    return { stage: stage!, to: escalated_to!, by: by!, at: event.at };
  });

/** The last word on who looks after it; null where it was given back, and once it is erased. */
export function claim(of: Case): Expected {
  const line = linesOf(of, 'approval.claimed').at(-1);
  const { reviewer = null, until = null } = (line?.event.skeleton ?? {}) as JsonObject;
  if (line === undefined || reviewer === null || isErased(of)) return null;
  return { reviewer: { id: reviewer, name: personal(of, line, 'reviewer_name') }, until };
}

export function breakGlass(of: Case): Expected {
  const line = lineOf(of, 'break_glass.used');
  if (line === undefined) return null;
  const { reviewer, passkey, passkey_entry } = line.event.skeleton as Skeleton;
  return {
    user: { id: reviewer!, name: personal(of, line, 'reviewer_name') },
    reason: personal(of, line, 'reason'),
    external_ref: personal(of, line, 'external_ref'),
    used_at: line.event.at,
    passkey: passkey!,
    enrolment_entry: passkey_entry ?? null,
  };
}
