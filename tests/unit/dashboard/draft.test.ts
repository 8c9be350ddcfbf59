// The form of an edit: typed fields, money in major units of its currency, open as far as policy lets a reviewer change
// them. What cannot be meant in one way is a sentence at its field, and never a guess.
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/json.ts';
import { draftOf } from '../../../dashboard/src/decision/draft.ts';
import { editFields, shownIn } from '../../../dashboard/src/decision/fields.ts';
import type { Entries } from '../../../dashboard/src/decision/read-field.ts';
import { ASKED, SCHEMA } from './decision-fixtures.ts';

const narrow = { params: ASKED, schema: SCHEMA, mode: 'narrow' as const, actor: 'bot', closed: [] as string[] };
const euro = (text: string): Entries => ({ '/amount': { text, unit: 'EUR' } });
const plain = (pointer: string, text: string): Entries => ({ [pointer]: { text, unit: null } });
const amountOf = (params: JsonObject | null) => params?.amount ?? null;

describe('the fields of a form', () => {
  it('are open where policy lets a reviewer reduce, and say how', () => {
    const fields = editFields(ASKED, SCHEMA, 'narrow');
    expect(fields.map(({ pointer, kind, locked, removable }) => [pointer, kind, locked, removable])).toEqual([
      ['/amount', 'money', false, false],
      ['/currency', 'text', true, false],
      ['/order_id', 'text', true, false],
      ['/notify', 'json', false, true],
      ['/dry', 'flag', false, false],
      ['/rows', 'number', false, false],
    ]);
    expect(fields[0]).toMatchObject({ label: 'Amount', hint: 'It may be lowered.', unit: 'EUR' });
  });

  it('show money in major units of its currency, and a number without a schema as the number that it is', () => {
    const shown = (params: JsonObject, schema: typeof SCHEMA | null) => shownIn(editFields(params, schema, 'any')[0]!);
    expect(shown(ASKED, SCHEMA)).toBe('1292.00');
    expect(shown({ ...ASKED, currency: 'JPY' }, SCHEMA)).toBe('129200');
    expect(shown({ ...ASKED, currency: 'IQD' }, SCHEMA)).toBe('129.200');
    expect(shown(ASKED, null)).toBe('129200');
  });
});

describe('an amount', () => {
  it.each([
    ['900', 90_000],
    ['900.00', 90_000],
    ['900.5', 90_050],
    ['1,000.00', 100_000],
    [' 12 ', 1_200],
  ])('%s is read in major units', (typed, minor) => {
    const { params, faults } = draftOf(narrow, euro(typed));
    expect([...faults]).toEqual([]);
    expect(amountOf(params)).toBe(minor);
  });

  it.each(['900,00', '900.0.0', '1.000', '9e2', '900.001', '', 'nine', '900€', '−900', '９００'])(
    '%j is refused with a sentence at the field, and nothing can be sent',
    (typed) => {
      const { params, faults } = draftOf(narrow, euro(typed));
      expect(params).toBeNull();
      expect(faults.get('/amount')).toMatch(/\w.*\.$/);
    },
  );

  it('above what was asked is refused before the server says so, in the currency of the request', () => {
    const { params, faults } = draftOf(narrow, euro('1500'));
    expect(params).toBeNull();
    expect(faults.get('/amount')).toBe('€1,500.00 is more than bot asked for. You can approve €1,292.00 or less.');
  });

  it('below zero is no smaller one', () => {
    expect(draftOf(narrow, euro('-1')).faults.get('/amount')).toMatch(/lowered, not below zero/);
  });

  it('that was typed in one currency is not taken in another', () => {
    const of = { ...narrow, mode: 'any' as const };
    const { params, faults } = draftOf(of, { ...euro('900'), ...plain('/currency', 'JPY') });
    expect(params).toBeNull();
    expect(faults.get('/amount')).toMatch(/typed in EUR.*JPY/);
    const fields = draftOf(of, plain('/currency', 'JPY')).fields;
    expect(shownIn(fields[0]!)).toBe('129200');
  });

  it('typed as it stands changes nothing', () => {
    const { params, faults } = draftOf(narrow, euro('1,292.00'));
    expect([params, faults.size]).toEqual([null, 0]);
  });
});

describe('the other kinds of a field', () => {
  it('keep their types', () => {
    const entries: Entries = {
      '/notify': 'removed',
      '/dry': { flag: false },
      ...plain('/rows', '4'),
    };
    expect(draftOf(narrow, entries).params).toEqual({
      amount: 129_200,
      currency: 'EUR',
      order_id: 'ORD-1287',
      dry: false,
      rows: 4,
    });
    expect(ASKED.rows).toBe(40);
  });

  it.each([
    ['/rows', 'forty'],
    ['/rows', '1e1'],
    ['/rows', '4.5'],
    ['/rows', '007'],
    ['/rows', '0.1234567890123456789'],
    ['/notify', '[oops'],
    ['/notify', '{"a":1,"a":2}'],
    ['/notify', '[12345678901234567890]'],
    ['/notify', '["b","a"]'],
    ['/notify', '[]'],
    ['/order_id', 'ORD-1'],
    ['/nowhere', 'x'],
  ])('%s cannot be %s', (pointer, text) => {
    const { params, faults } = draftOf(narrow, plain(pointer, text));
    expect(params).toBeNull();
    expect(faults.get(pointer)).toBeTruthy();
  });

  it('are closed where a value is hidden or tied to the resource, under free edits, too', () => {
    const of = { ...narrow, mode: 'any' as const, closed: ['/notify', '/rows'] };
    const { fields, params, faults } = draftOf(of, plain('/rows', '4'));
    expect(fields.filter(({ locked }) => locked).map(({ pointer }) => pointer)).toEqual(['/notify', '/rows']);
    expect([params, faults.get('/rows')]).toEqual([null, expect.stringMatching(/may not be changed/)]);
  });

  it('are closed where nothing may be edited, and what was typed before says so', () => {
    const { fields, params, faults } = draftOf({ ...narrow, mode: 'none' }, euro('900'));
    expect([fields, params]).toEqual([[], null]);
    expect(faults.get('/amount')).toMatch(/take your change back/);
  });
});
