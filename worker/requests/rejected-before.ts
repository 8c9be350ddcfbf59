// What a refusal as `recently-rejected` says besides: the request that was rejected, with its reason. Only the account or
// person that made it gets it; others do not learn that there was one.
import type { Problem } from '../../core/problems.ts';
import type { ApprovalRequest } from '../../core/request/present.ts';
import { authorized } from '../auth/authorized.ts';
import type { Ctx } from '../context.ts';
import { requesterId } from './propose.ts';
import { requestOf } from './request-object.ts';

/** The members to add to the answer; none for other refusals and for other requesters. */
export async function rejectedBefore(c: Ctx, problem: Problem): Promise<{ approval_request?: ApprovalRequest }> {
  if (problem.code !== 'recently-rejected' || problem.request === undefined) return {};
  const who = await authorized(c);
  if (!who.ok) return {};
  const { organization } = who.value.caller;
  const view = await requestOf(c.env, organization, problem.request).read(organization);
  if (!view.ok || view.value.request.erased_at !== null) return {};
  const { request } = view.value;
  return request.requester.id === requesterId(who.value.principal) ? { approval_request: request } : {};
}
