import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CapabilityClaims, claimsOf } from '../../../core/claims.ts';
import { actionDigest, paramsDigest } from '../../../core/digest.ts';
import {
  type CapabilityCall,
  type CapabilityOptions,
  verifyCapability,
  verifyWebhook,
} from '../../../sdk/src/verify.ts';

const NOW = 1_790_000_000;
const SALT = 'AAAAAAAAAAAAAAAAAAAAAA';
const PARAMS = { version: 'v2.1.0' };
const ACTION = { action: 'deployment.execute', resource: 'service:billing-api' };
const ACTOR = 'service-account:release-bot';
const ISSUER = 'https://assentry.example/o/org_1';

const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
const other = await generateKeyPair('ES256', { extractable: true });
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] };

const digests = {
  params_digest: paramsDigest(SALT, PARAMS),
  action_digest: actionDigest({
    organization: 'org_1',
    salt: SALT,
    ...ACTION,
    actor: ACTOR,
    params: PARAMS,
    metadata: {},
    constraints: {},
    precondition: null,
  }),
};

function claims(
  enforce: 'offline' | 'introspect' | 'consume' = 'offline',
  jkt: string | null = null,
): CapabilityClaims {
  return claimsOf({
    ...{
      issuer: ISSUER,
      request: 'apr_1',
      capability: 'cap_1',
      actor: ACTOR,
      salt: SALT,
      constraints: {},
      precondition: null,
    },
    scope: {
      ...ACTION,
      params_digest: digests.params_digest,
      audience: 'service:billing-api',
      enforce,
      dpop: jkt !== null,
      ttl_seconds: 600,
    },
    ...{ action_digest: digests.action_digest, receipt: 'evt_1', jkt },
  });
}

interface Forged {
  payload?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: CryptoKey;
}
const token = ({ payload = {}, header = {}, key = privateKey }: Forged = {}) =>
  new SignJWT({ ...claims(), iat: NOW, nbf: NOW, exp: NOW + 300, ...payload })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', ...header })
    .sign(key);

const OPTIONS: CapabilityOptions = { issuer: ISSUER, audience: 'service:billing-api', jwks, now_ms: NOW * 1000 };
const CALL: CapabilityCall = { ...ACTION, actor: ACTOR, params: PARAMS };
const verify = (text: string, call: Partial<CapabilityCall> = {}, options: Partial<CapabilityOptions> = {}) =>
  verifyCapability(text, { ...CALL, ...call }, { ...OPTIONS, ...options });

