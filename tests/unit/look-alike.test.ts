// Texts that read the same: over Unicode's own list of confusable characters, and over the spellings of a name.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFUSABLES } from '../../core/look-alike/confusables.ts';
import { fold } from '../../core/look-alike/fold.ts';
import { isAlike, skeletonOf } from '../../core/look-alike.ts';

/** Character and what it looks like, by Unicode's confusables.txt 17.0.0: everything that reads as ASCII. */
const LIST = readFileSync(join(import.meta.dirname, 'policy/confusables.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const at = line.indexOf(' ');
    return { char: String.fromCodePoint(Number.parseInt(line.slice(0, at), 16)), like: line.slice(at + 1) };
  });

describe('a character of Unicode’s list', () => {
  it('reads as what the list says, each of them', () => {
    expect(LIST.length).toBeGreaterThan(1_800);
    const missed = LIST.filter(({ char, like }) => !isAlike(`a${like}b`, `a${char}b`) && char !== like);
    // UTS #39 takes ơ apart before it looks anything up, so that its own algorithm never meets these two.
    expect(missed.map(({ char }) => char)).toEqual(['\u01a1', '\u01a0']);
  });

  it('comes to an end when it is folded, in every way', () => {
    for (const { char } of LIST)
      for (const first of ['case', 'shape'] as const) {
        const once = fold(char, first);
        expect(fold(once, first)).toBe(once);
      }
  });

  it('and ASCII by the short way reads as it does among others', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('case', 'shape'), fc.boolean(), (text, first, cased) => {
        // A letter of another script takes the long way and stays itself.
        expect(fold(`${text}\u{1100}`, first, cased)).toBe(`${fold(text, first, cased)}\u{1100}`);
      }),
    );
  });

  it('costs the bundle less than 14 kB', () => {
    expect(gzipSync(CONFUSABLES, { level: 9 }).length).toBeLessThan(14_000);
  });
});

describe('a name', () => {
  const SPELLINGS = [
    ...['db:Prod', 'db:prоd', 'db:ｐrod', 'db:prod.', 'db:prod/', 'db:%70rod', 'db:%2570rod', 'db:pro\u200bd'],
    ...[' db:prod', 'db:prod ', 'db://prod', 'db:./prod', 'db:x/../prod', 'db:PR0D', 'db:ⓟrod', 'db：prod'],
    ...[
      'db:prod\u00ad',
      'db:𝐩rod',
      'db:prod//',
      'DB:PROD',
      'db:%u0070rod',
      'db\\prod'.replace('\\', ':\\'),
      'db: prod',
      'db:\tprod',
    ],
    ...['db:prod#', 'db:prod?', 'db:prod;', 'db:prod?#', 'db:prod/#', 'db:prod%23', 'db:prod。', 'db:prod｡'],
    ...['db:🅟rod', 'db:🅿rod', 'db:🇵rod'],
  ];
  it.each(SPELLINGS)('%j reads as db:prod', (spelling) => expect(isAlike('db:prod', spelling)).toBe(true));

  it.each(['db:pro', 'db:prods', 'db.prod', 'db/prod', 'dc:prod', 'db:prod-1', 'db:próbd'])('%j does not', (other) =>
    expect(isAlike('db:prod', other)).toBe(false),
  );

  it('that is no address keeps what stands at its end: C# is not C', () => {
    expect(isAlike('C', 'C#')).toBe(false);
    expect(isAlike('db:prod', 'db:prod#1')).toBe(false);
    expect(isAlike('host:evil.example', 'host:evil。example')).toBe(true);
  });

  it('among capitals an l is an I, and fail is not fall', () => {
    expect(isAlike('service:billing', 'service:BlLLING')).toBe(true);
    expect(isAlike('service:billing', 'service:bilIing')).toBe(true);
    expect(isAlike('a:fail', 'a:fall')).toBe(false);
  });

  it('that is the same text is no look-alike, and who is alike is alike both ways', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
        expect(isAlike(one, one)).toBe(false);
        expect(isAlike(one, other)).toBe(isAlike(other, one));
      }),
    );
  });
});

it('keys that differ in case, width or invisible characters have one skeleton', () => {
  for (const key of ['environment', 'Environment', 'env\u200bironment', 'ｅnvironment', 'ENVIRONMENT', 'еnvironment'])
    expect(skeletonOf(key)).toBe(skeletonOf('environment'));
});
