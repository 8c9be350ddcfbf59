// A suggested pattern lets nothing through that was not seen: histories of mail, payments, files, invitations, events,
// posts and shares, judged by the real judge with one thing changed that nobody ever approved.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../../core/canonical.ts';
import { instantAt } from '../../../core/duration.ts';
import { isObject, type Json, type JsonObject } from '../../../core/json.ts';
import { unboundedParts } from '../../../core/policy/diff/unbounded.ts';
import type { StoredRequest } from '../../../core/policy/simulate.ts';
import { Suggesting } from '../../../core/policy/suggest.ts';
import { withTrusted } from '../../../core/policy/text.ts';
import { DEFAULT_POLICY, judge, type Policy, type PolicyInput, parsePolicy } from '../../../core/policy.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const START = Date.parse('2026-11-01T00:00:00.000Z');

const storedOf = (input: PolicyInput, at: number): StoredRequest => ({
  id: `apr_${at}`,
  created_at: instantAt(START + at * 3_600_000),
  verdict: 'require_approval',
  risk: 'low',
  rule: null,
  stages: [],
  policy_digest: 'sha256:',
  trace: [],
  fate: 'approved',
  people: [`usr_${at % 2}`],
  input,
});

/** The policy with what the history suggests, or why it suggests nothing. */
function learned(history: PolicyInput[]): { policy: Policy } | { reason: string } {
  const suggesting = new Suggesting(DEFAULT_POLICY);
  const all = history.map(storedOf);
  for (const one of all) suggesting.learn(one);
  suggesting.propose(NOW);
  for (const one of all) suggesting.try(one);
  const [suggestion] = suggesting.suggestions();
  if (!suggestion) return { reason: suggesting.notSuggested()[0]?.reason ?? '' };
  const drafted = withTrusted('version: 1\n', suggestion.pattern);
  const parsed = parsePolicy(drafted.ok ? drafted.value.source : '');
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return { policy: parsed.value.policy };
}
const passes = (policy: Policy, input: PolicyInput): boolean =>
  judge(policy, input, { now: NOW, exhausted_patterns: [] }).verdict === 'allow';

const text = (...words: string[]) => fc.constantFrom(...words);
const people = fc.subarray(['emma@client.example', 'rob@client.example', 'ann@acme.example'], { minLength: 1 });
const maybe = <T extends Json>(key: string, value: fc.Arbitrary<T>): fc.Arbitrary<JsonObject> =>
  fc.option(value, { nil: undefined }).map((one) => (one === undefined ? {} : { [key]: one }));
const together = (...parts: fc.Arbitrary<JsonObject>[]): fc.Arbitrary<JsonObject> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as JsonObject);
const some = (shape: { [key: string]: fc.Arbitrary<Json> }): fc.Arbitrary<JsonObject> =>
  fc.record(shape) as fc.Arbitrary<JsonObject>;

interface Tool {
  action: string;
  resource: fc.Arbitrary<string>;
  params: fc.Arbitrary<JsonObject>;
}
const TOOLS: { [name: string]: Tool } = {
  mail: {
    action: 'mail.send',
    resource: text('mailbox:emma', 'mailbox:rob'),
    params: together(some({ to: people, subject: text('Report', 'Hello') }), maybe('cc', people)),
  },
  payment: {
    action: 'payment.create',
    resource: text('account:main'),
    params: some({
      payee: text('acme', 'globex'),
      amount: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.constant(12.5)),
      currency: text('EUR', 'USD'),
    }),
  },
  file: {
    action: 'file.delete',
    resource: text('file:/srv/a.txt', 'file:/srv/b.txt', 'file:/srv/*'),
    params: together(some({ recursive: fc.boolean() }), maybe('older_than', fc.integer({ min: -3, max: 30 }))),
  },
  invitation: {
    action: 'member.invite',
    resource: text('workspace:acme'),
    params: some({
      email: text('a@x.example', 'b@x.example'),
      role: text('viewer', 'editor'),
      user_id: text('7', '9'),
    }),
  },
  event: {
    action: 'calendar.create',
    resource: text('calendar:team'),
    params: some({
      when: some({ start: text('09:00', '10:00'), minutes: fc.integer({ min: 15, max: 60 }) }),
      guests: fc.subarray([1, 2, 3]),
      room: fc.constantFrom<Json>(null, 'Blue', 4),
    }),
  },
  post: {
    action: 'social.post',
    resource: text('channel:general', 'channel:news'),
    params: some({ 'text-id': text('weekly', 'monthly'), tags: fc.constantFrom<Json>([], ['a'], ['a', 'b'], [['a']]) }),
  },
  share: {
    action: 'drive.share',
    resource: text('folder:q1', 'folder:q2'),
    params: some({
      with: people,
      options: fc.constantFrom<Json>({}),
      in: fc.boolean(),
      chat_id: fc.constantFrom(3, 900),
    }),
  },
};

