// People change while a request waits: removed, locked, moved, made owners, recovered, racing each other. Eligible when it
// was made, at the vote, and when the requirement is met (policy.md "Who may decide"), on the real objects.
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { SoftwarePasskey } from '../support/software-passkey.ts';
import { count, history } from './support/history.ts';
import { type Answer, BASE, call, get, post, success } from './support/house.ts';
import {
  change,
  cookieOf,
  decide,
  enrol,
  exchange,
  found,
  type Member,
  member,
  offered,
  owner,
  propose,
  sign,
  unique,
  type World,
} from './support/world.ts';

const RULES = `
  - { id: two, match: { action: "two.**" }, verdict: require_approval, risk: low, approvals: [{ from: "group:finance", count: 2 }] }
  - { id: reviewers, match: { action: "review.**" }, verdict: require_approval, risk: low, approvals: [{ from: "role:reviewer", count: 1 }] }
  - { id: owned, match: { action: "owned.**" }, verdict: require_approval, risk: low, separation: owners, approvals: [{ from: "group:finance", count: 2 }] }
  - { id: grave, match: { action: "grave.**" }, verdict: require_approval, risk: high, approvals: [{ from: "group:finance", count: 2 }] }
`;
const POLICY = `version: 1
defaults: { verdict: require_approval, risk: low }
risk: { high: { separation: owners } }
rules:${RULES}`;

interface House {
  world: World;
  boss: Member;
  ada: Member;
  bob: Member;
  dan: Member;
  finance: string;
}

async function house(): Promise<House> {
  const world = await found('live', POLICY);
  const boss = await owner(world);
  const join = (name: string) => member(boss, `${name}@example.com`, ['reviewer']);
  const [ada, bob, dan] = [await join('ada'), await join('bob'), await join('dan')];
  const members = [ada.user, bob.user, dan.user];
  const { target: finance } = await change(boss, 'group', { name: 'finance', members });
  return { world, boss, ada, bob, dan, finance };
}

const refused = (answer: Answer, status: number, code: string): void =>
  expect([answer.status, answer.body?.code], answer.text).toEqual([status, code]);
const asked = async (of: House, action: string): Promise<string> => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return (await propose(of.world, { action, ...unique() })).id;
};
const statusOf = async (of: House, id: string): Promise<string> =>
  (await success(get(`/v1/approval-requests/${id}`, { cookie: of.boss.cookie }))).status;
const signIn = async (passkey: SoftwarePasskey): Promise<Answer> => {
  const { intent, intent_token, public_key } = await success(post('/v1/session/options', { body: {} }));
  const assertion = await passkey.get(public_key);
  return post('/v1/session', { body: { intent, intent_token, assertion } as never });
};
const proposed = (by: Member, kind: string, value: JsonObject, target: string) =>
  success(post('/v1/changes', { cookie: by.cookie, body: { kind, value, target } }));
async function signed(by: Member, id: string): Promise<Answer> {
  const { cookie, passkey } = by;
  const offer = await success(post(`/v1/changes/${id}/options`, { cookie, body: {} }));
  const body = {
    intent: offer.intent,
    intent_token: offer.intent_token,
    assertion: await passkey.get(offer.public_key),
  };
  return post(`/v1/changes/${id}/sign`, { cookie, body: body as never });
}

