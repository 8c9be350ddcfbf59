import { describe, expect, it } from 'vitest';
import { parseAction, parseActor, parseResource } from '../../core/actor.ts';

const HIDDEN = ['\u200b', '\u202e', '\u0000', '\n', '\t', '\u00a0', '\ufeff', '\u{e0041}', '\u00ad', '\ud800'];

describe('parseActor', () => {
  it.each([
    'service-account:release-bot',
    'agent:reporter',
    'user:dana@example.com',
    'agent:a.b_c',
    'agent:агент',
    'agent:zoë',
  ])('takes %s', (text) => {
    expect(parseActor(text)).toEqual({ ok: true, value: text });
  });

  it('normalises agent.NAME to agent:NAME', () => {
    expect(parseActor('agent.release-bot')).toEqual({ ok: true, value: 'agent:release-bot' });
  });

  it.each(HIDDEN)('refuses a hidden character in a name (%j)', (char) => {
    expect(parseActor(`agent:re${char}porter`)).toMatchObject({
      ok: false,
      problem: { code: 'invalid-request', errors: [{ pointer: '/actor' }] },
    });
  });

  it('refuses names that differ by case, space or normal form from one in a rule', () => {
    for (const text of [
      'agent:Reporter',
      'Agent:reporter',
      'agent: reporter',
      'agent:reporter ',
      ' agent:reporter',
      'agent:zoe\u0308',
      'agent:ｒeporter',
    ]) {
      expect(parseActor(text).ok, text).toBe(false);
    }
  });

  it('refuses a word of another script that reads as a plain one, percent forms, and dots and slashes that say nothing', () => {
    for (const text of [
      'agent:рау',
      'agent:сору-bot',
      'agent:%72eporter',
      'agent:reporter.',
      'agent:reporter/',
      'agent:a..b',
    ])
      expect(parseActor(text).ok, text).toBe(false);
    for (const text of ['agent:сбор', 'agent:αθηνα', 'agent:100%', 'agent:team/bot'])
      expect(parseActor(text).ok, text).toBe(true);
    for (const text of ['рау', 'order.рау', 'p%61y', 'pay/']) expect(parseAction(text).ok, text).toBe(false);
  });

  it('refuses look-alike letters', () => {
    expect(parseActor('agent:rеporter')).toMatchObject({ problem: { detail: expect.stringContaining('scripts') } });
  });

  it('refuses patterns, other kinds, empty and over-long names, and what is not text', () => {
    for (const text of [
      'agent:*',
      'robot:x',
      'agent:',
      'agent',
      '',
      'agent:a:b',
      `agent:${'a'.repeat(251)}`,
      5,
      null,
      undefined,
      {},
    ]) {
      expect(parseActor(text).ok, String(text)).toBe(false);
    }
    expect(parseActor(`agent:${'a'.repeat(250)}`).ok).toBe(true);
  });
});

describe('parseAction', () => {
  it.each(['deployment.execute', 'order_tools.process_refund', 'mcp__github__create_issue', 'data.export', 'refund'])(
    'takes %s',
    (text) => {
      expect(parseAction(text)).toEqual({ ok: true, value: text });
    },
  );

  it.each([
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    'Data.export',
    'data export',
    'data.*',
    'data:export',
    'da\u200bta.export',
    'dаta.export',
  ])('refuses %j', (text) => {
    expect(parseAction(text)).toMatchObject({ ok: false, problem: { errors: [{ pointer: '/action' }] } });
  });
});

describe('parseResource', () => {
  it.each([
    'service:billing-api',
    'order:ORD-1287',
    'iam:role/admin',
    'file:/My Documents/a b',
    'https://api.example.com/x',
    'repo:payments/api',
  ])('takes %s', (text) => {
    expect(parseResource(text)).toEqual({ ok: true, value: text });
  });

  it.each([
    '',
    'service',
    'service:',
    ':x',
    'Service:x',
    'service: x\u202e',
    'service:x ',
    'service:x  y',
    'se\u200brvice:x',
    `service:${'x'.repeat(250)}`,
    'service:e\u0301',
  ])('refuses %j', (text) => {
    expect(parseResource(text)).toMatchObject({ ok: false, problem: { errors: [{ pointer: '/resource' }] } });
  });
});
