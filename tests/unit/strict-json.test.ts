import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../core/canonical.ts';
import { utf8 } from '../../core/encoding.ts';
import type { Json } from '../../core/json.ts';
import { parseStrictJson, parseStrictJsonBytes } from '../../core/strict-json.ts';

const problemOf = (text: string) => {
  const result = parseStrictJson(text);
  return result.ok ? { code: 'ok', value: result.value } : result.problem;
};

const MALFORMED: [why: string, text: string][] = [
  ['a duplicate key', '{"a":1,"a":2}'],
  ['a duplicate key in another spelling', String.raw`{"a":1,"\u0061":2}`],
  ['an integer of 2^53', '9007199254740992'],
  ['an integer of -2^53-1', '-9007199254740993'],
  ['an unsafe integer with a fraction of zero', '9007199254740993.0'],
  ['an unsafe integer with an exponent', '1e30'],
  ['infinity by exponent', '1e400'],
  ['minus infinity by exponent', '-1e400'],
  ['a number that a double makes zero', '1e-400'],
  ['an escaped high surrogate alone', String.raw`"\ud800"`],
  ['an escaped low surrogate alone', String.raw`"\udc00"`],
  ['surrogates in the wrong order', String.raw`"\udc00\ud800"`],
  ['a raw lone surrogate', '"\ud800"'],
  ['a raw lone surrogate in a key', '{"\ud800":1}'],
  ['__proto__ as a key', '{"__proto__":{"x":1}}'],
  ['__proto__ spelled with escapes', String.raw`{"\u005f_proto__":1}`],
  ['constructor as a key', '{"a":{"constructor":1}}'],
  ['prototype as a key', '[{"prototype":1}]'],
  ['depth 33', `${'['.repeat(33)}${']'.repeat(33)}`],
  ['10,001 values', `[${'0,'.repeat(9_999)}0]`],
  ['a byte order mark', '\ufeff{}'],
  ['a trailing comma in an array', '[1,]'],
  ['a trailing comma in an object', '{"a":1,}'],
  ['a leading comma', '[,1]'],
  ['NaN', 'NaN'],
  ['Infinity', '[Infinity]'],
  ['undefined', 'undefined'],
  ['a comment', '{} // no'],
  ['single quotes', "{'a':1}"],
  ['a bare key', '{a:1}'],
  ['a control character in a string', '"a\u0001"'],
  ['a newline in a string', '"a\nb"'],
  ['a no-break space between tokens', '[1,\u00a02]'],
  ['a leading zero', '01'],
  ['a leading plus', '+1'],
  ['a bare fraction', '.5'],
  ['a fraction without digits', '1.'],
  ['an exponent without digits', '1e'],
  ['a hexadecimal number', '0x10'],
  ['an unknown escape', String.raw`"\x41"`],
  ['an unfinished unicode escape', String.raw`"\u00g0"`],
  ['an unfinished string', '"abc'],
  ['an unfinished object', '{"a":1'],
  ['an unfinished array', '[1'],
  ['a missing colon', '{"a" 1}'],
  ['two values', '{} {}'],
  ['a half literal', 'tru'],
  ['an upper-case literal', 'True'],
  ['nothing', ''],
  ['white space only', ' \n'],
];

