// Whether anybody of this organisation is left who can meet what a waiting request asks for. It decides nothing.
import type { Facts, Standing } from '../../core/authority.ts';
import { type ImpossibleStage, type Reach, unmet } from '../../core/requirement.ts';
import { standingOf } from './people.ts';
import type { Room } from './room.ts';

/** Everybody who is a source of some stage; most of an organisation's members are none. */
function* named(room: Room, sources: ReadonlySet<string>): Iterable<Standing> {
  for (const member of room.store.members.list()) {
    const standing = Object.keys(member.sources).some((source) => sources.has(source)) && standingOf(room, member.id);
    if (standing) yield standing;
  }
}

/** @param facts with the owners of now, where they decide nothing about what they own */
export function unmetHere(room: Room, reach: Reach, { standings, owners }: Facts): ImpossibleStage[] {
  const sources = new Set(reach.requirement.stages.flatMap(({ from }) => from));
  const people = { ...reach.people, owners: [...reach.people.owners, ...owners] };
  return unmet({ ...reach, people }, { standings, all: () => named(room, sources) });
}
