// The Worker and its objects with faulty bindings, otherwise untouched.
import { ApprovalRequest as RealRequest } from '../../durable-objects/approval-request.ts';
import type { Env, Wakeup } from '../../durable-objects/env.ts';
import { Organization as RealOrganization } from '../../durable-objects/organization.ts';
import worker from '../../worker/index.ts';
import { faulty } from './faults.ts';

export { Ledger } from '../../durable-objects/ledger.ts';

export class ApprovalRequest extends RealRequest {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faulty(env));
  }
}

export class Organization extends RealOrganization {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faulty(env));
  }
}

export default {
  fetch: (request, env, context) => worker.fetch(request, faulty(env), context),
  queue: (batch, env) => worker.queue(batch, faulty(env)),
} satisfies ExportedHandler<Env, Wakeup>;
