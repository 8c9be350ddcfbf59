// Who may see and touch which request. A request that one may not see is answered exactly like one that is not there.
import { ADMINISTERS, type KeyScope, type Person, type Principal } from '../../core/authority.ts';
import type { RecordedEvent } from '../../core/events.ts';
import { isId } from '../../core/ids.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { ApprovalRequest } from '../../core/request/present.ts';
import type { View } from '../../durable-objects/request/calls.ts';
import { type Authorized, authorized } from '../auth/authorized.ts';
import type { Ctx } from '../context.ts';
import { requestOf } from './request-object.ts';

export const NO_SUCH_REQUEST = fail('not-found', 'There is no such approval request.');

const hasScope = (principal: Principal, ...scopes: KeyScope[]): boolean =>
  principal.kind === 'machine' && principal.scopes.some((scope) => scopes.includes(scope));

/** Every request of the organisation. */
export const maySeeAll = (principal: Principal): boolean =>
  principal.kind === 'person' || hasScope(principal, 'requests:read_all', 'admin:read');

/** At least those of its own service account. */
export const seesAny = (principal: Principal): boolean =>
  maySeeAll(principal) || hasScope(principal, 'requests:read', 'requests:write');

/** Whose requests a key sees with `requests:read`: its own service account's. */
export function maySee(principal: Principal, request: Pick<ApprovalRequest, 'requester'>): boolean {
  if (principal.kind === 'person' || maySeeAll(principal)) return true;
  return seesAny(principal) && request.requester.id === principal.service_account;
}

export interface Seen extends Authorized {
  view: View;
  id: string;
  organization: string;
}

/** Caller and request together, or the same 404 for absent, foreign and not for this key. */
export async function seenRequest(c: Ctx): Promise<Result<Seen>> {
  const who = await authorized(c);
  if (!who.ok) return who;
  const id = c.req.param('id')!;
  const { organization } = who.value.caller;
  if (!isId('apr', id)) return NO_SUCH_REQUEST;
  const view = await requestOf(c.env, organization, id).read(organization);
  if (!view.ok) return view;
  return maySee(who.value.principal, view.value.request)
    ? ok({ ...who.value, view: view.value, id, organization })
    : NO_SUCH_REQUEST;
}

/**
 * Whether the caller may still see this request. Asked again after every wait, because a wait or a stream can outlive the
 * key or session that opened it.
 *
 * @returns the refusal that a new call would get
 */
export async function stillSees(c: Ctx, request: Pick<ApprovalRequest, 'requester'>): Promise<Result<void>> {
  const who = await authorized(c);
  if (!who.ok) return who;
  return maySee(who.value.principal, request) ? ok(undefined) : NO_SUCH_REQUEST;
}

/** Who the requester is: any live key of the service account that lists the actor, or the person that proposed. */
export function isRequester(principal: Principal, request: Pick<ApprovalRequest, 'requester' | 'actor'>): boolean {
  if (principal.kind === 'person') return request.requester.id === principal.user;
  const acts = principal.actors.includes(request.actor) && principal.scopes.includes('requests:write');
  return acts && request.requester.id === principal.service_account;
}

/** People, and keys that read everything: what others did, from where and in which words. */
export const readsEverything = (principal: Principal): boolean =>
  principal.kind === 'person' || principal.scopes.includes('admin:read');

/**
 * An event as the caller may read it. Where people acted, their addresses, browsers and words are for people and for keys
 * that read everything; an agent's key sees the event as it is after erasure, with every proof still valid.
 */
export function eventFor(principal: Principal, event: RecordedEvent): RecordedEvent {
  return readsEverything(principal) || !String(event.skeleton.by).startsWith('usr_')
    ? event
    : { ...event, personal: null, salt_personal: null };
}

/**
 * Whether the caller may ask what policy would say of this actor: a key that reads everything of anybody, another key of
 * the actors that it proposes as, people of anybody. The answer holds rules and approvers, which are not for every key.
 */
export function mayAskAbout(principal: Principal, actor: string): Result<void> {
  const asks = mayAsk(principal);
  if (!asks.ok || maySeeAll(principal) || principal.kind === 'person') return asks;
  if (principal.actors.includes(actor)) return ok(undefined);
  return fail('forbidden', `This key asks about ${principal.actors.join(', ')} only, not about ${actor}.`, {
    errors: [{ pointer: '/actor', detail: 'is not an actor of this service account' }],
  });
}

/** Whether the caller may ask what policy would say at all. */
export const mayAsk = (principal: Principal): Result<void> =>
  seesAny(principal)
    ? ok(undefined)
    : fail('forbidden', 'This needs an API key with the scope requests:write, requests:read or requests:read_all.');

/** Owners and administrators may end what others asked for. */
export const hasRight = (principal: Principal): principal is Person =>
  principal.kind === 'person' && principal.roles.some((role) => ADMINISTERS.includes(role));

/** What events call the caller. */
export const nameOf = (principal: Principal) => ({
  by: principal.kind === 'person' ? principal.user : principal.service_account,
  name: principal.name,
});
