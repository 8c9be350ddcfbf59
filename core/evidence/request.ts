// The request's document against its events: every member at every depth is what the events say, or is named as the
// operator's word, or as erased or withheld. No member is passed over: request/members.ts has a row for each.
import type { Case } from './case.ts';
import { compareMembers } from './request/compare.ts';
import { expectedRequest, REQUEST_MEMBERS } from './request/members.ts';
import { asOlder } from './request/older.ts';

/** More would only say the same of a file that is another request's. */
const MAX_NAMED = 50;

export function checkRequest(of: Case): void {
  const { bundle, tally } = of;
  const { expected, lacking } = asOlder(expectedRequest(of), bundle.request);
  const { wrong, asserted, withheld } = compareMembers(expected, bundle.request);
  for (const pointer of wrong.slice(0, MAX_NAMED))
    tally.say('request', 'failed', `The request's ${pointer.slice(1)} is not what its events say.`, {
      field: `/request${pointer}`,
    });
  if (wrong.length === 0) sayProved(of, [...asserted, ...withheld, ...lacking]);
  sayAsserted(of, asserted, lacking);
  if (withheld.length > 0)
    tally.say('request', 'not-replayable', `Erased or withheld, so compared with nothing: ${named(withheld)}.`, AT);
}

const AT = { field: '/request' };

/** Names every member that was compared. */
function sayProved({ bundle, tally }: Case, open: string[]): void {
  const whole = Object.keys(bundle.request).filter((name) => !open.includes(`/${name}`));
  const parts = open.filter((pointer) => pointer.lastIndexOf('/') > 0 && !pointer.includes('*'));
  const but = parts.length === 0 ? '' : `, but for ${named(parts)}`;
  const said = `Compared with the events in every part, and the same: ${whole.join(', ')}${but}.`;
  tally.say('request', 'proved', said, AT);
}

function sayAsserted({ tally }: Case, asserted: string[], lacking: string[]): void {
  tally.say('request', 'asserted', `The operator's word, compared with nothing: ${named(asserted)}.`, AT);
  if (lacking.length === 0) return;
  const said = `Not in this document, whose form is older: ${named(lacking)}. By the events they would say nothing.`;
  tally.say('request', 'asserted', said, AT);
}

const named = (pointers: string[]): string =>
  pointers.length === 0 ? 'nothing' : pointers.map((pointer) => pointer.slice(1)).join(', ');

/** Every member of the document with where its value stands, for people. */
export const requestMembers = (): { name: string; from: string }[] =>
  Object.entries(REQUEST_MEMBERS).map(([name, { from }]) => ({ name, from }));
