// What comparisons with written-out values leave of a field: a range, a set of values, values that it is not. Values
// of different kinds never compare (conditions call that an error), so a mixture leaves nothing.

export type Fact = string | number | boolean;

/** One end of a range; `included`: whether the end itself still fits. */
interface Edge {
  at: Fact;
  included: boolean;
}

/** What is left of a field. */
export interface Bounds {
  least: readonly Edge[];
  most: readonly Edge[];
  /** null: any value. */
  values: readonly Fact[] | null;
  not: readonly Fact[];
}

/** Everything fits. */
export const OPEN: Bounds = { least: [], most: [], values: null, not: [] };

/** `bounds` without what a comparison `field operator fact` rules out; operators as CEL names them. */
export const NARROWED: Readonly<Record<string, (bounds: Bounds, fact: Fact) => Bounds>> = {
  '_<_': (bounds, at) => ({ ...bounds, most: [...bounds.most, { at, included: false }] }),
  '_<=_': (bounds, at) => ({ ...bounds, most: [...bounds.most, { at, included: true }] }),
  '_>_': (bounds, at) => ({ ...bounds, least: [...bounds.least, { at, included: false }] }),
  '_>=_': (bounds, at) => ({ ...bounds, least: [...bounds.least, { at, included: true }] }),
  '_==_': (bounds, only) => among(bounds, [only]),
  '_!=_': (bounds, fact) => ({ ...bounds, not: [...bounds.not, fact] }),
};

/** Only these values, as far as they were possible before. */
export const among = (bounds: Bounds, values: readonly Fact[]): Bounds => ({
  ...bounds,
  values: values.filter((value) => bounds.values?.includes(value) ?? true),
});

const isAbove = (value: Fact, { at, included }: Edge): boolean =>
  typeof value === typeof at && (value > at || (included && value === at));
const isBelow = (value: Fact, { at, included }: Edge): boolean =>
  typeof value === typeof at && (value < at || (included && value === at));

/** Whether nothing fits. */
export function isEmpty({ least, most, values, not }: Bounds): boolean {
  if (values === null) return least.some((low) => most.some((high) => !room(low, high, not)));
  const fits = (value: Fact) =>
    least.every((edge) => isAbove(value, edge)) && most.every((edge) => isBelow(value, edge));
  return !values.some((value) => fits(value) && !not.includes(value));
}

/** Between two ends there is a value: something between different ones, the end itself if both include it. */
function room(low: Edge, high: Edge, not: readonly Fact[]): boolean {
  if (typeof low.at !== typeof high.at) return false;
  if (low.at < high.at) return true;
  return low.at === high.at && low.included && high.included && !not.includes(low.at);
}
