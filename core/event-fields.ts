// Every type of event, and which of its fields are skeleton (never erased) and which personal (erasable).

interface Fields {
  skeleton: readonly string[];
  personal: readonly string[];
}

/** What every step of a request's life records, so that a verifier can replay it. */
const STEP = ['step', 'command', 'facts', 'from', 'to', 'capability_status', 'returned_count'] as const;
const PERSON = ['ip', 'user_agent'] as const;

const life = (skeleton: readonly string[], personal: readonly string[] = []): Fields => ({
  skeleton: [...STEP, ...skeleton],
  personal: [...PERSON, ...personal],
});
const entry = (skeleton: readonly string[], personal: readonly string[] = []): Fields => ({
  skeleton,
  personal: [...PERSON, ...personal],
});

const DECISION = [
  'decision',
  'stage',
  'reviewer',
  'action_digest',
  'request_digest',
  'policy_digest',
  'intent_digest',
  'assertion_digest',
  'passkey',
  'passkey_entry',
  'eligibility_digest',
  'receipt',
  'delegation',
  // Where a signed token stands in the place of a passkey.
  ...(['method', 'issuer', 'issuer_settings', 'kid', 'token_digest', 'token_key_digest'] as const),
] as const;
/** Of a vote after an edit only: what it is for. `action_digest` stays that of what was asked. */
// `counted`: seqs of the approvals that count with it; absent in votes from before it was said.
const VOTE = [...DECISION, 'effective_action_digest', 'counted'] as const;
/** A scope names the resource, which may be a person: like the proposal's own, it can be erased. */
const SIGNED = [
  'scope',
  'intent',
  'assertion',
  'public_key',
  'token',
  'token_key',
  'eligibility',
  'comment',
  'external_ref',
  'reviewer_name',
  'delegator_name',
] as const;
const CHANGED = ['change', 'target', 'before_digest', 'after_digest', 'signers', 'intent_digests'] as const;

