// The one sentence that says what will happen, the same on pages, in lists, on the command line and in the verifier's
// report: the policy's own template over the params, else by our words (sentence/plain.ts). It is made where it is shown,
// from the params that may run then. The agent's words never become ours, and what policy hides is never said.
import type { JsonObject } from './json.ts';
import type { ParameterSchema } from './policy/parameters/model.ts';
import { type Phrase, textOf } from './sentence/phrase.ts';
import { plainSentence } from './sentence/plain.ts';
import { filled } from './sentence/template.ts';
import { saidOf } from './sentence/values.ts';

export { countOf, type Phrase, textOf } from './sentence/phrase.ts';

/** What of a request the sentence is made of; the params are the effective ones. */
export interface Proposed {
  action: string;
  resource: string;
  params: JsonObject;
  metadata: JsonObject;
  parameters?: object | null | undefined;
  hidden?: readonly string[] | null | undefined;
}

/** Requests of before have none; those of a policy that says so have its sentence beside it. */
const schemaOf = ({ parameters }: Pick<Proposed, 'parameters'>) => (parameters ?? null) as ParameterSchema | null;

const saidBy = (of: Proposed) => saidOf(of.params, schemaOf(of), of.hidden ?? []);

/** A proposal → the phrases of one sentence, which bring their own blanks; without a full stop of ours. */
export function sentence(proposed: Proposed): Phrase[] {
  const of = saidBy(proposed);
  const template = schemaOf(proposed)?.sentence;
  return template === undefined ? plainSentence(of, proposed) : filled(template, of);
}

/** The same as one line of plain text, values in quotes: for titles, terminals and mails. */
export const sentenceText = (proposed: Proposed): string => textOf(sentence(proposed));

type Messaged = Proposed & { message: string | null; verdict?: string };

/** What the rule says to people, filled where it is a template; null where it says nothing. */
export function messagePhrases(of: Messaged): Phrase[] | null {
  const { message, verdict } = of;
  if (message === null) return null;
  // A deny is told to the agent in the words of the document.
  const fills = schemaOf(of)?.messages === 'templates' && verdict !== 'deny';
  return fills ? filled(message, saidBy(of)) : [{ kind: 'ours', text: message }];
}

/** The same as plain text. */
export const messageText = (of: Messaged): string | null => {
  const phrases = messagePhrases(of);
  return phrases && textOf(phrases);
};
