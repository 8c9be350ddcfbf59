// What a group of requests was like as a whole → match and condition of one pattern. Everything that policy reads is
// bounded: resource, params, metadata and context. A condition has room for so much; what does not fit is not suggested.
import { sameJson } from '../../canonical.ts';
import { compileCondition } from '../../condition.ts';
import { asJson, type Json } from '../../json.ts';
import { MAX_ALTERNATIVES, MAX_CONDITION_CHARS } from '../bounds.ts';
import type { Match, PolicyInput } from '../model.ts';
import { parsePolicy } from '../parse.ts';
import { withTrusted } from '../text.ts';
import { type Bound, type Bounding, boundFields, boundValue, oneOf } from './bounds.ts';
import { type Fields, noFields, nothing, type Seen, see, seeFields } from './seen.ts';

/** Everything that was seen of the requests of a group. */
export interface Behavior {
  /** One more than a pattern names at most. */
  resources: Set<string>;
  params: Fields;
  metadata: Fields;
  /** An object or null. */
  context: Seen;
}

export const newBehavior = (): Behavior => ({
  resources: new Set(),
  params: noFields(),
  metadata: noFields(),
  context: nothing(),
});

/** Notes one more request. */
export function observe(seen: Behavior, { resource, params, metadata, context }: PolicyInput): void {
  if (seen.resources.size <= MAX_ALTERNATIVES) seen.resources.add(resource);
  seeFields(seen.params, params);
  seeFields(seen.metadata, metadata);
  see(seen.context, context);
}

export interface Found {
  match: Match;
  when: string;
  bounds: string[];
}

/** What no pattern bounds: it lets through whatever rule asks, and whatever risk is claimed. */
const OPEN = ['whichever rule asks', 'whatever risk the agent claims, but critical'];

/** The pattern that lets through what was seen and nothing else, or why there is none. */
export function patternOf(seen: Behavior, of: { action: string; actor: string }): Found | { trouble: string } {
  const resources = [...seen.resources].sort();
  if (resources.length > MAX_ALTERNATIVES)
    return { trouble: `The requests were about more than ${MAX_ALTERNATIVES} different resources.` };
  const bounds: Bound[] = literally(resources);
  for (const part of [
    boundFields('param', seen.params),
    boundFields('metadata', seen.metadata),
    contextBound(seen.context),
  ]) {
    if ('trouble' in part) return part;
    bounds.push(...part.bounds);
  }
  const when = bounds.map(({ clause }) => clause).join(' && ');
  const match: Match = { action: [of.action], resource: resources, actor: [of.actor], metadata: {} };
  const trouble = sizeTrouble(bounds, when) ?? writingTrouble(match, when);
  return trouble === null ? { match, when, bounds: [...bounds.map(wordsOf), ...OPEN] } : { trouble };
}

/** A name with a star in it reads as a pattern in a match: the condition names it as it is. */
const literally = (resources: string[]): Bound[] =>
  resources.some((one) => one.includes('*')) ? [oneOf('resource', resources)] : [];

/** Absent context is null. */
function contextBound(seen: Seen): Bounding {
  if (seen.object === null || seen.plain.size === 0) return boundContext(seen);
  const inner = boundContext({ ...seen, times: seen.object.times, plain: new Map(), trouble: seen.object.trouble });
  if ('trouble' in inner) return inner;
  const clause = `(context == null || ${inner.bounds.map((one) => one.clause).join(' && ')})`;
  const words = `absent, or ${inner.bounds.map((one) => `${one.place}: ${one.words}`).join('; ')}`;
  return { bounds: [{ place: 'context', clause, words }] };
}

const boundContext = (seen: Seen): Bounding =>
  seen.object === null ? boundValue('context', seen) : boundFields('context', seen.object);

const wordsOf = ({ place, words }: Bound): string => `${place}: ${words}`;

function sizeTrouble(bounds: readonly Bound[], when: string): string | null {
  if (when.length <= MAX_CONDITION_CHARS) return null;
  const [longest] = [...bounds].sort((one, other) => other.clause.length - one.clause.length);
  return `What was seen takes a condition of ${when.length} characters, and one has ${MAX_CONDITION_CHARS} at most; \`${longest!.place}\` alone takes ${longest!.clause.length}.`;
}

/** What is signed is read from the policy's text again: it must be this very pattern. */
function writingTrouble(match: Match, when: string): string | null {
  const compiled = compileCondition(when);
  if ('problems' in compiled) return `The condition cannot be written: ${compiled.problems[0]!.detail}`;
  const pattern = { id: 'trusted', match, when, limit: null, expires: null };
  const drafted = withTrusted('version: 1\n', pattern);
  const read = drafted.ok ? parsePolicy(drafted.value.source) : drafted;
  const same = read.ok && sameJson(asJson(read.value.policy.trusted[0]) as Json, asJson(pattern) as Json);
  return same ? null : 'What was seen cannot be written into a policy unchanged.';
}
