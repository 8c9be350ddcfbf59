// Erasure: what is personal leaves the state and the wire form of a request that has ended; what proofs stand on (ids,
// digests, times, who decided and how) stays. Pure: the object's journal takes the personal parts out of the events.
// Invariant: what is left confirms no guess of what was erased, so that salts go, and digests that had none.
import type { Digest, Instant, Json, JsonObject } from '../json.ts';
import { TERMINAL } from '../lifecycle.ts';
import { fail, ok, type Result } from '../problems.ts';
import type { Advance } from './advance.ts';
import type { ApprovalRequest } from './present.ts';
import type { RecordedEdit, RecordedVote, RequestRecord, SignedToken } from './record.ts';

/** What a signed change orders. */
export interface ErasureOrder {
  organization: string;
  /** `chg_…`. */
  change: string;
  /** Who signed it last. */
  by: string;
  reason: string;
}

/** An erased digest or text, in a record whose form has no null there. */
const GONE = '';

/**
 * Erases a request.
 *
 * @param events ids of its events so far, whose personal parts go with it
 * @returns the record that is left, and `erasure.performed`; 'illegal-transition' while the request can still go on
 */
export function erase(
  record: RequestRecord,
  order: ErasureOrder,
  events: readonly string[],
  now: Instant,
): Result<Advance> {
  if (!TERMINAL.includes(record.life.status!))
    return fail('illegal-transition', `Only a request that has ended is erased; this one is ${record.life.status}.`);
  // Earlier versions erased less: an erasure that is done again takes the rest, and records no event.
  if (record.erased_at)
    return ok({ record: withoutPersonal(record, record.erased_at), drafts: [], statements: [], replayed: true });
  const { id: target } = record;
  const skeleton: JsonObject = { target, events: [...events], change: order.change };
  const personal: JsonObject = { reason: order.reason };
  const left = { ...withoutPersonal(record, now), seq: record.seq + 1, updated_at: now };
  const draft = { type: 'erasure.performed' as const, at: now, by: order.by, skeleton, personal };
  return ok({ record: left, drafts: [draft], statements: [] });
}

/** The record without what is personal. Its places stay, empty, so that whoever reads records finds their form. */
export function withoutPersonal(record: RequestRecord, erased_at: Instant): RequestRecord {
  const { proposal, judgement, effective, capability, outcome } = record;
  const nothing = { params: {}, metadata: {}, context: null, preview: null, precondition: null, run: null };
  const risk = { ...judgement.risk, reasons: [] };
  // A schema tells which action it is of.
  const words = { message: null, constraints: {}, trace: [], errors: [], parameters: null };
  return {
    ...record,
    erased_at,
    salt: GONE,
    proposal: { actor: proposal.actor, action: GONE, resource: GONE, ...nothing },
    requester: { ...record.requester, name: GONE },
    judgement: { ...judgement, ...words, risk },
    effective: { ...effective, params: {} },
    idempotency: { key: null, run: null, body_digest: GONE as Digest },
    votes: record.votes.map(bareVote),
    ...(record.edits ? { edits: record.edits.map(bareEdit) } : {}),
    comments: [],
    ...(record.claim && { claim: null }),
    ...(record.break_glass && { break_glass: { ...record.break_glass, name: GONE, reason: GONE, external_ref: null } }),
    rejection_reason: null,
    // The audience is the resource, unless policy names another.
    capability: capability && {
      ...capability,
      scope: { ...capability.scope, action: GONE, resource: GONE, audience: GONE },
    },
    outcome: outcome && { ...outcome, detail: null, evidence: null },
    calls: {},
  };
}

/** That somebody decided, how and with which key stays; the words, the name and the signed texts go. */
const bareVote = (vote: RecordedVote): RecordedVote => ({
  ...vote,
  ...{ name: GONE, scope: null, comment: null, external_ref: null, assertion: {}, public_key: GONE },
  intent: {} as RecordedVote['intent'],
  ...(vote.delegation ? { delegation: { ...vote.delegation, name: GONE } } : {}),
  ...(vote.token ? { token: bareToken(vote.token) } : {}),
});

const bareToken = (token: SignedToken): SignedToken => ({ ...token, subject: GONE, groups: [], token: GONE });

/** That somebody edited, and what policy asks since, stays; what was changed goes. */
const bareEdit = (edit: RecordedEdit): RecordedEdit => ({
  ...edit,
  ...{ name: GONE, diff: [], comment: null, intent: {} as RecordedEdit['intent'] },
  in_force: { ...edit.in_force, risk: { ...edit.in_force.risk, reasons: [] } },
});

/** What is null on the wire of an erased request, whatever its kind of value is otherwise. */
const NULL_WHEN_ERASED = [
  ...['salt', 'action', 'resource', 'params', 'metadata', 'constraints', 'precondition', 'context', 'preview', 'run'],
  ...['message', 'scope', 'rejection_reason'],
] as const;

const namelessDecision = (made: ApprovalRequest['decisions'][number]): object => ({
  ...{ ...made, reviewer: { ...made.reviewer, name: null } },
  delegation: made.delegation && { ...made.delegation, from: { ...made.delegation.from, name: null } },
});

/** The wire form of an erased request: null in the place of everything that was erased, and `erased_at`. */
export function wireOfErased(wire: ApprovalRequest): ApprovalRequest {
  const { requester, effective, capability, break_glass } = wire;
  const gone: Record<string, Json> = Object.fromEntries(NULL_WHEN_ERASED.map((field) => [field, null]));
  const bare: object = {
    ...{ ...wire, ...gone },
    requester: { ...requester, name: null },
    effective: { ...effective, params: null },
    edits: wire.edits.map((made) => ({ ...made, editor: { ...made.editor, name: null }, diff: null, comment: null })),
    decisions: wire.decisions.map(namelessDecision),
    capability: capability && { ...capability, scope: null },
    break_glass: break_glass && { ...break_glass, user: { ...break_glass.user, name: null }, reason: null },
  };
  // Whoever reads an erased request looks at `erased_at` first: contract and SDK say so where they name these fields.
  return bare as ApprovalRequest;
}
