// The versions of what policy says. A later one says more often that a person is asked; the words of the language are the
// same. Every earlier one stays callable for good, because evidence is judged as it was judged: the code below each name
// asks which version it is, and no version is a copy of another.
//
// 1: names are compared by spelling alone, whole numbers divide without their rest, each condition has a budget of its own.
// 2: what almost is a name of a rule is an error of that rule (core/policy/match/near.ts, core/condition/near.ts), whole numbers
//    do not divide (core/condition/arithmetic.ts), and all of one judgement has one budget.
//
// Which one judges: a new request, a dry run, a simulation and the denies of the policy in force, by the newest. An edit by
// that of its request, which is pinned with the policy as what people were asked by; the denies of now stand beside it, so
// nothing gets milder. Evidence by the one that its event names; none is 1, from before there were two.

import type { NameReading } from '../look-alike.ts';

export type Semantics = 1 | 2;
export const NEWEST: Semantics = 2;
export const SEMANTICS: readonly Semantics[] = [1, 2];

/** By which version a stored judgement was made; undefined in what was stored before versions were. */
export const semanticsOf = ({ semantics }: { semantics?: Semantics }): Semantics => semantics ?? 1;

/** What a judgement may still cost, in steps of about 0.2 µs; counted down by everything that grows with policy and request. */
export interface Work {
  left: number;
}

/** Steps of one judgement, over all rules: 20 to 30 ms at worst. An honest policy of 200 rules takes a tenth. */
export const MAX_JUDGEMENT_STEPS = 100_000;

/** Steps of many judgements that one call asks for: as long as a few of the longest. */
export const MAX_BATCH_STEPS = 4 * MAX_JUDGEMENT_STEPS;

/** How a judgement is made. */
export interface Manner {
  semantics: Semantics;
  work: Work;
  /** Whether case matters in a resource of this kind. */
  cased: (resource: string) => boolean;
  /** Names as they read, kept for the next rule. */
  readings: Map<string, NameReading[]>;
}

/** Kinds of resources whose case the policy declares to matter: `{file: {case: sensitive}}`. */
export type ResourceKinds = { [kind: string]: { case: 'sensitive' } };

/** The first version bounds each condition alone. */
export const manner = (semantics: Semantics = NEWEST, kinds: ResourceKinds = {}, shared?: Work): Manner => ({
  semantics,
  work: shared ?? { left: semantics === 1 ? Number.POSITIVE_INFINITY : MAX_JUDGEMENT_STEPS },
  readings: new Map(),
  cased: (resource) => Object.hasOwn(kinds, resource.slice(0, resource.indexOf(':'))),
});

/** Why a rule is an error when the budget is spent. */
export const TOO_MUCH_WORK = 'judging it takes too much work';
