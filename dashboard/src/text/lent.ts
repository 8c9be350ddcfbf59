// What others lent this person, as far as a page can see it: which delegations fit a request, and in whose right it would
// be decided. The server has the last word.
import { covers } from '../../../core/delegation.ts';
import { instantAt } from '../../../core/duration.ts';
import type { ApprovalRequest, Session } from '../api/types.ts';
import { namesPerson } from './people.ts';

type User = Session['user'];

/** The person with only those delegations that are in force for this request. */
export function userFor(request: ApprovalRequest, user: User): User {
  const { action, resource, created_at } = request;
  const about = { action, resource, risk: (request.effective?.risk ?? request.risk).level, now: instantAt(Date.now()) };
  const delegations = (user.delegations ?? []).filter((lent) => lent.since < created_at && covers(lent, about));
  return { ...user, delegations };
}

/** In whose right this person would decide a stage; null for their own, or for none. */
export function lenderFor(from: string[], user: User): { id: string; name: string } | null {
  const { delegations = [], ...own } = user;
  if (namesPerson(from, own)) return null;
  return delegations.find((lent) => namesPerson(from, { ...own, delegations: [lent] }))?.from ?? null;
}