describe('verifyCapability', () => {
  it('takes a token for exactly this call, whatever the order of its params', async () => {
    const params = { b: 1, a: [1, { d: 1, c: 2 }] };
    const detail = { ...claims().authorization_details[0], params_digest: paramsDigest(SALT, params) };
    const text = await token({ payload: { authorization_details: [detail] } });
    const verified = await verify(text, { params: { a: [1, { c: 2, d: 1 }], b: 1 } });
    expect(verified).toMatchObject({ jti: 'cap_1', request: 'apr_1', actor: ACTOR, expires_at_ms: (NOW + 300) * 1000 });
  });

  const FORGERIES: [reason: string, what: string, forged: Forged][] = [
    ['signature-mismatch', 'a token of another key', { key: other.privateKey }],
    ['unknown-key', 'an unknown key id', { header: { kid: 'k2' } }],
    ['wrong-typ', 'an id token', { header: { typ: 'JWT' } }],
    ['header-not-ours', 'a key inside the token', { header: { jwk: jwks.keys[0] } }],
    ['header-not-ours', 'a key address inside the token', { header: { jku: 'https://evil.example/jwks' } }],
    ['wrong-issuer', 'another issuer', { payload: { iss: 'https://assentry.example/o/org_2' } }],
    ['wrong-issuer', "the issuer's own prefix", { payload: { iss: `${ISSUER}/` } }],
    ['wrong-audience', 'another audience', { payload: { aud: 'service:other' } }],
    ['wrong-audience', 'a list of audiences', { payload: { aud: ['service:billing-api', 'service:other'] } }],
    ['expired', 'an expired token', { payload: { iat: NOW - 400, nbf: NOW - 400, exp: NOW - 100 } }],
    ['not-yet-valid', 'a token of the future', { payload: { iat: NOW + 60, nbf: NOW + 60, exp: NOW + 120 } }],
    ['lives-too-long', 'a token for a day', { payload: { exp: NOW + 86_400 } }],
    ['times-missing', 'a token without an end', { payload: { exp: undefined } }],
    ['claims-missing', 'a token without jti', { payload: { jti: undefined } }],
    [
      'not-one-action',
      'a token for two actions',
      { payload: { authorization_details: [...claims().authorization_details, ...claims().authorization_details] } },
    ],
    ['not-one-action', 'a token for no action', { payload: { authorization_details: undefined } }],
    [
      'not-an-action',
      'details of another type',
      { payload: { authorization_details: [{ ...claims().authorization_details[0], type: 'payment' }] } },
    ],
    ['proof-of-possession-required', 'a token bound to a key', { payload: { cnf: { jkt: 'x' } } }],
    [
      'enforcement-too-weak',
      'a token that asks to be consumed',
      { payload: { authorization_details: claims('consume').authorization_details } },
    ],
  ];
  it.each(FORGERIES)('refuses with %s: %s', async (reason, _what, forged) => {
    await expect(verify(await token(forged))).rejects.toMatchObject({ code: 'verification-failed', reason });
  });

  it.each([
    ['wrong-params', { params: { version: 'v2.1.1' } }],
    ['wrong-params', { params: {} }],
    ['wrong-params', { params: { ...PARAMS, extra: true } }],
    ['wrong-action', { action: 'deployment.rollback' }],
    ['wrong-resource', { resource: 'service:other' }],
    ['wrong-actor', { actor: 'agent:other' }],
  ])('refuses with %s another call than was approved', async (reason, call) => {
    await expect(verify(await token(), call as Partial<CapabilityCall>)).rejects.toMatchObject({ reason });
  });

  it('says the same to the outside whatever the reason is', async () => {
    const messages = await Promise.all(
      FORGERIES.map(async ([, , forged]) => verify(await token(forged)).catch((error) => error.message)),
    );
    expect(new Set(messages).size).toBe(1);
  });

  it('refuses other forms of a token before it looks inside', async () => {
    const good = await token();
    const [head, body, mac] = good.split('.') as [string, string, string];
    const bent = mac.slice(0, -1) + 'ABCDEFGH'[('AQgw'.indexOf(mac.at(-1)!) + 1) % 4];
    for (const text of [
      '',
      'a.b',
      `${good}.x.y`,
      `${good} `,
      ` ${good}`,
      `${good}=`,
      `${head}.${body}.`,
      `${head}=.${body}.${mac}`,
      `${head}.${body}.${bent}`,
      `x${good}`,
    ]) {
      await expect(verify(text), text).rejects.toMatchObject({ code: 'verification-failed' });
    }
    await expect(verify(undefined as never)).rejects.toMatchObject({ reason: 'token-malformed' });
  });

  it('refuses alg none and a MAC made with the public key', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const alg of ['none', 'HS256', 'ES384', 'es256']) {
      const text = `${part({ alg, typ: 'at+jwt', kid: 'k1' })}.${part(claims())}.${'A'.repeat(86)}`;
      await expect(verify(text)).rejects.toMatchObject({ reason: 'wrong-alg' });
    }
  });

  it('refuses a header or claims with a key twice', async () => {
    const part = (text: string) => Buffer.from(text).toString('base64url');
    const header = part('{"alg":"ES256","typ":"at+jwt","kid":"k1","kid":"k2"}');
    await expect(verify(`${header}.${part('{}')}.${'A'.repeat(86)}`)).rejects.toMatchObject({
      reason: 'token-malformed',
    });
  });

  it('lets a resource that consumes take every enforcement', async () => {
    const text = await token({ payload: { authorization_details: claims('introspect').authorization_details } });
    await expect(verify(text, {}, { enforce: 'consume' })).resolves.toMatchObject({ jti: 'cap_1' });
    await expect(verify(text, {}, { enforce: 'offline' })).rejects.toMatchObject({ reason: 'enforcement-too-weak' });
  });

  it('takes a capability once, by its jti, though its token is written anew', async () => {
    const seen = new Set<string>();
    const once = (jti: string) => !seen.has(jti) && seen.add(jti) !== undefined;
    await expect(verify(await token(), {}, { once })).resolves.toBeDefined();
    await expect(verify(await token(), {}, { once })).rejects.toMatchObject({ reason: 'replayed' });
  });

  it('does not use up the one time for a call that does not fit', async () => {
    const asked: string[] = [];
    const once = (jti: string) => asked.push(jti) > 0;
    await expect(verify(await token(), { params: {} }, { once })).rejects.toThrow();
    expect(asked).toEqual([]);
  });

  it.each([
    ['no action', { action: undefined }],
    ['an empty action', { action: '' }],
    ['no resource', { resource: undefined }],
    ['a resource that is no text', { resource: 7 }],
    ['an actor that is not there', { actor: undefined }],
    ['no params', { params: undefined }],
    ['a list for params', { params: [] }],
    ['metadata that is no object', { metadata: 'environment' }],
    ['a context that is a list', { context: [] }],
    ['a precondition that is a text', { precondition: 'sha256:0' }],
  ])('throws a TypeError for a call with %s', async (_what, call) => {
    await expect(verify(await token(), call as Partial<CapabilityCall>)).rejects.toBeInstanceOf(TypeError);
  });

  it('cannot be called in the short form: types and runtime ask for action and resource', async () => {
    // @ts-expect-error the call must say what will be executed, on what
    await expect(verifyCapability(await token(), { params: PARAMS }, OPTIONS)).rejects.toBeInstanceOf(TypeError);
  });

  const NO_NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, '5', null, new Date(), {}];
  it.each(['tolerance_seconds', 'now_ms'])('throws a TypeError where %s is no number of 0 or more', async (name) => {
    const expired = await token({ payload: { iat: NOW - 400, nbf: NOW - 400, exp: NOW - 100 } });
    for (const value of NO_NUMBERS)
      await expect(verify(expired, {}, { [name]: value }), String(value)).rejects.toBeInstanceOf(TypeError);
  });

  it('throws a TypeError for an enforcement that nobody knows and a memory that is none', async () => {
    await expect(verify(await token(), {}, { enforce: 'strict' as never })).rejects.toBeInstanceOf(TypeError);
    await expect(verify(await token(), {}, { once: true as never })).rejects.toBeInstanceOf(TypeError);
  });

  it('takes only a clear true from its memory for a first time', async () => {
    for (const said of [undefined, null, 0, 1, 'OK', 'false', {}])
      await expect(verify(await token(), {}, { once: () => said as never }), String(said)).rejects.toMatchObject({
        reason: 'replayed',
      });
  });

  const resting = (more: object) =>
    token({ payload: { authorization_details: [{ ...claims().authorization_details[0], ...more }] } });
  const CONSTRAINTS = {
    'metadata.environment': 'staging',
    'metadata["a \\"key\\""]': [1, { b: 2, a: null }],
    'context.items[1].price': 5,
    'context.absent': null,
  };
  const FITTING: Partial<CapabilityCall> = {
    metadata: { environment: 'staging', 'a "key"': [1, { a: null, b: 2 }], more: true },
    context: { items: [{ price: 1 }, { price: 5 }] },
  };

  it('takes a token with constraints for a call that states the same metadata and context', async () => {
    await expect(verify(await resting({ constraints: CONSTRAINTS }), FITTING)).resolves.toBeDefined();
    const whole = { metadata: { environment: 'staging' }, context: null };
    await expect(verify(await resting({ constraints: whole }), whole as never)).resolves.toBeDefined();
    // As a pattern records it that lets through only what has neither.
    const neither = await resting({ constraints: { metadata: {}, context: null } });
    await expect(verify(neither, { metadata: null, context: null })).resolves.toBeDefined();
    const absent = await resting({ constraints: { 'metadata.environment': null } });
    await expect(verify(absent, { metadata: null })).resolves.toBeDefined();
  });

  it.each([
    ['constraints-not-compared', 'neither', {}],
    ['constraints-not-compared', 'metadata alone', { metadata: FITTING.metadata! }],
    ['constraints-not-compared', 'context alone', { context: FITTING.context! }],
    ['wrong-constraints', 'that it has none', { metadata: null, context: null }],
    [
      'wrong-constraints',
      'another value',
      { ...FITTING, metadata: { ...FITTING.metadata, environment: 'production' } },
    ],
    ['wrong-constraints', 'a value where none was', { ...FITTING, context: { ...FITTING.context, absent: 0 } }],
    ['wrong-constraints', 'the number as a text', { ...FITTING, context: { items: [{}, { price: '5' }] } }],
    ['wrong-constraints', 'an object for a list', { ...FITTING, context: { items: { 1: { price: 5 } } } }],
    ['wrong-constraints', 'an inherited value', { ...FITTING, metadata: Object.create(FITTING.metadata!) }],
  ])('refuses with %s a token with constraints where the call states %s', async (reason, _what, call) => {
    const text = await resting({ constraints: CONSTRAINTS });
    await expect(verify(text, call as Partial<CapabilityCall>)).rejects.toMatchObject({ reason });
  });

  it.each([
    ['constraint-unknown', { 'param.amount': 5 }],
    ['constraint-unknown', { 'metadata.a b': 5 }],
    ['constraint-unknown', { metadatax: 5 }],
    ['not-an-action', []],
    ['not-an-action', null],
    ['not-an-action', undefined],
  ])('refuses with %s constraints that it cannot read: %j', async (reason, constraints) => {
    await expect(verify(await resting({ constraints }), FITTING)).rejects.toMatchObject({ reason });
  });

  it('compares a precondition with the state that the call states, and refuses where it states none', async () => {
    const bound = await resting({ precondition: { digest: 'sha256:1' } });
    await expect(verify(bound, { precondition: { digest: 'sha256:1' } })).resolves.toBeDefined();
    await expect(verify(bound)).rejects.toMatchObject({ reason: 'precondition-not-compared' });
    await expect(verify(bound, { precondition: null })).rejects.toMatchObject({ reason: 'wrong-precondition' });
    await expect(verify(bound, { precondition: { digest: 'sha256:2' } })).rejects.toMatchObject({
      reason: 'wrong-precondition',
    });
    await expect(verify(await token(), { precondition: { digest: 'sha256:1' } })).rejects.toMatchObject({
      reason: 'wrong-precondition',
    });
    await expect(verify(await resting({ precondition: undefined }))).rejects.toMatchObject({ reason: 'not-an-action' });
  });

  it.each(['action', 'resource', 'params_digest', 'salt', 'type', 'enforce', 'constraints', 'precondition'])(
    'refuses a token whose action lacks its %s',
    async (name) => {
      for (const value of [undefined, null, '', 7])
        if (!(name === 'precondition' && value === null))
          await expect(verify(await resting({ [name]: value })), String(value)).rejects.toMatchObject({
            code: 'verification-failed',
          });
    },
  );

  it.each(['iss', 'aud', 'sub', 'jti', 'txn', 'iat', 'nbf', 'exp', 'authorization_details'])(
    'refuses a token that lacks its %s',
    async (name) => {
      for (const value of [undefined, null, ''])
        await expect(verify(await token({ payload: { [name]: value } })), String(value)).rejects.toMatchObject({
          code: 'verification-failed',
        });
    },
  );

  it('refuses a token that ends before it begins, however far the clocks may differ', async () => {
    const text = await token({ payload: { exp: NOW - 1 } });
    await expect(verify(text, {}, { tolerance_seconds: 60 })).rejects.toMatchObject({ reason: 'times-contradict' });
  });

  it('refuses to run without a pinned issuer and audience', async () => {
    await expect(verify(await token(), {}, { issuer: '' })).rejects.toBeInstanceOf(TypeError);
    await expect(verify(await token(), {}, { audience: undefined })).rejects.toBeInstanceOf(TypeError);
  });
});

