// One proposal's way in: who asks, what policy says, what the organisation admits, then the request's object. The id is
// derived where the call is idempotent, so that the object itself is the record of what was already done.

import { hmacSha256 } from '#sha256';
import type { Admission, AdmitQuestion, Principal, Snapshot } from '../../core/authority.ts';
import { canonicalize } from '../../core/canonical.ts';
import { digestOf } from '../../core/digest.ts';
import { instantAt } from '../../core/duration.ts';
import { base64url, fromHex, utf8 } from '../../core/encoding.ts';
import { derivedId, newId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Judgement, judge } from '../../core/policy.ts';
import { fail, ok, type ProblemCode, type Result } from '../../core/problems.ts';
import type { Birth } from '../../core/request/birth.ts';
import { fingerprintOf, type Requester } from '../../core/request/record.ts';
import type { View } from '../../durable-objects/request/calls.ts';
import { authorized } from '../auth/authorized.ts';
import { type Caller, callerOf } from '../auth/caller.ts';
import { confirmSnapshot, recentSnapshot, seenPrincipal, seePrincipal } from '../auth/snapshot.ts';
import type { Ctx } from '../context.ts';
import { organizationOf } from '../organization.ts';
import { paramsFit } from './fitting.ts';
import { type Asked, policyInput, readProposal } from './proposal.ts';
import { requestOf } from './request-object.ts';

/** Policy may move under our feet, and budgets run out: so often we judge again before we say so. */
const MAX_JUDGEMENTS = 4;

interface Known {
  caller: Caller;
  principal: Principal;
  snapshot: Snapshot;
}

/** Proposes. @returns the request as it may be seen; what permits only after it is sealed. */
export async function propose(c: Ctx, idempotencyKey: string | null): Promise<Result<View>> {
  const known = await whoAsks(c);
  if (!known.ok) return known;
  const body = c.get('body') as JsonObject;
  const asked = readProposal(body, known.value.principal);
  if (!asked.ok) return asked;
  const named = name(known.value, asked.value, idempotencyKey, body);
  const admitted = await admit(c, known.value, asked.value, named.id);
  if (!admitted.ok) return recall(c, known.value, named, admitted);
  const { as_of } = admitted.value;
  const birth = birthOf(c, admitted.value, asked.value, named);
  return requestOf(c.env, birth.organization.id, birth.id).create(birth, as_of);
}

/** From this isolate's memory where it is fresh enough: admit() asks the organisation in any case. */
async function whoAsks(c: Ctx): Promise<Result<Known>> {
  const caller = callerOf(c);
  if (!caller.ok) return caller;
  const snapshot = recentSnapshot(caller.value.organization, Date.now());
  const principal = snapshot && seenPrincipal(caller.value.credential.digest, snapshot.config_version);
  return principal && snapshot ? ok({ caller: caller.value, principal, snapshot }) : authorized(c);
}

interface Named {
  id: string;
  /** The same on every repeat of the same call. */
  derived: boolean;
  capability_id: string;
  idempotency: Birth['idempotency'];
}

export const requesterId = (principal: Principal): string =>
  principal.kind === 'machine' ? principal.service_account : principal.user;

/** From `run` if present, else from the Idempotency-Key; both are recorded. */
function name(known: Known, asked: Asked, key: string | null, body: JsonObject): Named {
  const requester = requesterId(known.principal);
  const { run } = asked.proposal;
  const source: JsonObject | null = run
    ? { run: run.id, tool_call_id: run.tool_call_id }
    : key === null
      ? null
      : { key };
  const digest = (value: JsonObject) => digestOf({ requester, ...value });
  const idempotency = {
    key: key === null ? null : digest({ key }),
    run: run ? digest({ run: run.id, tool_call_id: run.tool_call_id }) : null,
    body_digest: digestOf(body),
  };
  if (source === null) {
    return { id: freshId('apr'), derived: false, capability_id: freshId('cap'), idempotency };
  }
  const derive = (purpose: string) =>
    hmacSha256(fromHex(known.snapshot.id_key)!, utf8(canonicalize({ purpose, requester, ...source })));
  return {
    id: derivedId('apr', derive('approval-request')),
    capability_id: derivedId('cap', derive('capability')),
    ...{ derived: true, idempotency },
  };
}

export const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
export const freshId = (prefix: 'apr' | 'cap'): string => newId(prefix, Date.now(), random(10));

