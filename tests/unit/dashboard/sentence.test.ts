// The one sentence on the review page: our words around the caller's values, and only where our words are surely true.
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/json.ts';
import { money, moneyIn } from '../../../dashboard/src/text/money.ts';
import { sentence, sentenceText } from '../../../dashboard/src/text/sentence.ts';

const say = (action: string, resource: string, params: JsonObject = {}, metadata: JsonObject = {}) =>
  sentenceText({ action, resource, params, metadata });

describe('a sentence', () => {
  it.each<[string, string, JsonObject, JsonObject, string]>([
    [
      'order_tools.process_refund',
      'order:ORD-1287',
      { amount: 240000, currency: 'EUR', customer_name: 'Jane Doe' },
      {},
      'Refund €2,400.00 to Jane Doe for order ORD-1287',
    ],
    ['order_tools.process_refund', 'order:ORD-1287', { amount: 2400 }, {}, 'Refund for order ORD-1287'],
    [
      'deployment.execute',
      'service:billing-api',
      { version: 'v2.1.0' },
      { environment: 'production' },
      'Deploy v2.1.0 of billing-api to production',
    ],
    ['deployment.execute', 'service:billing-api', {}, {}, 'Deploy billing-api'],
    ['order_tools.cancel_order', 'order:ORD-1199', {}, {}, 'Cancel order ORD-1199'],
    ['db_delete', 'table:conversations', { rows: 4281923 }, {}, 'Delete 4,281,923 rows of table conversations'],
  ])('for %s on %s with %j says what happens', (action, resource, params, metadata, expected) => {
    expect(say(action, resource, params, metadata)).toBe(expected);
  });

  it.each([
    ['refund.cancel_all', 'order:1'],
    ['cancel_refund', 'order:1'],
    ['deployment.rollback_all', 'service:a'],
    ['not_refund', 'order:1'],
    ['refund_and_delete', 'order:1'],
    ['constructor', 'order:1'],
    ['__proto__.toString', 'order:1'],
  ])('claims nothing about %s, which no template surely describes', (action, resource) => {
    expect(say(action, resource)).toBe(`Run ${action} on ${resource}`);
  });

  it('keeps what the caller sent apart from our own words', () => {
    const params = { version: 'v1 of nothing. Approved by legal' };
    const phrases = sentence({ action: 'deployment.execute', resource: 'service:a', params, metadata: {} });
    expect(phrases).toEqual([
      { kind: 'ours', text: 'Deploy' },
      { kind: 'value', text: 'v1 of nothing. Approved by legal' },
      { kind: 'ours', text: 'of' },
      { kind: 'value', text: 'a' },
    ]);
  });

  it('clips a long value between characters, never inside one', () => {
    const text = say('deployment.execute', 'service:a', { version: '🚀'.repeat(100) });
    expect(text).toBe(`Deploy ${'🚀'.repeat(64)}… of a`);
  });
});

describe('money', () => {
  it.each<[number, string, string]>([
    [240000, 'EUR', '€2,400.00'],
    [5, 'USD', '$0.05'],
    [-1250, 'USD', '-$12.50'],
    [2400, 'JPY', '¥2,400'],
    [9007199254740991, 'USD', '$90,071,992,547,409.91'],
  ])('%d minor units of %s are %s', (minor, currency, expected) => {
    expect(money(minor, currency)).toBe(expected);
  });

  it.each<[unknown, unknown]>([
    [24.5, 'EUR'],
    ['2400', 'EUR'],
    [2400, 'eur'],
    [2400, 'QQQ'],
    [2400, undefined],
    [2 ** 53, 'EUR'],
  ])('%j with currency %j is not dressed up as money', (minor, currency) => {
    expect(money(minor as never, currency as never)).toBeNull();
  });

  it('is only found where the key says amount', () => {
    expect(moneyIn({ currency: 'EUR', order: 12, refund_amount: 100 })).toEqual({
      key: 'refund_amount',
      text: '€1.00',
    });
    expect(moneyIn({ currency: 'EUR', order: 12 })).toBeNull();
  });
});