describe("the issuer's keys", () => {
  let server: Server;
  let issuer: string;
  let fetches = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      fetches++;
      response.writeHead(request.url === '/o/org_1/.well-known/jwks.json' ? 200 : 404).end(JSON.stringify(jwks));
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    issuer = `http://localhost:${(server.address() as AddressInfo).port}/o/org_1`;
  });
  afterAll(() => void server.close());

  it('are fetched from the pinned issuer once, and made-up key ids do not fetch them again', async () => {
    const good = await token({ payload: { iss: issuer } });
    const bad = await token({ payload: { iss: issuer }, header: { kid: 'k9' } });
    for (const text of [good, good]) await verify(text, {}, { issuer, jwks: undefined });
    for (const text of [bad, bad]) {
      await expect(verify(text, {}, { issuer, jwks: undefined })).rejects.toMatchObject({ reason: 'unknown-key' });
    }
    expect(fetches).toBe(1);
  });

  it('that cannot be fetched mean no', async () => {
    const nowhere = issuer.replace('org_1', 'org_2');
    const text = await token({ payload: { iss: nowhere } });
    await expect(verify(text, {}, { issuer: nowhere, jwks: undefined })).rejects.toMatchObject({
      reason: 'keys-unavailable',
    });
  });
});

describe('verifyWebhook', () => {
  const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
  const body = JSON.stringify({
    specversion: '1.0',
    id: 'evt_1',
    type: 'approval.decided',
    data: { approval_id: 'apr_1', decision: 'approve' },
  });
  const sign = (text = body, at = NOW) => new Webhook(secret).sign('msg_1', new Date(at * 1000), text);
  const headers = (signature = sign(), at: number | string = NOW) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(at),
    'webhook-signature': signature,
  });
  const check = (more: object = {}) => verifyWebhook({ body, headers: headers(), secret, now_ms: NOW * 1000, ...more });

  it('takes what the Standard Webhooks library signed, from text, bytes, Headers', async () => {
    const event = { type: 'approval.decided', data: { approval_id: 'apr_1' } };
    expect(await check()).toMatchObject({ id: 'msg_1', sent_at_ms: NOW * 1000, event });
    expect(await check({ body: new TextEncoder().encode(body), headers: new Headers(headers()) })).toMatchObject({
      event,
    });
  });

  it('takes any of several secrets and signatures', async () => {
    const old = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    expect(await check({ secret: [old, secret] })).toMatchObject({ id: 'msg_1' });
    expect(await check({ headers: headers(`v1,AAAA v1a,zzz ${sign()}`) })).toMatchObject({ id: 'msg_1' });
  });

  it('refuses every prefix of a signature, and everything around it', async () => {
    const good = sign();
    for (let length = 0; length < good.length; length++) {
      await expect(check({ headers: headers(good.slice(0, length)) }), good.slice(0, length)).rejects.toMatchObject({
        code: 'verification-failed',
      });
    }
    for (const bad of [`${good}A`, `v2${good.slice(2)}`, good.slice(3), `${good}=`]) {
      await expect(check({ headers: headers(bad) }), bad).rejects.toMatchObject({ reason: 'signature-mismatch' });
    }
  });

  it('refuses another body, id, time or secret', async () => {
    for (const more of [
      { body: `${body} ` },
      { headers: { ...headers(), 'webhook-id': 'msg_2' } },
      { headers: headers(sign(), NOW + 1) },
      { secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` },
    ]) {
      await expect(check(more)).rejects.toMatchObject({ reason: 'signature-mismatch' });
    }
  });

  it('refuses what is older or newer than the tolerance, and a time that is none', async () => {
    for (const at of [NOW - 301, NOW + 301]) {
      await expect(check({ headers: headers(sign(body, at), at) })).rejects.toMatchObject({
        reason: 'timestamp-out-of-range',
      });
    }
    for (const at of ['', 'soon', '-1', `${NOW}.5`, '1e9'])
      await expect(check({ headers: headers(sign(), at) })).rejects.toThrow();
    expect(await check({ headers: headers(sign(body, NOW - 299), NOW - 299) })).toMatchObject({ id: 'msg_1' });
  });

  it.each(['tolerance_seconds', 'now_ms'])('throws a TypeError where %s is no number of 0 or more', async (name) => {
    const at = NOW - 86_400;
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1, '300', null])
      await expect(
        check({ headers: headers(sign(body, at), at), [name]: value }),
        String(value),
      ).rejects.toBeInstanceOf(TypeError);
  });

  it('throws a TypeError for a body that was parsed', async () => {
    for (const parsed of [JSON.parse(body), undefined, null])
      await expect(check({ body: parsed })).rejects.toBeInstanceOf(TypeError);
  });

  it('refuses missing headers and a signed body that is no event', async () => {
    for (const name of Object.keys(headers())) {
      await expect(check({ headers: { ...headers(), [name]: undefined } })).rejects.toMatchObject({
        reason: `${name}-missing`,
      });
    }
    for (const text of ['', '[]', '{"type":1}', '{"type":"a","type":"b"}']) {
      await expect(check({ body: text, headers: headers(sign(text)) }), text).rejects.toMatchObject({
        reason: 'body-malformed',
      });
    }
  });
});
