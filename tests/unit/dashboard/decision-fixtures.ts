// A request as a page gets it, with digests that fit, for tests of the decision's state.
import { actionDigest, paramsDigest, requestDigest } from '../../../core/digest.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { ParameterSchema } from '../../../core/policy/parameters/model.ts';
import type { ApprovalRequest } from '../../../dashboard/src/api/types.ts';
import { withParams } from '../../../dashboard/src/passkey/edited.ts';

export const SCHEMA: ParameterSchema = {
  type: 'object',
  properties: {
    amount: { type: 'integer', title: 'Amount', format: 'minor-units', currency: 'currency', narrow: 'lower' },
    currency: { type: 'string' },
    order_id: { type: 'string' },
    notify: { type: 'array', narrow: ['subset', 'remove'] },
    dry: { type: 'boolean', narrow: 'off' },
    rows: { type: 'integer', narrow: 'lower' },
  },
};

export const ASKED: JsonObject = {
  amount: 129_200,
  currency: 'EUR',
  order_id: 'ORD-1287',
  notify: ['a', 'b'],
  dry: true,
  rows: 40,
};

interface Wanted {
  params?: JsonObject;
  schema?: ParameterSchema | null;
  editable?: 'none' | 'narrow' | 'any';
}

export function requestOf({ params = ASKED, schema = SCHEMA, editable = 'narrow' }: Wanted = {}): ApprovalRequest {
  const proposed = {
    organization: 'org_a',
    salt: 'AAAAAAAAAAAAAAAAAAAAAA',
    action: 'pay',
    resource: 'order:1',
    actor: 'service-account:bot',
    params,
    metadata: {},
    constraints: {},
    precondition: null,
    context: null,
    preview: null,
    message: null,
    on_rejection: 'stop' as const,
    on_behalf_of: null,
    expires_at: '2026-11-20T12:00:00.000Z',
    updated_at: '2026-11-20T10:00:00.000Z',
    risk: { level: 'low' as const, claimed: null, reasons: [] },
    policy: { version: 1, digest: `sha256:${'ab'.repeat(32)}`, rule: null, trace: [] },
  };
  const requirement = {
    verify: 'passkey' as const,
    separation: 'requester' as const,
    require: { approve: [], reject: [] },
    stages: [{ from: ['role:admin'], count: 2, approved: 0 }],
  };
  const action_digest = actionDigest(proposed);
  const params_digest = paramsDigest(proposed.salt, params);
  const scope = { action: 'pay', resource: 'order:1', params_digest, audience: 'order:1', enforce: 'offline' };
  return {
    ...proposed,
    id: 'apr_a',
    status: 'pending',
    requirement,
    action_digest,
    params_digest,
    edits: [],
    editable,
    decisions: [],
    parameters: schema,
    decided_by: null,
    rejection_reason: null,
    effective: { params, action_digest, params_digest, requirement, risk: proposed.risk },
    request_digest: requestDigest({ ...proposed, action_digest, requirement }),
    scope: { ...scope, dpop: false, ttl_seconds: 600 },
  } as unknown as ApprovalRequest;
}

const at = (second: number): string => `2026-11-20T10:00:${String(second % 60).padStart(2, '0')}.000Z`;

/** The request after somebody else reduced it. */
export function editedBy(request: ApprovalRequest, who: string, params: JsonObject, second: number): ApprovalRequest {
  const edit = { editor: { id: who, name: who }, mode: 'narrow', edited_at: at(second), comment: null };
  const edits = [...request.edits, edit] as ApprovalRequest['edits'];
  return { ...withParams(request, params), edits, updated_at: at(second) };
}

/** The request after somebody voted. */
export function votedBy(
  request: ApprovalRequest,
  who: string,
  decision: 'approve' | 'reject',
  second: number,
  status: ApprovalRequest['status'] = 'pending',
): ApprovalRequest {
  const vote = { reviewer: { id: who, name: who }, decision, decided_at: at(second), void: false, comment: null };
  const decisions = [...request.decisions, vote] as ApprovalRequest['decisions'];
  return { ...request, decisions, status, updated_at: at(second) };
}
