// A request as it is for its reader, now: the votes that count by fresh facts, whether this person may answer and why
// not, and whether anybody can. Only what waits for a decision has any of it. It decides nothing: the object does.
import { instantAt } from '../../core/duration.ts';
import { isId } from '../../core/ids.ts';
import { ok, type Result } from '../../core/problems.ts';
import { withCounted } from '../../core/request/counted.ts';
import { inForce } from '../../core/request/in-force.ts';
import { recounted, type Viewer } from '../../core/request/present.ts';
import type { RequestRecord } from '../../core/request/record.ts';
import { votersOf } from '../../core/request/stage.ts';
import { reachOf, viewerOf } from '../../core/request/viewer.ts';
import type { Look } from '../../durable-objects/request/calls.ts';
import { gateOf } from '../../durable-objects/request/gate.ts';
import { type Authorized, authorized } from '../auth/authorized.ts';
import { callerOf } from '../auth/caller.ts';
import type { Ctx } from '../context.ts';
import { maySee, NO_SUCH_REQUEST, type Seen } from './access.ts';
import { deniedNow } from './judged.ts';
import { requestOf } from './request-object.ts';

const waits = ({ request }: Look): boolean => request.status === 'pending' && request.erased_at === null;

/** What has to be known beside the caller: earlier voters, owners where they decide nothing, everybody who could. */
function questionsOf(record: RequestRecord) {
  const { requester } = record;
  const owners = inForce(record).requirement.separation === 'owners' && requester.kind === 'service_account';
  const reach = reachOf(record, instantAt(Date.now()));
  return { users: votersOf(record), owners_of: owners ? requester.id : null, reach };
}

/** As `seenRequest`, and with what the request is now for this caller. */
export async function seenNow(c: Ctx): Promise<Result<Seen>> {
  const caller = callerOf(c);
  if (!caller.ok) return caller;
  const { organization } = caller.value;
  const id = c.req.param('id')!;
  const found = isId('apr', id) ? await requestOf(c.env, organization, id).look(organization) : NO_SUCH_REQUEST;
  // The organisation is asked first, so that a caller who is not let in learns nothing of the request.
  const who = await authorized(c, found.ok && waits(found.value) ? questionsOf(found.value.record) : {});
  if (!who.ok) return who;
  if (!found.ok) return found;
  if (!maySee(who.value.principal, found.value.request)) return NO_SUCH_REQUEST;
  const { record, ...view } = found.value;
  const request = waits(found.value) ? forReader(found.value, who.value) : view.request;
  return ok({ ...who.value, view: { ...view, request }, id, organization });
}

function forReader({ request, record }: Look, who: Authorized) {
  const { facts, unmet } = who;
  const counted = withCounted(record, facts);
  const missing = unmet === null || unmet.length === 0 ? null : unmet;
  return { ...recounted(request, counted), viewer: viewer(counted, who), unmet: missing };
}

/** Null for an agent: no key decides. */
function viewer(record: RequestRecord, who: Authorized): Viewer | null {
  const { principal, facts } = who;
  if (principal.kind !== 'person') return null;
  const gate = gateOf(record, { facts, asked: [], denied: deniedNow(record, who) });
  const shut = gate.ok ? null : { code: gate.problem.code, detail: gate.problem.detail };
  const own = viewerOf(record, facts, principal.user, instantAt(Date.now()));
  return { approve: own.approve ?? shut, reject: own.reject ?? shut };
}
