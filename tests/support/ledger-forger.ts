// What a forger does to an export: its records bent, its sums made to fit again, its bytes flipped.
import { fromUtf8, utf8 } from '../../core/encoding.ts';
import type { JsonObject } from '../../core/json.ts';
import { type ExportRecord, FIRST_SUM, writeLine } from '../../core/ledger/export.ts';

/** As a forger writes it: the sums fit again. */
export function resummed(records: readonly JsonObject[]): string[] {
  let previous = FIRST_SUM;
  return records.map((record) => {
    const { line, sum } = writeLine(previous, record as unknown as ExportRecord);
    previous = sum;
    return line;
  });
}

export const recordsOf = (lines: readonly string[]): JsonObject[] =>
  lines.map((line) => JSON.parse(`{${line.slice(74)}`) as JsonObject);

/** The line with one bit of each of its bytes flipped in turn. */
export function* flips(line: string): Generator<string> {
  const bytes = utf8(line);
  for (let byte = 0; byte < bytes.length; byte++) {
    const flipped = bytes.with(byte, bytes[byte]! ^ (1 << (byte % 8)));
    yield fromUtf8(flipped) ?? new TextDecoder().decode(flipped);
  }
}

/** Each string of a record with a character changed at its begin, middle and end; each number and flag changed. */
export function* bendings(value: unknown, path = ''): Generator<{ bent: JsonObject; path: string }> {
  const bend = function* (inner: unknown, at: string): Generator<{ bent: unknown; path: string }> {
    if (typeof inner === 'string')
      for (const place of new Set([0, inner.length >> 1, inner.length - 1]))
        yield { bent: inner.slice(0, place) + (inner[place] === '1' ? '2' : '1') + inner.slice(place + 1), path: at };
    else if (typeof inner === 'number') yield { bent: inner + 1, path: at };
    else if (typeof inner === 'boolean') yield { bent: !inner, path: at };
    else if (inner !== null && typeof inner === 'object')
      for (const [name, member] of Object.entries(inner))
        for (const { bent, path } of bend(member, `${at}/${name}`)) yield { bent: { ...inner, [name]: bent }, path };
  };
  yield* bend(value, path) as Generator<{ bent: JsonObject; path: string }>;
}