interface Admitted {
  judgement: Judgement;
  snapshot: Snapshot;
  principal: Principal;
  /** Owners of the account that asks, and who made its keys: part of the request for good. */
  owners: string[];
  /** Of the organisation's answer: the object takes no admission that has aged on the way. */
  as_of: number;
}

/** Judges and asks the organisation, until the judgement is by the current policy and its reservation stands. */
async function admit(c: Ctx, known: Known, asked: Asked, id: string): Promise<Result<Admitted>> {
  const fitting = await fitted(c, known, asked);
  if (!fitting.ok) return fitting;
  let snapshot = fitting.value;
  const exhausted: string[] = [];
  for (let round = 0; round < MAX_JUDGEMENTS; round++) {
    const input = policyInput(asked.proposal, asked.claimed_risk);
    const facts = { now: instantAt(Date.now()), exhausted_patterns: exhausted };
    const judgement = judge(snapshot.policy.policy, input, facts);
    const question = admission(known, asked, id, judgement, snapshot);
    const answer: Result<Admission> = await organizationOf(c.env, known.caller.organization).admit(question);
    if (!answer.ok) return answer;
    const { admitted, principal } = answer.value;
    const { as_of, owners, config_version } = answer.value.facts;
    seePrincipal(known.caller.credential.digest, principal, config_version);
    snapshot = confirmSnapshot(answer.value.snapshot, snapshot, Date.now());
    if (admitted === 'yes') return ok({ judgement, snapshot, principal, owners, as_of });
    if (admitted === 'exhausted') exhausted.push(judgement.draws_on!.pattern);
    const fits = paramsFit(snapshot.policy.policy, asked.proposal);
    if (!fits.ok) return fits;
  }
  return fail('unavailable', 'Policy is changing too fast to judge by. Repeat the same call.', {
    retry_after_seconds: 1,
  });
}

/** The snapshot whose schema the params fit. Before anybody is refused by a kept one, the organisation is asked. */
async function fitted(c: Ctx, { snapshot }: Known, { proposal }: Asked): Promise<Result<Snapshot>> {
  if (paramsFit(snapshot.policy.policy, proposal).ok) return ok(snapshot);
  const now = await authorized(c);
  if (!now.ok) return now;
  const fits = paramsFit(now.value.snapshot.policy.policy, proposal);
  return fits.ok ? ok(now.value.snapshot) : fits;
}

function admission(known: Known, asked: Asked, id: string, judgement: Judgement, snapshot: Snapshot): AdmitQuestion {
  return {
    credential: known.caller.credential,
    config_version: snapshot.config_version,
    request: id,
    actor: asked.proposal.actor,
    risk: judgement.risk.level,
    verdict: judgement.verdict,
    judged_by: snapshot.config_version,
    draw: judgement.draws_on,
    pending_limit: snapshot.policy.policy.limits.pending_per_actor,
    fingerprint: fingerprintOf(asked.proposal),
  };
}

/** Who may not propose at all is not answered as a repeat either. */
const NOT_LET_IN: readonly ProblemCode[] = ['unauthenticated', 'forbidden'];

/** A repeat of a call that made a request is answered from that request, even where a new one would be refused. */
async function recall(c: Ctx, known: Known, named: Named, refusal: Result<never>): Promise<Result<View>> {
  if (!named.derived || refusal.ok || NOT_LET_IN.includes(refusal.problem.code)) return refusal;
  const { organization } = known.snapshot;
  const before = await requestOf(c.env, organization.id, named.id).recall({ ...named, organization });
  return !before.ok && before.problem.code === 'not-found' ? refusal : before;
}

function birthOf(c: Ctx, admitted: Admitted, asked: Asked, named: Named): Birth {
  const { judgement, snapshot, principal, owners } = admitted;
  const { id, kind } = snapshot.organization;
  const { version, digest } = snapshot.policy;
  return {
    ...{ id: named.id, capability_id: named.capability_id, idempotency: named.idempotency },
    ...{ organization: { id, kind }, proposal: asked.proposal, requester: requesterOf(principal), judgement },
    on_behalf_of: principal.kind === 'person' ? principal.user : null,
    policy: { version, digest },
    owners,
    config_version: snapshot.config_version,
    salt: base64url(random(16)),
    expires_in: asked.expires_in,
    ip: c.req.header('cf-connecting-ip') ?? null,
  };
}

const requesterOf = (principal: Principal): Requester =>
  principal.kind === 'machine'
    ? { kind: 'service_account', id: principal.service_account, name: principal.name, key: principal.key }
    : { kind: 'user', id: principal.user, name: principal.name, key: null };
