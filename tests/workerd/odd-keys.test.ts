// Keys are judged when they are enrolled. One that was enrolled before they were, and that nobody else could verify, is
// listed with its fault and signs the enrolment of its successor at most: then recovery is the way.
import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Passkey } from '../../core/authority.ts';
import { base64url, concatBytes, fromBase64Url, utf8 } from '../../core/encoding.ts';
import type { Knobs } from '../../scripts/software-passkey.ts';
import { webCrypto } from '../../sdk/src/verify/evidence-crypto.ts';
import { CLIENT_FORMS } from '../support/odd-forms.ts';
import { UNFIT, WEAK } from '../support/odd-keys.ts';
import { SoftwarePasskey } from '../support/software-passkey.ts';
import { type Answer, BASE, env, get, post, success } from './support/house.ts';
import {
  change,
  decide,
  enrol,
  found,
  internal,
  type Member,
  member,
  owner,
  propose,
  signIn,
  tokenOf,
  unique,
  type World,
} from './support/world.ts';

let world: World;
let boss: Member;
beforeAll(async () => {
  world = await found('live');
  boss = await owner(world);
});

/** Tries to enrol with a link; the answer. */
async function tried(link: string, knobs: Knobs): Promise<Answer> {
  const passkey = await SoftwarePasskey.make(BASE);
  const { intent, intent_token, public_key } = await success(
    post('/v1/passkeys/options', { body: { token: tokenOf(link) } }),
  );
  const body = { intent, intent_token, response: await passkey.create(public_key, knobs) } as never;
  return post('/v1/passkeys', { body });
}

const invitation = async (email: string): Promise<string> =>
  (await change(boss, 'invitation', { name: email, email, roles: ['reviewer'] })).secret;
const refused = ({ status, body }: Answer): boolean => status === 401 && body.code === 'ceremony-failed';
const textItem = (word: string) => concatBytes(Uint8Array.of(0x60 | word.length), utf8(word));

/** The attestation object around the key (WebAuthn level 3, section 6.5.4). */
const ATTESTATIONS: readonly (readonly [string, Knobs])[] = [
  ['a byte after the attestation', { bendAttestation: (honest) => concatBytes(honest, Uint8Array.of(0)) }],
  [
    'a format twice',
    {
      bendAttestation: (honest) =>
        concatBytes(Uint8Array.of(0xa4), textItem('fmt'), textItem('none'), honest.subarray(1)),
    },
  ],
  [
    'another member',
    { bendAttestation: (honest) => concatBytes(Uint8Array.of(0xa4), honest.subarray(1), textItem('x'), textItem('y')) },
  ],
  ['an attestation cut short', { bendAttestation: (honest) => honest.subarray(0, -1) }],
  ['bytes after the key', { bendData: (honest) => concatBytes(honest, Uint8Array.of(0xa0)) }],
  ['no credential', { bendData: (honest) => honest.map((byte, at) => (at === 32 ? byte & ~0x40 : byte)) }],
];

describe('an enrolment', () => {
  it('of any unfit key, in any odd attestation or client data, is refused and uses no link', async () => {
    const link = await invitation('odd@example.com');
    const taken: string[] = [];
    const forms = [
      ...UNFIT.map(([name, key]) => [name, { bendKey: () => key }] as const),
      ...ATTESTATIONS,
      ...CLIENT_FORMS,
    ];
    for (const [name, knobs] of forms) {
      const answer = await tried(link, knobs);
      if (!refused(answer)) taken.push(`${name}: ${answer.status} ${answer.text.slice(0, 80)}`);
    }
    expect(taken).toEqual([]);
    expect((await enrol(world, link)).cookie).not.toBe('');
  });

  it('after a recovery of any unfit key ends none of the old ones', async () => {
    const person = await member(boss, 'lost@example.com', ['reviewer']);
    const { secret } = await change(boss, 'recovery', { reason: 'lost' }, person.user);
    for (const [name, key] of WEAK) expect(refused(await tried(secret, { bendKey: () => key })), name).toBe(true);
    const { id } = await propose(world, unique());
    expect((await success(decide(person, id))).status).toBe('approved');
  });
});

/** What was enrolled before keys were judged: the stored key in the place of the honest one. */
async function stored(of: Member, bend: (key: Uint8Array) => Uint8Array): Promise<string> {
  const organization = env.ORGANIZATION.getByName(world.organization);
  return runInDurableObject(organization as never, (_: unknown, state: DurableObjectState) => {
    const rows = state.storage.sql.exec<{ id: string; document: string }>('SELECT id, document FROM org_passkeys');
    const { id, document } = rows.toArray().find((row) => JSON.parse(row.document).user === of.user)!;
    const passkey = JSON.parse(document) as Passkey;
    const public_key = base64url(bend(fromBase64Url(passkey.public_key)!));
    state.storage.sql.exec(
      'UPDATE org_passkeys SET document = ? WHERE id = ?',
      JSON.stringify({ ...passkey, public_key }),
      id,
    );
    return id;
  });
}