const inputOf = ({ action, resource, params }: Tool): fc.Arbitrary<PolicyInput> =>
  fc
    .record({
      resource,
      params,
      metadata: together(some({ team: text('web') }), maybe('env', text('prod', 'dev'))),
      context: fc.option(some({ reason: text('weekly run', 'asked by Dana') })),
    })
    .map((parts) => ({ action, actor: 'agent:x', claimed_risk: null, ...parts }));

/** Twenty-four requests out of four: each of them was approved often. */
const historyOf = (tool: Tool): fc.Arbitrary<PolicyInput[]> =>
  fc
    .array(inputOf(tool), { minLength: 1, maxLength: 4 })
    .map((some) => Array.from({ length: 24 }, (_, at) => some[at % some.length]!));

type Path = (string | number)[];
const ODD: Json[] = [
  null,
  true,
  false,
  0,
  -1,
  2.5,
  1e20,
  600,
  '',
  'x',
  'Emma@client.example',
  '5',
  [],
  ['x'],
  {},
  { a: 1 },
];

/** Every value of the input that differs from it in one place. */
function mutations(value: Json, path: Path = []): { at: Path; to: Json }[] {
  const inner = isObject(value)
    ? [
        ...Object.entries(value).flatMap(([key, one]) => mutations(one, [...path, key])),
        ...Object.keys(value).map((key) => {
          const { [key]: _, ...rest } = value;
          return { at: path, to: rest };
        }),
        { at: path, to: { ...value, bcc: 'x@evil.example' } },
        { at: path, to: { ...value, constructor: 1 } },
      ]
    : Array.isArray(value)
      ? [
          { at: path, to: [...value, 'x@evil.example'] },
          { at: path, to: [...value, ...value] },
          { at: path, to: [...value].reverse() },
          { at: path, to: value.slice(1) },
          { at: path, to: Object.fromEntries(value.entries()) as JsonObject },
        ]
      : typeof value === 'number'
        ? [value + 0.5, value + 1_000_000, -value - 10, String(value)].map((to) => ({ at: path, to }))
        : typeof value === 'string'
          ? [`${value} `, value.toUpperCase(), `${value}x`, [value], { [value]: 1 }].map((to) => ({ at: path, to }))
          : [];
  return [...inner, ...(path.length > 0 ? ODD.map((to) => ({ at: path, to })) : [])];
}
function replaced(value: Json, [key, ...rest]: Path, to: Json): Json {
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((one, at) => (at === key ? replaced(one, rest, to) : one));
  return { ...(value as JsonObject), [key]: replaced((value as JsonObject)[key]!, rest, to) };
}

const PARTS = ['params', 'metadata', 'context'] as const;
type Seen = Map<string, Json[]>;

/** What stood at each place in the history, so that a mutation can be told from something that was seen. */
function seenIn(history: PolicyInput[]): Seen {
  const seen: Seen = new Map();
  const note = (path: Path, value: Json): void => {
    const key = JSON.stringify(path);
    seen.set(key, [...(seen.get(key) ?? []), value]);
    if (isObject(value)) for (const [name, one] of Object.entries(value)) note([...path, name], one);
  };
  for (const input of history) for (const part of PARTS) note([part], input[part]);
  return seen;
}

