// Passkey ceremonies: everything that @simplewebauthn/server leaves to us (trust.md), broken one thing at a time.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Passkey } from '../../core/authority.ts';
import { userHandle } from '../../core/credential.ts';
import { base64url, concatBytes, fromBase64Url, utf8 } from '../../core/encoding.ts';
import { newId } from '../../core/ids.ts';
import {
  challengeOf,
  type DecisionIntent,
  type EnrolIntent,
  type Intent,
  type SignInIntent,
} from '../../core/intent.ts';
import { macKeys } from '../../core/mac.ts';
import type { Result } from '../../core/problems.ts';
import { offerAssertion, offerRegistration } from '../../worker/auth/ceremony.ts';
import { freshCeremony, inTime, intentToken, openIntent } from '../../worker/auth/intent-token.ts';
import { verifyRegistration } from '../../worker/auth/registration.ts';
import { verifyAssertion } from '../../worker/auth/webauthn.ts';
import { type Knobs, SoftwarePasskey } from '../support/software-passkey.ts';

const site = { origin: 'https://approve.example', rp_id: 'approve.example' };
const keys = macKeys([{ kid: 1, secret: base64url(new Uint8Array(32).fill(9)) }], 'intent');
const offering = { site, keys };
const id = <P extends 'org' | 'usr'>(prefix: P, fill: number) => newId(prefix, 1e12, new Uint8Array(10).fill(fill));
const organization = id('org', 1);
const user = id('usr', 2);
const stranger = id('usr', 3);

const enrolIntent = (): EnrolIntent => ({
  ...{ v: 1, kind: 'enrol', organization, rp_id: site.rp_id, user, token: null },
  ...freshCeremony(Date.now()),
});
const signInIntent = (): SignInIntent => ({
  ...{ v: 1, kind: 'sign-in', organization: '', rp_id: site.rp_id, user: null },
  ...freshCeremony(Date.now()),
});
const decision = (overrides: Partial<DecisionIntent> = {}): DecisionIntent => ({
  ...{ v: 1, kind: 'decision', organization, rp_id: site.rp_id, request: 'apr_1', stage: 0, decision: 'approve' },
  ...{ action_digest: 'sha256:a', request_digest: 'sha256:b', policy_digest: 'sha256:c', comment_digest: 'sha256:d' },
  scope: {
    action: 'a.b',
    resource: 'c:d',
    params_digest: 'sha256:e',
    audience: 'c:d',
    enforce: 'offline',
    dpop: false,
    ttl_seconds: 600,
  },
  ...{ edited: null, external_ref: null, reviewer: user, checkpoint: { size: 1, root: '' } },
  ...freshCeremony(Date.now()),
  ...overrides,
});

const enrollee = {
  organization,
  organization_name: 'Acme',
  user: { id: user, name: 'Dana', email: 'dana@x.example' },
  passkeys: [],
};

async function make(knobs: Knobs = {}, intent = enrolIntent()) {
  const key = await SoftwarePasskey.make(site.origin);
  const { public_key } = await offerRegistration(offering, intent, enrollee);
  return { key, verified: await verifyRegistration(site, intent, await key.create(public_key as never, knobs)) };
}

