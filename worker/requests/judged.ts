// What is gathered again before a decision and an exchange: the request itself, fresh facts about everybody concerned,
// and the current policy's denies.
import { instantAt } from '../../core/duration.ts';
import { isId } from '../../core/ids.ts';
import { judgeDenies } from '../../core/policy.ts';
import { ok, type Result } from '../../core/problems.ts';
import type { RequestRecord } from '../../core/request/record.ts';
import { votersOf } from '../../core/request/stage.ts';
import type { Gathered } from '../../durable-objects/request/calls.ts';
import { type Authorized, authorized } from '../auth/authorized.ts';
import { callerOf } from '../auth/caller.ts';
import type { Ctx } from '../context.ts';
import { NO_SUCH_REQUEST } from './access.ts';
import { policyInput } from './proposal.ts';
import { requestOf } from './request-object.ts';

export interface Judged extends Authorized {
  record: RequestRecord;
  gathered: Gathered;
  organization: string;
}

/**
 * Reads the request, then asks the organisation about everybody whose standing it needs, then judges its denies.
 *
 * @param users people whom the object asked for in an earlier round
 * @param more whether a signed token is to be judged
 */
export async function judged(
  c: Ctx,
  id: string,
  users: string[],
  more: { issuers?: boolean } = {},
): Promise<Result<Judged>> {
  const caller = callerOf(c);
  if (!caller.ok) return caller;
  const { organization } = caller.value;
  const found = isId('apr', id) ? await requestOf(c.env, organization, id).inspect(organization) : NO_SUCH_REQUEST;
  // Who is not let in learns nothing: the organisation answers before the request does.
  const record = found.ok ? found.value : null;
  const asked = [...new Set([...users, ...(record ? votersOf(record) : [])])];
  const owners_of = record?.requester.kind === 'service_account' ? record.requester.id : null;
  const who = await authorized(c, { users: asked, owners_of, ...more });
  if (!who.ok) return who;
  if (!found.ok) return found;
  const denied = deniedNow(found.value, who.value);
  return ok({ ...who.value, record: found.value, organization, gathered: { facts: who.value.facts, asked, denied } });
}

/** What the current policy says against the action that would run. */
export function deniedNow(record: RequestRecord, { snapshot }: Authorized): Gathered['denied'] {
  const { params } = record.effective;
  const input = policyInput({ ...record.proposal, params }, record.judgement.risk.claimed);
  const { errors: asked } = record.judgement;
  return judgeDenies(snapshot.policy.policy, input, instantAt(Date.now()), { asked });
}
