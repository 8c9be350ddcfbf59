// What of the params identifies an act, by what each of them is: for whom, how much, which, when. In the order in which
// they stand; hidden ones are left out, because a sentence of ours says nothing of them.
import { pointerOf } from '../json/place.ts';
import { isObject, type JsonObject } from '../json.ts';
import { type Role, roleOf, wordsOf } from './roles.ts';
import { isNothing, type Keys, type Said, valueAt } from './values.ts';

export interface Fact {
  keys: Keys;
  name: string;
  role: Role | null;
  /** Nothing stands there: told of a recipient, and of nothing else. */
  empty: boolean;
}

/** Tools that take one object take it under any name: `{input: {…}}`, and an SDK's `{args: [{…}]}`. */
function startOf(said: Said): Keys {
  const start: (string | number)[] = [];
  for (let value: unknown = said.params; ; ) {
    const entries = isObject(value) || Array.isArray(value) ? Object.entries(value) : [];
    const [key, inner] = entries[0] ?? [];
    if (entries.length !== 1 || !(isObject(inner) || (start.length > 0 && Array.isArray(inner)) || isArgs(key, inner)))
      return isObject(value) ? start : start.slice(0, -1);
    start.push(key!);
    value = inner;
  }
}

const isArgs = (key: string | undefined, inner: unknown): boolean =>
  key === 'args' && Array.isArray(inner) && inner.length === 1 && isObject(inner[0]);

/** Names of parameters that a sentence never repeats; `writeOnly` hides a value everywhere. */
const SECRETS =
  /(^|_)(passwords?|passwd|passphrases?|pass|secrets?|tokens?|pins?|otp|credentials?|api_?keys?|private_keys?)(_|$)/;

/** A number, text, a list, or an object with a name of its own; a flag identifies nothing. */
const tells = (said: Said, keys: Keys): boolean =>
  typeof valueAt(said, keys) !== 'boolean' &&
  !said.hidden.has(pointerOf(keys)) &&
  !SECRETS.test(wordsOf(String(keys.at(-1))).join('_'));

const holdsHidden = (said: Said, keys: Keys): boolean =>
  [...said.hidden].some((pointer) => pointer.startsWith(`${pointerOf(keys)}/`));

export function factsOf(said: Said): Fact[] {
  const start = startOf(said);
  const holder = valueAt(said, start) as JsonObject;
  return Object.keys(holder).flatMap((name) => {
    const keys = [...start, name];
    if (!tells(said, keys) || holdsHidden(said, keys)) return [];
    const role = said.money.has(pointerOf(keys)) ? 'amount' : roleOf(name);
    return [{ keys, name, role, empty: isNothing(valueAt(said, keys)) }];
  });
}

const singular = (word: string): string => word.replace(/(?<=..)(?:e?s)$/, '');

/** Whether a parameter is what the action's own words name: `hotel` of `reserve_hotel`, `event_id` of `cancel_event`. */
export function isNamedBy(nouns: readonly string[], { name }: Fact): boolean {
  const words = wordsOf(name).map(singular);
  const bare =
    words.length > 1 && ['id', 'name', 'key', 'ref', 'number'].includes(words.at(-1)!) ? words.slice(0, -1) : words;
  const wanted = nouns.map(singular);
  return wanted.length > 0 && bare.join(' ') === wanted.slice(-bare.length).join(' ');
}
