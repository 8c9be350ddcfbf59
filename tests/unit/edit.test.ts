// What an edit is (every differing field, once, in one order) and what policy asks of an edited action: the stricter of
// before and now in every part, met by whoever meets both.
import { describe, expect, it } from 'vitest';
import { diffOf, editedAction } from '../../core/edit.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Requirement, Stage } from '../../core/policy/model.ts';
import { type InForce, milderIn, rejudged } from '../../core/policy/rejudge.ts';
import { type Judgement, judge, parsePolicy } from '../../core/policy.ts';

describe('the difference between two params', () => {
  it('names each field once, by pointer, with both sides', () => {
    const before = { b: 1, a: { x: 1, y: [1, 2] }, gone: null, 'a/b~c': true, same: { z: 'z' } };
    const after = { b: 2, a: { x: 1, y: [2, 1], n: { m: 0 } }, 'a/b~c': false, same: { z: 'z' } };
    expect(diffOf(before, after)).toEqual([
      { pointer: '/a/n', kind: 'added', from: null, to: { m: 0 } },
      { pointer: '/a/y', kind: 'changed', from: [1, 2], to: [2, 1] },
      { pointer: '/a~1b~0c', kind: 'changed', from: true, to: false },
      { pointer: '/b', kind: 'changed', from: 1, to: 2 },
      { pointer: '/gone', kind: 'removed', from: null, to: null },
    ]);
  });

  it('is nothing for equal params in another order, and tells an inherited name from an own one', () => {
    expect(diffOf({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toEqual([]);
    expect(diffOf({}, { toString: 1 })).toEqual([{ pointer: '/toString', kind: 'added', from: null, to: 1 }]);
  });

  it('enters objects only where both sides are objects', () => {
    expect(diffOf({ a: { b: 1 } }, { a: [1] })).toEqual([{ pointer: '/a', kind: 'changed', from: { b: 1 }, to: [1] }]);
  });

  it('turns one side into the other', () => {
    const pick = (of: readonly Json[], at: number): Json => of[at % of.length]!;
    const value = (seed: number): JsonObject => {
      const made: JsonObject = {};
      for (const [at, key] of ['a', 'b', 'a/b', '~', ''].entries())
        if ((seed >> at) % 3 > 0)
          made[key] = pick([seed % 5, 'x', null, [seed % 2], { k: seed % 3 }, {}], seed >> (at + 1));
      return made;
    };
    for (let seed = 0; seed < 4_000; seed++) {
      const [before, after] = [value(seed), value((seed * 7_919) % 4_096)];
      const made = structuredClone(before) as JsonObject;
      for (const { pointer, kind, to } of diffOf(before, after)) {
        const keys = pointer
          .slice(1)
          .split('/')
          .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
        const holder = keys.slice(0, -1).reduce((part, key) => part[key] as JsonObject, made);
        if (kind === 'removed') delete holder[keys.at(-1)!];
        else holder[keys.at(-1)!] = to;
      }
      expect(made).toEqual(after);
    }
  });

  it('is part of what is signed, under the digest of the action with the edited params', () => {
    const asked = {
      ...{ organization: 'org_a', salt: 's', action: 'a', resource: 'r', actor: 'x', params: { n: 2 }, metadata: {} },
      ...{ constraints: {}, precondition: null },
    };
    const one = editedAction(asked, { n: 1 });
    expect(one.diff).toHaveLength(1);
    expect(one.action_digest).toBe(editedAction({ ...asked, params: {} }, { n: 1 }).action_digest);
    expect(one.action_digest).not.toBe(editedAction({ ...asked, salt: 't' }, { n: 1 }).action_digest);
  });
});

const requirement = (stages: Stage[], more: Partial<Requirement> = {}): Requirement => ({
  ...{ verify: 'passkey', separation: 'requester', stages, require: { approve: [], reject: [] } },
  ...more,
});
const held = (stages: Stage[], more: Partial<Requirement> = {}): InForce => ({
  requirement: requirement(stages, more),
  capability: { ttl_seconds: 600, enforce: 'offline', dpop: false, audience: null },
  risk: { level: 'low', claimed: null, reasons: ['before'] },
  edits: 'any',
});
const found = (of: InForce, verdict: Judgement['verdict'] = 'require_approval'): Judgement =>
  ({ ...of, verdict }) as Judgement;
const stage = (count: number, ...from: string[]): Stage => ({ from, count });
const [A, B] = ['role:admin', 'group:finance'];

describe('policy judging an edited action again', () => {
  const cases: [string, Stage[], Stage[], Stage[]][] = [
    ['the same', [stage(1, A)], [stage(1, A)], [stage(1, A)]],
    ['more people', [stage(1, A)], [stage(2, A)], [stage(2, A)]],
    ['fewer people', [stage(2, A)], [stage(1, A)], [stage(2, A)]],
    ['only some of the people', [stage(1, A, B)], [stage(1, B)], [stage(1, B)]],
    ['further people', [stage(1, A)], [stage(1, A, B)], [stage(1, A)]],
    ['other people', [stage(1, A)], [stage(1, B)], [stage(1, B), stage(1, A)]],
    ['a stage more', [stage(1, A)], [stage(1, A), stage(1, B)], [stage(1, A), stage(1, B)]],
    ['one of two stages, twice', [stage(1, A), stage(1, B)], [stage(2, A)], [stage(2, A), stage(1, B)]],
  ];
  it.each(cases)('to ask %s gives stages that meet both', (_, old, fresh, expected) => {
    expect(rejudged(held(old), found(held(fresh))).requirement.stages).toEqual(expected);
  });

  it('never asks milder, whatever the two ask', () => {
    const all = [stage(1, A), stage(2, A), stage(1, B), stage(1, A, B), stage(2, A, B)];
    const lists = all.flatMap((one) => [[one], ...all.map((other) => [one, other])]);
    for (const old of lists)
      for (const fresh of lists) {
        const { requirement: made, capability } = rejudged(held(old), found(held(fresh)));
        const strictness = (of: Requirement) => ({ requirement: of, capability, risk: 'low' as const });
        expect(milderIn(strictness(requirement(old)), strictness(made)), JSON.stringify([old, fresh])).toEqual([]);
        expect(milderIn(strictness(requirement(fresh)), strictness(made)), JSON.stringify([old, fresh])).toEqual([]);
      }
  });

  it('takes the stricter of every setting, from either side', () => {
    const one = held([stage(1, A)], {
      verify: 'oidc',
      separation: 'owners',
      require: { approve: ['comment'], reject: [] },
    });
    const other: InForce = {
      ...held([stage(1, A)], { require: { approve: ['external_ref'], reject: ['comment'] } }),
      capability: { ttl_seconds: 60, enforce: 'consume', dpop: true, audience: 'service:b' },
      risk: { level: 'high', claimed: null, reasons: ['now'] },
      edits: 'narrow',
    };
    for (const made of [rejudged(one, found(other)), rejudged(other, found(one))])
      expect(made).toMatchObject({
        requirement: {
          ...{ verify: 'passkey', separation: 'owners' },
          require: { approve: ['comment', 'external_ref'], reject: ['comment'] },
        },
        capability: { ttl_seconds: 60, enforce: 'consume', dpop: true, audience: 'service:b' },
        ...{ risk: { level: 'high' }, edits: 'narrow' },
      });
  });

  it('keeps asking the same people where the edited action would be let through', () => {
    const two = held([stage(2, A)]);
    const made = rejudged(two, found(held([stage(1, B)]), 'allow'));
    expect(made.requirement).toEqual(two.requirement);
    expect(made.edits).toBe('any');
  });

  it('asks what policy asks at the risk that comes of it, even of an action that it would let through', () => {
    const parsed = parsePolicy(`
version: 1
risk: { high: { separation: owners } }
rules:
  - { id: tiny, match: { action: refund }, when: param.amount < 10, verdict: allow, risk: high }
  - { id: rest, match: { action: refund }, verdict: require_approval, risk: low, verify: oidc, edits: any }
`);
    if (!parsed.ok) throw new Error(parsed.problem.detail);
    const of = (amount: number) => {
      const asked = { action: 'refund', resource: 'order:1', actor: 'agent:a', params: { amount }, metadata: {} };
      const facts = { now: '2026-01-01T00:00:00.000Z', exhausted_patterns: [] };
      return judge(parsed.value.policy, { ...asked, context: null, claimed_risk: null }, facts);
    };
    expect(of(50).requirement).toMatchObject({ verify: 'oidc', separation: 'requester' });
    const made = rejudged(of(50), of(5));
    expect(made).toMatchObject({
      risk: { level: 'high' },
      requirement: { verify: 'passkey', separation: 'owners', stages: of(50).requirement.stages },
    });
    expect(rejudged(of(50), of(40)).requirement.verify).toBe('oidc');
  });

  it('names what a forger made milder', () => {
    const strict = { requirement: requirement([stage(2, A)]), capability: held([]).capability, risk: 'high' as const };
    const mild = {
      requirement: requirement([stage(1, A)], { verify: 'oidc' }),
      capability: { ...strict.capability, ttl_seconds: 601 },
      risk: 'low' as const,
    };
    expect(milderIn(strict, mild)).toEqual(['stages', 'verify', 'risk', 'ttl_seconds']);
    expect(milderIn(mild, strict)).toEqual([]);
  });

  it('is the same judgement that a proposal gets', () => {
    const parsed = parsePolicy(`rules:
  - { id: big, match: { action: pay }, when: param.amount > 10, verdict: require_approval, risk: high, approvals: [{ from: "role:admin", count: 2 }] }
  - { id: small, match: { action: pay }, verdict: require_approval, risk: low, edits: any }`);
    if (!parsed.ok) throw new Error(parsed.problem.detail);
    const asked = (amount: number) =>
      judge(
        parsed.value.policy,
        {
          action: 'pay',
          resource: 'r',
          actor: 'a',
          params: { amount },
          metadata: {},
          context: null,
          claimed_risk: null,
        },
        { now: '2026-11-20T10:00:00.000Z', exhausted_patterns: [] },
      );
    const up = rejudged(asked(1), asked(100));
    expect(up).toMatchObject({ risk: { level: 'high' }, requirement: { stages: [{ count: 2 }] }, edits: 'none' });
    expect(rejudged(up, asked(1))).toMatchObject({ risk: { level: 'high' }, requirement: { stages: [{ count: 2 }] } });
  });
});
