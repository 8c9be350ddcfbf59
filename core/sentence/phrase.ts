// The parts of a sentence: our own words, and what the caller sent, apart, so that no value can continue our sentence.
// How each is shown is the page's and plain text's to say; hostile characters are core/display.ts's.
import { beginningOf, printableValue } from '../display.ts';

export interface Phrase {
  /**
   * `ours`: our words, or those of the policy. `value`: text that the caller sent. `plain`: a number, money by the
   * policy's schema, or a word of the action's own name. `missing`: nothing stands there. `hidden`: policy shows it to nobody.
   */
  kind: 'ours' | 'value' | 'plain' | 'missing' | 'hidden';
  text: string;
  /** Of a value that was cut: how many characters it has. */
  of?: number;
}

export const ours = (text: string): Phrase => ({ kind: 'ours', text });
export const missing = (name: string): Phrase => ({ kind: 'missing', text: `(no ${name.replaceAll('_', ' ')})` });
export const HIDDEN_PHRASE: Phrase = { kind: 'hidden', text: '(hidden)' };

/** What a line of a queue has room for. */
const MAX_VALUE_CHARS = 64;

/**
 * Text of the caller, cut where it is long as it is shown: the count says so. A run of blanks takes the room of its chip,
 * so that it pushes nothing out of sight.
 */
export function textValue(text: string): Phrase {
  const beginning = beginningOf(text, MAX_VALUE_CHARS);
  return beginning === text ? { kind: 'value', text } : { kind: 'value', text: `${beginning}…`, of: [...text].length };
}

/** ` (1,204 characters)` behind a value that was cut. */
export const countOf = ({ of }: Phrase): string => (of === undefined ? '' : ` (${of.toLocaleString('en')} characters)`);

const asText = (phrase: Phrase): string =>
  phrase.kind === 'value' ? `"${printableValue(phrase.text).replaceAll('"', '\\"')}"${countOf(phrase)}` : phrase.text;

/** Phrases as one line of plain text: values in quotes, hidden characters as escapes. They bring their own blanks. */
export const textOf = (phrases: readonly Phrase[]): string => phrases.map(asText).join('');
