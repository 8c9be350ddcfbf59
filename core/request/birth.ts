// A request comes to be: what the agent proposed and what policy judged, fixed for good with their digests.

import { actionDigest, paramsDigest, requestDigest } from '../digest.ts';
import { instantAt, instantMs } from '../duration.ts';
import { asJson, type Digest, type Instant, type Json, type JsonObject } from '../json.ts';
import type { Judgement } from '../policy.ts';
import type { Result } from '../problems.ts';
import { type Advance, advance, type Parts } from './advance.ts';
import { baseScope, issuedCapability, issuedPart } from './issue.ts';
import type { Proposal, Requester, RequestRecord } from './record.ts';
import { hiddenPart, shownParams, shownSalt } from './shown.ts';

/** All that the Worker gathered for a new request; serialisable, it crosses to the object. */
export interface Birth {
  id: string;
  organization: { id: string; kind: 'live' | 'test' };
  proposal: Proposal;
  requester: Requester;
  on_behalf_of: string | null;
  /** Owners of the service account and who made its keys, when it was asked. */
  owners?: string[];
  judgement: Judgement;
  policy: { version: number; digest: Digest };
  config_version: number;
  /** base64url of 16 random bytes. */
  salt: string;
  capability_id: string;
  /** The caller's own deadline, seconds; it can only shorten policy's. */
  expires_in: number | null;
  idempotency: { key: string | null; run: string | null; body_digest: Digest };
  ip: string | null;
  /** The deadline as it was signed (break-glass); absent: counted from now. */
  expires_at?: Instant;
}

/** Takes the first step: pending, approved by policy, or rejected by policy. */
export function propose(birth: Birth, now: Instant): Result<Advance> {
  const record = newRecord(birth, now);
  const verdict = birth.judgement.verdict;
  const born = advance(record, {
    command: 'propose',
    facts: { verdict, lifetime_left: true },
    by: birth.requester.id,
    now,
    parts: { 'approval.requested': requested(record, birth), ...decidedByPolicy(record) },
  });
  if (!born.ok) return born;
  const { drafts } = born.value;
  if (birth.judgement.errors.length > 0) drafts.push(policyError(record, now, drafts[0]!.skeleton));
  const decided = verdict !== 'require_approval';
  return {
    ok: true,
    value: {
      ...born.value,
      record: {
        ...born.value.record,
        seq: drafts.length,
        decided_at: decided ? now : null,
        decided_by: decided ? 'policy' : null,
        rejection_reason: verdict === 'deny' ? denial(record) : null,
        capability: verdict === 'allow' ? issuedCapability(record, baseScope(record), drafts) : null,
      },
    },
  };
}

const denial = (record: RequestRecord): string =>
  record.judgement.message ?? `Policy rule ${record.judgement.rule ?? 'default'} denies this.`;

/** The record before its first step: the same birth has the same digests wherever its deadline is given. */
export function newRecord(birth: Birth, now: Instant): RequestRecord {
  const { proposal, salt, judgement, policy, on_behalf_of } = birth;
  const { action, resource, actor, params, metadata, precondition, context, preview } = proposal;
  const organization = birth.organization.id;
  const params_digest = paramsDigest(salt, params);
  const parts = { organization, salt, action, resource, actor, params, metadata, precondition };
  const action_digest = actionDigest({ ...parts, constraints: judgement.constraints });
  const expires_at = birth.expires_at ?? deadline(birth, now);
  return {
    v: 1,
    ...{ id: birth.id, organization: birth.organization, salt, proposal, requester: birth.requester, on_behalf_of },
    ...{ judgement, policy, action_digest, params_digest, expires_at, created_at: now, updated_at: now },
    request_digest: requestDigest({
      ...{ action_digest, context, preview, on_behalf_of, expires_at },
      message: judgement.message,
      risk: judgement.risk,
      policy: { ...policy, rule: judgement.rule },
      requirement: judgement.verdict === 'require_approval' ? judgement.requirement : null,
      on_rejection: judgement.on_rejection,
    }),
    effective: { params, action_digest, params_digest },
    capability_id: birth.capability_id,
    idempotency: birth.idempotency,
    life: { status: null, capability: null, returned_count: 0 },
    ...{ steps: 0, seq: 0, votes: [], comments: [], rejection_reason: null, capability: null, outcome: null },
    ...{ calls: {}, decided_at: null, decided_by: null },
    ...(birth.owners === undefined || birth.owners.length === 0 ? {} : { owners: birth.owners }),
  };
}

function deadline(birth: Birth, now: Instant): Instant {
  const seconds = Math.min(birth.judgement.timeout_seconds, birth.expires_in ?? Number.POSITIVE_INFINITY);
  return instantAt(instantMs(now) + seconds * 1000);
}

/** What `approval.requested` says. */
export function requested(record: RequestRecord, birth: Birth): { skeleton: JsonObject; personal: JsonObject } {
  const { judgement, proposal } = record;
  return {
    skeleton: {
      ...{ actor: proposal.actor, requester: record.requester.id, key: record.requester.key },
      ...{ on_behalf_of: record.on_behalf_of, verdict: judgement.verdict },
      ...{ risk: judgement.risk.level, claimed_risk: judgement.risk.claimed, rule: judgement.rule },
      ...{ policy_version: record.policy.version, policy_digest: record.policy.digest },
      requirement: judgement.verdict === 'require_approval' ? asJson(judgement.requirement) : null,
      capability_settings: asJson(judgement.capability),
      ...(judgement.semantics === undefined ? {} : { semantics: judgement.semantics }),
      ...(judgement.escalate?.length ? { escalate: asJson(judgement.escalate) } : {}),
      ...{ action_digest: record.action_digest, params_digest: record.params_digest },
      ...{ request_digest: record.request_digest, expires_at: record.expires_at, config_version: birth.config_version },
    },
    personal: {
      salt: shownSalt(record),
      action: proposal.action,
      resource: proposal.resource,
      params: shownParams(record, proposal.params),
      ...hiddenPart(record, proposal.params),
      ...{
        metadata: proposal.metadata,
        constraints: judgement.constraints,
        precondition: asJson(proposal.precondition),
      },
      ...{
        context: proposal.context,
        preview: proposal.preview,
        run: asJson(proposal.run),
        message: judgement.message,
      },
      ...{ on_rejection: judgement.on_rejection, risk_reasons: judgement.risk.reasons, trace: asJson(judgement.trace) },
      ...{ requester_name: record.requester.name, ip: birth.ip },
    },
  };
}

function decidedByPolicy(record: RequestRecord): Parts {
  const { action_digest, request_digest, policy, judgement } = record;
  return {
    'approval.decided': {
      skeleton: {
        decision: judgement.verdict === 'allow' ? 'approve' : 'reject',
        ...{ reviewer: null, stage: null, action_digest, request_digest, policy_digest: policy.digest, receipt: null },
      },
    },
    'capability.issued': issuedPart(record, baseScope(record)),
  };
}

function policyError(record: RequestRecord, now: Instant, shared: JsonObject): Advance['drafts'][number] {
  const { step, command, facts, from, to, capability_status, returned_count } = shared as Record<string, Json>;
  const rules = record.judgement.errors.map((error) => error.rule);
  const errors = record.judgement.errors.map(({ rule, detail }) => ({ rule, detail }));
  return {
    type: 'policy.error',
    at: now,
    by: 'policy',
    skeleton: {
      ...{ step: step!, command: command!, facts: facts!, from: from!, to: to! },
      ...{ capability_status: capability_status!, returned_count: returned_count!, rules },
      policy_digest: record.policy.digest,
    },
    personal: { errors },
  };
}
