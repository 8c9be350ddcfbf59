// Links that were superseded: a newer one, a use, a sign-in, a lock or a key that was taken away ends the earlier ones.
import { beforeEach, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { type Answer, call, get, post, success } from './support/house.ts';
import {
  change,
  enrol,
  found,
  internal,
  member as join,
  type Member,
  owner,
  signIn,
  tokenOf,
  type World,
} from './support/world.ts';

let world: World;
let boss: Member;
let dana: Member;
beforeEach(async () => {
  world = await found('live');
  boss = await owner(world);
  dana = await join(boss, 'dana@example.com', ['reviewer']);
});

const ownersLink = async (): Promise<string> =>
  (await success(internal('/v1/internal/setup-link', { organization: world.organization }))).url;
const recovery = async (of: Member, by = boss): Promise<string> =>
  (await change(by, 'recovery', { reason: 'lost phone' }, of.user)).secret;
const invitation = async (by: Member, email: string, roles: string[]): Promise<string> =>
  (await change(by, 'invitation', { name: email, email, roles })).secret;

const opened = (link: string): Promise<Answer> => post('/v1/passkeys/options', { body: { token: tokenOf(link) } });
const isOver = async (link: string) => {
  const { status, body, text } = await opened(link);
  expect([status, body.code], text).toEqual([404, 'not-found']);
  await expect(enrol(world, link)).rejects.toThrow('not-found');
};
const isOpen = async (link: string) => expect((await opened(link)).status).toBe(200);

describe('a recovery link', () => {
  it('of the owner ends when a newer one is given out, and enrolls nobody after the newer one was used', async () => {
    const first = await ownersLink();
    const second = await ownersLink();
    await isOver(first);
    const recovered = await enrol(world, second);
    await isOver(first);
    expect((await get('/v1/session', { cookie: recovered.cookie })).status).toBe(200);
    expect((await signIn(recovered.passkey)).status).toBe(201);
  });

  it('of a member ends when a newer one is given out', async () => {
    const first = await recovery(dana);
    await isOpen(first);
    const second = await recovery(dana);
    await isOver(first);
    await isOpen(second);
  });

  it('ends when its person signs in with a passkey', async () => {
    const link = await recovery(dana);
    expect((await signIn(dana.passkey)).status).toBe(201);
    await isOver(link);
  });

  it.each([
    ['at once', () => success(post(`/v1/members/${dana.user}/lock`, { cookie: boss.cookie, body: {} }))],
    ['by a signed change', () => change(boss, 'member', { locked: true }, dana.user)],
  ])('does not survive a lock %s and an unlock', async (_how, lock) => {
    const link = await recovery(dana);
    await lock();
    await change(boss, 'member', { locked: false }, dana.user);
    await isOver(link);
  });

  it('that ended is an event with its reason', async () => {
    await recovery(dana);
    await recovery(dana);
    const data = await until<Answer['body'][]>(async () => {
      const page = await success(get('/v1/events?type=invitation.revoked', { cookie: boss.cookie }));
      return page.data.length > 0 ? page.data : null;
    });
    expect(data).toMatchObject([{ by: boss.user, personal: { reason: 'superseded by a newer link' } }]);
  });
});

describe('an invitation', () => {
  it('ends when the same address is invited again, so that the roles of the last one hold', async () => {
    const first = await invitation(boss, 'eve@example.com', ['owner']);
    const second = await invitation(boss, 'eve@example.com', ['auditor']);
    await isOver(first);
    const eve = await enrol(world, second);
    expect((await success(get('/v1/session', { cookie: eve.cookie }))).user.roles).toEqual(['auditor']);
  });

  it('of somebody else stays open', async () => {
    const [other, own] = [
      await invitation(boss, 'a@example.com', ['auditor']),
      await invitation(boss, 'b@example.com', ['auditor']),
    ];
    const joined = await enrol(world, own);
    await success(call('DELETE', `/v1/members/${joined.user}`, { cookie: boss.cookie }));
    await isOpen(other);
  });

  it.each<[string, (giver: Member) => Promise<unknown>]>([
    ['lost the passkey that signed it', (giver) => revokePasskey(giver)],
    ['was locked', ({ user }) => success(post(`/v1/members/${user}/lock`, { cookie: boss.cookie, body: {} }))],
    ['was removed', ({ user }) => call('DELETE', `/v1/members/${user}`, { cookie: boss.cookie })],
  ])('ends when the person who gave it out %s', async (_what, happens) => {
    const giver = await join(boss, 'giver@example.com', ['admin']);
    const link = await invitation(giver, 'eve@example.com', ['auditor']);
    await isOpen(link);
    await happens(giver);
    await isOver(link);
  });
});

async function revokePasskey({ cookie }: Member): Promise<void> {
  const { passkeys } = await success(get('/v1/session', { cookie }));
  await success(call('DELETE', `/v1/passkeys/${passkeys[0].id}`, { cookie: boss.cookie }));
}
