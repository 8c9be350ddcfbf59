// Money: ISO 4217's own minor units for every code, amounts as text that lose no digit, and amounts typed by people that
// are read in one way or not at all.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reveal } from '../../core/display.ts';
import type { JsonObject } from '../../core/json.ts';
import { currencyCodes, majorText, minorDigits, moneyText, readMajor } from '../../core/money.ts';
import { amountsOf, amountTexts } from '../../core/policy/parameters/amounts.ts';
import type { ParameterSchema } from '../../core/policy/parameters.ts';

/** List one as ISO publishes it, code → minor unit, `N.A.` where there is none. */
const LIST_ONE = new Map(
  [
    ...readFileSync(createRequire(import.meta.url).resolve('currency-codes/iso-4217-list-one.xml'), 'utf8').matchAll(
      /<Ccy>([A-Z]{3})<\/Ccy>[\s\S]*?<CcyMnrUnts>([^<]+)<\/CcyMnrUnts>/g,
    ),
  ].map(([, code, unit]) => [code!, unit!] as const),
);
/** In force after that list was published, or withdrawn before it and named by old requests. */
const BESIDE = { XCG: 2, XAD: 2, HRK: 2 };

describe('the table', () => {
  it('is that of ISO 4217, code by code', () => {
    expect(LIST_ONE.size).toBeGreaterThan(170);
    for (const [code, unit] of LIST_ONE)
      expect([code, minorDigits(code)]).toEqual([code, unit === 'N.A.' ? null : Number(unit)]);
  });

  it('holds nothing else but what came later and what was withdrawn', () => {
    const more = currencyCodes().filter((code) => !LIST_ONE.has(code));
    expect(Object.fromEntries(more.map((code) => [code, minorDigits(code)]))).toEqual(BESIDE);
  });

  it('is not that of Intl, which knows how shops show prices', () => {
    for (const code of 'HUF IDR COP IQD AFN ALL IRR KPW LAK LBP MGA MMK PKR SOS SYP YER RSD'.split(' ')) {
      expect(moneyText(129200, code)).toBe(minorDigits(code) === 3 ? `${code} 129.200` : `${code} 1,292.00`);
    }
  });
});

describe('an amount', () => {
  it.each<[number, string, string]>([
    [240000, 'EUR', '€2,400.00'],
    [5, 'USD', '$0.05'],
    [-1250, 'USD', '-$12.50'],
    [-5, 'EUR', '-€0.05'],
    [-0, 'EUR', '€0.00'],
    [2400, 'JPY', '¥2,400'],
    [100, 'CHF', 'CHF 1.00'],
    [123456, 'CLF', 'CLF 12.3456'],
    [9007199254740991, 'USD', '$90,071,992,547,409.91'],
    [-9007199254740991, 'KWD', '-KWD 9,007,199,254,740.991'],
  ])('of %d minor units of %s is %s', (minor, currency, expected) => {
    expect(moneyText(minor, currency)).toBe(expected);
  });

  it.each<[unknown, unknown]>([
    [24.5, 'EUR'],
    ['2400', 'EUR'],
    [2400, 'eur'],
    [2400, 'QQQ'],
    [2400, undefined],
    [2 ** 53, 'EUR'],
    [1e21, 'EUR'],
    [Number.NaN, 'EUR'],
    [100, 'XAU'],
    [100, 'XXX'],
    [100, 'XTS'],
    [100, 'XDR'],
    [100, 'constructor'],
    [100, ['EUR']],
    [null, 'EUR'],
    [100, 'EUR '],
  ])('is not made of %j with currency %j', (minor, currency) => {
    expect(moneyText(minor as never, currency as never)).toBeNull();
    expect(majorText(minor as never, currency as never)).toBeNull();
  });

  it('holds no character that a page would mark as hidden, in any currency', () => {
    for (const code of currencyCodes())
      expect(reveal(moneyText(-123456789, code)!)).toEqual([{ text: moneyText(-123456789, code) }]);
  });
});

