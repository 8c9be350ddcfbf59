import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CapabilityClaims,
  claimsOf,
  datedClaims,
  type Exchangeable,
  type ExchangeCall,
  exchangeFits,
  narrowScope,
  scopeOf,
  strictest,
  tokenExpiry,
} from '../../core/capability.ts';
import { paramsDigest } from '../../core/digest.ts';
import type { Scope } from '../../core/intent.ts';
import { ENFORCEMENTS } from '../../core/policy/model.ts';

const PARAMS = { version: 'v2.1.0', flags: { dry: false } };
const SALT = 'AAAAAAAAAAAAAAAAAAAAAA';
const DIGEST = paramsDigest(SALT, PARAMS);
const BASE = scopeOf('deployment.execute', 'service:billing-api', DIGEST, {
  ...{ ttl_seconds: 600, enforce: 'introspect', dpop: false, audience: null },
});

describe('a scope', () => {
  it('has the resource as its audience unless policy names one', () => {
    expect(BASE).toEqual({
      ...{ action: 'deployment.execute', resource: 'service:billing-api', params_digest: DIGEST },
      ...{ audience: 'service:billing-api', enforce: 'introspect', dpop: false, ttl_seconds: 600 },
    });
    const settings = { ttl_seconds: 600, enforce: 'offline' as const, dpop: false, audience: 'service:gate' };
    expect(scopeOf('a.b', 'x:y', DIGEST, settings).audience).toBe('service:gate');
  });

  it('is narrowed by a shorter time and a stronger enforcement', () => {
    for (const nothing of [null, {}, BASE])
      expect(narrowScope(BASE, { ...nothing })).toEqual({ ok: true, value: BASE });
    const asked = { ttl_seconds: 30, enforce: 'consume' };
    expect(narrowScope(BASE, asked)).toEqual({ ok: true, value: { ...BASE, ...asked } });
  });

  const wider: [string, unknown][] = [
    ...[601, 29, 0, -1, 59.5, '60', Number.NaN, null].map((ttl): [string, unknown] => ['ttl_seconds', ttl]),
    ...['offline', 'none', null, 2].map((enforce): [string, unknown] => ['enforce', enforce]),
    ...([
      ['dpop', true],
      ['action', 'a.c'],
      ['resource', 'x:z'],
      ['audience', 'x:z'],
      ['params_digest', 'sha256:0'],
    ] as [string, unknown][]),
    ...([
      ['strange', 1],
      ['toString', 1],
      ['constructor', 1],
    ] as [string, unknown][]),
  ];
  for (const [field, value] of wider) {
    it(`is not to be had with ${field} ${JSON.stringify(value)}, and the answer names the field`, () => {
      const errors = [expect.objectContaining({ pointer: `/scope/${field}` })];
      expect(narrowScope(BASE, { [field]: value })).toMatchObject({
        ok: false,
        problem: { code: 'scope-exceeded', errors },
      });
    });
  }

  it('shorter than the least can only stay what it is', () => {
    const short = { ...BASE, ttl_seconds: 10 };
    expect(narrowScope(short, { ttl_seconds: 10 }).ok).toBe(true);
    expect(narrowScope(short, { ttl_seconds: 9 }).ok).toBe(false);
  });

  const asked = fc.record({
    ttl_seconds: fc.integer({ min: 30, max: 600 }),
    enforce: fc.constantFrom('introspect', 'consume'),
  });
  it('of several votes is as narrow as each of them, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(asked, { minLength: 1, maxLength: 5 }), (all) => {
        const scopes = all.map((one) => (narrowScope(BASE, one) as { value: Scope }).value);
        const one = strictest(scopes);
        expect(strictest([...scopes].reverse())).toEqual(one);
        for (const scope of scopes) {
          expect(one.ttl_seconds).toBeLessThanOrEqual(scope.ttl_seconds);
          expect(ENFORCEMENTS.indexOf(one.enforce)).toBeGreaterThanOrEqual(ENFORCEMENTS.indexOf(scope.enforce));
        }
        expect(narrowScope(BASE, { ...one }).ok).toBe(true);
      }),
    );
  });

  it('of no vote, or of votes for different actions, does not exist', () => {
    expect(() => strictest([])).toThrow();
    expect(() => strictest([BASE, { ...BASE, params_digest: 'sha256:other' }])).toThrow();
  });
});

