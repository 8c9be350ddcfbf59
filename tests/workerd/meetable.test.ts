// What nobody can meet is told where a policy is checked and proposed, and where people change.
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { get, post, success } from './support/house.ts';
import { change, found, type Member, member, owner, type World } from './support/world.ts';

const asks = (from: string, count = 1) => `version: 1
rules:
  - { id: pay, match: { action: pay }, verdict: require_approval, approvals: [{ from: "${from}", count: ${count} }] }
`;
let world: World;
let boss: Member;
let rae: Member;
const proposed = (kind: string, value: JsonObject, target?: string) =>
  success(post('/v1/changes', { cookie: boss.cookie, body: { kind, value, ...(target ? { target } : {}) } }));
const details = ({ warnings }: { warnings: { detail: string }[] }) => warnings.map(({ detail }) => detail);

beforeAll(async () => {
  world = await found('live');
  boss = await owner(world);
  rae = await member(boss, 'rae@example.com', ['reviewer']);
  await change(boss, 'group', { name: 'finance', members: [] });
});
const finance = async () => {
  const { data } = await success(get('/v1/groups', { cookie: boss.cookie }));
  return data.find(({ name }: { name: string }) => name === 'finance').id as string;
};

describe('a policy that asks for what nobody can give', () => {
  it('is told so when it is proposed, at its line and column, and when it is checked', async () => {
    const answer = await proposed('policy', { source: asks('group:finance') });
    expect(answer.warnings).toMatchObject([{ pointer: '/rules/0/approvals/0', line: 3, column: 79 }]);
    expect(details(answer)[0]).toContain('Rule "pay" needs the approval of 1 different person out of group:finance');
    const body = { source: asks('role:reviewer', 2) };
    const checked = await success(post('/v1/policy/checks', { cookie: boss.cookie, body }));
    expect(details(checked)).toEqual([expect.stringContaining('and only 1 can give it')]);
    const texts = checked.differences.map(({ text }: { text: string }) => text).join('\n');
    expect(texts).toContain('Rule "pay" is new');
  });

  it('is checked without leaving a proposal behind, by who may read or propose', async () => {
    const open = async () => (await success(get('/v1/changes?status=proposed', { cookie: boss.cookie }))).data.length;
    const before = await open();
    const check = (source: string, key: string) => post('/v1/policy/checks', { key, body: { source } });
    expect((await check(asks('role:admin'), world.admin.text)).status).toBe(200);
    expect(await check('rules: 3', world.admin.text)).toMatchObject({ status: 400, body: { code: 'invalid-policy' } });
    expect((await check(asks('role:admin'), world.agent.text)).status).toBe(403);
    expect(await open()).toBe(before);
  });
});

describe('a change of people', () => {
  const LOST = 'After this, the policy in force asks for what nobody can give. Rule "pay" needs';

  it('is told what the policy in force loses by it: of a group, of a member', async () => {
    const id = await finance();
    await change(boss, 'group', { members: [rae.user] }, id);
    await change(boss, 'policy', { source: asks('group:finance') });
    for (const value of [
      { members: [] } as JsonObject,
      { members: [boss.user, rae.user], name: 'money' },
      { removed: true },
    ])
      expect(details(await proposed('group', value, id))).toEqual([expect.stringContaining(LOST)]);
    expect(details(await proposed('group', { members: [boss.user] }, id))).toEqual([]);
    expect(details(await proposed('member', { locked: true }, rae.user))).toEqual([expect.stringContaining(LOST)]);
    expect(details(await proposed('member', { roles: ['auditor'] }, rae.user))).toEqual([]);
  });
});