describe('parseStrictJson', () => {
  it.each(MALFORMED)('refuses %s', (_why, text) => {
    expect(problemOf(text)).toMatchObject({ code: 'malformed-json', errors: [{ line: expect.any(Number) }] });
  });

  it('names the pointer, the line and the column of what is wrong', () => {
    expect(problemOf('{\n  "a/b": [1, {"~": 1e400}]\n}')).toMatchObject({
      errors: [{ pointer: '/a~1b/1/~0', line: 2, column: 20 }],
    });
    expect(problemOf('{"😀": 1,\r\n "b": 1, "b": 2}')).toMatchObject({
      errors: [{ pointer: '', line: 2, column: 10 }],
    });
    expect(problemOf('["😀😀", nope]')).toMatchObject({ errors: [{ pointer: '/1', line: 1, column: 8 }] });
  });

  it('refuses 64 KiB and one byte with payload-too-large, counted in UTF-8', () => {
    expect(problemOf(`"${'a'.repeat(65_534)}"`)).toMatchObject({ code: 'ok' });
    expect(problemOf(`"${'a'.repeat(65_535)}"`)).toMatchObject({ code: 'payload-too-large' });
    expect(problemOf(`"${'ä'.repeat(32_767)}"`)).toMatchObject({ code: 'ok' });
    expect(problemOf(`"${'ä'.repeat(32_768)}"`)).toMatchObject({ code: 'payload-too-large' });
    expect(parseStrictJsonBytes(new Uint8Array(65_537))).toMatchObject({ problem: { code: 'payload-too-large' } });
  });

  it('takes depth 32, 10,000 values and the largest safe integers', () => {
    expect(problemOf(`${'['.repeat(32)}${']'.repeat(32)}`)).toMatchObject({ code: 'ok' });
    expect(problemOf(`[${'0,'.repeat(9_998)}0]`)).toMatchObject({ code: 'ok' });
    expect(problemOf('[9007199254740991,-9007199254740991]')).toMatchObject({ code: 'ok' });
  });

  it('takes smaller limits from the caller', () => {
    expect(parseStrictJson('[[1]]', { max_depth: 1 })).toMatchObject({ problem: { code: 'malformed-json' } });
    expect(parseStrictJson('[1,2]', { max_nodes: 2 })).toMatchObject({ problem: { code: 'malformed-json' } });
    expect(parseStrictJson('[1,2]', { max_bytes: 4 })).toMatchObject({ problem: { code: 'payload-too-large' } });
  });

  it('reads every escape, surrogate pairs and all four kinds of white space', () => {
    const text = String.raw`"\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00"`;
    expect(problemOf(text)).toMatchObject({ value: '"\\/\b\f\n\r\tä😀' });
    expect(problemOf(' \t\r\n[ 1 ,\t2 ] ')).toMatchObject({ value: [1, 2] });
  });

  it('reads -0 in every spelling as 0', () => {
    for (const text of ['-0', '-0.0', '-0e10', '0e-400'])
      expect(Object.is((problemOf(text) as { value: Json }).value, 0)).toBe(true);
  });

  it('makes plain objects that no key can poison', () => {
    const value = (problemOf('{"toString":1,"hasOwnProperty":2}') as { value: object }).value;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value).toEqual({ toString: 1, hasOwnProperty: 2 });
  });

  it('refuses bytes that are not UTF-8 and a byte order mark in bytes', () => {
    expect(parseStrictJsonBytes(new Uint8Array([0x22, 0xff, 0x22]))).toMatchObject({
      problem: { code: 'malformed-json' },
    });
    expect(parseStrictJsonBytes(utf8('\ufeff{}'))).toMatchObject({ problem: { code: 'malformed-json' } });
    expect(parseStrictJsonBytes(utf8('{"ä":"😀"}'))).toEqual({ ok: true, value: { ä: '😀' } });
  });

  it('reads whatever JSON.stringify writes, or refuses it for a reason of its own', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        const result = parseStrictJson(text);
        if (result.ok) expect(canonicalize(result.value)).toBe(canonicalize(JSON.parse(text)));
        else expect(text).toMatch(/__proto__|constructor|prototype|\\ud|e[+-]?\d|\d{16}/i);
      }),
      { numRuns: 500 },
    );
  });

  it('reads back its own canonical form unchanged', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const once = parseStrictJson(JSON.stringify(value));
        if (once.ok) expect(parseStrictJson(canonicalize(once.value))).toEqual(once);
      }),
    );
  });

  it('never throws and never accepts what JSON.parse refuses', () => {
    const unit = fc.constantFrom(...'{}[]",:\\u0019aetrufalsn-+.eE \n\t\ud800'.split(''));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 24 }), (text) => {
        if (parseStrictJson(text).ok) expect(() => JSON.parse(text)).not.toThrow();
      }),
      { numRuns: 20_000 },
    );
  });
});