const RECORD: Exchangeable = {
  ...{ actor: 'service-account:release-bot', requester: 'sa_1', salt: SALT, params_digest: DIGEST, precondition: null },
  ...{ enforce: 'introspect', dpop: false, jkts: [], exchanges: [], live: false },
};
const CALL: ExchangeCall = {
  ...{
    actor: 'service-account:release-bot',
    service_account: 'sa_1',
    key: 'key_1',
    nonce_digest: 'n1',
    now_ms: 1_000_000,
  },
};
const PAST = { key: 'key_1', nonce_digest: 'n1', jkt: null, token_ends_at_ms: 1_200_000 };
const LIVE = { exchanges: [PAST], live: true };
const STATE = { precondition: { digest: 'sha256:1', at: 2 } };
const BOUND = { dpop: true, jkts: ['thumb', 'other'] };

describe('an exchange', () => {
  const fits: [string, Partial<Exchangeable>, Partial<ExchangeCall>, 'first' | 'same'][] = [
    ['is the first with the right account, actor and a fresh nonce', {}, {}, 'first'],
    ['may come with any live key of the account', {}, { key: 'key_2' }, 'first'],
    [
      'may give the effective params, in whatever order',
      {},
      { params: { flags: { dry: false }, version: 'v2.1.0' } },
      'first',
    ],
    ['gives the precondition that the request has', STATE, { precondition: { at: 2, digest: 'sha256:1' } }, 'first'],
    ['is bound to a key that was known before', BOUND, { jkt: 'thumb' }, 'first'],
    ['repeated by the holder is the same', LIVE, {}, 'same'],
    ['repeated with the params spelled out is the same', LIVE, { params: PARAMS }, 'same'],
    [
      'bound to a key, repeated with it, is the same',
      { ...BOUND, ...LIVE, exchanges: [{ ...PAST, jkt: 'thumb' }] },
      { jkt: 'thumb' },
      'same',
    ],
    ['may follow a handed back one with another nonce', { ...LIVE, live: false }, { nonce_digest: 'n2' }, 'first'],
    [
      'may follow an offline one once its token has ended',
      { ...LIVE, live: false, enforce: 'offline' },
      { nonce_digest: 'n2', now_ms: 1_200_000 },
      'first',
    ],
  ];
  for (const [name, record, call, expected] of fits)
    it(name, () => {
      expect(exchangeFits({ ...RECORD, ...record }, { ...CALL, ...call })).toEqual({ ok: true, value: expected });
    });

  const unfit: [string, Partial<Exchangeable>, Partial<ExchangeCall>, string, string?][] = [
    ['of another actor', {}, { actor: 'service-account:other' }, 'capability-mismatch', '/actor'],
    ['of another service account', {}, { service_account: 'sa_2' }, 'capability-mismatch', ''],
    ['of what a person asked for', { requester: 'usr_1' }, {}, 'capability-mismatch', ''],
    ['with a changed parameter', {}, { params: { ...PARAMS, version: 'v2.1.1' } }, 'capability-mismatch', '/params'],
    ['with a parameter more', {}, { params: { ...PARAMS, more: 1 } }, 'capability-mismatch', '/params'],
    ['with no params where there are some', {}, { params: {} }, 'capability-mismatch', '/params'],
    ['without the precondition', STATE, {}, 'precondition-failed', '/precondition'],
    [
      'with another state',
      STATE,
      { precondition: { digest: 'sha256:2', at: 2 } },
      'precondition-failed',
      '/precondition',
    ],
    ['with a precondition that nobody approved', {}, STATE, 'capability-mismatch', '/precondition'],
    ['without the key that it is bound to', BOUND, {}, 'capability-mismatch', ''],
    ['with a key seen for the first time', BOUND, { jkt: 'new' }, 'capability-mismatch', ''],
    ['a second time with another nonce', LIVE, { nonce_digest: 'n2' }, 'capability-spent'],
    ['a second time with another key', LIVE, { key: 'key_2' }, 'capability-spent'],
    [
      'a second time with another thumbprint',
      { ...BOUND, ...LIVE, exchanges: [{ ...PAST, jkt: 'thumb' }] },
      { jkt: 'other' },
      'capability-spent',
    ],
    ['with the nonce of one that was handed back', { ...LIVE, live: false }, {}, 'nonce-used'],
    [
      'with the nonce of one that was handed back, while another is live',
      { exchanges: [PAST, { ...PAST, nonce_digest: 'n2' }], live: true },
      {},
      'nonce-used',
    ],
    [
      'while an offline token that was handed back is still good',
      { ...LIVE, live: false, enforce: 'offline' },
      { nonce_digest: 'n2', now_ms: 1_199_500 },
      'capability-spent',
    ],
  ];
  for (const [name, record, call, code, pointer] of unfit)
    it(`is refused ${name} (${code}${pointer === undefined ? '' : ` at "${pointer}"`})`, () => {
      const result = exchangeFits({ ...RECORD, ...record }, { ...CALL, ...call });
      expect(result).toMatchObject({ ok: false, problem: { code } });
      if (pointer !== undefined) expect(result).toMatchObject({ problem: { errors: [{ pointer }] } });
    });

  it('says how long the earlier offline token is still good', () => {
    const record: Exchangeable = { ...RECORD, ...LIVE, live: false, enforce: 'offline' };
    const result = exchangeFits(record, { ...CALL, nonce_digest: 'n2', now_ms: 1_150_001 });
    expect(result).toMatchObject({ ok: false, problem: { retry_after_seconds: 50 } });
  });
});

