// A request of every kind of end, made through the front door: what evidence, erasure and verdicts are tried on.
import type { JsonObject } from '../../../core/json.ts';
import { breakGlass, edit } from './acts.ts';
import { post, success } from './house.ts';
import { approved, decide, exchange, fresh, type Member, propose, unique, type World } from './world.ts';

export const ENDS_POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - { id: never, match: { action: "iam.**" }, verdict: deny, message: Never. }
  - { id: plain-never, match: { action: "root.**" }, verdict: deny }
  - { id: reads, match: { action: "read.**" }, when: metadata.environment == "staging", verdict: allow, risk: low }
  - { id: less, match: { action: take.less }, verdict: require_approval, risk: low, edits: narrow }
  - { id: free, match: { action: take.any }, verdict: require_approval, risk: low, edits: any }
  - id: free-two
    match: { action: take.two }
    verdict: require_approval
    risk: low
    edits: any
    approvals: [{ from: [role:owner, role:reviewer], count: 2 }]
  - id: two
    match: { action: two.people }
    verdict: require_approval
    risk: low
    approvals: [{ from: [role:owner, role:reviewer], count: 2 }]
    escalate: [{ after: 30m, to: role:admin }, { after: 1h, to: role:owner }]
parameters:
  - action: take.*
    schema: { type: object, properties: { amount: { type: integer, narrow: lower } } }
  - action: rotate.secret
    schema: { type: object, properties: { name: { type: string }, value: { type: string, writeOnly: true } } }
`;

export interface Cast {
  world: World;
  boss: Member;
  /** A reviewer. */
  other: Member;
  /** May break glass. */
  fire: Member;
}

const act = (by: Member, id: string, what: string, body: JsonObject = {}) =>
  success(post(`/v1/approval-requests/${id}/${what}`, { cookie: by.cookie, body }));
const report = ({ world }: Cast, id: string, body: JsonObject) =>
  success(post(`/v1/approval-requests/${id}/outcome`, { key: world.agent.text, body, idempotency: fresh() }));

async function exchanged(cast: Cast): Promise<string> {
  const { id } = await approved(cast.boss, { ...unique(), context: { reason: 'why' }, preview: { diff: '+1' } });
  await success(exchange(cast.world, id));
  return id;
}

/** How each is made; answers with its id. */
export const ENDS: Record<string, (cast: Cast) => Promise<string>> = {
  'pending, commented and claimed': async ({ world, boss, other }) => {
    const { id } = await propose(world, { ...unique(), action: 'two.people', run: { id: fresh(), tool_call_id: 'c' } });
    await act(other, id, 'comments', { comment: 'Which version is live?' });
    await act(boss, id, 'escalate', { reason: 'urgent' });
    await act(other, id, 'claim');
    await success(decide(other, id, { comment: 'fine by me' }));
    return id;
  },
  'pending after an edit that voids a vote': async ({ world, boss, other }) => {
    const { id } = await propose(world, { action: 'take.two', params: { amount: 50 } });
    await success(decide(other, id));
    await edit(boss, id, { amount: 40 });
    return id;
  },
  'allowed by policy': async ({ world }) =>
    (await propose(world, { ...unique(), action: 'read.rows', metadata: { environment: 'staging' } })).id,
  'denied by policy with a message': async ({ world }) =>
    (await propose(world, { ...unique(), action: 'iam.grant' })).id,
  'denied by policy without one': async ({ world }) => (await propose(world, { ...unique(), action: 'root.shell' })).id,
  'approved and waiting': async ({ boss }) => (await approved(boss, unique())).id,
  executed: async (cast) => {
    const id = await exchanged(cast);
    await report(cast, id, { status: 'executed', detail: 'done', evidence: { run: 7 } });
    return id;
  },
  failed: async (cast) => {
    const id = await exchanged(cast);
    await report(cast, id, { status: 'failed', detail: 'no disk' });
    return id;
  },
  'handed back': async (cast) => {
    const id = await exchanged(cast);
    await report(cast, id, { status: 'not_started', detail: 'not now' });
    return id;
  },
  rejected: async ({ world, boss }) => {
    const { id } = await propose(world, unique());
    await success(decide(boss, id, { decision: 'reject', comment: 'not today', external_ref: 'CHG-1' }));
    return id;
  },
  'rejected without a word': async ({ world, boss }) => {
    const { id } = await propose(world, unique());
    await success(decide(boss, id, { decision: 'reject' }));
    return id;
  },
  'expired by hand': async ({ world, boss }) => {
    const { id } = await propose(world, unique());
    await act(boss, id, 'expire');
    return id;
  },
  canceled: async ({ world }) => {
    const { id } = await propose(world, unique());
    await success(post(`/v1/approval-requests/${id}/cancel`, { key: world.agent.text, body: { reason: 'no need' } }));
    return id;
  },
  revoked: async ({ boss }) => {
    const { id } = await approved(boss, unique());
    await act(boss, id, 'revoke', { reason: 'too late' });
    return id;
  },
  'approved with a hidden value and exchanged': async ({ world, boss }) => {
    const { id } = await approved(boss, { action: 'rotate.secret', params: { name: fresh(), value: 'hunter2' } });
    await success(exchange(world, id));
    return id;
  },
  'edited and approved': async ({ world, boss, other }) => {
    const { id } = await propose(world, { action: 'take.any', params: { amount: 50 } });
    await edit(boss, id, { amount: 30 });
    await success(decide(other, id));
    return id;
  },
  'broken glass': async ({ fire }) => {
    const ask = { action: 'deployment.rollback', resource: 'service:billing-api', ...unique() };
    return (await breakGlass(fire, { ...ask, actor: 'service-account:release-bot', reason: 'billing is down' })).id;
  },
};
