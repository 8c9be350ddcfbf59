// Where YAML reads something else than was typed: a text that begins with a sign of YAML's own, a colon inside a text, a tab.
// Each mistake gets the line and column where it begins, what YAML took it for, and how it is written. Words only.

/** What the parser says. */
interface Mistake {
  code: string;
  message: string;
}

/** A place in the text, and what to say of it. */
interface YamlHint {
  /** In characters from 0. */
  at: number;
  says: string;
}

/** What a plain text may not begin with, and what YAML takes it for. */
const SIGNS: { [sign: string]: string } = {
  '!': 'a tag',
  '*': 'an alias',
  '&': 'an anchor',
  '%': 'a directive',
  '@': 'a reserved sign',
  '`': 'a reserved sign',
  '{': 'an object',
  '[': 'a list',
  '|': 'a text over several lines',
  '>': 'a text over several lines',
  '?': 'a key',
  '-': 'an entry of a list',
};

/** `key: value`, with the value up to the end of the line or, inside braces, of the entry. */
interface Entry {
  key: string;
  value: string;
  /** Of the value, in characters from 0. */
  at: number;
}

const lineAt = (text: string, at: number): { line: string; start: number } => {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  return { line: text.slice(start, end < 0 ? undefined : end).replace(/\r$/, ''), start };
};

