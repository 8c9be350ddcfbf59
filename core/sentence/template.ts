// A sentence of the policy over an action's params: `Send {subject} to {recipients}`. What is stored and signed is the
// template; it is filled where it is shown, from the params that may run then. A brace itself is written twice.
import { ours, type Phrase } from './phrase.ts';
import { phrasesAt, type Said } from './values.ts';

export type Part = { text: string } | { path: string[]; at: number };

interface TemplateFault {
  detail: string;
  /** Character of the template, from 0. */
  at: number;
}

const PATH = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/;
/** Text without braces, a brace that stands for itself, a placeholder, or a brace that is none of these. */
const TOKEN = /[^{}]+|\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/** A template → its parts, and what is wrong with it. Never throws. */
export function readTemplate(template: string): { parts: Part[]; faults: TemplateFault[] } {
  const parts: Part[] = [];
  const faults: TemplateFault[] = [];
  for (const { 0: token, 1: inside, index: at } of template.matchAll(TOKEN)) {
    const path = inside?.trim();
    if (token === '{{' || token === '}}') parts.push({ text: token[0]! });
    else if (path !== undefined && PATH.test(path)) parts.push({ path: path.split('.'), at });
    else if (path !== undefined)
      faults.push({ at, detail: `"{${inside}}" names no parameter: write {subject} or {customer.name}.` });
    else if (token === '{' || token === '}')
      faults.push({
        at,
        detail: `This "${token}" opens or closes nothing: write "${token}${token}" for the character.`,
      });
    else parts.push({ text: token });
  }
  return { parts, faults };
}

/** Whether a template has anything to fill: a brace written twice counts, because it is read as one. */
export const isTemplate = (text: string): boolean => /[{}]/.test(text);

/**
 * The template with its values. What is no placeholder stays as it is written: an old document has braces of its own.
 *
 * @param said effective params
 */
export function filled(template: string, said: Said): Phrase[] {
  return readTemplate(template).parts.flatMap((part) =>
    'path' in part ? phrasesAt(said, part.path, part.path.at(-1)!) : [ours(part.text)],
  );
}
