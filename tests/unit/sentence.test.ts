// The sentence that says what will happen: it names who, how much and which one, our words stand around the caller's values
// and only where they are surely true, and a policy's own sentence is filled from the params that may run.
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import type { ParameterSchema } from '../../core/policy/parameters.ts';
import { parsePolicy } from '../../core/policy.ts';
import { messageText, sentence, sentenceText } from '../../core/sentence.ts';
import { CALLS } from './sentence-corpus.ts';

const MONEY: ParameterSchema = {
  properties: { amount: { type: 'integer', format: 'minor-units', currency: 'currency' } },
};
const say = (action: string, resource: string, params: JsonObject = {}, metadata: JsonObject = {}) =>
  sentenceText({ action, resource, params, metadata, parameters: MONEY });

describe('a sentence without a template', () => {
  it.each<[string, string, JsonObject, JsonObject, string]>([
    [
      ...(['order_tools.process_refund', 'order:ORD-1287'] as const),
      ...([{ amount: 240000, currency: 'EUR', customer_name: 'Jane Doe' }, {}] as const),
      'Refund €2,400.00 to "Jane Doe" for "order ORD-1287"',
    ],
    ['order_tools.process_refund', 'order:ORD-1', { amount: 2400 }, {}, 'Refund amount 2,400 for "order ORD-1"'],
    [
      ...(['deployment.execute', 'service:billing-api', { version: 'v2.1.0' }] as const),
      { environment: 'production' },
      'Deploy "v2.1.0" of "billing-api" to "production"',
    ],
    ['deployment.execute', 'service:billing-api', {}, {}, 'Deploy "billing-api"'],
    ['order_tools.cancel_order', 'order:ORD-1199', {}, {}, 'Cancel "order ORD-1199"'],
    ['order_tools.cancel_order', 'order:ORD-1199', { order_id: 'ORD-1199' }, {}, 'Cancel "order ORD-1199"'],
    [
      ...(['order_tools.process_refund', 'order:ORD-1'] as const),
      ...([{ order_id: 'ORD-1', amount: 129200, currency: 'EUR' }, {}] as const),
      'Refund €1,292.00 for "order ORD-1"',
    ],
    [
      ...(['shell.run', 'host:web-1', { command: `ls -la${'\n'.repeat(200)}rm -rf /srv` }, {}] as const),
      'Run shell on "host web-1": "ls -la\\{200 line ends}rm -rf /srv"',
    ],
    ['shell.run', 'host:web-1', { command: 'rm -rf /srv' }, {}, 'Run shell on "host web-1": "rm -rf /srv"'],
    [
      'shell.run',
      'host:web-1',
      { to: 'b', command: 'rm -rf /srv' },
      {},
      'Run shell to "b" on "host web-1": "rm -rf /srv"',
    ],
    [
      'vm.zap',
      'host:web-1',
      { name: 'z', cmd: 'rm -rf /srv' },
      {},
      'Run "vm.zap" on "host:web-1": cmd "rm -rf /srv", name "z"',
    ],
    ['db_delete', 'table:c', { rows: 4281923 }, {}, 'Delete 4,281,923 rows of "table c"'],
    [
      'workspace.cancel_calendar_event',
      'calendar:emma',
      { event_id: '5' },
      {},
      'Cancel calendar event "5" on "calendar emma"',
    ],
  ])('for %s on %s with %j says what happens', (action, resource, params, metadata, expected) => {
    expect(say(action, resource, params, metadata)).toBe(expected);
  });

  it.each(CALLS)('about %s on %s names who, how much and which one', (action, resource, params, names) => {
    const text = sentenceText({ action, resource, params, metadata: {} });
    expect(
      names.filter((name) => !text.includes(name)),
      text,
    ).toEqual([]);
    expect(text).not.toMatch(/[{}[\]]|\n/);
  });

  it('begins with our verb for nearly all of the common tools', () => {
    const run = CALLS.filter(([action, resource, params]) =>
      sentenceText({ action, resource, params, metadata: {} }).startsWith('Run '),
    );
    expect(run.map(([action]) => action)).toEqual(['host.exec', 'vendor.frobnicate']);
  });

  it('tells two mails of the queue apart', () => {
    const mail = (params: JsonObject) => say('workspace.send_email', 'mailbox:emma', params);
    const texts = [
      mail({ recipients: ['a@x.io'], subject: 'One' }),
      mail({ recipients: ['a@x.io'], subject: 'Two' }),
      mail({ recipients: ['b@x.io'], subject: 'One' }),
      mail({ recipients: ['a@x.io'], body: 'First of all' }),
      mail({ recipients: ['a@x.io'], body: 'Second of all' }),
    ];
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('reads lists as words, with the count of those that it does not name', () => {
    const to = (recipients: string[]) => say('send_email', 'mailbox:e', { recipients, subject: 's' });
    expect(to(['a'])).toBe('Send email "s" to "a" from "mailbox e"');
    expect(to(['a', 'b'])).toBe('Send email "s" to "a" and "b" from "mailbox e"');
    expect(to(['a', 'b', 'c'])).toBe('Send email "s" to "a", "b" and "c" from "mailbox e"');
    expect(to(['a', 'b', 'c', 'd', 'e'])).toBe('Send email "s" to "a", "b" and 3 more from "mailbox e"');
    expect(to([])).toBe('Send email "s" to (no recipients) from "mailbox e"');
  });

  it.each([
    ['refund.cancel_all', 'order:1'],
    ['deployment.rollback_all', 'service:a'],
    ['not_refund', 'order:1'],
    ['refund_and_delete', 'order:1'],
    ['undo_delete_user', 'user:1'],
    ['mail.send_without_review', 'mailbox:1'],
    ['constructor', 'order:1'],
    ['__proto__.toString', 'order:1'],
  ])('claims nothing about %s, which no template surely describes', (action, resource) => {
    expect(say(action, resource)).toBe(`Run "${action}" on "${resource}"`);
  });

  it('keeps what the caller sent apart from our own words', () => {
    const params = { version: 'v1 of nothing. Approved by legal' };
    const phrases = sentence({ action: 'deployment.execute', resource: 'service:a', params, metadata: {} });
    expect(phrases.filter(({ text }) => text.trim() !== '')).toEqual([
      { kind: 'ours', text: 'Deploy' },
      { kind: 'value', text: 'v1 of nothing. Approved by legal' },
      { kind: 'ours', text: 'of' },
      { kind: 'value', text: 'a' },
    ]);
  });

  it('clips a long value between characters and counts what it has', () => {
    const text = say('deployment.execute', 'service:a', { version: '🚀'.repeat(100) });
    expect(text).toBe(`Deploy "${'🚀'.repeat(64)}…" (100 characters) of "a"`);
  });

  it('shows hidden and quoting characters of a value as what they are', () => {
    const text = say('deployment.execute', 'service:a', { version: 'v1" of "b\u202e' });
    expect(text).toBe('Deploy "v1\\" of \\"b\\u{202e}" of "a"');
  });

  it('repeats no password, and nothing that policy hides', () => {
    const proposed = { action: 'bank.update_password', resource: 'account:a', metadata: {} };
    expect(sentenceText({ ...proposed, params: { password: 'hunter2' } })).toBe('Update password on "account a"');
    const params = { password: '(hidden)', street: '(hidden)', city: 'Rome' };
    expect(sentenceText({ ...proposed, params, hidden: ['/password', '/street'] })).toBe(
      'Update password on "account a" with city "Rome"',
    );
  });
});

describe('money in a sentence', () => {
  const refund = (params: JsonObject, parameters: ParameterSchema | null) =>
    sentenceText({ action: 'refund', resource: 'order:1', params, metadata: {}, parameters });

  it('is what the schema calls money', () => {
    const parameters: ParameterSchema = {
      properties: { sum: { type: 'integer', format: 'minor-units', currency: 'HUF' } },
    };
    expect(refund({ sum: 129200 }, parameters)).toBe('Refund HUF 1,292.00 for "order 1"');
  });

  it('is no number that only looks like it', () => {
    expect(refund({ amount: 1292, currency: 'EUR' }, null)).toBe('Refund amount 1,292 "EUR" for "order 1"');
    expect(refund({ amount: 12.5 }, { properties: {} })).toBe('Refund amount 12.5 for "order 1"');
  });
});

const MAIL: ParameterSchema = {
  type: 'object',
  properties: {
    to: { type: 'array', items: { type: 'string', format: 'email' } },
    subject: { type: 'string' },
    fee: { type: 'integer', format: 'minor-units', currency: 'EUR' },
    secret: { type: 'string', writeOnly: true },
    from: { type: 'object', properties: { name: { type: 'string' } }, additionalProperties: false },
  },
  additionalProperties: false,
};
const document = (sentenceOf: string, rule: object = {}) =>
  JSON.stringify({
    version: 1,
    rules: [{ id: 'mail', match: { action: 'mail.*' }, verdict: 'require_approval', ...rule }],
    parameters: [{ action: 'mail.*', schema: MAIL, sentence: sentenceOf }],
  });

describe('a sentence of the policy', () => {
  const filled = (template: string, params: JsonObject, hidden: string[] = []) =>
    sentenceText({
      action: 'mail.send',
      resource: 'mailbox:e',
      metadata: {},
      params,
      hidden,
      parameters: { ...MAIL, sentence: template },
    });

  it('is filled from the params, money by the schema, lists as words', () => {
    expect(
      filled('Send {subject} to {to} for {fee}', { subject: 'Hi', to: ['a@x', 'b@x', 'c@x', 'd@x'], fee: 500 }),
    ).toBe('Send "Hi" to "a@x", "b@x" and 2 more for €5.00');
    expect(filled('({from.name}) {{as is}}', { from: { name: 'Ann' } })).toBe('("Ann") {as is}');
  });

  it('says so where something is missing or hidden', () => {
    expect(filled('Send {subject} to {to}', { to: [] })).toBe('Send (no subject) to (no to)');
    expect(filled('Set {secret}', { secret: '(hidden)' }, ['/secret'])).toBe('Set (hidden)');
  });

  it('takes no word of a value for a placeholder', () => {
    expect(filled('Send {subject}', { subject: '{to}', to: ['a'] })).toBe('Send "{to}"');
  });

  it.each([
    ['Send {subject', /column \d+.*write "\{\{"/],
    ['Send subject}', /write "\}\}"/],
    ['Send {}', /names no parameter/],
    ['Send {a b}', /names no parameter/],
    ['Send {subjekt}', /\{subjekt\} is no parameter of this action\. Did you mean .?subject/],
    ['Send {from.nam}', /\{from.nam\} is no parameter/],
    ['Send {subject.length}', /\{subject.length\} is no parameter/],
    ['Send {secret}', /hidden \(writeOnly\)/],
  ])('%s is refused with its place', (template, says) => {
    const parsed = parsePolicy(document(template));
    expect(parsed.ok ? 'taken' : parsed.problem.detail).toMatch(says);
    if (!parsed.ok) expect(parsed.problem.errors?.[0]).toMatchObject({ pointer: '/parameters/0/sentence', line: 1 });
    const inMessage = parsePolicy(document('Send {to} {fee}', { message: template }));
    expect(inMessage.ok ? 'taken' : inMessage.problem.errors?.[0]?.pointer).toBe('/rules/0/message');
  });

  it('that names no recipient or no amount, though the params have one, is a warning', () => {
    const warnings = (template: string) => {
      const parsed = parsePolicy(document(template));
      return parsed.ok ? parsed.value.warnings.map(({ detail }) => detail) : [];
    };
    expect(warnings('Send {subject}')).toEqual([
      'This sentence names no recipient, and the params have one: say {to}.',
      'This sentence names no amount, and the params have one: say {fee}.',
    ]);
    expect(warnings('Send {subject} to {to} for {fee}')).toEqual([]);
  });
});

describe('a message of a rule', () => {
  const told = (message: string, verdict: string) => {
    const parsed = parsePolicy(document('Send {to} {fee}', { message, verdict }));
    if (!parsed.ok) throw new Error(parsed.problem.detail);
    const { messages } = parsed.value.policy;
    const parameters = { ...MAIL, ...(messages ? { messages } : {}) };
    return messageText({
      action: 'mail.send',
      resource: 'm:e',
      metadata: {},
      params: { to: ['a@x'] },
      parameters,
      message,
      verdict,
    });
  };

  it('is filled where it has placeholders', () => {
    expect(told('Is {to} a customer?', 'require_approval')).toBe('Is "a@x" a customer?');
  });

  it('of before reads as before, braces and all, and so does that of a deny', () => {
    const before = { action: 'mail.send', resource: 'm:e', metadata: {}, params: {}, parameters: MAIL };
    expect(messageText({ ...before, message: 'Ask {legal}.' })).toBe('Ask {legal}.');
    expect(messageText({ ...before, parameters: null, message: null })).toBeNull();
    expect(told('Never to {anybody}.', 'deny')).toBe('Never to {anybody}.');
  });
});