/** The entries of a line, as far as they can be told without YAML; of a value in quotes or a wrong one, too. */
function entriesOf(line: string, start: number): Entry[] {
  const inBraces = /[{[]\s*["']?[\w.-]+["']?\s*:/.test(line) || /^\s*-?\s*[{[]/.test(line);
  const keys = [...line.matchAll(/(?<=^|[\s{,-])["']?([\w.<-]+)["']?:[ \t]+(?=\S)/g)];
  return (inBraces ? keys : keys.slice(0, 1)).map((found) => {
    const from = found.index + found[0].length;
    const next = inBraces ? keys.find((one) => one.index > from)?.index : undefined;
    const value = line.slice(from, next).replace(/[\s,]+$/, '');
    const isLast = inBraces && next === undefined;
    return { key: found[1]!, value: isLast ? value.replace(/[\s}\]]+$/, '') : value, at: start + from };
  });
}

/** A text as it is written so that YAML takes it as it is. */
export const quoted = (text: string): string =>
  !/["\\]/.test(text) ? `"${text}"` : text.includes("'") ? JSON.stringify(text) : `'${text}'`;

const short = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text);

const writeSo = ({ key, value }: Entry): string => `Put the whole text in quotes: \`${key}: ${short(quoted(value))}\`.`;

/** A whole text in quotes that holds the same quotes: `'param.x == 'y''`. */
const NESTED = /^(["'])[^"']*[\s(=[,]\1.*\1$/;
const nested = (text: string): string => quoted(text.slice(1, -1).replaceAll(text[0]!, text[0] === '"' ? "'" : '"'));

/** The entry of this line whose value YAML takes for something else; `code` is the parser's own word for the mistake. */
function misread(entry: Entry, code: string): string | null {
  const { key, value } = entry;
  const sign = value[0]!;
  const plain = value.replace(/\s#.*$/, '');
  const bare = { ...entry, value: plain };
  if (/^["']/.test(value) && code === 'MISSING_CHAR') return `The quote that opens \`${key}\` is never closed.`;
  if (/^'/.test(value) && /[a-z]'[a-z]/i.test(value))
    return `An apostrophe ends a text in single quotes: use double quotes, \`${key}: ${short(JSON.stringify(plain.replace(/^'|'$/g, '')))}\`.`;
  if (NESTED.test(plain))
    return `A text that begins with a quote ends at the next one: inside, use the other kind. Write \`${key}: ${short(nested(plain))}\`.`;
  if (/^["']/.test(value) && code !== 'BAD_DQ_ESCAPE')
    return `A text that begins with a quote ends at the next one. ${writeSo(bare)}`;
  // An object or a list that is meant as one.
  if (/^([{[]|[{[]\s*["']?[\w.-]+["']?\s*:.*)$/.test(value)) return null;
  if (Object.hasOwn(SIGNS, sign))
    return `A text that begins with \`${sign}\` is ${SIGNS[sign]} to YAML. ${writeSo(bare)}`;
  return /\s?:\s/.test(plain) || / #/.test(value)
    ? `A colon with a blank behind it begins another key. ${writeSo(bare)}`
    : null;
}

const INDENT = 'The keys of one entry begin in the same column, and what stands in one of them further right.';

/** By the parser's code, where no entry of the line explains it. */
const BY_CODE: { [code: string]: string } = {
  TAB_AS_INDENT: 'YAML takes no tabs in front of a line: indent with blanks.',
  DUPLICATE_KEY: 'Keys must be unique, and this one stands here twice.',
  MULTIPLE_DOCS: 'It holds multiple documents, and a policy is one: take out the line `---`.',
  BAD_DQ_ESCAPE: 'In double quotes `\\` begins an escape: write `\\\\`, or put the text in single quotes.',
  MISSING_CHAR: 'A quote, brace or bracket is opened and never closed.',
  BAD_INDENT: INDENT,
  BLOCK_AS_IMPLICIT_KEY: INDENT,
  MULTILINE_IMPLICIT_KEY: INDENT,
  BLOCK_IN_FLOW: 'Between two entries in braces stands a comma: `{ action: a, resource: b }`.',
};

/** Slips that a line shows by itself. */
const BY_LINE: readonly (readonly [RegExp, string])[] = [
  [/\u00a0/, 'This line holds a no-break space, which is no blank to YAML: type a blank in its place.'],
  [/^\s*-[a-z_]\w*\s*:/i, 'Behind the dash of a list stands a blank: `- id: a`.'],
  [/^\s*(- )?[a-z_]\w*:[^\s/]/i, 'Behind the colon of a key stands a blank: `id: a`.'],
  [/[“”„‘’]/, 'These quotes are of a text program: write `"` or `\'`.'],
  [/\{[^{}]*\w[ \t]+\w+:/, 'Between two entries in braces stands a comma: `{ action: a, resource: b }`.'],
];

/** Where a mistake begins: a quote that is never closed is missed at the end, and stands where it opens. */
function beginningOf(text: string, at: number, message: string): number {
  const [, quote] = /^Missing closing (["'])quote/.exec(message) ?? [];
  return quote !== undefined && at >= text.trimEnd().length ? text.lastIndexOf(quote) : at;
}

/**
 * What was probably meant at a place where YAML fails; null: its own words have to do.
 *
 * @param at where the parser stopped, in characters from 0
 */
export function yamlHint(text: string, at: number, { code, message }: Mistake): YamlHint | null {
  if (/ end with a [}\]]/.test(message)) return { at, says: 'A brace or bracket above is opened and never closed.' };
  if (Object.hasOwn(BY_CODE, code) && ['TAB_AS_INDENT', 'DUPLICATE_KEY', 'MULTIPLE_DOCS'].includes(code))
    return { at, says: BY_CODE[code]! };
  const { line, start } = lineAt(text, Math.min(beginningOf(text, at, message), text.trimEnd().length));
  // The parser calls a dash that it misses a missing character, too.
  if (code === 'MISSING_CHAR' && /^\s*[\w.-]+:/.test(line) && !/["'{[]/.test(line)) return { at, says: INDENT };
  const slip = BY_LINE.find(([seen]) => seen.test(line));
  if (slip && !/["'`]/.test(line.split(slip[0])[0] ?? ''))
    return { at: start + Math.max(line.search(/\S/), 0), says: slip[1] };
  for (const entry of entriesOf(line, start)) {
    const says = misread(entry, code);
    if (says !== null) return { at: entry.at, says };
  }
  return Object.hasOwn(BY_CODE, code) ? { at, says: BY_CODE[code]! } : null;
}

/** How a value is written that YAML took for an alias or an anchor. */
export function signHint(text: string, at: number): string {
  const { line, start } = lineAt(text, at);
  const entry = entriesOf(line, start).find((one) => one.at === at || one.at === at - 1);
  const sign = text[at] ?? '*';
  const said = sign === '&' ? 'Anchors' : 'Aliases';
  const taken = `${said} are not part of policies: a text that begins with \`${sign}\` is ${SIGNS[sign]} to YAML.`;
  if (entry === undefined) return `${taken} Put it in quotes.`;
  return `${taken} ${writeSo({ ...entry, value: entry.value.replace(/\s#.*$/, '') })}`;
}
