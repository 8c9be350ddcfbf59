// An entry put into a list of a YAML document, or taken out, as text: all other characters stay as they are. Where the
// list is not written as a block (JSON, `[]`, not there), the document is written anew by the YAML library, which keeps
// comments and order. Whoever calls reads the outcome again; nothing here judges what it means.
import { isMap, type Node, parseDocument, stringify, YAMLSeq } from 'yaml';
import type { Json } from '../json.ts';

type Where = 'first' | 'last';

interface Block {
  /** Start of the line of each entry's dash. */
  starts: number[];
  /** End of the last entry's last line. */
  end: number;
  indent: string;
}

/** The list under a top-level key, if it stands as a block with an entry on a line of its own each. */
function blockOf(text: string, key: string): Block | null {
  const list = listOf(text, key);
  if (!list || list.flow || list.items.length === 0) return null;
  const starts = list.items.map((item) => text.lastIndexOf('\n', (item as Node).range![0] - 1) + 1);
  const indent = /^ *(?=- )/.exec(text.slice(starts[0]!))?.[0];
  if (indent === undefined || starts.some((start) => !text.startsWith(`${indent}- `, start))) return null;
  return { starts, end: lineEnd(text, (list.items.at(-1) as Node).range![1]), indent };
}

function listOf(text: string, key: string): YAMLSeq | null {
  const document = parseDocument(text, { schema: 'core', merge: false });
  const list = document.get(key);
  return isMap(document.contents) && !document.contents.flow && list instanceof YAMLSeq ? list : null;
}

/** After the line on which a value ends; a block's end may stand behind its line break. */
function lineEnd(text: string, at: number): number {
  if (at > 0 && text[at - 1] === '\n') return at;
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

/** An entry as block text, at an indent. */
const entryText = (entry: Json, indent: string): string =>
  stringify([entry], { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => `${indent}${line}\n`)
    .join('');

/** The text with `entry` as first or last of the list `key`, which is made if it is not there. */
export function withEntry(text: string, key: string, where: Where, entry: Json): string {
  const block = blockOf(text, key);
  if (!block) return anew(text, key, where, entry);
  const at = where === 'first' ? block.starts[0]! : block.end;
  const before = text.slice(0, at);
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  return `${before}${gap}${entryText(entry, block.indent)}${text.slice(at)}`;
}

function anew(text: string, key: string, where: Where, entry: Json): string {
  const document = parseDocument(text, { schema: 'core', merge: false });
  if (isMap(document.contents) && !document.contents.flow && !document.has(key))
    return `${text.trimEnd()}\n\n${key}:\n${entryText(entry, '  ')}`;
  const list = document.get(key) instanceof YAMLSeq ? (document.get(key) as YAMLSeq) : new YAMLSeq();
  const node = document.createNode(entry);
  if (where === 'first') list.items.unshift(node);
  else list.items.push(node);
  document.set(key, list);
  return document.toString({ lineWidth: 0 });
}

/** The text without the entry at `index` of the list `key`. */
export function withoutEntry(text: string, key: string, index: number): string {
  const block = blockOf(text, key);
  // The last of a block leaves its key without a list, which the library writes.
  if (!block || block.starts.length === 1) {
    const document = parseDocument(text, { schema: 'core', merge: false });
    document.deleteIn([key, index]);
    return document.toString({ lineWidth: 0 });
  }
  const entry = listOf(text, key)!.items[index] as Node;
  return text.slice(0, block.starts[index]!) + text.slice(lineEnd(text, entry.range![1]));
}