describe('two people at once', () => {
  let of: House;
  beforeAll(async () => {
    of = await house();
  });
  const ready = async (by: Member, id: string) => {
    const offer = await success(offered(by, id));
    return () => sign(by, id, offer);
  };

  it('who are the quorum both count, and one of them completes it', async () => {
    for (let round = 0; round < 8; round++) {
      const id = await asked(of, 'two.raced');
      const votes = [await ready(of.ada, id), await ready(of.bob, id)];
      const answers = await Promise.all(votes.map((vote) => vote()));
      for (const { status, text } of answers) expect(status, text).toBe(200);
      const told = await history(of.world, id);
      expect([count(told, 'approval.vote_recorded'), count(told, 'approval.decided')]).toEqual([1, 1]);
      expect(count(told, 'capability.issued')).toBe(1);
      const { decisions } = await success(get(`/v1/approval-requests/${id}`, { cookie: of.boss.cookie }));
      expect(new Set(decisions.map(({ reviewer }: Answer['body']) => reviewer.id)).size).toBe(2);
    }
  });

  it('for the last seat: one completes, the other is told, and nothing is issued twice', async () => {
    for (let round = 0; round < 8; round++) {
      const id = await asked(of, 'two.last-seat');
      await success(decide(of.ada, id));
      const votes = [await ready(of.bob, id), await ready(of.dan, id)];
      const answers = await Promise.all(votes.map((vote) => vote()));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const told = await history(of.world, id);
      expect([count(told, 'approval.decided'), count(told, 'capability.issued')]).toEqual([1, 1]);
      expect(count(told, 'approval.vote_recorded')).toBe(1);
    }
  });

  it('of whom one rejects: either way there is one end', async () => {
    for (let round = 0; round < 8; round++) {
      const id = await asked(of, 'two.torn');
      await success(decide(of.ada, id));
      const no = await success(offered(of.dan, id, { decision: 'reject', comment: 'no' }));
      const yes = await ready(of.bob, id);
      await Promise.all([yes(), sign(of.dan, id, no, { comment: 'no' })]);
      const told = await history(of.world, id);
      expect(count(told, 'approval.decided')).toBe(1);
      expect(count(told, 'capability.issued')).toBe(told.life.status === 'approved' ? 1 : 0);
    }
  });
});

describe('somebody who voted and then', () => {
  const by = (of: House) => ({ cookie: of.boss.cookie, body: {} });
  const cuts: [what: string, cut: (of: House) => Promise<unknown>][] = [
    ['was removed', (of) => success(call('DELETE', `/v1/members/${of.ada.user}`, by(of)))],
    ['was locked', (of) => success(post(`/v1/members/${of.ada.user}/lock`, by(of)))],
    ['left the group', (of) => change(of.boss, 'group', { members: [of.bob.user, of.dan.user] }, of.finance)],
    [
      'left the group and came back',
      async (of) => {
        await change(of.boss, 'group', { members: [of.bob.user, of.dan.user] }, of.finance);
        await change(of.boss, 'group', { members: [of.ada.user, of.bob.user, of.dan.user] }, of.finance);
      },
    ],
    ['had the group taken away', (of) => change(of.boss, 'group', { name: 'money' }, of.finance)],
    [
      'was locked and unlocked',
      async (of) => {
        await success(post(`/v1/members/${of.ada.user}/lock`, by(of)));
        await change(of.boss, 'member', { locked: false }, of.ada.user);
      },
    ],
    [
      'had the passkey revoked',
      async (of) => {
        const { passkeys } = await success(get('/v1/session', { cookie: of.ada.cookie }));
        await success(call('DELETE', `/v1/passkeys/${passkeys[0].id}`, by(of)));
      },
    ],
  ];
  it.each(cuts)('%s counts no more, and the request waits on', async (what, cut) => {
    const of = await house();
    const id = await asked(of, 'two.cut');
    await success(decide(of.ada, id));
    await cut(of);
    const second = await decide(of.bob, id);
    if (what === 'had the group taken away') refused(second, 403, 'not-eligible');
    else expect((await success(second)).status).toBe('pending');
    expect(await statusOf(of, id)).toBe('pending');
    if (second.status === 200) expect((await success(decide(of.dan, id))).status).toBe('approved');
    const told = await history(of.world, id);
    expect(count(told, 'capability.issued')).toBe(second.status === 200 ? 1 : 0);
  });
});

describe('somebody who came after the request was made', () => {
  it('into the group, or to the role, does not decide it, and decides the next one', async () => {
    const of = await house();
    const [id, other] = [await asked(of, 'two.early'), await asked(of, 'review.early')];
    const eve = await member(of.boss, 'eve@example.com', ['reviewer']);
    const members = [of.ada.user, of.bob.user, of.dan.user, eve.user];
    await change(of.boss, 'group', { members }, of.finance);
    for (const request of [id, other]) refused(await decide(eve, request), 403, 'not-eligible');
    expect((await success(decide(eve, await asked(of, 'two.later')))).status).toBe('pending');
  });
});