/** Whether this value, place by place, is one that was seen: the judge of the test, written apart from the pattern's. */
function wasSeen(seen: Seen, path: Path, value: Json): boolean {
  const there = seen.get(JSON.stringify(path)) ?? [];
  if (!isObject(value)) return there.some((one) => sameOrBetween(there, one, value, path));
  const owners = there.filter(isObject);
  return (
    owners.length > 0 &&
    Object.keys(value).every((key) => owners.some((one) => Object.hasOwn(one, key))) &&
    [...new Set(owners.flatMap(Object.keys))].every((key) =>
      Object.hasOwn(value, key)
        ? wasSeen(seen, [...path, key], value[key]!)
        : owners.some((one) => !Object.hasOwn(one, key)),
    )
  );
}
function sameOrBetween(there: Json[], one: Json, value: Json, path: Path): boolean {
  if (canonicalize(one) === canonicalize(value)) return true;
  const numbers = there.filter((other) => typeof other === 'number');
  if (typeof value !== 'number' || numbers.length < there.length || path.at(-1) === 'chat_id') return false;
  const fits = Number.isInteger(value) || numbers.some((other) => !Number.isInteger(other));
  return fits && value >= Math.min(...numbers) && value <= Math.max(...numbers);
}

describe.each(Object.entries(TOOLS))('a suggestion from a history of %s', (_name, tool) => {
  it('lets through what was approved, and nothing in which one thing was not seen', () => {
    let suggestions = 0;
    fc.assert(
      fc.property(historyOf(tool), (history) => {
        const found = learned(history);
        if ('reason' in found) {
          expect(found.reason).not.toBe('');
          return;
        }
        suggestions++;
        const [pattern] = found.policy.trusted;
        expect(unboundedParts(pattern!)).toEqual([]);
        const seen = seenIn(history);
        for (const input of history) expect(passes(found.policy, input)).toBe(true);
        const [first] = history as [PolicyInput];
        for (const part of PARTS)
          for (const { at, to } of mutations(first[part])) {
            const changed = { ...first, [part]: replaced(first[part], at, to) };
            if (changed[part] !== null && !isObject(changed[part])) continue;
            const was = wasSeen(seen, [part], changed[part]);
            if (passes(found.policy, changed) !== was)
              throw new Error(`${part}/${at.join('/')} = ${JSON.stringify(to)}: ${was ? 'asked' : 'let through'}`);
          }
        for (const [field, other] of [
          ['resource', `${first.resource}x`],
          ['resource', 'other:thing'],
          ['resource', 'file:/srv/c.txt'],
          ['actor', 'agent:y'],
          ['action', `${first.action}.all`],
        ] as const)
          expect(passes(found.policy, { ...first, [field]: other })).toBe(false);
      }),
      { numRuns: 60 },
    );
    expect(suggestions).toBeGreaterThan(20);
  });
});

describe('what cannot be bounded', () => {
  const many = (params: (at: number) => JsonObject, resource = (_at: number) => 'mailbox:emma') =>
    Array.from({ length: 24 }, (_, at) => ({
      action: 'mail.send',
      actor: 'agent:x',
      resource: resource(at),
      params: params(at),
      metadata: {},
      context: null,
      claimed_risk: null,
    }));
  it.each<[string, PolicyInput[], RegExp]>([
    ['long texts that differ', many((at) => ({ body: `${at} ${'x'.repeat(200)}` })), /`param.body` had more different/],
    ['lists of objects', many(() => ({ items: [{ sku: 'a' }] })), /`param.items` was a list that holds objects/],
    [
      'an object now and a text then',
      many((at) => ({ to: at === 3 ? 'x' : { a: 1 } })),
      /`param.to` was an object now/,
    ],
    [
      'more keys than data has',
      many(() => Object.fromEntries(Array.from({ length: 31 }, (_, at) => [`k${at}`, 1]))),
      /`param` had more than 30 different keys/,
    ],
    ['nesting that nobody reads', many(() => ({ a: { b: { c: { d: { e: { f: 1 } } } } } })), /nested deeper than 5/],
    [
      'many places that fit alone and not together',
      many(() =>
        Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`a_long_name_${at}`, 'a value of some length'])),
      ),
      /takes a condition of \d+ characters, and one has 1024 at most/,
    ],
  ])('is not suggested, and said why: %s', (_what, history, reason) => {
    expect(learned(history)).toMatchObject({ reason: expect.stringMatching(reason) });
  });

  it('is more resources than a pattern names', () => {
    const history = Array.from(
      { length: 60 },
      (_, at) =>
        many(
          () => ({}),
          () => `file:${at}`,
        )[0]!,
    );
    expect(learned(history)).toEqual({ reason: 'The requests were about more than 50 different resources.' });
  });
});
