import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../../core/encoding.ts';
import {
  challengeOf,
  challengeText,
  commentDigest,
  type DecisionIntent,
  decisionIntent,
  type EnrolIntent,
  type Intent,
  type SignInIntent,
} from '../../core/intent.ts';
import type { Json, JsonObject } from '../../core/json.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const SHOWN = {
  ...{ organization: 'org_1', rp_id: 'localhost', request: 'apr_1', stage: 0, decision: 'approve' as const },
  ...{ action_digest: digest('a'), request_digest: digest('b'), policy_digest: digest('c'), reviewer: 'usr_1' },
  scope: {
    ...{ action: 'a.b', resource: 'x:y', params_digest: digest('d'), audience: 'x:y', enforce: 'offline' as const },
    ...{ dpop: false, ttl_seconds: 600 },
  },
  ...{ comment: 'fine', external_ref: null },
};
const GIVEN = {
  ...{ nonce: 'n'.repeat(43), issued_at: '2026-03-01T12:00:00.000Z', expires_at: '2026-03-01T12:02:00.000Z' },
  checkpoint: { size: 7, root: 'AAAA' },
};
const INTENT = decisionIntent(SHOWN, GIVEN);

/** Every place of a value where something else could stand, with the pointer to it. */
function* places(value: Json, path: string[] = []): Generator<string[]> {
  if (path.length > 0) yield path;
  if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) yield* places(member, [...path, key]);
}
function changedAt(intent: Intent, path: string[]): Intent {
  const copy = structuredClone(intent) as unknown as JsonObject;
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as JsonObject, copy);
  const last = path.at(-1)!;
  const was = parent[last];
  parent[last] = typeof was === 'number' ? was + 1 : typeof was === 'boolean' ? !was : `${JSON.stringify(was)}'`;
  return copy as unknown as Intent;
}
const shuffled = (value: Json): Json =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, member]) => [key, shuffled(member)]),
      );

describe('the challenge of an intent', () => {
  it('is SHA-256 of prefix, kind, version, a zero byte and the canonical intent', () => {
    const sign_in: SignInIntent = {
      ...{ v: 1, kind: 'sign-in', organization: '', rp_id: 'localhost', user: null, nonce: 'bm9uY2U' },
      ...{ issued_at: '2026-03-01T12:00:00.000Z', expires_at: '2026-03-01T12:02:00.000Z' },
    };
    const text =
      'assentry/sign-in/v1\0{"expires_at":"2026-03-01T12:02:00.000Z","issued_at":"2026-03-01T12:00:00.000Z",' +
      '"kind":"sign-in","nonce":"bm9uY2U","organization":"","rp_id":"localhost","user":null,"v":1}';
    const sha256 = (encoding: 'hex' | 'base64url') => createHash('sha256').update(text).digest(encoding);
    expect(hex(challengeOf(sign_in))).toBe(sha256('hex'));
    expect(challengeText(sign_in)).toBe(sha256('base64url'));
  });

  it('changes with every single field of a decision, down to the scope and the checkpoint', () => {
    const all = [...places(INTENT as unknown as Json)];
    expect(all.length).toBeGreaterThan(25);
    const challenges = all.map((path) => challengeText(changedAt(INTENT, path)));
    expect(new Set([...challenges, challengeText(INTENT)]).size).toBe(all.length + 1);
  });

  it('is the same in whatever order the keys come', () => {
    expect(challengeText(shuffled(INTENT as unknown as Json) as unknown as Intent)).toBe(challengeText(INTENT));
  });

  it('of one kind is never that of another, whatever the intent says', () => {
    const enrol: EnrolIntent = { ...GIVEN, v: 1, kind: 'enrol', organization: '', rp_id: '', user: null, token: null };
    const kinds = ['decision', 'change', 'enrol', 'sign-in'].map((kind) =>
      challengeText({ ...enrol, kind } as unknown as Intent),
    );
    expect(new Set(kinds).size).toBe(4);
  });
});

describe('the intent of a decision', () => {
  it('holds exactly the fields that trust.md names', () => {
    expect(Object.keys(INTENT).sort()).toEqual(
      (
        'v kind organization rp_id request stage decision action_digest request_digest edited scope policy_digest ' +
        'comment_digest external_ref reviewer checkpoint nonce issued_at expires_at'
      )
        .split(' ')
        .sort(),
    );
    expect(JSON.stringify(INTENT)).not.toContain('fine');
  });

  it('releases nothing when it rejects', () => {
    expect(decisionIntent({ ...SHOWN, decision: 'reject' }, GIVEN).scope).toBeNull();
  });

  it('takes nothing from the server but nonce, times and checkpoint', () => {
    const lying = { ...GIVEN, decision: 'reject', reviewer: 'usr_2', checkpoint: { ...GIVEN.checkpoint, more: 1 } };
    expect(decisionIntent(SHOWN, lying)).toEqual(INTENT);
  });

  it('is the same on the page and on the server, for any display', () => {
    const arbitrary = fc.record({
      comment: fc.option(fc.string()),
      stage: fc.nat(5),
      external_ref: fc.option(fc.string()),
    });
    fc.assert(
      fc.property(arbitrary, (part) => {
        const over_the_wire = JSON.parse(JSON.stringify({ ...SHOWN, ...part })) as typeof SHOWN;
        expect(challengeText(decisionIntent(over_the_wire, GIVEN))).toBe(
          challengeText(decisionIntent({ ...SHOWN, ...part }, GIVEN)),
        );
      }),
    );
  });

  it('hides the comment behind the nonce', () => {
    expect(commentDigest('one', 'fine')).not.toBe(commentDigest('two', 'fine'));
    expect(commentDigest('one', null)).not.toBe(commentDigest('one', ''));
    expect((INTENT as DecisionIntent).comment_digest).toBe(commentDigest(GIVEN.nonce, 'fine'));
  });
});
