// What a match says of one name or one metadata value: it fits, it does not, it cannot be told, or there is a doubt whether
// it is the one that is meant. Semantics 1 knows no doubts.
import { globMatches } from '../../glob.ts';
import type { Json, JsonObject } from '../../json.ts';
import { isAlike, likenessCost } from '../../look-alike.ts';
import type { Manner } from '../semantics.ts';
import { type Nearness, named, nearness } from './near.ts';

export type Fit = 'matched' | 'not-matched' | 'error';

/** Why a rule may not be the one that is meant, or may. */
export interface Doubt {
  /** `almost`: a value that is nearly another, or a key beside another. `unclear`: one that fits as it is spelt alone. */
  kind: 'almost' | 'unclear';
  /** `resource`, `metadata.environment`. */
  name: string;
  value: string;
  /** The alternative of the rule. */
  literal: string;
  detail: string;
}

/** A fit, with what is doubtful about it. */
export interface Found {
  fit: Fit;
  doubts: Doubt[];
}

const NAMES_OF_TEXT: Record<string, string> = { action: 'the action', resource: 'the resource', actor: 'the actor' };

const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

function doubtOf(name: string, value: string, how: Exclude<Nearness, string>): Doubt {
  const who = NAMES_OF_TEXT[name] ?? name;
  if ('almost' in how) {
    const detail = `${who} is almost \`${shown(how.almost)}\``;
    return { kind: 'almost', name, value, literal: how.almost, detail };
  }
  const detail = `${who} is \`${shown(how.unclear)}\` as it is spelt, and not as it reads`;
  return { kind: 'unclear', name, value, literal: how.unclear, detail };
}

/** A text against patterns. */
export function textFits(name: string, patterns: readonly string[], value: string, manner: Manner): Found {
  if (manner.semantics === 1) {
    const fits = patterns.some((pattern) => globMatches(pattern, value));
    return { fit: fits ? 'matched' : 'not-matched', doubts: [] };
  }
  const cased = name === 'resource' && manner.cased(value);
  const how = nearness(patterns, named(value, cased, manner), manner.work);
  if (how === 'matched') return { fit: 'matched', doubts: [] };
  return how === 'missed' ? { fit: 'not-matched', doubts: [] } : { fit: 'error', doubts: [doubtOf(name, value, how)] };
}

type Fact = string | number | boolean;

/** A metadata value against its alternatives: text as globs, numbers and booleans exactly; another kind is an error. */
function valueFits(name: string, value: Json | undefined, alternatives: Fact[], manner: Manner): Found {
  const comparable = alternatives.filter((alternative) => typeof alternative === typeof value);
  if (comparable.length === 0) return { fit: 'error', doubts: [] };
  if (typeof value === 'string') return textFits(name, comparable as string[], value, manner);
  return { fit: comparable.includes(value as Fact) ? 'matched' : 'not-matched', doubts: [] };
}

export const nameOfMetadata = (key: string) =>
  /^[A-Za-z_]\w*$/.test(key) ? `metadata.${key}` : `metadata[${JSON.stringify(key)}]`;

/** What a match says of one key of the metadata. */
export interface FactFound extends Found {
  name: string;
  value: Json | undefined;
  /** A key that reads like this one, which is not there. */
  like?: string;
}

/** A key with a look-alike beside it is a doubt: it cannot be told which one is meant. */
export function factFits(metadata: JsonObject, key: string, alternatives: Fact[], manner: Manner): FactFound {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  const name = nameOfMetadata(key);
  const found = valueFits(name, value, alternatives, manner);
  const like = manner.semantics === 1 ? undefined : likeKey(metadata, key, manner);
  if (like === undefined) return { name, value, ...found };
  // What is not there, or of another kind, is an error whichever key is meant.
  if (found.fit === 'error' && found.doubts.length === 0) return { name, value, like, ...found };
  const detail = `metadata has \`${shown(like)}\`, which is almost \`${key}\``;
  const kind = found.fit === 'matched' ? 'unclear' : 'almost';
  const beside: Doubt = { kind, name, value: like, literal: key, detail };
  return { name, value, fit: 'error', doubts: [...found.doubts, beside] };
}

function likeKey(metadata: JsonObject, key: string, { work }: Manner): string | undefined {
  const keys = Object.keys(metadata);
  work.left -= likenessCost(...keys);
  return keys.find((other) => isAlike(other, key));
}
