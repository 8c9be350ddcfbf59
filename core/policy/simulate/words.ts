// What a simulation's differences are called, on every face: apart from simulate.ts, so that a page gets no judge with it.
import type { DifferenceKind } from '../simulate.ts';

/** In the order in which people are told: what lets more through comes first. */
export const DIFFERENCE_WORDS: [kind: DifferenceKind, words: string][] = [
  ['newly_allowed', 'Newly let through'],
  ['newly_asked', 'Newly asked'],
  ['newly_denied', 'Newly denied'],
  ['newly_refused', 'Newly refused at the door'],
  ['risk_changed', 'At another risk'],
  ['people_changed', 'Asked of other people'],
];
