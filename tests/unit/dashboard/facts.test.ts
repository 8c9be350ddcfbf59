// Facts and words of the dashboard: everything signed is shown, nothing that helps the reader is lost.
import { describe, expect, it } from 'vitest';
import { alikeIn } from '../../../core/display/alike.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { ParameterSchema } from '../../../core/policy/parameters.ts';
import { factsOf } from '../../../dashboard/src/text/facts.ts';
import { eventName, namesPerson, sourcesText, subjectOf } from '../../../dashboard/src/text/people.ts';
import { clock, relative, span } from '../../../dashboard/src/text/time.ts';

const REFUND: ParameterSchema = {
  properties: {
    amount: { type: 'integer', format: 'minor-units', currency: 'currency' },
    total: { type: 'integer', format: 'minor-units', currency: 'currency' },
  },
};

describe('facts', () => {
  it('hold every leaf of the parameters, money and people first, each under its exact path', () => {
    const params = {
      note: 'x',
      items: [{ sku: 'A' }],
      address: { city: 'Bern', lines: {} },
      to: 'Jane',
      total: 100,
      currency: 'CHF',
    };
    const facts = factsOf(params, null, REFUND);
    expect(facts.map(({ path }) => path)).toEqual([
      ...['params.total', 'params.to', 'params.note', 'params.items', 'params.address.city', 'params.address.lines'],
      'params.currency',
    ]);
    expect(facts[0]).toMatchObject({ text: 'CHF 1.00', notes: ['100 minor units'], weight: 'big' });
  });

  it('show a number as the number that it is where no schema says that it is money', () => {
    const params = { amount: 1292, total: 3, price: 0.1, fee: 1e21, balance: -0.5, currency: 'EUR' };
    const shown = factsOf(params).map(({ path, text, weight }) => [path, text, weight]);
    expect(Object.fromEntries(shown.map(([path, text]) => [path, text]))).toEqual({
      'params.amount': '1292',
      'params.total': '3',
      'params.price': '0.1',
      'params.fee': '1e+21',
      'params.balance': '-0.5',
      'params.currency': 'EUR',
    });
    expect(shown.every(([, , weight]) => weight === 'plain')).toBe(true);
  });

  it('show what was there before where it differs, and only there', () => {
    const facts = factsOf(
      { amount: 240000, currency: 'EUR', tier: 'gold' },
      { amount: 12900, currency: 'EUR', tier: 'gold' },
      REFUND,
    );
    expect(facts.map(({ path, was }) => [path, was])).toEqual([
      ['params.amount', '€129.00'],
      ['params.currency', null],
      ['params.tier', null],
    ]);
    expect(factsOf({ amount: 2, currency: 'EUR' }, { amount: 1 }, REFUND)[0]).toMatchObject({ was: '€0.01' });
    expect(factsOf({ n: 5, m: 'a' }, { n: '5', m: null })).toMatchObject([{ text: '5', was: '"5"' }, { was: 'null' }]);
  });

  it('stand under the title that the schema gives them', () => {
    const schema: ParameterSchema = {
      properties: {
        amt: { type: 'integer', title: 'Refund', format: 'minor-units', currency: 'cur' },
        cur: { type: 'string', title: 'Cur' },
        fee: { type: 'integer', format: 'minor-units', currency: 'CHF' },
      },
    };
    const facts = factsOf({ amt: 2400, cur: 'EUR', fee: 5, note: 'x' }, { amt: 12_900, cur: 'EUR' }, schema);
    expect(facts.map(({ path, label, text, was }) => [path, label, text, was])).toEqual([
      ['params.amt', 'Refund', '€24.00', '€129.00'],
      ['params.fee', 'Fee', 'CHF 0.05', null],
      ['params.cur', 'Cur', 'EUR', null],
      ['params.note', 'Note', 'x', null],
    ]);
  });

  it('name the amounts inside a list', () => {
    const schema: ParameterSchema = {
      properties: {
        lines: { items: { properties: { fee: { type: 'integer', format: 'minor-units', currency: 'JPY' } } } },
      },
    };
    expect(factsOf({ lines: [{ fee: 500 }] }, null, schema)[0]!.notes).toEqual(['params.lines[0].fee is ¥500']);
  });

  it('keep hidden characters: revealing them is for the eye, dropping them would hide', () => {
    expect(factsOf({ note: 'a\u202eb' })[0]!.text).toBe('a\u202eb');
  });

  it.each<[string, JsonObject, string[]]>([
    ['the text 5', { a: '5' }, ['text']],
    ['the number 5', { a: 5 }, []],
    ['the text true', { a: 'true' }, ['text']],
    ['text that is JSON', { a: '["x"]' }, ['text']],
    ['text that is empty', { a: '' }, ['empty text']],
    ['words', { a: 'true north' }, []],
  ])('say what kind of value %s is, where it could be taken for another', (_what, params, notes) => {
    expect(factsOf(params)[0]!.notes).toEqual(notes);
  });
});