describe('a role that is taken away', () => {
  it('is gone at once, with the session open and the intent in hand', async () => {
    const of = await house();
    const id = await asked(of, 'review.it');
    const offer = await success(offered(of.ada, id));
    await change(of.boss, 'member', { roles: ['auditor'] }, of.ada.user);
    expect((await get('/v1/session', { cookie: of.ada.cookie })).status).toBe(200);
    refused(await sign(of.ada, id, offer), 403, 'not-eligible');
    expect(await statusOf(of, id)).toBe('pending');
    await change(of.boss, 'member', { roles: ['admin'] }, of.dan.user);
    const body = { kind: 'organization', value: { name: 'Mine' } };
    await success(post('/v1/changes', { cookie: of.dan.cookie, body }));
    await change(of.boss, 'member', { roles: ['reviewer'] }, of.dan.user);
    refused(await post('/v1/changes', { cookie: of.dan.cookie, body }), 403, 'forbidden');
  });
});

describe('a policy that is replaced meanwhile', () => {
  const publish = (of: House, rules: string) =>
    change(of.boss, 'policy', {
      source: `version: 1\ndefaults: { verdict: require_approval, risk: low }\nrules:${rules}`,
    });

  it('asks what the pinned version asked', async () => {
    const of = await house();
    const id = await asked(of, 'two.pinned');
    await success(decide(of.ada, id));
    await publish(of, RULES.replaceAll('group:finance', 'group:nobody').replace('count: 2', 'count: 1'));
    expect((await success(decide(of.bob, id))).status).toBe('approved');
    expect((await exchange(of.world, id)).status).toBe(200);
    refused(await decide(of.ada, await asked(of, 'two.new')), 403, 'not-eligible');
  });

  it('and denies it refuses the decision and the exchange, and changes no state', async () => {
    const of = await house();
    const [open, done] = [await asked(of, 'two.open'), await asked(of, 'two.done')];
    for (const by of [of.ada, of.bob]) await success(decide(by, done));
    await publish(of, `\n  - { id: none, match: { action: "two.**" }, verdict: deny }\n`);
    refused(await decide(of.ada, open), 403, 'policy-denies');
    refused(await exchange(of.world, done), 403, 'policy-denies');
    expect([await statusOf(of, open), await statusOf(of, done)]).toEqual(['pending', 'approved']);
  });
});

describe('separation: owners', () => {
  const own = (of: House, owners: string[]) => change(of.boss, 'service_account', { owners }, of.world.service_account);

  it.each([
    ['by rule', 'owned.it'],
    ['by risk', 'grave.it'],
  ])('%s keeps an owner out when it is made, at the vote, and when it is complete', async (_what, action) => {
    const of = await house();
    await own(of, [of.ada.user]);
    const first = await asked(of, action);
    refused(await decide(of.ada, first), 403, 'not-eligible');
    const [second, third] = [await asked(of, action), await asked(of, action)];
    await success(decide(of.bob, second));
    await success(decide(of.dan, third));
    await own(of, [of.ada.user, of.bob.user]);
    refused(await decide(of.bob, third), 403, 'not-eligible');
    expect((await success(decide(of.dan, second))).status).toBe('pending');
    expect([await statusOf(of, second), await statusOf(of, third)]).toEqual(['pending', 'pending']);
    await own(of, []);
    refused(await decide(of.ada, third), 403, 'not-eligible');
    expect((await success(decide(of.bob, third))).status).toBe('approved');
    expect((await success(decide(of.ada, await asked(of, action)))).status).toBe('pending');
  });

  it('keeps out whoever made a key of the account, when it was made and later', async () => {
    const of = await house();
    await change(of.boss, 'member', { roles: ['admin', 'reviewer'] }, of.ada.user);
    const early = await asked(of, 'owned.it');
    const value = { service_account: of.world.service_account, name: 'hers', scopes: ['requests:write'] };
    const { secret } = await change(of.ada, 'api_key', value);
    const late = (await propose(of.world, { action: 'owned.it', ...unique() }, { id: '', text: secret })).id;
    for (const id of [early, late]) refused(await decide(of.ada, id), 403, 'not-eligible');
    expect((await success(decide(of.bob, late))).status).toBe('pending');
  });

  it('unset, an owner watches over their own agent', async () => {
    const of = await house();
    await own(of, [of.ada.user]);
    const id = await asked(of, 'review.it');
    expect((await success(decide(of.ada, id))).status).toBe('approved');
  });
});

