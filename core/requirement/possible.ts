// Whether a requirement can be met at all: different people over all stages, each stage from those who are able in it. Pure
// counting: who is able is the caller's to know. It knows no vote, no standing and no clock.
import type { Needed } from './forms.ts';

/** A stage that the people who could decide cannot fill. */
export interface ImpossibleStage {
  /** From 0. */
  stage: number;
  /** How many different people it asks for. */
  count: number;
  /** How many there can be at most, once the stages before it have theirs. */
  able: number;
}

/** Gives the stage one more person, moving others to where they are able, too; false where none is left. */
function seat(
  stage: number,
  able: readonly (readonly string[])[],
  seated: Map<string, number>,
  seen: Set<string>,
): boolean {
  for (const person of able[stage] ?? []) {
    if (seen.has(person)) continue;
    seen.add(person);
    const elsewhere = seated.get(person);
    if (elsewhere !== undefined && !seat(elsewhere, able, seated, seen)) continue;
    seated.set(person, stage);
    return true;
  }
  return false;
}

/**
 * The stages that cannot be filled.
 *
 * @param able by stage: the ids of everybody who could approve in it
 * @returns in order; none: there are enough different people for all stages at once
 */
export function impossibleStages(
  { stages }: Pick<Needed, 'stages'>,
  able: readonly (readonly string[])[],
): ImpossibleStage[] {
  const seated = new Map<string, number>();
  return stages.flatMap(({ count }, stage) => {
    let filled = 0;
    while (filled < count && seat(stage, able, seated, new Set())) filled++;
    return filled < count ? [{ stage, count, able: filled }] : [];
  });
}
