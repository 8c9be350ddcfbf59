// Where in a JSON text something is wrong, in the terms of people and of RFC 6901.

/** Thrown inside the strict parser only, turned into a value at its door. `at` is an index into the text. */
export class Refusal extends Error {
  readonly at: number | undefined;
  constructor(message: string, at?: number) {
    super(message);
    this.at = at;
  }
}

/** Path → JSON Pointer (RFC 6901 section 3: `~` is `~0`, `/` is `~1`). */
export const pointerOf = (path: readonly (string | number)[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Index into a text → line and column, both from 1, columns in characters (a pair of surrogates is one). */
export function placeAt(text: string, at: number): { line: number; column: number } {
  const lines = text.slice(0, at).split(/\r\n|\r|\n/);
  return { line: lines.length, column: [...lines.at(-1)!].length + 1 };
}
