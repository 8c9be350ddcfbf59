// Whether a requirement can be met: against every assignment of people to seats, tried one by one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { impossibleStages } from '../../core/requirement.ts';

const stagesOf = (counts: number[]) => ({ stages: counts.map((count) => ({ from: ['role:admin'], count })) });

/** Whether different people can sit on all seats, by trying. */
function fits(seats: readonly (readonly string[])[], taken: readonly string[] = []): boolean {
  const [first, ...rest] = seats;
  if (first === undefined) return true;
  return first.some((person) => !taken.includes(person) && fits(rest, [...taken, person]));
}

describe('a requirement', () => {
  it('of two from a group of one cannot be met, and says how many there are', () => {
    expect(impossibleStages(stagesOf([2]), [['ann']])).toEqual([{ stage: 0, count: 2, able: 1 }]);
  });

  it('from an empty group cannot be met', () => {
    expect(impossibleStages(stagesOf([1, 1]), [['ann'], []])).toEqual([{ stage: 1, count: 1, able: 0 }]);
  });

  it('needs different people: one who is in both stages fills one of them', () => {
    expect(impossibleStages(stagesOf([1, 1]), [['ann'], ['ann']])).toEqual([{ stage: 1, count: 1, able: 0 }]);
    expect(impossibleStages(stagesOf([1, 1]), [['ann', 'bob'], ['ann']])).toEqual([]);
  });

  it('can be met exactly where some assignment of people meets it', () => {
    const able = fc.array(fc.subarray(['a', 'b', 'c', 'd']), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(able, fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 3, maxLength: 3 }), (people, some) => {
        const counts = people.map((_, stage) => some[stage]!);
        const seats = people.flatMap((those, stage) => Array<string[]>(counts[stage]!).fill(those));
        expect(impossibleStages(stagesOf(counts), people).length === 0).toBe(fits(seats));
      }),
      { numRuns: 500 },
    );
  });
});
