// Globs over names such as `order_tools.cancel_order`, `service:billing-api`, `iam:role/admin`. Segments are split by
// `.`, `:` and `/`; `*` matches within a segment, `**` across; everything else is itself, case-sensitive.
// Not a regular expression: the set of reachable positions is simulated, so time is |pattern| × |text| for any input.

export type Token = '*' | '**' | { literal: string };

export const SEPARATORS = new Set(['.', ':', '/']);

// Memoisation of a pure function, bounded by count: patterns are those of policies.
const MAX_KNOWN = 5_000;
const known = new Map<string, Token[]>();

/** Cuts a pattern into its stars and its single characters; three stars or more are two. */
export function tokensOf(pattern: string): Token[] {
  const before = known.get(pattern);
  if (before) return before;
  const parts = pattern.match(/\*+|[^*]/gsu) ?? [];
  const tokens = parts.map((part): Token => (part[0] !== '*' ? { literal: part } : part === '*' ? '*' : '**'));
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(pattern, tokens);
  return tokens;
}

/** Adds a position and those behind stars that may match nothing. */
export function reach(tokens: Token[], from: number, into: Set<number>): void {
  let position = from;
  into.add(position);
  while (typeof tokens[position] === 'string') into.add(++position);
}

/** Where a pattern can stand after one more character. */
export function step(tokens: Token[], positions: Set<number>, character: string): Set<number> {
  const next = new Set<number>();
  for (const position of positions) {
    const token = tokens[position];
    if (token === undefined) continue;
    if (token === '**' || (token === '*' && !SEPARATORS.has(character))) reach(tokens, position, next);
    else if (typeof token === 'object' && token.literal === character) reach(tokens, position + 1, next);
  }
  return next;
}

/**
 * Whether the whole text matches the pattern (policy.md: "`*` matches within a segment, `**` across").
 *
 * @param work what it may cost, counted down; false when it is used up, which the caller must not take for an answer
 */
export function globMatches(pattern: string, text: string, work: { left: number } = { left: Infinity }): boolean {
  const tokens = tokensOf(pattern);
  let positions = new Set<number>();
  reach(tokens, 0, positions);
  work.left -= 1 + pattern.length / 16;
  for (const character of text) {
    positions = step(tokens, positions, character);
    work.left -= positions.size / 4;
    if (positions.size === 0 || work.left < 0) return false;
  }
  return positions.has(tokens.length);
}