export const EVENT_FIELDS = {
  'approval.requested': life(
    [
      'actor',
      'requester',
      'key',
      'on_behalf_of',
      'verdict',
      'risk',
      'claimed_risk',
      'policy_version',
      'policy_digest',
      'rule',
      'requirement',
      'capability_settings',
      'action_digest',
      'params_digest',
      'request_digest',
      'expires_at',
      'config_version',
      'escalate',
      'semantics',
    ],
    [
      'salt',
      'action',
      'resource',
      'params',
      // Where values of params are covered (core/policy/parameters/hidden.ts): then `salt` is null. Absent: nowhere.
      'hidden',
      'metadata',
      'constraints',
      'precondition',
      'context',
      'preview',
      'run',
      'message',
      'on_rejection',
      'risk_reasons',
      'trace',
      'requester_name',
    ],
  ),
  'approval.decided': life(VOTE, SIGNED),
  'approval.vote_recorded': life(VOTE, SIGNED),
  'approval.edited': life(
    [...VOTE, 'effective_params_digest', 'edits', 'rule', 'risk', 'requirement', 'capability_settings', 'semantics'],
    [...SIGNED, 'params', 'hidden', 'diff', 'risk_reasons', 'trace'],
  ),
  'approval.commented': life([], ['comment', 'author_name']),
  'approval.escalated': life(['escalated_to', 'stage', 'after_seconds'], ['reason']),
  'approval.reminded': life(['count', 'stage']),
  'approval.claimed': entry(['reviewer', 'until'], ['reviewer_name']),
  'approval.expired': life(['expires_at']),
  'approval.canceled': life([], ['reason']),
  'capability.issued': life(
    ['capability', 'enforce', 'dpop', 'ttl_seconds', 'action_digest', 'params_digest'],
    ['scope'],
  ),
  'capability.exchanged': life(['capability', 'nonce_digest', 'key', 'claims_digest', 'jkt'], ['claims']),
  'capability.returned': life(['capability']),
  'capability.consumed': life(['capability', 'nonce_digest', 'key', 'audience']),
  'capability.revoked': life(['capability', 'stop'], ['reason']),
  'capability.expired': life(['capability']),
  'execution.executed': life(['reporter', 'evidence_digest'], ['detail', 'evidence']),
  'execution.failed': life(['reporter', 'evidence_digest'], ['detail', 'evidence']),
  'execution.indeterminate': life([]),
  'break_glass.used': life(
    [
      'action_digest',
      'reviewer',
      'request_digest',
      'policy_digest',
      'intent_digest',
      'assertion_digest',
      'passkey',
      'passkey_entry',
      'eligibility_digest',
      'receipt',
    ],
    [...SIGNED, 'reason'],
  ),
  'break_glass.reviewed': entry(
    ['request', 'reviewer', 'verdict', 'passkey', 'intent_digest'],
    ['comment', 'intent', 'assertion'],
  ),
  'policy.error': life(['rules', 'policy_digest'], ['errors']),
  'policy.published': entry([...CHANGED, 'version', 'digest'], ['source', 'policy', 'intents', 'assertions']),
  'change.proposed': entry([...CHANGED, 'kind', 'expires_at'], ['value', 'proposer_name']),
  'change.applied': entry(
    [...CHANGED, 'kind', 'passkeys', 'result'],
    ['value', 'intents', 'assertions', 'proposer_name'],
  ),
  'change.rejected': entry([...CHANGED, 'kind'], ['reason']),
  'organization.created': entry(
    ['kind', 'rp_id', 'policy_version', 'policy_digest', 'service_accounts', 'api_keys'],
    ['name', 'policy', 'policy_source', 'service_account_names'],
  ),
  'organization.updated': entry([...CHANGED], ['name', 'settings']),
  'invitation.created': entry(['invitation', 'roles', 'change', 'expires_at'], ['email', 'name']),
  'invitation.accepted': entry(['invitation', 'user'], ['name']),
  'invitation.revoked': entry(['invitation'], ['reason']),
  'member.updated': entry(['user', 'roles', 'groups', 'change'], ['name', 'email', 'identities']),
  'member.locked': entry(['user'], ['reason']),
  'member.removed': entry(['user'], ['reason']),
  'member.recovery_started': entry(['user', 'token', 'change', 'expires_at']),
  'group.updated': entry(['group', 'members', 'change', 'removed'], ['name']),
  'delegation.created': entry(
    [...CHANGED, 'delegation', 'from', 'to', 'starts_at', 'expires_at', 'passkey'],
    ['scope', 'from_name', 'to_name', 'intents', 'assertions'],
  ),
  'delegation.ended': entry(['delegation', 'from', 'to'], ['reason']),
  'passkey.registered': entry(
    [
      'user',
      'passkey',
      'credential_digest',
      'public_key_digest',
      'device_type',
      'backed_up',
      'first',
      'token',
      'signed_by',
    ],
    ['credential_id', 'public_key', 'name', 'intent', 'assertion', 'transports', 'aaguid'],
  ),
  'passkey.revoked': entry(['user', 'passkey'], ['reason']),
  'session.opened': entry(['session', 'user', 'passkey', 'expires_at']),
  'session.closed': entry(['session', 'user']),
  'service_account.updated': entry(['service_account', 'actors', 'owners', 'status', 'change'], ['name']),
  'api_key.created': entry(
    [
      ...['key', 'service_account', 'scopes', 'audience', 'change', 'created_by'],
      // Where a workload's token became it.
      ...['actors', 'issuer', 'rule', 'token_digest', 'expires_at'],
    ],
    ['name', 'subject'],
  ),
  'api_key.revoked': entry(['key', 'service_account'], ['reason']),
  'oidc_issuer.updated': entry(['issuer', 'change', 'removed', 'purpose', 'settings_digest'], ['settings']),
  'webhook_endpoint.updated': entry(['endpoint', 'events', 'change', 'removed'], ['url']),
  'webhook_endpoint.disabled': entry(['endpoint'], ['reason']),
  'channel.updated': entry(['channel', 'change', 'removed'], ['settings']),
  'delivery.failed': entry(['delivery', 'endpoint', 'event', 'attempts'], ['reason']),
  'key.rotated': entry(['purpose', 'kid', 'public_key_digest', 'state']),
  'shard.closed': entry(['shard', 'origin', 'successor']),
  'shard.opened': entry(['shard', 'origin', 'predecessor', 'size', 'root', 'checkpoint', 'witnessed']),
  'stop.set': entry(['stop', 'target_kind', 'target'], ['reason']),
  'stop.lifted': entry(['stop', 'change']),
  'erasure.performed': entry(['target', 'events', 'change'], ['reason']),
} as const satisfies Record<string, Fields>;

export type EventType = keyof typeof EVENT_FIELDS;
export const EVENT_TYPES = Object.keys(EVENT_FIELDS) as EventType[];