const named = (params: JsonObject) => factsOf(params, null, null, alikeIn('params', params));

describe('names of parameters', () => {
  const params = JSON.parse(`{
    "to_account": 1, "to account": 2, "to.account": 3, "to": { "account": 4 }, "To": 5, "amount": 6, "\u0430mount": 7,
    "": 8, " ": 9, "__proto__": 10, "constructor": 11, "to/account": 12, "lonely": 13, "e\u0301": 14, "\u00e9": 15,
    "a\u202eb": 16, "accountId": 17, "accountld": 18
  }`) as JsonObject;
  const facts = named(params);
  const at = (text: string) => facts.find((fact) => fact.text === text)!;

  it('have a path each that no other value has', () => {
    expect(facts).toHaveLength(18);
    expect(new Set(facts.map(({ path }) => path)).size).toBe(18);
    expect([at('3').path, at('4').path, at('2').path]).toEqual([
      ...['params["to.account"]', 'params.to.account', 'params["to account"]'],
    ]);
    expect([at('8').path, at('10').path, at('11').path]).toEqual([
      ...['params[""]', 'params.__proto__', 'params.constructor'],
    ]);
  });

  it.each([
    ['1', 'params["to account"]'],
    ['4', 'params["to.account"]'],
    ['12', 'params.to_account'],
    ['5', 'params.to'],
    ['4', 'params.To'],
    ['6', 'params.\u0430mount'],
    ['7', 'params.amount'],
    ['8', 'params[" "]'],
    ['14', 'params.\u00e9'],
    ['17', 'params.accountld'],
    ['18', 'params.accountId'],
  ])('that read alike are pointed out: that of %s beside %s', (text, other) => {
    expect(at(text).alike.join(', ')).toContain(other);
  });

  it('that are like no other get no warning', () => {
    for (const text of ['13', '10', '11', '16']) expect(at(text).alike).toEqual([]);
    const honest = { lines: [{ to: 'a' }, { to: 'b' }], from: { name: 'x' }, name: 'y', to: 'z', to_name: 'w' };
    expect(named(honest).flatMap(({ alike }) => alike)).toEqual([]);
  });

  it('that read alike inside a list are pointed out at the list', () => {
    expect(named({ lines: [{ to: 1, To: 2 }] })[0]!.alike).toEqual(['params.lines[0].to and params.lines[0].To']);
  });

  it('stay quick to compare when there are thousands', () => {
    const many = Object.fromEntries(
      Array.from({ length: 3000 }, (_, at) => [`${'_'.repeat(at % 60)}k${'.'.repeat(at / 60)}`, at]),
    );
    const begun = performance.now();
    expect(named(many)[0]!.alike).toHaveLength(3);
    expect(performance.now() - begun).toBeLessThan(5_000);
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