const value = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.reason}`);
  return result.value;
};
/** The inner reason of a failed ceremony: each refusal for its own. */
const why = (result: Result<unknown>) =>
  result.ok || result.problem.code !== 'ceremony-failed' ? outcome(result) : result.problem.reason;
const outcome = (result: Result<unknown>) => (result.ok ? 'verified' : result.problem.code);

describe('a registration', () => {
  it('of an honest authenticator gives its key, its id and its flags', async () => {
    const { key, verified } = await make({ backupEligible: true, backedUp: true });
    expect(value(verified)).toMatchObject({
      credential_id: key.credentialId,
      ...{ counter: 0, device_type: 'multiDevice', backed_up: true, transports: ['internal'] },
    });
  });

  it('asks for a discoverable credential, a verified user, no attestation, and the user handle of the person', async () => {
    const intent = enrolIntent();
    const { public_key } = await offerRegistration(offering, intent, enrollee);
    expect(public_key).toMatchObject({
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      ...{ attestation: 'none', user: { id: userHandle(organization, user) } },
    });
    expect(public_key.challenge, 'encoded once').toBe(base64url(challengeOf(intent)));
  });

  it.each<[string, Knobs, RegExp]>([
    ['from another origin', { origin: 'https://approve.example.evil.example' }, /origin is/],
    ['for another RP id', { rpId: 'evil.example' }, /it is not for/],
    ['that is an assertion', { type: 'webauthn.get' }, /type is/],
    ['over another challenge', { challenge: base64url(new Uint8Array(32)) }, /challenge is/],
    ['without a verified user', { userVerified: false }, /the person was not verified/],
    ['without a present user', { userPresent: false }, /nobody was present/],
    ['in a frame of another site', { crossOrigin: true }, /in a frame/],
    ['under another top origin', { topOrigin: 'https://evil.example' }, /in a frame/],
    ['in a frame that names its top', { crossOrigin: true, topOrigin: 'https://evil.example' }, /in a frame/],
  ])('%s is refused', async (_, knobs, reason) => {
    expect(why((await make(knobs)).verified)).toMatch(reason);
  });

  it('that names another credential than it attests is refused', async () => {
    const key = await SoftwarePasskey.make(site.origin);
    const intent = enrolIntent();
    const { public_key } = await offerRegistration(offering, intent, enrollee);
    const response = await key.create(public_key as never);
    const other = base64url(new Uint8Array(32).fill(7));
    expect(outcome(await verifyRegistration(site, intent, { ...response, id: other, rawId: other }))).toBe(
      'ceremony-failed',
    );
  });

  it('with an attestation chain is refused, because checking it would fetch what the device names', async () => {
    const key = await SoftwarePasskey.make(site.origin);
    const intent = enrolIntent();
    const { public_key } = await offerRegistration(offering, intent, enrollee);
    const response = await key.create(public_key as never);
    const text = (word: string) => concatBytes(Uint8Array.of(0x60 | word.length), utf8(word));
    const bytes = fromBase64Url(response.response.attestationObject)!;
    // `fmt: none` → `fmt: tpm`: three letters and a length.
    const at = bytes.findIndex((_, i) => bytes.subarray(i, i + 5).every((byte, j) => byte === text('none')[j]));
    const forged = concatBytes(bytes.subarray(0, at), text('tpm'), bytes.subarray(at + 5));
    const tampered = { ...response, response: { ...response.response, attestationObject: base64url(forged) } };
    const refused = await verifyRegistration(site, intent, tampered);
    expect(refused).toMatchObject({ ok: false, problem: { reason: 'attestation not asked for' } });
  });

  it('of garbage is refused, never thrown', async () => {
    const garbage = { clientDataJSON: 'AAAA', attestationObject: 'AAAA' };
    const response = {
      id: 'AA',
      rawId: 'AA',
      type: 'public-key',
      clientExtensionResults: {},
      response: garbage,
    } as const;
    expect(outcome(await verifyRegistration(site, enrolIntent(), response))).toBe('ceremony-failed');
  });
});

describe('an assertion', () => {
  let key: SoftwarePasskey;
  let passkey: Passkey;
  const signer = { organization, user };

  beforeAll(async () => {
    const made = await make();
    key = made.key;
    passkey = {
      ...{
        id: 'pk_1',
        user,
        name: 'Key',
        status: 'active',
        created_at: '',
        last_used_at: null,
        restricted_until: null,
      },
      ...{ event: 'evt_1', entry: 1 },
      ...value(made.verified),
    };
  });

  async function assert(knobs: Knobs = {}, changes: Partial<Passkey> = {}, intent: Intent = decision(), as = signer) {
    const { public_key } = await offerAssertion(offering, intent, [passkey]);
    const response = await key.get(public_key as never, knobs);
    return verifyAssertion(site, intent, response, { ...passkey, ...changes }, as);
  }

  it('of an honest authenticator verifies, and says which key and which counter', async () => {
    expect(value(await assert())).toMatchObject({ passkey: 'pk_1', new_counter: 0, backed_up: false });
  });

  it('is asked for with a verified user, of these passkeys, over the intent', async () => {
    const intent = decision();
    const { public_key, intent_token } = await offerAssertion(offering, intent, [passkey]);
    expect(public_key).toMatchObject({
      ...{ userVerification: 'required', rpId: site.rp_id, challenge: base64url(challengeOf(intent)) },
      allowCredentials: [{ id: passkey.credential_id }],
    });
    expect(openIntent(keys, 'decision', { intent: intent as never, intent_token }).ok).toBe(true);
  });

  it('is asked of any discoverable passkey at sign-in', async () => {
    const { public_key } = await offerAssertion(offering, signInIntent(), []);
    expect(public_key.allowCredentials ?? []).toEqual([]);
  });

  it.each<[string, Knobs, RegExp]>([
    ['from another origin', { origin: 'http://approve.example' }, /origin is/],
    ['from another port', { origin: 'https://approve.example:8443' }, /origin is/],
    ['for another RP id', { rpId: 'example' }, /it is not for/],
    ['that is a registration', { type: 'webauthn.create' }, /type is/],
    ['over another challenge', { challenge: base64url(new Uint8Array(32)) }, /challenge is/],
    [
      'over a challenge that was encoded twice',
      { challenge: base64url(utf8(base64url(new Uint8Array(32)))) },
      /challenge is/,
    ],
    ['without a verified user', { userVerified: false }, /the person was not verified/],
    ['without a present user', { userPresent: false }, /nobody was present/],
    [
      'with a signature over something else (verified: false)',
      { bogusSignature: true },
      /signature is not of the enrolled key/,
    ],
    ['in a frame of another site', { crossOrigin: true }, /in a frame/],
    ['under another top origin', { topOrigin: 'https://evil.example' }, /in a frame/],
    [
      'with the user handle of somebody else',
      { userHandle: userHandle(organization, stranger) },
      /userHandle|user handle/,
    ],
    [
      'with the user handle of another organisation',
      { userHandle: userHandle(id('org', 8), user) },
      /userHandle|user handle/,
    ],
    ['by another credential', { credentialId: base64url(new Uint8Array(32).fill(7)) }, /another credential/],
    ['whose backup eligibility has changed', { backupEligible: true }, /backup eligibility/],
  ])('%s is refused', async (_, knobs, reason) => {
    expect(why(await assert(knobs))).toMatch(reason);
  });

  it('by a revoked passkey is refused', async () => {
    expect(outcome(await assert({}, { status: 'revoked' }))).toBe('ceremony-failed');
  });

  it("by somebody else's passkey is refused", async () => {
    expect(outcome(await assert({}, { user: stranger }))).toBe('ceremony-failed');
    expect(outcome(await assert({ userHandle: null }, {}, decision(), { organization, user: stranger }))).toBe(
      'ceremony-failed',
    );
  });

  it('made with another key under the same id is refused', async () => {
    const other = await make();
    const { public_key } = value(other.verified);
    expect(outcome(await assert({}, { public_key }))).toBe('ceremony-failed');
  });

  it('without a user handle passes where we named the passkeys, and is refused at sign-in', async () => {
    expect(outcome(await assert({ userHandle: null }))).toBe('verified');
    const signIn = { ...signer, handle_required: true };
    expect(outcome(await assert({ userHandle: null }, {}, signInIntent(), signIn))).toBe('ceremony-failed');
    expect(outcome(await assert({}, {}, signInIntent(), signIn))).toBe('verified');
  });

  it.each<[string, number, number, Passkey['device_type'], string]>([
    ['shrinking on a device-bound key is refused', 9, 8, 'singleDevice', 'ceremony-failed'],
    ['gone from counting to 0 is refused', 9, 0, 'singleDevice', 'ceremony-failed'],
    ['growing passes', 9, 10, 'singleDevice', 'verified'],
    ['0 and 0 is normal', 0, 0, 'singleDevice', 'verified'],
  ])('with a counter %s', async (_, stored, counter, device_type, expected) => {
    expect(outcome(await assert({ counter }, { counter: stored, device_type }))).toBe(expected);
  });

  it('for one ceremony is not good for another one', async () => {
    const signIn = signInIntent();
    const { public_key } = await offerAssertion(offering, signIn, []);
    const response = await key.get(public_key as never);
    expect(outcome(await verifyAssertion(site, decision(), response, passkey, signer))).toBe('ceremony-failed');
  });

  it('is bound to every field of the intent, the scope included', async () => {
    const intent = decision();
    const { public_key } = await offerAssertion(offering, intent, [passkey]);
    const response = await key.get(public_key as never);
    for (const field of Object.keys(intent) as (keyof DecisionIntent)[]) {
      const changed = { ...intent, [field]: field === 'kind' ? 'edit' : `${intent[field]}x` } as DecisionIntent;
      expect(outcome(await verifyAssertion(site, changed, response, passkey, signer)), field).toBe('ceremony-failed');
    }
    const wider = { ...intent, scope: { ...intent.scope!, ttl_seconds: 601 } };
    expect(outcome(await verifyAssertion(site, wider, response, passkey, signer))).toBe('ceremony-failed');
    expect(outcome(await verifyAssertion(site, intent, response, passkey, signer))).toBe('verified');
  });

  it('says nothing outside about which check failed', async () => {
    const refused = [
      await assert({ bogusSignature: true }),
      await assert({ userVerified: false }),
      await assert({}, { status: 'revoked' }),
    ];
    const details = refused.map((result) => (result.ok ? '' : result.problem.detail));
    expect(new Set(details).size).toBe(1);
  });
});

describe('an intent token', () => {
  const intent = decision();
  const given = { intent: intent as never, intent_token: intentToken(keys, intent) };

  it('is refused with one field of the intent changed, or of another kind', () => {
    expect(openIntent(keys, 'decision', given).ok).toBe(true);
    const changed = { ...given, intent: { ...intent, decision: 'reject' } as never };
    expect(outcome(openIntent(keys, 'decision', changed))).toBe('intent-mismatch');
    expect(outcome(openIntent(keys, 'sign-in', given))).toBe('intent-mismatch');
    expect(outcome(openIntent(keys, 'decision', { ...given, intent_token: 'x'.repeat(44) }))).toBe('intent-mismatch');
  });

  it('is refused when what it carries was exchanged', () => {
    const carrying = { ...given, intent_token: intentToken(keys, intent, 'link-a') };
    expect(openIntent(keys, 'decision', carrying)).toMatchObject({ ok: true, value: { carried: 'link-a' } });
    const swapped = { ...carrying, intent_token: carrying.intent_token.replace('link-a', 'link-b') };
    expect(outcome(openIntent(keys, 'decision', swapped))).toBe('intent-mismatch');
  });

  it('lives for 120 seconds', () => {
    const end = Date.parse(intent.expires_at);
    expect(end - Date.parse(intent.issued_at)).toBe(120_000);
    expect(outcome(inTime(intent, end - 1))).toBe('verified');
    expect(outcome(inTime(intent, end))).toBe('intent-expired');
  });
});
