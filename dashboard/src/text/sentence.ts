// The one sentence that says what will happen, by our own templates over the typed parameters that are signed. The
// agent's words never enter it. A template is used only for an action that it surely describes; else: "Run X on Y".
import type { Json, JsonObject } from '../../../core/json.ts';
import { amountsOf } from '../../../core/policy/parameters/amounts.ts';
import type { ParameterSchema } from '../../../core/policy/parameters/model.ts';

export interface Proposed {
  action: string;
  resource: string;
  params: JsonObject;
  metadata: JsonObject;
  /** The policy's schema of `params`: what it calls money is shown as money, and nothing else is. */
  parameters?: ParameterSchema | null;
}

/** `ours` are our words, `value` is what the caller sent: shown apart, so that a value cannot continue our sentence. */
export interface Phrase {
  kind: 'ours' | 'value';
  text: string;
}

type Part = string | { value: string | null };
type Template = (proposed: Proposed) => (Part | Part[] | null)[];

const MAX_VALUE_CHARS = 64;
/** Words around the verb that change nothing about what it means. */
const CARRIERS = new Set(['process', 'execute', 'run', 'issue', 'create', 'do', 'perform', 'start', 'db', 'data']);
const NOUN_FORMS: Record<string, string> = {
  deployment: 'deploy',
  refunds: 'refund',
  payment: 'pay',
  deletion: 'delete',
};

const value = (json: Json | undefined): Part | null =>
  typeof json === 'string' && json !== ''
    ? { value: clip(json) }
    : typeof json === 'number'
      ? { value: grouped(json) }
      : null;
const param = (proposed: Proposed, ...keys: string[]): Part | null => {
  for (const key of keys) {
    const found = value(proposed.params[key]);
    if (found) return found;
  }
  return null;
};
/** The words belong to the value: without it they are left out. */
const when = (word: string, part: Part | null): Part[] | null => (part ? [word, part] : null);
const amount = (proposed: Proposed): Part | null => {
  const found = amountsOf(proposed.params, proposed.parameters ?? null)[0];
  if (found) return { value: found.text };
  return param(proposed, 'amount', 'total');
};
const thing = (proposed: Proposed): Part => ({
  value: clip(proposed.resource.replace(/^([a-z_-]+):(?=[^:]+$)/i, '$1 ')),
});
const named = (proposed: Proposed): Part => ({ value: clip(proposed.resource.replace(/^[a-z_-]+:(?=[^:]+$)/i, '')) });
const place = (proposed: Proposed): Part[] | null => when('to', value(proposed.metadata.environment));
const recipient = (proposed: Proposed) =>
  param(proposed, 'customer_name', 'recipient', 'to', 'customer', 'customer_id');

const TEMPLATES: Record<string, Template> = {
  refund: (p) => ['Refund', amount(p), when('to', recipient(p)), 'for', thing(p)],
  pay: (p) => ['Pay', amount(p), when('to', recipient(p)), 'for', thing(p)],
  transfer: (p) => ['Transfer', amount(p), when('to', recipient(p)), 'from', thing(p)],
  deploy: (p) => [
    'Deploy',
    when('', param(p, 'version', 'tag', 'ref')),
    param(p, 'version', 'tag', 'ref') ? 'of' : null,
    named(p),
    place(p),
  ],
  rollback: (p) => ['Roll back', named(p), when('to', param(p, 'version', 'to'))],
  delete: (p) => [
    'Delete',
    when('', param(p, 'rows', 'count')),
    param(p, 'rows', 'count') ? 'rows of' : null,
    thing(p),
  ],
  export: (p) => [
    'Export',
    when('', param(p, 'records', 'count')),
    param(p, 'records', 'count') ? 'records of' : null,
    thing(p),
  ],
  cancel: (p) => ['Cancel', thing(p)],
  restart: (p) => ['Restart', thing(p)],
  merge: (p) => ['Merge', thing(p)],
};

/** The template's name for an action, only if every other word of its last part is a carrier or the resource's type. */
function verbOf({ action, resource }: Proposed): string | null {
  const segments = action.toLowerCase().split(/[.:/]+/);
  const words = (segments.at(-1) ?? '').split(/[_-]+/);
  const last = words.every((word) => CARRIERS.has(word)) ? (segments.at(-2) ?? '').split(/[_-]+/) : words;
  const type = resource.split(':')[0]?.toLowerCase() ?? '';
  const meant = last.map((word) => NOUN_FORMS[word] ?? word).filter((word) => !CARRIERS.has(word) && word !== type);
  return meant.length === 1 && Object.hasOwn(TEMPLATES, meant[0]!) ? meant[0]! : null;
}

const generic: Template = (p) => ['Run', { value: clip(p.action) }, 'on', { value: clip(p.resource) }];

/** A proposal (its effective params) → the phrases of one sentence, without a full stop. */
export function sentence(proposed: Proposed): Phrase[] {
  const verb = verbOf(proposed);
  const parts = (verb ? TEMPLATES[verb]! : generic)(proposed)
    .flat()
    .filter((part) => part !== null && part !== '') as Part[];
  return parts.map((part) =>
    typeof part === 'string' ? { kind: 'ours', text: part } : { kind: 'value', text: part.value ?? '' },
  );
}

/** The same sentence as plain text, for titles. */
export const sentenceText = (proposed: Proposed): string =>
  sentence(proposed)
    .map((phrase) => phrase.text)
    .join(' ');

function clip(text: string): string {
  const chars = [...text];
  return chars.length <= MAX_VALUE_CHARS ? text : `${chars.slice(0, MAX_VALUE_CHARS).join('')}…`;
}

/** Every digit of it: what is too small or too large for digits alone is written as JSON writes it. */
const grouped = (number: number): string => {
  const [whole = '', ...rest] = JSON.stringify(number).split('.');
  return /^-?\d+$/.test(whole) ? [whole.replace(/\B(?=(?:\d{3})+$)/g, ','), ...rest].join('.') : JSON.stringify(number);
};