describe("a capability's claims", () => {
  const claimed = {
    ...{ issuer: 'https://h/o/org_1', request: 'apr_1', capability: 'cap_1', actor: 'agent:x', scope: BASE },
    ...{ action_digest: 'sha256:a', salt: SALT, constraints: { 'context.records': 5 }, precondition: null },
    ...{ receipt: 'evt_1', jkt: null },
  };
  const claims = claimsOf(claimed);

  it('name the issuer, audience, actor, capability, request, one authorization and the receipt', () => {
    expect(claims).toEqual({
      ...{
        iss: 'https://h/o/org_1',
        aud: 'service:billing-api',
        sub: 'agent:x',
        jti: 'cap_1',
        txn: 'apr_1',
        receipt: 'evt_1',
      },
      authorization_details: [
        {
          ...{ type: 'urn:assentry:action', action: 'deployment.execute', resource: 'service:billing-api' },
          ...{ params_digest: DIGEST, action_digest: 'sha256:a', salt: SALT, constraints: { 'context.records': 5 } },
          ...{ precondition: null, enforce: 'introspect' },
        },
      ],
    } satisfies CapabilityClaims);
  });

  it('carry the thumbprint exactly when the scope asks for DPoP', () => {
    const scope = { ...BASE, dpop: true };
    expect(claimsOf({ ...claimed, scope, jkt: 'thumb' }).cnf).toEqual({ jkt: 'thumb' });
    expect(() => claimsOf({ ...claimed, scope })).toThrow(/dpop/);
    expect(() => claimsOf({ ...claimed, jkt: 'thumb' })).toThrow(/dpop/);
  });

  it('are dated by the sealing: five minutes, and never past the capability', () => {
    expect(datedClaims(claims, 1_000_900, 9_000_000)).toEqual({
      ok: true,
      value: { ...claims, iat: 1000, nbf: 1000, exp: 1300 },
    });
    expect(datedClaims(claims, 1_000_900, 1_060_999)).toMatchObject({ ok: true, value: { exp: 1060 } });
    expect(datedClaims(claims, 1_000_900, 1_000_950)).toMatchObject({
      ok: false,
      problem: { code: 'capability-expired' },
    });
  });

  it('never outlive five minutes or the capability, and repeat exactly', () => {
    const instant = fc.integer({ min: 0, max: 4_102_444_800_000 });
    fc.assert(
      fc.property(instant, fc.integer({ min: -1_000_000, max: 1_000_000 }), (sealed_at_ms, left_ms) => {
        const end_ms = sealed_at_ms + left_ms;
        const dated = datedClaims(claims, sealed_at_ms, end_ms);
        expect(datedClaims(claims, sealed_at_ms, end_ms)).toEqual(dated);
        expect(tokenExpiry(sealed_at_ms, end_ms) * 1000).toBeLessThanOrEqual(Math.min(end_ms, sealed_at_ms + 300_000));
        if (dated.ok) expect(dated.value.exp).toBeGreaterThan(dated.value.iat);
        else expect(left_ms).toBeLessThan(1000);
      }),
    );
  });
});
