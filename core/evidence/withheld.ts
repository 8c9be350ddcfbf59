// Values of params that policy hides (`writeOnly`): no event holds them, so that no bundle does. What is made of them
// cannot be computed again and is said to be withheld; everything else is checked as ever.
import { sameJson } from '../canonical.ts';
import type { JsonObject } from '../json.ts';
import { standsAt } from '../policy/parameters/unmasked.ts';
import type { Policy } from '../policy.ts';
import type { EvidenceLine } from './forms.ts';
import type { PolicyJudge } from './judging.ts';

/** Pointers below an event's params at which a value is covered; none where the event says of none. */
export const withheldIn = (line: EvidenceLine | null): string[] =>
  (line?.event.personal?.hidden as string[] | undefined) ?? [];

export const sayWithheld = (pointers: readonly string[]): string =>
  `Policy hides ${[...new Set(pointers)].slice(0, 5).join(', ')}: withheld, so that digests over params are not replayable.`;

export const WITHHELD = 'It covers other values of the params than policy hides.';

/** What is covered is exactly what the pinned policy hides: neither more, which would dodge a digest, nor less. */
export function isWithheld(judge: PolicyJudge, policy: Policy, line: EvidenceLine, action: string): boolean {
  const params = line.event.personal!.params as JsonObject;
  const hidden = withheldIn(line);
  return sameJson(judge.hidden(policy, action, params), hidden) && hidden.every((pointer) => standsAt(params, pointer));
}
