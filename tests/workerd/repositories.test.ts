// A member without any role, in the group that owns a repository: decides there and nowhere else.
import { beforeAll, describe, expect, it } from 'vitest';
import { post } from './support/house.ts';
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
