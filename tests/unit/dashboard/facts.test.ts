// Facts and words of the dashboard: everything signed is shown, nothing that helps the reader is lost.
import { describe, expect, it } from 'vitest';
import type { ParameterSchema } from '../../../core/policy/parameters.ts';
import { factsOf, moneyByPointer } from '../../../dashboard/src/text/facts.ts';
import { eventName, namesPerson, sourcesText, subjectOf } from '../../../dashboard/src/text/people.ts';
import { clock, relative, span } from '../../../dashboard/src/text/time.ts';

describe('facts', () => {
  it('hold every leaf of the parameters, money and people first', () => {
    const facts = factsOf({
      note: 'x',
      items: [{ sku: 'A' }],
      address: { city: 'Bern', lines: {} },
      to: 'Jane',
      total: 100,
      currency: 'CHF',
    });
    expect(facts.map(({ path }) => path)).toEqual([
      'total',
      'to',
      'note',
      'items',
      'address.city',
      'address.lines',
      'currency',
    ]);
    expect(facts[0]).toMatchObject({ text: 'CHF 1.00', raw: '100 minor units', weight: 'big' });
  });

  it('show what was there before where it differs, and only there', () => {
    const facts = factsOf(
      { amount: 240000, currency: 'EUR', tier: 'gold' },
      { amount: 12900, currency: 'EUR', tier: 'gold' },
    );
    expect(facts.map(({ path, was }) => [path, was])).toEqual([
      ['amount', '€129.00'],
      ['currency', null],
      ['tier', null],
    ]);
  });

  it('stand under the title that the schema gives them, beside the name that the agent gave', () => {
    const schema: ParameterSchema = {
      properties: {
        amt: { type: 'integer', title: 'Refund', format: 'minor-units', currency: 'cur' },
        cur: { type: 'string', title: 'Cur' },
        fee: { type: 'integer', format: 'minor-units', currency: 'CHF' },
      },
    };
    const facts = factsOf({ amt: 2400, cur: 'EUR', fee: 5, note: 'x' }, { amt: 12_900, cur: 'EUR' }, schema);
    expect(facts.map(({ path, label, named, text, was }) => [path, label, named, text, was])).toEqual([
      ['fee', 'Fee', null, 'CHF 0.05', null],
      ['amt', 'Refund', 'amt', '€24.00', '€129.00'],
      ['cur', 'Cur', null, 'EUR', null],
      ['note', 'Note', null, 'x', null],
    ]);
  });

  it('keep hidden characters: revealing them is for the eye, dropping them would hide', () => {
    expect(factsOf({ note: 'a\u202eb' })[0]!.text).toBe('a\u202eb');
  });
});

describe('words', () => {
  it('name sources of approval', () => {
    expect(sourcesText(['role:owner', 'role:admin', 'group:finance'])).toBe('an owner, an admin or finance');
    expect(sourcesText('user:dana@example.com')).toBe('dana@example.com');
  });

  it('know a person by id, address, role and group, and by nothing that only looks like it', () => {
    const dana = { id: 'usr_1', email: 'dana@example.com', roles: ['reviewer'], groups: ['finance'] };
    for (const source of ['user:usr_1', 'user:dana@example.com', 'role:reviewer', 'group:finance'])
      expect(namesPerson([source], dana)).toBe(true);
    for (const source of ['role:finance', 'group:reviewer', 'user:usr_10', 'group:Finance', 'finance'])
      expect(namesPerson([source], dana)).toBe(false);
  });

  it('name events and what they are about', () => {
    expect(eventName('approval.vote_recorded')).toBe('Approval vote recorded');
    expect(eventName('api_key.created')).toBe('API key created');
    expect(subjectOf({ id: 'evt_1', by: 'usr_1', organization: 'org_1', target: 'key_1' })).toBe('key_1');
    expect(subjectOf({ by: 'usr_1', reason: 'usr' })).toBeNull();
  });
});

describe('times', () => {
  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [61, '1 min'],
    [3_660, '1 h 1 min'],
    [18_000, '5 h'],
    [90_000, '1 d 1 h'],
  ])('%d seconds are %s', (seconds, expected) => {
    expect(span(seconds)).toBe(expected);
  });

  it('count down to zero and not below', () => {
    expect([clock(3_432), clock(11_229), clock(0.4), clock(-5)]).toEqual(['57:12', '3:07:09', '0:00', '0:00']);
  });

  it('are relative to the given now', () => {
    const now = Date.parse('2026-11-20T10:00:00.000Z');
    expect(relative('2026-11-20T10:57:00.000Z', now)).toBe('in 57 min');
    expect(relative('2026-11-20T09:57:00.000Z', now)).toBe('3 min ago');
    expect(relative('not a time', now)).toBe('not a time');
  });
});

describe('money in the form of an edit', () => {
  it('is readable beside its minor units, by the pointer of the field, and only where a currency is known', () => {
    const params = { amount: 129200, currency: 'EUR', order_id: 'ORD-1287', quantity: 129200 };
    expect([...moneyByPointer(params, null)]).toEqual([['/amount', '€1,292.00']]);
    expect([...moneyByPointer({ amount: 129200 }, null)]).toEqual([]);
    expect([...moneyByPointer({ amount: 'much', currency: 'EUR' }, null)]).toEqual([]);
  });
});
