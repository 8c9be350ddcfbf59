// What the Worker may ask of a request's object, and what it answers. Only types: they cross by structured clone.
import type { Facts, Stop } from '../../core/authority.ts';
import type { DatedClaims } from '../../core/capability.ts';
import type { RecordedEvent } from '../../core/events.ts';
import type { Digest, JsonObject } from '../../core/json.ts';
import type { Result } from '../../core/problems.ts';
import type { EditCall } from '../../core/request/edit-signed.ts';
import type { ApprovalRequest } from '../../core/request/present.ts';
import type { RequestRecord } from '../../core/request/record.ts';
import type { TokenCall } from '../../core/request/token-signer.ts';
import type { ExchangeRequest } from '../../core/request/use.ts';
import type { DecideCall } from '../../core/request/vote.ts';
import type { Report } from '../../core/request/withdraw.ts';
import type { DecisionSeal, LedgerReceipt } from '../ledger/forms.ts';

/** The visible request: what permits is not in it before it is sealed. */
export interface View {
  request: ApprovalRequest;
  seq: number;
  replayed: boolean;
}

/** A view with the record that it is of: as everybody may see it, not the true one. */
export interface Look extends View {
  record: RequestRecord;
}

/** Facts are missing or too old: come back with the standing of these people. */
export interface NeedsFacts {
  users: string[];
}

/** An answer, a refusal, or the wish for fresher facts. */
export type Reply<T> = Result<T> | { ok: false; needs: NeedsFacts };

/** Same key, same body: the same result; another body is refused. */
export interface Idempotency {
  key: Digest;
  body: Digest;
}

interface Call {
  organization: string;
  idempotency: Idempotency | null;
}

/** Facts of the organisation, and the current policy's word on this request. */
export interface Gathered {
  facts: Facts;
  /** Whose standing was asked for: who is absent from `facts.standings` then is no member. */
  asked: string[];
  /** The current policy denies this now. */
  denied: { rule: string; detail: string } | null;
}

export interface DecideQuestion extends Call, Gathered {
  call: Omit<DecideCall, 'facts'> | Omit<TokenCall, 'facts'>;
}

export interface EditQuestion extends Call, Gathered {
  call: Omit<EditCall, 'facts'>;
}

export interface ExchangeQuestion extends Call, Gathered {
  call: ExchangeRequest;
  issuer: string;
}

export interface HandQuestion extends Call {
  by: string;
  name: string;
  ip: string | null;
  reason: string | null;
}

/** Escalating and claiming: by hand, with facts about who does it. */
export interface FollowQuestion extends HandQuestion, Gathered {
  /** A person who may end what others asked for. */
  has_right: boolean;
}

export interface RevokeQuestion extends HandQuestion {
  stop: Stop | null;
}

export interface ReportQuestion extends HandQuestion {
  report: Report;
}

export interface Exchanged extends View {
  claims: DatedClaims;
  expires_at_ms: number;
  params: JsonObject;
  receipt: LedgerReceipt;
}

export interface EventLine {
  event: RecordedEvent;
  receipt: LedgerReceipt | null;
}

/** For an evidence bundle: the visible request, its events in order, what the ledger signed beside them (null: erased). */
export interface EvidenceParts {
  request: ApprovalRequest;
  lines: EventLine[];
  decisions: (DecisionSeal & { payload: string | null })[];
}
