// What the platform starts: the router, the queue's consumer, the three classes of objects.
import type { Env, Wakeup } from '../durable-objects/env.ts';
import { app } from './app.ts';
import { consume } from './delivery/consumer.ts';

export { ApprovalRequest } from '../durable-objects/approval-request.ts';
export { Ledger } from '../durable-objects/ledger.ts';
export { Organization } from '../durable-objects/organization.ts';
export { Witness } from '../durable-objects/witness.ts';

export default {
  fetch: (request, env, context) => app.fetch(request, env, context),
  queue: (batch, env) => consume(batch, env),
} satisfies ExportedHandler<Env, Wakeup>;
