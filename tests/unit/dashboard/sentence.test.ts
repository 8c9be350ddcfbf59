// The one sentence on the review page: our words around the caller's values, and only where our words are surely true.
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/json.ts';
import type { ParameterSchema } from '../../../core/policy/parameters.ts';
import { sentence, sentenceText } from '../../../dashboard/src/text/sentence.ts';

const MONEY: ParameterSchema = {
  properties: { amount: { type: 'integer', format: 'minor-units', currency: 'currency' } },
};
const say = (action: string, resource: string, params: JsonObject = {}, metadata: JsonObject = {}) =>
  sentenceText({ action, resource, params, metadata, parameters: MONEY });

describe('a sentence', () => {
  it.each<[string, string, JsonObject, JsonObject, string]>([
    [
      'order_tools.process_refund',
      'order:ORD-1287',
      { amount: 240000, currency: 'EUR', customer_name: 'Jane Doe' },
      {},
      'Refund €2,400.00 to Jane Doe for order ORD-1287',
    ],
    ['order_tools.process_refund', 'order:ORD-1287', { amount: 2400 }, {}, 'Refund 2,400 for order ORD-1287'],
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

describe('money in a sentence', () => {
  const refund = (params: JsonObject, parameters: ParameterSchema | null) =>
    sentenceText({ action: 'refund', resource: 'order:1', params, metadata: {}, parameters });

  it('is what the schema calls money', () => {
    const parameters: ParameterSchema = {
      properties: { sum: { type: 'integer', format: 'minor-units', currency: 'HUF' } },
    };
    expect(refund({ sum: 129200, amount: 5 }, parameters)).toBe('Refund HUF 1,292.00 for order 1');
  });

  it('is no number that only looks like it', () => {
    expect(refund({ amount: 1292, currency: 'EUR' }, null)).toBe('Refund 1,292 for order 1');
    expect(refund({ amount: 12.5, currency: 'EUR' }, { properties: {} })).toBe('Refund 12.5 for order 1');
  });

  it.each<[number, string]>([
    [4281923, '4,281,923'],
    [1e21, '1e+21'],
    [1e-21, '1e-21'],
    [-1234.000001, '-1,234.000001'],
    [0.30000000000000004, '0.30000000000000004'],
  ])('%d keeps every digit that it has: %s', (amount, text) => {
    expect(refund({ amount }, null)).toBe(`Refund ${text} for order 1`);
  });
});
