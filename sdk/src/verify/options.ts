// Options of the client and of the verifiers, checked before they are used. A comparison with NaN is false whichever way it
// is written, so that a number which is none would switch a check or a timer off: it is a TypeError instead.

/** An option in seconds or milliseconds: finite and not negative. */
export function numberOption(name: string, given: unknown, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (typeof given === 'number' && Number.isFinite(given) && given >= 0) return given;
  throw new TypeError(`${name} must be a finite number, 0 or more.`);
}

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Text that has to be there. */
export function textOption(name: string, given: unknown): string {
  if (isText(given)) return given;
  throw new TypeError(`${name} must be a text that is not empty.`);
}
