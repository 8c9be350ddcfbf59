// Two readers of the same signed bytes: whatever a passkey signed in a form that whoever verifies evidence refuses is
// refused here, at every ceremony, and consumes nothing: the honest signature over the same offer is taken afterwards.
import { beforeAll, describe, expect, it } from 'vitest';
import { base64url, fromBase64Url } from '../../core/encoding.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Knobs, SoftwarePasskey } from '../../scripts/software-passkey.ts';
import { ASSERTION_FORMS, isNegatable, NEGATIVE } from '../support/odd-forms.ts';
import { SoftwarePasskey as Software } from '../support/software-passkey.ts';
import { type Answer, BASE, post, success } from './support/house.ts';
import {
  change,
  decide,
  enrol,
  found,
  type Member,
  member,
  owner,
  propose,
  tokenOf,
  unique,
  type World,
} from './support/world.ts';

const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - { id: edits, match: { action: "edit.it" }, verdict: require_approval, risk: low, edits: any }
parameters:
  - action: "edit.*"
    schema: { type: object, properties: { amount: { type: integer } } }
`;

let world: World;
let boss: Member;
let reviewer: Member;
let fire: Member;
beforeAll(async () => {
  world = await found('live', POLICY);
  boss = await owner(world);
  reviewer = await member(boss, 'reviewer@example.com', ['reviewer']);
  fire = await member(boss, 'fire@example.com', ['break_glass']);
});

/** What is to be signed, by which key, and where the answer goes. */
interface Ceremony {
  offer: Answer['body'];
  passkey: SoftwarePasskey;
  send: (assertion: unknown) => Promise<Answer>;
}

/** Options at `path`/options, the answer to `path`. */
async function at(by: Member, path: string, asked: JsonObject, said: JsonObject = {}): Promise<Ceremony> {
  const { cookie } = by;
  const offer = await success(post(`${path}/options`, { cookie, body: asked }));
  return { offer, passkey: by.passkey, send: sender(offer, path, cookie, said) };
}

const sender =
  ({ intent, intent_token }: Answer['body'], path: string, cookie?: string, said: JsonObject = {}) =>
  (assertion: unknown) =>
    post(path, {
      ...(cookie === undefined ? {} : { cookie }),
      body: { intent, intent_token, assertion, ...said } as never,
    });

async function changing(by: Member, kind: string, value: JsonObject): Promise<Ceremony> {
  const { cookie } = by;
  const { id } = await success(post('/v1/changes', { cookie, body: { kind, value } }));
  const offer = await success(post(`/v1/changes/${id}/options`, { cookie, body: {} }));
  return { offer, passkey: by.passkey, send: sender(offer, `/v1/changes/${id}/sign`, cookie) };
}

/** A new passkey, and the second ceremony that its registration leads to. */
async function made(by: { cookie?: string; token?: string }) {
  const { token, ...caller } = by;
  const passkey = await Software.make(BASE);
  const { intent, intent_token, public_key } = await success(
    post('/v1/passkeys/options', { ...caller, body: token === undefined ? {} : { token } }),
  );
  const body = { intent, intent_token, response: await passkey.create(public_key) } as never;
  const offer = await success(post('/v1/passkeys', { ...caller, body }));
  return { offer, passkey, send: sender(offer, '/v1/passkeys', by.cookie) };
}

const GLASS = { action: 'deployment.rollback', resource: 'service:billing-api', actor: 'service-account:release-bot' };
const SAID = { verdict: 'justified', comment: 'I read the incident.' };
const recovered = async () => {
  const person = await member(boss, `${crypto.randomUUID()}@example.com`, ['reviewer']);
  const { secret } = await change(boss, 'recovery', { reason: 'lost' }, person.user);
  return { person, token: tokenOf(secret) };
};

const CEREMONIES: Record<string, () => Promise<Ceremony>> = {
  'a decision': async () => {
    const { id } = await propose(world, unique());
    return at(reviewer, `/v1/approval-requests/${id}/decisions`, { decision: 'approve' });
  },
  'an edit': async () => {
    const { id } = await propose(world, { action: 'edit.it', params: { amount: 5 } });
    return at(reviewer, `/v1/approval-requests/${id}/edit`, { params: { amount: 4 } });
  },
  'a change': () => changing(boss, 'organization', { name: `Test ${crypto.randomUUID()}` }),
  'a delegation': () =>
    changing(reviewer, 'delegation', { to: boss.user, expires_at: new Date(Date.now() + 86_400_000).toISOString() }),
  'a break-glass use': () => at(fire, '/v1/break-glass', { ...GLASS, ...unique(), reason: 'billing is down' }),
  'the review of a use': async () => {
    const other = await member(boss, `${crypto.randomUUID()}@example.com`, ['break_glass']);
    const use = await at(other, '/v1/break-glass', { ...GLASS, ...unique(), reason: 'billing is down' });
    const { id } = await success(use.send(await other.passkey.get(use.offer.public_key)));
    return at(boss, `/v1/break-glass/${id}/review`, SAID, { comment: SAID.comment });
  },
  'the enrolment of a further passkey': async () => ({
    ...(await made({ cookie: boss.cookie })),
    passkey: boss.passkey,
  }),
  'the first signature after a recovery': async () => made({ token: (await recovered()).token }),
  'a sign-in': async () => {
    const offer = await success(post('/v1/session/options', { body: {} }));
    return { offer, passkey: reviewer.passkey, send: sender(offer, '/v1/session') };
  },
};

async function tried({ offer, passkey, send }: Ceremony, knobs: Knobs): Promise<Answer> {
  return send(await passkey.get(offer.public_key, knobs));
}

/** Signs until a half of the signature begins with a high bit, and writes it without the zero that makes it positive. */
async function negative({ offer, passkey, send }: Ceremony): Promise<Answer> {
  for (;;) {
    const assertion = await passkey.get(offer.public_key);
    const signature = fromBase64Url(assertion.response.signature)!;
    if (!isNegatable(signature)) continue;
    const bent = base64url(NEGATIVE.bendSignature!(signature));
    return send({ ...assertion, response: { ...assertion.response, signature: bent } });
  }
}

describe.each(Object.entries(CEREMONIES))('%s', (_, begin) => {
  it('is refused in every form that two readers could read differently, and taken in the honest one', async () => {
    const ceremony = await begin();
    const taken: string[] = [];
    const note = (name: string, { status, body }: Answer) => {
      if (status !== 401 || body.code !== 'ceremony-failed') taken.push(`${name}: ${status} ${body?.code}`);
    };
    for (const [name, knobs] of ASSERTION_FORMS) note(name, await tried(ceremony, knobs));
    note('negative integers', await negative(ceremony));
    const loose = await ceremony.passkey.get(ceremony.offer.public_key);
    for (const field of ['signature', 'authenticatorData', 'clientDataJSON'] as const)
      note(`stray bits in ${field}`, await ceremony.send(strayed(loose, field)));
    expect(taken).toEqual([]);
    await success(tried(ceremony, {}));
  });
});

/** The same bytes for a careless decoder: one more character, or another last one. */
function strayed<T extends { response: { [field in F]: string } }, F extends string>(assertion: T, field: F): T {
  const text: string = assertion.response[field];
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const next = alphabet[alphabet.indexOf(text.at(-1)!) + 1] ?? 'A';
  const bent = text.length % 4 === 0 ? `${text}A` : `${text.slice(0, -1)}${next}`;
  return { ...assertion, response: { ...assertion.response, [field]: bent } };
}

describe('a recovery', () => {
  it('keeps the old passkeys and the link until the new one has signed', async () => {
    const { person, token } = await recovered();
    const first = await made({ token });
    const { id } = await propose(world, unique());
    expect((await success(decide(person, id))).status, 'the old one still signs').toBe('approved');
    const stranger = await Software.make(BASE);
    stranger.userHandle = first.passkey.userHandle;
    const forged = await stranger.get(first.offer.public_key, { credentialId: first.passkey.credentialId });
    expect((await first.send(forged)).body.code).toBe('ceremony-failed');
    const again = await made({ token });
    const { status, headers } = await again.send(await again.passkey.get(again.offer.public_key));
    expect([status, headers.get('set-cookie') !== null]).toEqual([201, true]);
    const late = await propose(world, unique());
    expect((await decide(person, late.id)).status, 'the old session has ended').toBe(401);
    expect((await first.send(await first.passkey.get(first.offer.public_key))).body.code).toBe('token-used');
  });

  it('answers the same signature again with the same session', async () => {
    const { token } = await recovered();
    const { offer, passkey, send } = await made({ token });
    const assertion = await passkey.get(offer.public_key);
    const [one, two] = [await send(assertion), await send(assertion)];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.headers.get('set-cookie')).toBe(one.headers.get('set-cookie'));
    expect(two.body.id).toBe(one.body.id);
  });

  it('is one step more than an invitation, whose link has no old passkeys to end', async () => {
    const { secret } = await change(boss, 'invitation', { name: 'Eve', email: 'eve@example.com', roles: ['auditor'] });
    expect((await enrol(world, secret)).cookie).not.toBe('');
  });
});