describe('an amount that a person types', () => {
  const amounts = fc.tuple(fc.maxSafeInteger(), fc.constantFrom(...currencyCodes()));

  it('is what was shown, whatever the currency: written as an input holds it, and as a page writes it', () => {
    fc.assert(
      fc.property(amounts, ([minor, code]) => {
        const read = { ok: true, minor };
        expect(readMajor(majorText(minor, code)!, code)).toEqual(read);
        const shown = moneyText(minor, code)!;
        const bare = shown.replace(/^(-?)\D*/, '$1');
        expect(readMajor(bare, code)).toEqual(read);
      }),
    );
  });

  it.each<[string, string, number]>([
    ['900', 'EUR', 90_000],
    ['900.00', 'EUR', 90_000],
    ['900.5', 'EUR', 90_050],
    [' 1,292.00 ', 'EUR', 129_200],
    ['0', 'EUR', 0],
    ['-0.00', 'EUR', 0],
    ['129,200', 'JPY', 129_200],
    ['1,000.000', 'IQD', 1_000_000],
    ['900', 'HUF', 90_000],
  ])('%j in %s is %d minor units', (typed, currency, minor) => {
    expect(readMajor(typed, currency)).toEqual({ ok: true, minor });
  });

  it.each<[string, string, RegExp]>([
    ['900,00', 'EUR', /in one way only.*900\.00/],
    ['1,000', 'EUR', /two different amounts.*900\.00/],
    ['1.000', 'EUR', /2 decimals, not more/],
    ['1,000', 'IQD', /two different amounts/],
    ['1.000,00', 'EUR', /in one way only/],
    ['1 000.00', 'EUR', /in one way only/],
    ['12,92.00', 'EUR', /in one way only/],
    ["1'292.00", 'CHF', /in one way only/],
    ['900.005', 'EUR', /2 decimals, not more/],
    ['900.0', 'JPY', /0 decimals, not more/],
    ['1e3', 'EUR', /in one way only/],
    ['0x10', 'EUR', /in one way only/],
    ['+900', 'EUR', /in one way only/],
    ['−900', 'EUR', /in one way only/],
    ['900.', 'EUR', /in one way only/],
    ['.5', 'EUR', /in one way only/],
    ['0900', 'EUR', /in one way only/],
    ['€900', 'EUR', /in one way only/],
    ['٩٠٠', 'EUR', /in one way only/],
    ['Infinity', 'EUR', /in one way only/],
    ['  ', 'EUR', /There is no amount/],
    ['90071992547409.92', 'EUR', /more than can be counted/],
    ['900', 'XAU', /no minor unit/],
    ['900', 'euro', /no minor unit/],
  ])('%j in %s is refused with the way to write it', (typed, currency, sentence) => {
    const read = readMajor(typed, currency);
    expect(read).toMatchObject({ ok: false, detail: expect.stringMatching(sentence) });
  });
});

describe('the amounts among params', () => {
  const line: ParameterSchema = { properties: { fee: { type: 'integer', format: 'minor-units', currency: 'unit' } } };
  const schema: ParameterSchema = {
    properties: {
      amount: { type: 'integer', format: 'minor-units', currency: 'currency' },
      tip: { type: 'integer', format: 'minor-units', currency: 'HUF' },
      lines: { type: 'array', items: line },
      parts: { type: 'array', items: { type: 'integer', format: 'minor-units', currency: 'currency' } },
      total: { type: 'integer' },
    },
    additionalProperties: line,
  };

  it('are those that the schema names, at any depth, each in its own currency', () => {
    const params: JsonObject = {
      amount: 129200,
      currency: 'EUR',
      tip: 500,
      total: 129200,
      parts: [1, 2],
      lines: [{ fee: 5, unit: 'JPY' }, { fee: 5 }],
      other: { fee: 1000, unit: 'IQD' },
    };
    expect([...amountTexts(params, schema)]).toEqual([
      ['/amount', '€1,292.00'],
      ['/tip', 'HUF 5.00'],
      ['/parts/0', '€0.01'],
      ['/parts/1', '€0.02'],
      ['/lines/0/fee', '¥5'],
      ['/other/fee', 'IQD 1.000'],
    ]);
  });

  it('are none without a schema that says so, whatever the names are', () => {
    const params = { amount: 1292, price: 1, fee: 2, total: 3, refund_value: 4, currency: 'EUR' };
    expect(amountsOf(params, null)).toEqual([]);
    expect(amountsOf(params, {})).toEqual([]);
    expect(amountsOf(params, { properties: { amount: { type: 'integer' } } })).toEqual([]);
  });

  it('are none where the currency is missing, unknown, or has no minor unit', () => {
    for (const currency of [undefined, null, 'euro', 'XAU', 'XXX', 5])
      expect(amountsOf({ amount: 5, ...(currency === undefined ? {} : { currency }) }, schema)).toEqual([]);
  });
});
