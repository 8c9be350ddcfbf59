// What people type → JSON: `key=text`, `key:=json`, files, standard input. Numbers are text unless written with `:=`,
// because guessing would turn a version 1.10 into 1.1.
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../core/duration.ts';
import { concatBytes, utf8 } from '../../core/encoding.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { parseStrictJson } from '../../core/strict-json.ts';
import { readText } from '../../core/text-file.ts';
import type { World } from './context.ts';
import { CliError, EXIT } from './exit-codes.ts';

/** Commander's collector for a repeatable `key=text` or `key:=json`. */
export function field(text: string, before: JsonObject = {}): JsonObject {
  const [, key = '', operator, value = ''] = /^(?!:=)([^=]+?)(:?=)(.*)$/s.exec(text) ?? [];
  if (key === '') throw new InvalidArgumentError('Write key=text, or key:=json for numbers, lists and objects.');
  if (Object.hasOwn(before, key)) throw new InvalidArgumentError(`"${key}" is given twice.`);
  return { ...before, [key]: operator === '=' ? value : jsonOf(value, key) };
}

function jsonOf(text: string, key: string): Json {
  const parsed = parseStrictJson(text);
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(`The value of ${key} is not JSON: ${parsed.problem.detail}`);
}

/** A duration → whole seconds. */
export function seconds(text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new InvalidArgumentError(parsed.problem.detail);
  return parsed.value;
}

/** A whole number of at least 1. */
export function count(text: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

/** A moment with its zone, or a date, which begins in UTC. → as ISO 8601 writes it. */
export function instant(text: string): string {
  const whole = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]{5,12}(Z|[+-][0-9]{2}:[0-9]{2}))?$/.test(text);
  const at = whole ? new Date(text) : new Date(Number.NaN);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  throw new InvalidArgumentError('Write a date such as 2026-11-01, or an instant such as 2026-11-01T09:00:00Z.');
}

/** One of these words. */
export const oneOf =
  <T extends string>(...words: T[]) =>
  (text: string): T => {
    if (!words.includes(text as T)) throw new InvalidArgumentError(`Expected one of ${words.join(', ')}.`);
    return text as T;
  };

/** A file's text; `-` is standard input. */
export async function textOf(world: World, path: string): Promise<string> {
  if (path === '-') return standardInput(world);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new CliError(EXIT.usage, unreadable(path, error));
  }
  return strictText(bytes, path);
}

/** Why a file cannot be read, for people: what the system calls it is said only where we have no sentence for it. */
export function unreadable(path: string, error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'ENOENT') return `Cannot read ${path}: there is no such file.`;
  if (code === 'EISDIR') return `Cannot read ${path}: it is a directory.`;
  return `Cannot read ${path}: ${error instanceof Error ? error.message : error}.`;
}

/** A file's JSON object; `-` is standard input. */
export async function objectOf(world: World, path: string): Promise<JsonObject> {
  const parsed = parseStrictJson(await textOf(world, path));
  if (!parsed.ok) throw new CliError(EXIT.usage, `${path}: ${parsed.problem.detail}`);
  const { value } = parsed;
  if (isObject(value)) return value;
  throw new CliError(EXIT.usage, `${path} must hold a JSON object.`);
}

/** Everything on standard input; on a terminal nobody would type it, so that is a mistake. */
export async function standardInput({ stdin }: World): Promise<string> {
  if (stdin.isTTY) throw new CliError(EXIT.usage, 'Pipe it into standard input.');
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(typeof chunk === 'string' ? utf8(chunk) : chunk);
  return strictText(concatBytes(...chunks), 'standard input');
}

/** Bytes → text, or a `CliError` that says what they are instead, and from which byte on. */
function strictText(bytes: Uint8Array, name: string): string {
  const read = readText(bytes);
  if (read.ok) return read.value;
  throw new CliError(EXIT.usage, `${name}: ${read.problem.detail}`);
}
