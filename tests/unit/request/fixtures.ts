// A request as its object would hold it, with facts about two people, for tests of the pure steps.
import type { Facts, Machine, Passkey, Standing } from '../../../core/authority.ts';
import { instantAt } from '../../../core/duration.ts';
import { decisionIntent } from '../../../core/intent.ts';
import type { Instant, JsonObject } from '../../../core/json.ts';
import { type Judgement, judge, parsePolicy, policyDigest } from '../../../core/policy.ts';
import type { Advance } from '../../../core/request/advance.ts';
import { type Birth, propose } from '../../../core/request/birth.ts';
import { baseScope } from '../../../core/request/issue.ts';
import type { RequestRecord } from '../../../core/request/record.ts';
import type { DecideCall } from '../../../core/request/vote.ts';

export const T0 = Date.UTC(2026, 10, 20, 10, 0, 0);
/** Milliseconds after the request was made. */
export const at = (ms: number): Instant => instantAt(T0 + ms);
const id = (prefix: string, n: number): string => `${prefix}_0000000000e00000000000000${n}`;

export const ORG = id('org', 1);
export const ALICE = id('usr', 1);
export const BOB = id('usr', 2);
export const ACCOUNT = id('sa', 1);

export const MACHINE: Machine = {
  ...{ kind: 'machine', service_account: ACCOUNT, name: 'release-bot', key: id('key', 1) },
  ...{ scopes: ['requests:write'], actors: ['service-account:release-bot'], audience: null, owners: [] },
  key_created_by: null,
};

const passkey = (user: string, n: number): Passkey => ({
  ...{ id: id('pk', n), user, credential_id: `cred${n}`, public_key: 'AAAA', counter: 0, transports: [] },
  ...{
    device_type: 'multiDevice',
    backed_up: true,
    aaguid: '',
    name: 'phone',
    status: 'active',
    created_at: at(-1000),
  },
  ...{ last_used_at: null, restricted_until: null, event: id('evt', n), entry: n },
});

export const standing = (user: string, n: number, more: Partial<Standing> = {}): Standing => ({
  ...{ user, name: `Person ${n}`, email: `p${n}@example.com`, active: true, roles: ['admin'], groups: [] },
  sources: { 'role:admin': at(-5000), [`user:${user}`]: at(-5000) },
  passkeys: [passkey(user, n)],
  ...more,
});

export const facts = (more: Partial<Facts> = {}): Facts => ({
  ...{ as_of: T0, config_version: 3, stops: [], owners: [] },
  standings: { [ALICE]: standing(ALICE, 1), [BOB]: standing(BOB, 2) },
  ...more,
});

const POLICY = `
defaults: { verdict: require_approval, risk: medium }
rules:
  - { id: fine, match: { action: "read.**" }, verdict: allow }
  - { id: never, match: { action: "iam.**" }, verdict: deny, message: Never. }
  - { id: two, match: { action: two.people }, verdict: require_approval, risk: medium, approvals: [{ from: "role:admin", count: 2 }] }
  - { id: reasons, match: { action: with.reasons }, verdict: require_approval, risk: medium, require: [comment] }
`;

const parsed = parsePolicy(POLICY);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problem));
const policy = parsed.value.policy;

export function birth(action: string, more: Partial<Birth> = {}, params: JsonObject = { amount: 5 }): Birth {
  const proposal: Birth['proposal'] = {
    ...{ action, resource: 'service:billing-api', actor: 'service-account:release-bot', params },
    ...{ metadata: {}, context: { reason: 'because' }, preview: null, precondition: null, run: null },
  };
  const { resource, actor, metadata, context } = proposal;
  const judgement: Judgement = judge(
    policy,
    { action, resource, actor, params, metadata, context, claimed_risk: null },
    { now: at(0), exhausted_patterns: [] },
  );
  return {
    ...{ id: id('apr', 1), organization: { id: ORG, kind: 'live' as const }, proposal, judgement, on_behalf_of: null },
    requester: { kind: 'service_account', id: ACCOUNT, name: 'release-bot', key: MACHINE.key },
    policy: { version: 1, digest: policyDigest(policy) },
    ...{ config_version: 3, salt: 'c2FsdHNhbHRzYWx0c2Fs', capability_id: id('cap', 1), expires_in: null, ip: null },
    idempotency: { key: null, run: null, body_digest: `sha256:${'0'.repeat(64)}` },
    ...more,
  };
}

/** The value of a success; a refusal fails the test with its own words. */
export function must<T>(result: { ok: true; value: T } | { ok: false; problem: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result.value;
}

export const born = (action: string, more: Partial<Birth> = {}): Advance => must(propose(birth(action, more), at(0)));

let nonces = 0;

/** A decision as the Worker hands it over, signed (as far as the core is concerned) by the reviewer's first passkey. */
export function call(
  record: RequestRecord,
  reviewer: string,
  decision: 'approve' | 'reject' = 'approve',
  more: Partial<DecideCall> & { stage?: number; ttl_seconds?: number } = {},
): DecideCall {
  const { stage = 0, ttl_seconds, ...rest } = more;
  const scope = { ...baseScope(record), ...(ttl_seconds === undefined ? {} : { ttl_seconds }) };
  const intent = decisionIntent(
    {
      ...{ organization: ORG, rp_id: 'localhost', request: record.id, stage, decision, scope, reviewer },
      ...{ action_digest: record.effective.action_digest, request_digest: record.request_digest },
      ...{ policy_digest: record.policy.digest, comment: more.comment ?? null, external_ref: null },
    },
    {
      nonce: `nonce-${nonces++}`,
      ...{ issued_at: at(0), expires_at: at(120_000), checkpoint: { size: 7, root: 'root' } },
    },
  );
  const known = more.facts ?? facts();
  return {
    ...{ rp_id: 'localhost', intent, assertion: { id: 'cred' }, comment: null, new_counter: 0 },
    passkey: known.standings[reviewer]?.passkeys[0]?.id ?? 'pk_none',
    ...{ facts: known, ip: null, user_agent: null },
    ...rest,
  };
}