describe('one person in two organisations', () => {
  it('has two accounts: mail, session and passkey of one mean nothing in the other', async () => {
    const [here, there] = [await house(), await house()];
    const mine = await success(get('/v1/session', { cookie: here.ada.cookie }));
    const other = await success(get('/v1/session', { cookie: there.ada.cookie }));
    expect(mine.user.email).toBe(other.user.email);
    expect(mine.user.id).not.toBe(other.user.id);
    const id = await asked(there, 'review.it');
    for (const path of [`/v1/approval-requests/${id}`, `/v1/changes/${id}`])
      refused(await get(path, { cookie: here.ada.cookie }), 404, 'not-found');
    refused(await offered(here.ada, id), 404, 'not-found');
    const offer = await success(offered(there.ada, id));
    refused(await sign({ ...there.ada, passkey: here.ada.passkey }, id, offer), 401, 'ceremony-failed');
    refused(await sign(here.ada, id, offer, { cookie: there.ada.cookie }), 401, 'ceremony-failed');
    expect(
      (await signed(here.boss, (await proposed(here.boss, 'group', { members: [] }, here.finance)).id)).status,
    ).toBe(200);
    expect((await success(get('/v1/groups', { cookie: there.boss.cookie }))).data[0].members).toHaveLength(3);
    const session = await signIn(here.ada.passkey);
    const opened = await success(get('/v1/session', { cookie: cookieOf(session) }));
    expect(opened.organization.id).toBe(here.world.organization);
    await success(call('DELETE', `/v1/members/${here.ada.user}`, { cookie: here.boss.cookie, body: {} }));
    refused(await signIn(here.ada.passkey), 401, 'ceremony-failed');
    expect((await signIn(there.ada.passkey)).status).toBe(201);
    expect((await success(decide(there.ada, id))).status).toBe('approved');
  });
});

describe('a person with two passkeys', () => {
  async function further(by: Member): Promise<SoftwarePasskey> {
    const { cookie } = by;
    const key = await SoftwarePasskey.make(BASE);
    const offer = await success(post('/v1/passkeys/options', { cookie, body: {} }));
    const { intent, intent_token } = offer;
    const made = { intent, intent_token, response: await key.create(offer.public_key), name: 'second' } as never;
    const vouch = await success(post('/v1/passkeys', { cookie, body: made }));
    const assertion = await by.passkey.get(vouch.public_key);
    await success(
      post('/v1/passkeys', {
        cookie,
        body: { intent: vouch.intent, intent_token: vouch.intent_token, assertion } as never,
      }),
    );
    return key;
  }

  it('counts once, decides with either, and with the new one nothing grave for a day', async () => {
    const of = await house();
    const second = { ...of.ada, passkey: await further(of.ada) };
    const id = await asked(of, 'two.keys');
    expect((await success(decide(second, id))).status).toBe('pending');
    refused(await decide(of.ada, id), 403, 'not-eligible');
    expect((await success(decide(of.bob, id))).status).toBe('approved');
    const grave = await asked(of, 'grave.it');
    refused(await decide(second, grave), 403, 'passkey-too-new');
    expect((await success(decide(of.ada, grave))).status).toBe('pending');
  });
});

describe('a recovery', () => {
  it('needs a second administrator, ends every earlier key and session, and keeps the person’s standing', async () => {
    const of = await house();
    await change(of.boss, 'member', { roles: ['admin', 'reviewer'] }, of.dan.user);
    const id = await asked(of, 'review.it');
    const { id: recovery } = await proposed(of.boss, 'recovery', { reason: 'lost' }, of.ada.user);
    const half = await success(signed(of.boss, recovery));
    expect([half.status, half.signatures_needed, half.secret ?? null]).toEqual(['proposed', 2, null]);
    refused(await signed(of.boss, recovery), 403, 'second-signature-required');
    refused(await signed(of.ada, recovery), 403, 'forbidden');
    const { secret } = await success(signed(of.dan, recovery));
    expect((await success(get('/v1/session', { cookie: of.ada.cookie }))).user.id).toBe(of.ada.user);
    const back = await enrol(of.world, secret);
    expect(back.user).toBe(of.ada.user);
    refused(await get('/v1/session', { cookie: of.ada.cookie }), 401, 'unauthenticated');
    refused(await signIn(of.ada.passkey), 401, 'ceremony-failed');
    expect((await success(decide(back, id))).status).toBe('approved');
  });
});
