// A change as pure data: its words, its digests, how many sign, and what a value may say.
import { describe, expect, it } from 'vitest';
import { CHANGE_KINDS } from '../../core/authority.ts';
import { checkValue } from '../../core/change/value.ts';
import { changeIntent, difference, lineDiff, signaturesNeeded } from '../../core/change.ts';
import { digestOf } from '../../core/digest.ts';
import { publicKeyDigest } from '../../core/enrolment.ts';
import type { JsonObject } from '../../core/json.ts';

const settings = { four_eyes: [], passkey_quarantine_hours: 24 };

describe('the words of a change', () => {
  it('name each field that differs, and only those', () => {
    const before = { id: 'grp_1', name: 'finance', members: ['usr_a', 'usr_b'] };
    const { diff, before_digest, after_digest } = difference('group', before, {
      ...before,
      members: ['usr_b', 'usr_c'],
    });
    expect(diff).toEqual(['Changes the group finance.', 'members: + usr_c, − usr_a']);
    expect([before_digest === digestOf(before), after_digest === before_digest]).toEqual([true, false]);
  });

  it('say what is created and what is removed', () => {
    const group = { id: 'grp_1', name: 'finance', members: [] };
    expect(difference('group', null, group).diff[0]).toBe('Creates the group finance.');
    expect(difference('group', group, null).diff[0]).toBe('Removes the group finance.');
  });

  it('of a policy are its lines', () => {
    expect(lineDiff('a\nb\nc\nd', 'a\nx\nc\nd\ne')).toEqual(['- 2: b', '+ 2: x', '+ 5: e']);
    expect(lineDiff('same', 'same')).toEqual([]);
  });

  it('of two large documents that share nothing are still given, within milliseconds', () => {
    const lines = (of: string) => Array.from({ length: 5_000 }, (_, i) => `${of}${i}`).join('\n');
    const started = performance.now();
    expect(lineDiff(lines('a'), lines('b')).length).toBe(10_000);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('put back together give the new document', () => {
    const [before, after] = ['a\nb\nb\nc\nq', 'b\na\nb\nc\nc'];
    const removed = new Set<number>();
    const added = new Map<number, string>();
    for (const line of lineDiff(before, after)) {
      const [, sign, at, text] = /^([-+]) (\d+): (.*)$/.exec(line)!;
      if (sign === '-') removed.add(Number(at));
      else added.set(Number(at), text!);
    }
    const kept = before.split('\n').filter((_, i) => !removed.has(i + 1));
    const built = after.split('\n').map((_, i) => added.get(i + 1) ?? kept.shift()!);
    expect([built.join('\n'), kept]).toEqual([after, []]);
  });
});

describe('signatures', () => {
  it.each([
    ['one administrator and somebody who may approve', 'invitation', 1, true, [], 1],
    ['two administrators and somebody who may approve', 'invitation', 2, true, [], 2],
    ['two administrators and somebody who only reads', 'invitation', 2, false, [], 1],
    ['two administrators and a kind that the organisation lists', 'policy', 2, false, ['policy'], 2],
    ['one administrator and a kind that the organisation lists', 'policy', 1, false, ['policy'], 1],
  ] as const)('with %s', (_what, kind, administrators, letsApprove, four_eyes, needed) => {
    const facts = { administrators, letsApprove, settings: { ...settings, four_eyes: [...four_eyes] } };
    expect(signaturesNeeded(kind, facts)).toBe(needed);
  });

  it('are over the change, its kind and target, before, after and signer', () => {
    const change = {
      id: 'chg_1',
      kind: 'group' as const,
      target: 'grp_1',
      before_digest: 'sha256:b',
      after_digest: 'sha256:a',
    };
    const given = { nonce: 'n', issued_at: 'i', expires_at: 'e' };
    const of = { organization: 'org_1', rp_id: 'localhost', signer: 'usr_1', change };
    expect(changeIntent(of, given)).toEqual({
      ...{ v: 1, kind: 'change', organization: 'org_1', rp_id: 'localhost', change: 'chg_1', target: 'grp_1' },
      ...{
        change_kind: 'group',
        before_digest: 'sha256:b',
        after_digest: 'sha256:a',
        signer: 'usr_1',
        nonce: 'n',
        issued_at: 'i',
        expires_at: 'e',
      },
    });
  });
});

describe('the value of a change', () => {
  const pointers = (kind: (typeof CHANGE_KINDS)[number], value: JsonObject, fresh = true): string[] => {
    const checked = checkValue(kind, value, fresh);
    return checked.ok ? [] : (checked.problem.errors ?? []).map(({ pointer }) => pointer).toSorted();
  };

  it.each(CHANGE_KINDS)('of kind %s has no field that is not known', (kind) => {
    expect(pointers(kind, { surprise: 1, constructor: 1, 'a/b~c': 1 } as JsonObject, false)).toEqual([
      '/value/a~1b~0c',
      '/value/constructor',
      '/value/surprise',
    ]);
  });

  it.each([
    ['a name with an invisible character', { name: 'Da\u200bna', email: 'dana@example.com', roles: [] }, '/value/name'],
    ['a mail address in capitals', { name: 'Dana', email: 'Dana@example.com', roles: [] }, '/value/email'],
    ['a role twice', { name: 'Dana', email: 'dana@example.com', roles: ['admin', 'admin'] }, '/value/roles'],
    ['a role that is none', { name: 'Dana', email: 'dana@example.com', roles: ['root'] }, '/value/roles'],
    ['a group by its name', { name: 'D', email: 'd@example.com', roles: [], groups: ['finance'] }, '/value/groups'],
  ])('of an invitation is not %s', (_what, value, pointer) => {
    expect(pointers('invitation', value)).toEqual([pointer]);
  });

  it('of something that is there may leave out what stays', () => {
    expect(pointers('group', { members: [] }, false)).toEqual([]);
    expect(pointers('group', { members: [] }, true)).toEqual(['/value/name']);
  });

  it('of a service account names actors in their one normal form, and never people', () => {
    expect(pointers('service_account', { name: 'bot', actors: ['service-account:bot', 'agent:x'] })).toEqual([]);
    expect(pointers('service_account', { name: 'bot', actors: ['user:dana'] })).toEqual(['/value/actors']);
    expect(pointers('service_account', { name: 'bot', actors: ['agent.x'] })).toEqual(['/value/actors']);
  });

  it('of settings is of those that there are, within their bounds', () => {
    expect(pointers('organization', { settings: { passkey_quarantine_hours: 0, four_eyes: ['policy'] } })).toEqual([]);
    for (const wrong of [
      { passkey_quarantine_hours: -1 },
      { four_eyes: ['all'] },
      { rp_id: 'evil.example' },
      [],
    ] as never[])
      expect(pointers('organization', { settings: wrong })).toEqual(['/value/settings']);
  });
});

it('the digest of a public key is over its bytes, not its text', () => {
  expect(publicKeyDigest('')).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(() => publicKeyDigest('not base64url!')).toThrow('base64url');
});
