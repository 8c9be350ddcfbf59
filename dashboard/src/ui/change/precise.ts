// Where a fault is, as precisely as its words say. Not what it is: the words stay the server's.
import type { Place } from '../../api/client.ts';

/** `rules item 1: claims …` is about `/value/rules/1/claims`: the server points at the list and says the rest in words. */
export function precise(place: Place): Place {
  const [, item, field] = /^\w+ item (\d+): (\w+) /.exec(place.detail) ?? [];
  return field === undefined ? place : { ...place, pointer: `${place.pointer}/${item}/${field}` };
}
