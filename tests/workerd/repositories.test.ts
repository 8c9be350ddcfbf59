// A member without any role, in the group that owns a repository: decides there and nowhere else.
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { verifyEvidence } from '../../core/evidence.ts';
import { policyJudge } from '../../core/policy/evidence-judge.ts';
import { webCrypto } from '../../sdk/src/verify/evidence-crypto.ts';
import { BASE, env, get, post, success } from './support/house.ts';
import {
  change,
  decide,
  found,
  member as join,
  type Member,
  offered,
  owner,
  POLICY,
  propose,
  unique,
  type World,
} from './support/world.ts';

const RIGHTS = `${POLICY}
  - { id: two, match: { action: "strict.*" }, verdict: require_approval, approvals: [{ from: "role:owner" }] }
repositories:
  - { repository: payments/api, groups: ["group:payments-owners"], actions: [approve, reject] }
  - { repository: "payments/*", groups: ["group:payments-readers"], actions: [reject] }
`;
let world: World;
let boss: Member;
let holder: Member;
let reader: Member;
const API = { resource: 'repository:payments/api:branch/main' };
const asked = async (more: object) => (await propose(world, { ...unique(), ...more })).id as string;

beforeAll(async () => {
  world = await found('live', RIGHTS);
  boss = await owner(world);
  holder = await join(boss, 'holder@example.com', []);
  reader = await join(boss, 'reader@example.com', []);
  await change(boss, 'group', { name: 'payments-owners', members: [holder.user] });
  await change(boss, 'group', { name: 'payments-readers', members: [reader.user] });
});

describe('an owner of the repository, who has no role,', () => {
  it('approves what is about it', async () => {
    const decided = await decide(holder, await asked(API));
    expect(decided.body, decided.text).toMatchObject({ status: 'approved', decided_by: 'person' });
  });

  it('approves what names it in its metadata only', async () => {
    const decided = await decide(holder, await asked({ metadata: { repository: 'payments/api' } }));
    expect(decided.body.status, decided.text).toBe('approved');
  });

  it.each([
    ['about another repository', { resource: 'repository:payments/web' }],
    ['about no repository', {}],
    ['for which a rule names its approvers', { ...API, action: 'strict.push' }],
  ])('decides nothing %s', async (_what, more) => {
    const id = await asked(more);
    for (const decision of ['approve', 'reject'] as const) {
      const refused = await decide(holder, id, { decision });
      expect([refused.status, refused.body.code]).toEqual([403, 'not-eligible']);
    }
    const decided = await decide(boss, id);
    expect(decided.body.status, decided.text).toBe('approved');
  });

  it('administers nothing', async () => {
    const body = { kind: 'group', value: { name: 'mine', members: [holder.user] } };
    expect((await post('/v1/changes', { cookie: holder.cookie, body })).status).toBe(403);
  });
});

describe('a group with reject alone', () => {
  it('cannot approve, even with a signed approval, and can reject', async () => {
    const id = await asked(API);
    expect((await offered(reader, id)).status).toBe(200);
    const refused = await decide(reader, id);
    expect([refused.status, refused.body.code]).toEqual([403, 'not-eligible']);
    expect(refused.body.detail).toMatch(/As group:payments-readers you cannot approve/);
    const decided = await decide(reader, id, { decision: 'reject', comment: 'Not on a Friday.' });
    expect(decided.body, decided.text).toMatchObject({ status: 'rejected', rejection_reason: 'Not on a Friday.' });
  });
});

describe('what such people decided', () => {
  const anchors = async () => {
    const keys = await success(get('/v1/ledger/key'));
    const organization = world.organization;
    const log = { log_key: keys.verifier_key, receipt_key: keys.receipt_keys[0].public_key };
    return { ...log, organization, origin: BASE, rp_id: env.RP_ID };
  };
  const bundleOf = (id: string) =>
    vi.waitFor(async () => {
      const bundle = await get(`/v1/approval-requests/${id}/evidence`, { cookie: boss.cookie });
      expect(bundle.status).toBe(200);
      return bundle.text;
    }, 10_000);

  it.each(['approve', 'reject'] as const)('verifies offline: %s', async (decision) => {
    const id = await asked(API);
    const by = decision === 'approve' ? holder : reader;
    await success(decide(by, id, { decision, comment: 'Read.' }));
    const text = await bundleOf(id);
    const report = await verifyEvidence(text, await anchors(), webCrypto, { judge: policyJudge });
    expect(report.claims.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(report.claims).toContainEqual(expect.objectContaining({ claim: 'eligibility', status: 'proved' }));
    expect(text).toContain('"actions":{"group:payments-readers":["reject"]}');
  });

  it('no longer verifies when the limit is taken out of what was shown', async () => {
    const id = await asked(API);
    await success(decide(reader, id, { decision: 'reject', comment: 'No.' }));
    const forged = (await bundleOf(id)).replaceAll('"actions":{"group:payments-readers":["reject"]},', '');
    expect((await verifyEvidence(forged, await anchors(), webCrypto)).valid).toBe(false);
  });
});
