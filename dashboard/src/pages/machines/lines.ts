// Mappings and claims as people type them: one `left = right` per line. Not what they may say: the server judges that.
// Invariant: what is read from its own text is the same again.
type Claims = Record<string, string | string[]>;

/** Line → its two sides; null for a line that has no `=` or an empty side. The last `=` parts where `last` is set. */
function parted(line: string, last: boolean): [string, string] | null {
  const at = last ? line.lastIndexOf('=') : line.indexOf('=');
  const sides: [string, string] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  return at > 0 && sides[0] !== '' && sides[1] !== '' ? sides : null;
}

function pairsOf(text: string, last: boolean): [string, string][] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => parted(line, last));
  return pairs.every((pair) => pair !== null) ? pairs : null;
}

/**
 * Reads `value of the claim = group:NAME` lines. A value may hold `=`, a group cannot.
 *
 * @returns null if a line says nothing, or one value twice
 */
export function mappingsIn(text: string): Record<string, string> | null {
  const pairs = pairsOf(text, true);
  if (pairs === null || new Set(pairs.map(([value]) => value)).size < pairs.length) return null;
  return Object.fromEntries(pairs);
}

export const mappingLines = (mappings: Record<string, string>): string =>
  Object.entries(mappings)
    .map(([value, group]) => `${value} = ${group}`)
    .join('\n');

/** Reads `claim = pattern` lines: a claim on several lines may be any of them. @returns null if a line says nothing */
export function claimsIn(text: string): Claims | null {
  const pairs = pairsOf(text, false);
  if (pairs === null) return null;
  const wanted = Map.groupBy(pairs, ([claim]) => claim);
  return Object.fromEntries(
    [...wanted].map(([claim, said]) => [claim, said.length === 1 ? said[0]![1] : said.map(([, pattern]) => pattern)]),
  );
}

export const claimLines = (claims: Claims): string =>
  Object.entries(claims)
    .flatMap(([claim, wanted]) => [wanted].flat().map((pattern) => `${claim} = ${pattern}`))
    .join('\n');
