// What the server found wrong in a form, at the field it is about. Not the whole refusal: that stays below the form.
import { createContext, useContext } from 'react';
import type { Place } from '../api/client.ts';

const FaultsContext = createContext<readonly Place[]>([]);
export const Faults = FaultsContext.Provider;

/** What is wrong at this JSON pointer or below it, in the server's words; null if nothing is. */
export function useFault(pointer: string | undefined): string | null {
  const places = useContext(FaultsContext);
  if (pointer === undefined) return null;
  const at = places.filter((place) => place.pointer === pointer || place.pointer.startsWith(`${pointer}/`));
  return at.length === 0 ? null : at.map(({ detail }) => detail).join('; ');
}
