// The form of an identity provider as text and back: nothing is lost, nothing half-typed is sent, and what nobody touched
// stays as it was.
import { describe, expect, it } from 'vitest';
import type { OidcIssuer } from '../../../core/oidc/issuer.ts';
import { claimLines, claimsIn, mappingLines, mappingsIn } from '../../../dashboard/src/pages/machines/lines.ts';
import { draftOf, newRule, settingsIn } from '../../../dashboard/src/pages/machines/provider-form.ts';
import { changedOnly } from '../../../dashboard/src/ui/change/changed-only.ts';
import { precise } from '../../../dashboard/src/ui/change/precise.ts';

const PEOPLE: OidcIssuer = {
  ...{ id: 'iss_1', name: 'Company', issuer: 'https://login.example.com', purpose: 'people', audience: 'approvals' },
  ...{ algorithms: ['RS256', 'EdDSA'], leeway_seconds: 60, jwks_uri: 'https://login.example.com/k' },
  ...{ group_claim: 'groups', group_mappings: { 'cn=a, dc=b': 'group:ops', Payments: 'group:finance' }, rules: [] },
};
const WORKLOAD: OidcIssuer = {
  ...{ ...PEOPLE, id: 'iss_2', purpose: 'workload', jwks_uri: null, group_claim: null, group_mappings: {} },
  rules: [
    {
      ...{ id: 'one', claims: { sub: 'repo:a/b:ref:x=y', ref: ['main'] }, service_account: 'sa_1', ttl_seconds: 900 },
      scopes: ['requests:write'],
      actors: ['agent:a'],
    },
  ],
};

describe('mappings and claims as lines', () => {
  it('are read as they were written: a value may hold `=`, a claim may be any of several', () => {
    expect(mappingsIn(mappingLines(PEOPLE.group_mappings))).toEqual(PEOPLE.group_mappings);
    const claims = { sub: 'a=b', ref: ['x', 'y'] };
    expect(claimsIn(claimLines(claims))).toEqual(claims);
    expect([mappingsIn(' \n'), claimsIn('')]).toEqual([{}, {}]);
  });

  it.each(['a', '= group:a', 'a =', 'a = group:a\na = group:b'])('“%s” is no mapping', (text) => {
    expect(mappingsIn(text)).toBeNull();
  });

  it.each(['sub', '= x', 'sub =', 'sub = a\nref'])('“%s” is no claim', (text) => {
    expect(claimsIn(text)).toBeNull();
  });

  it('a claim called like a part of every object is a claim of that name', () => {
    expect(Object.keys(claimsIn('__proto__ = x')!)).toEqual(['__proto__']);
  });
});

describe('the form of a provider', () => {
  it.each([PEOPLE, WORKLOAD])('that nobody touched changes nothing ($purpose)', (issuer) => {
    expect(changedOnly(issuer, settingsIn(draftOf(issuer))!)).toBeNull();
  });

  it('sends what was changed alone', () => {
    const [rule] = draftOf(WORKLOAD).rules;
    const said = settingsIn({ ...draftOf(WORKLOAD), rules: [{ ...rule!, ttl_seconds: '60' }] });
    expect(changedOnly(WORKLOAD, said!)).toEqual({ rules: [{ ...WORKLOAD.rules[0], ttl_seconds: 60 }] });
    expect(changedOnly(PEOPLE, settingsIn({ ...draftOf(PEOPLE), jwks_uri: ' ' })!)).toEqual({ jwks_uri: null });
  });

  it('says nothing while a part is missing', () => {
    const whole = draftOf(PEOPLE);
    for (const part of [{ name: ' ' }, { issuer: '' }, { algorithms: [] }, { leeway_seconds: '' }])
      expect(settingsIn({ ...whole, ...part })).toBeNull();
    expect(settingsIn({ ...whole, group_mappings: 'half' })).toBeNull();
    expect(settingsIn({ ...draftOf(WORKLOAD), rules: [newRule()] })).toBeNull();
  });
});

it('a fault in an item of a list is one at that field of that item', () => {
  const detail = 'rules item 1: claims must say whose token it is';
  expect(precise({ pointer: '/value/rules', detail }).pointer).toBe('/value/rules/1/claims');
  const other = { pointer: '/value/rules', detail: 'rules has two rules of one id' };
  expect(precise(other)).toEqual(other);
});
