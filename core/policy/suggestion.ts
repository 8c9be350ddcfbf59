// "did you mean": the nearest of the allowed words, if it is near enough to be a slip of the finger.

/** Edit distance in which two neighbours swapped count as one slip. */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row++) {
    const cells = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      cells[column] = Math.min(
        rows[row - 1]![column]! + 1,
        cells[column - 1]! + 1,
        rows[row - 1]![column - 1]! + (same ? 0 : 1),
        swapped ? rows[row - 2]![column - 2]! + 1 : Number.POSITIVE_INFINITY,
      );
    }
    rows.push(cells);
  }
  return rows[from.length]![to.length]!;
}

/** ` Did you mean "rules"?`, or nothing when no allowed word is near. */
export function suggestion(word: string, allowed: readonly string[]): string {
  if (word.length > 64) return '';
  const typed = word.toLowerCase();
  const [nearest] = allowed
    .map((candidate) => ({ candidate, slips: distance(typed, candidate.toLowerCase()) }))
    .sort((one, other) => one.slips - other.slips);
  const near = nearest && nearest.slips <= Math.max(1, Math.ceil(nearest.candidate.length / 3));
  return near ? ` Did you mean "${nearest.candidate}"?` : '';
}

/** The allowed words in a sentence: `a, b or c`. */
export const oneOfWords = (allowed: readonly string[]): string =>
  allowed.length < 2 ? allowed.join('') : `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}`;
