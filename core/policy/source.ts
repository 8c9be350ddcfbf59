// The text of a policy → JSON, and back from a place in that JSON to line and column. YAML 1.2 core schema; JSON is a
// part of it. Refused: aliases (one line can stand for a billion), merges, tags, several documents, keys twice, numbers
// that JSON cannot hold exactly.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { pointerOf } from '../json/place.ts';
import type { Json } from '../json.ts';
import type { ProblemPlace } from '../problems.ts';
import { MAX_POLICY_CHARS, MAX_POLICY_DEPTH } from './bounds.ts';
import { signHint, yamlHint } from './hints/yaml.ts';

export type Path = readonly (string | number)[];

/** A document as JSON, with the place of everything in it. */
export interface Source {
  value: Json;
  /** The place of a value: its key for what is missing or misnamed, itself otherwise. `offset` counts inside its text. */
  place(path: Path, detail: string, offset?: number): ProblemPlace;
}
export type SourceResult = { source: Source } | { problems: ProblemPlace[] };

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

class Refusal extends Error {
  at: number;
  constructor(detail: string, at: number) {
    super(detail);
    this.at = at;
  }
}

/** Reads the text. Never throws on text; every problem has its line and column. */
export function readSource(text: string): SourceResult {
  if (text.length > MAX_POLICY_CHARS) {
    return {
      problems: [{ pointer: '', detail: `A policy has at most ${MAX_POLICY_CHARS} characters.`, line: 1, column: 1 }],
    };
  }
  const lines = new LineCounter();
  try {
    return parsed(text, lines);
  } catch (error) {
    if (error instanceof Refusal) return { problems: [placed(lines, error.at, '', error.message)] };
    if (error instanceof RangeError) return { problems: [placed(lines, 0, '', 'The document is nested too deeply.')] };
    throw error;
  }
}

function parsed(text: string, lines: LineCounter): SourceResult {
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', merge: false, prettyErrors: false });
  const wrong = [...document.errors, ...document.warnings];
  // The YAML parser recurses, and reports where its stack ended like any other mistake.
  if (wrong.some(({ message }) => message.includes('call stack'))) throw new RangeError('nested');
  if (wrong.length > 0) {
    return { problems: mistakes(text, lines, wrong) };
  }
  const nodes = new Map<string, Found>();
  const reading: Reading = { text, nodes };
  const value = jsonOf(reading, document.contents, []);
  const { anchor } = reading;
  if (anchor !== undefined) throw new Refusal(signHint(text, anchor), anchor);
  return { source: { value, place: (path, detail, offset) => placeOf({ text, lines, nodes }, path, detail, offset) } };
}

/** One problem for each line: what follows a mistake in its line is its consequence. */
function mistakes(text: string, lines: LineCounter, wrong: readonly YAMLError[]): ProblemPlace[] {
  // A line of a thousand quotes is a thousand mistakes, and looking for what was meant reads the line each time.
  const firstOf = new Map(wrong.map((one) => [lines.linePos(one.pos[0]).line, one] as const).reverse());
  const found = [...firstOf.values()].reverse().map(({ pos, message, code }) => {
    const hint = yamlHint(text, pos[0], { code, message });
    return placed(lines, hint?.at ?? pos[0], '', `Not valid YAML: ${hint?.says ?? message}`);
  });
  const first = found.filter(({ line }, at) => found.findIndex((one) => one.line === line) === at);
  return first.sort((one, other) => one.line! - other.line!).slice(0, 5);
}

/** An anchor would be dropped without a word, and the rest of the text be read as if it were all. */
function noteAnchor(reading: Reading, node: Node, start: number): void {
  if ('anchor' in node && node.anchor !== undefined) reading.anchor ??= reading.text.lastIndexOf('&', start);
}

interface Found {
  start: number;
  end: number;
}

interface Reading {
  text: string;
  nodes: Map<string, Found>;
  /** Where the first anchor stands. */
  anchor?: number;
}

function jsonOf(reading: Reading, node: unknown, path: Path): Json {
  if (node === null) return null;
  const { text, nodes } = reading;
  const [start, end] = (node as Node).range ?? [0, 0];
  nodes.set(pointerOf(path), { start, end });
  if (isAlias(node)) throw new Refusal(signHint(text, start), start);
  noteAnchor(reading, node as Node, start);
  if (path.length > MAX_POLICY_DEPTH) throw new Refusal('The document is nested too deeply.', start);
  if (isSeq(node)) return node.items.map((item, index) => jsonOf(reading, item, [...path, index]));
  if (isMap(node)) return Object.fromEntries(node.items.map((pair) => entryOf(reading, pair, path)));
  return isScalar(node) ? scalarOf(node.value, start) : null;
}

function entryOf(reading: Reading, { key, value }: Pair, path: Path): [string, Json] {
  const [start, end] = (key as Node | null)?.range ?? [0, 0];
  if (!isScalar(key) || typeof key.value !== 'string') throw new Refusal('A key is text; put it in quotes.', start);
  if (FORBIDDEN_KEYS.has(key.value)) throw new Refusal(`"${key.value}" cannot be a key.`, start);
  const inside = [...path, key.value];
  reading.nodes.set(`key:${pointerOf(inside)}`, { start, end });
  return [key.value, jsonOf(reading, value, inside)];
}

function scalarOf(value: unknown, start: number): Json {
  if (
    typeof value === 'number' &&
    !(Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value)))
  ) {
    throw new Refusal('This number cannot be held exactly.', start);
  }
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as Json;
  throw new Refusal('This value has no JSON form.', start);
}

function placed(lines: LineCounter, at: number, pointer: string, detail: string): ProblemPlace {
  const { line, col } = lines.linePos(at);
  return { pointer, detail, line: Math.max(line, 1), column: Math.max(col, 1) };
}

interface Located {
  text: string;
  lines: LineCounter;
  nodes: Map<string, Found>;
}

function placeOf({ text, lines, nodes }: Located, path: Path, detail: string, offset?: number): ProblemPlace {
  const pointer = pointerOf(path);
  const found = offset === undefined ? (nodes.get(`key:${pointer}`) ?? nodes.get(pointer)) : nodes.get(pointer);
  const at = found ?? nodes.get(pointerOf(path.slice(0, -1))) ?? { start: 0, end: 0 };
  // Inside quotes the text starts one character later; where escapes or folding shift it, its start is near enough.
  const quoted = text[at.start] === '"' || text[at.start] === "'" ? 1 : 0;
  const inside = offset !== undefined && /^[^\n\\]*$/.test(text.slice(at.start, at.end)) ? offset + quoted : 0;
  return placed(lines, at.start + inside, pointer, detail);
}
