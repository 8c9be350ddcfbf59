import { describe, expect, it } from 'vitest';
import { matchWordList, matchWords } from '../../core/match-words.ts';

const digest = (start: string) => `sha256:${start.padEnd(64, '0')}`;

describe('match words', () => {
  it('are 256 different plain words in a fixed order', () => {
    const words = matchWordList();
    expect(words).toHaveLength(256);
    expect(new Set(words).size).toBe(256);
    expect([...words].sort()).toEqual(words);
    for (const word of words) expect(word).toMatch(/^[a-z]{3,8}$/);
  });

  it('differ in their first four letters or in length, so that one cannot be taken for another', () => {
    const starts = matchWordList().map((word) => `${word.slice(0, 4)}${word.length}`);
    expect(starts.filter((start, at) => starts.indexOf(start) !== at)).toEqual([]);
  });

  it('come from the first three bytes of the digest, in order', () => {
    const words = matchWordList();
    expect(matchWords(digest('0001ff'))).toEqual([words[0], words[1], words[255]]);
    expect(matchWords(digest('ff0100'))).toEqual([words[255], words[1], words[0]]);
  });

  it('throw on what is not a digest', () => {
    for (const text of ['', 'sha256:', 'sha256:00', digest('zz')]) expect(() => matchWords(text)).toThrow();
  });
});
