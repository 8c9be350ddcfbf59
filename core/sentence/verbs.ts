// What an action's name says is done, if it surely does: one verb that we know, around it words for things and words that
// change nothing. Everything else is "Run …": we never guess.
import { wordsOf } from './roles.ts';
import { VERBS, type Verb } from './verb-table.ts';

/** Nouns that say what is done: `deployment.execute`. */
const NOUN_FORMS: Readonly<Record<string, string>> = {
  deployment: 'deploy',
  refunds: 'refund',
  payment: 'pay',
  payments: 'pay',
  deletion: 'delete',
  invitation: 'invite',
  purchase: 'buy',
};

/** Words that say that something is carried out, and neither what nor on what. */
const CARRIERS = new Set([
  'process',
  'execute',
  'run',
  'issue',
  'create',
  'do',
  'perform',
  'start',
  'make',
  'submit',
  'trigger',
]);
/** Words for where things are kept: the resource says it better. */
const SILENT = new Set(['db', 'data', 'api', 'v1', 'v2', 'v3', 'tool', 'tools', 'async', 'new', 'a', 'an', 'the']);
/** They belong to the words around them: `add_user_to_group`, but `append_to_file`. */
export const BETWEEN = new Set(['to', 'from', 'for', 'in', 'into', 'of', 'by', 'with', 'on', 'at']);
/** Words that turn the meaning around, or join two: no template is sure of such a name. */
const DOUBTS = new Set([
  'not',
  'no',
  'non',
  'never',
  'dont',
  'without',
  'except',
  'unless',
  'if',
  'and',
  'or',
  'then',
  'all',
  'every',
  'any',
  'undo',
  'un',
  'skip',
  'dry',
  'simulate',
  'test',
  'fake',
  'mock',
  'preview',
  'force',
  'bulk',
]);
/** Verbs that are also names of things, where another verb stands before or after them. */
const NAMES_TOO = new Set([
  'refund',
  'transfer',
  'export',
  'import',
  'order',
  'post',
  'share',
  'update',
  'book',
  'message',
  'mail',
  'email',
  'sms',
  'text',
  'invoice',
  'call',
  'release',
  'charge',
  'deposit',
  'query',
  'schedule',
  'file',
  'deploy',
  'pay',
  'invite',
  'purchase',
  'buy',
  'copy',
  'archive',
  'issue',
  'run',
  'sign',
  'lock',
  'change',
  'set',
  'reply',
  'wire',
]);

export interface Meant {
  verb: Verb;
  /** Words for the thing, as the action names it: `calendar event`. */
  nouns: string[];
}

const segmentsOf = (action: string): string[][] =>
  action
    .split(/[.:/]+/)
    .map(wordsOf)
    .filter((words) => words.length > 0);

/** What the name of an action surely means; null: we do not know. */
export function meantBy(action: string): Meant | null {
  const segments = segmentsOf(action);
  const last = segments.at(-1) ?? [];
  // `deployment.execute`: what is carried out stands before.
  const carried = last.every((word) => CARRIERS.has(word)) && segments.length > 1;
  const found = carried ? (byWords(segments.at(-2)!) ?? byWords([...last, ...segments.at(-2)!])) : null;
  return found ?? byWords(last);
}

const isVerb = (word: string): boolean => Object.hasOwn(VERBS, word) || Object.hasOwn(NOUN_FORMS, word);
const verbFor = (word: string): Verb => VERBS[NOUN_FORMS[word] ?? word]!;

function byWords(all: readonly string[]): Meant | null {
  if (all.some((word) => DOUBTS.has(word))) return null;
  const words = all.filter((word) => !SILENT.has(word));
  const verbs = words.filter(isVerb);
  const strong = verbs.filter(
    (word) => !NAMES_TOO.has(word) && !Object.hasOwn(NOUN_FORMS, word) && !CARRIERS.has(word),
  );
  // Two things are done, or one of two: no sentence of ours is sure which.
  if (verbs.length === 0 || strong.length > 1) return null;
  const chosen = strong[0] ?? weakOf(words, verbs);
  if (chosen === null) return null;
  const at = words.indexOf(chosen);
  if (strong.length === 1 && at > 0 && at < words.length - 1) return null;
  const nouns = words.filter((_, index) => index !== at && !isCarrier(words, index));
  return { verb: verbFor(chosen), nouns: trimmed(nouns) };
}

function trimmed(nouns: readonly string[]): string[] {
  const from = nouns.findIndex((word) => !BETWEEN.has(word));
  return from < 0 ? [] : nouns.slice(from, nouns.findLastIndex((word) => !BETWEEN.has(word)) + 1);
}

/** `process_refund`, `create_payment`: the carrier does what the noun says; of two others the first one is the verb. */
function weakOf(words: readonly string[], verbs: readonly string[]): string | null {
  const meant = verbs.filter((word) => !CARRIERS.has(word) || verbs.length === 1);
  const [first, ...more] = meant.length > 0 ? meant : verbs;
  if (first === undefined) return null;
  return more.length === 0 || words[0] === first ? first : null;
}

const isCarrier = (words: readonly string[], index: number): boolean => index === 0 && CARRIERS.has(words[index]!);