/** The same key with something beside its parts: the platform verifies its signatures, evidence does not. */
const dressed = (key: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(key[0]! + 1), key.subarray(1), textItem('x'), Uint8Array.of(1));

async function successor(of: Member, signer = of.passkey): Promise<Answer> {
  const { cookie } = of;
  const fresh = await SoftwarePasskey.make(BASE);
  const { intent, intent_token, public_key } = await success(post('/v1/passkeys/options', { cookie, body: {} }));
  const body = { intent, intent_token, response: await fresh.create(public_key) } as never;
  const asked = await success(post('/v1/passkeys', { cookie, body }));
  const assertion = await signer.get(asked.public_key);
  const signed = { intent: asked.intent, intent_token: asked.intent_token, assertion } as never;
  return post('/v1/passkeys', { cookie, body: signed });
}

describe('a key that was enrolled before keys were judged', () => {
  it('and is odd is listed with its fault, signs nothing but the enrolment of its successor, and says why', async () => {
    const person = await member(boss, 'dressed@example.com', ['reviewer']);
    const { id } = await propose(world, unique());
    const passkey = await stored(person, dressed);
    const { data } = await success(get('/v1/members', { cookie: boss.cookie }));
    const [shown] = data.find((one: { id: string }) => one.id === person.user).passkeys;
    expect(shown).toMatchObject({ id: passkey, fault: 'the key holds what no key holds' });
    expect((await success(get('/v1/session', { cookie: person.cookie }))).passkeys[0].fault).toBe(shown.fault);
    const path = '/v1/internal/unsound-passkeys';
    const told = await success(internal(path, { organization: world.organization }));
    expect(told.passkeys).toContainEqual({
      passkey,
      name: 'software',
      user: person.user,
      person: 'dressed@example.com',
      fault: shown.fault,
    });
    expect((await post(path, { body: { organization: world.organization } })).status).toBe(401);
    for (const answer of [await decide(person, id), await signIn(person.passkey)]) {
      expect([answer.status, answer.body.code]).toEqual([403, 'passkey-unverifiable']);
      expect(answer.body.detail).toContain('add one under “You”');
    }
    const enrolled = await successor(person);
    expect([enrolled.status, enrolled.body.fault]).toEqual([201, null]);
  });

  it.each(WEAK)('and is %s signs nothing at all: recovery is the way', async (_, key) => {
    const person = await member(boss, `${crypto.randomUUID()}@example.com`, ['reviewer']);
    await stored(person, () => key);
    const answer = await successor(person);
    expect([answer.status, answer.body.code]).toEqual([403, 'passkey-unverifiable']);
    expect(answer.body.detail).toContain('recovery link');
    const { secret } = await change(boss, 'recovery', { reason: 'weak' }, person.user);
    const back = await enrol(world, secret);
    const { id } = await propose(world, unique());
    expect((await success(decide(back, id))).status).toBe('approved');
  });

  it('and lets one signature fit every message signs nobody in', async () => {
    const person = await member(boss, 'identity@example.com', ['reviewer']);
    const [, identity] = WEAK.find(([name]) => name.includes('y 1'))!;
    await stored(person, () => identity);
    const offer = await success(post('/v1/session/options', { body: {} }));
    const signature = new Uint8Array(64);
    signature[0] = 1;
    // Why: here the platform takes it for every message, where Node's refuses it.
    const key = { kty: 'OKP', crv: 'Ed25519', x: base64url(identity.slice(-32)) } as const;
    const takes = [1, 2, 3].map((n) => webCrypto.verify(key, Uint8Array.of(n), signature));
    expect(await Promise.all(takes)).toEqual([true, true, true]);
    const assertion = await person.passkey.get(offer.public_key, { bendSignature: () => signature });
    const body = { intent: offer.intent, intent_token: offer.intent_token, assertion } as never;
    expect((await post('/v1/session', { body })).body.code).toBe('passkey-unverifiable');
  });

  it('is not asked for where there is a sound one beside it', async () => {
    const person = await member(boss, 'both@example.com', ['reviewer']);
    await success(successor(person));
    await stored(person, (key) => (key[0] === 0xa5 ? dressed(key) : key));
    const { id } = await propose(world, unique());
    const path = `/v1/approval-requests/${id}/decisions/options`;
    const { public_key } = await success(post(path, { cookie: person.cookie, body: { decision: 'approve' } }));
    expect(public_key.allowCredentials).toHaveLength(1);
  });
});
