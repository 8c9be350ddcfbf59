// The production Worker with a meter around its storage and bindings. Same classes, same router; what differs is that
// everything is counted. `POST /__bench/reset`, `GET /__bench/counts`, `POST /__bench/deliver` (an object's outbox again).
import { ApprovalRequest as RealRequest } from '../../durable-objects/approval-request.ts';
import type { Env, Wakeup } from '../../durable-objects/env.ts';
import { Ledger as RealLedger } from '../../durable-objects/ledger.ts';
import { Organization as RealOrganization } from '../../durable-objects/organization.ts';
import worker from '../../worker/index.ts';
import { count, meterEnv, meterStorage, readCounts, resetCounts, timed } from './meter.ts';

// Its alarms are the auditor's own business: not metered.
export { Witness } from '../../durable-objects/witness.ts';

export class ApprovalRequest extends RealRequest {
  constructor(ctx: DurableObjectState, env: Env) {
    super(meterStorage('request', ctx), meterEnv(env));
  }
  override alarm(): Promise<void> {
    return timed('request', 'alarm', () => super.alarm());
  }
}

export class Organization extends RealOrganization {
  constructor(ctx: DurableObjectState, env: Env) {
    super(meterStorage('organization', ctx), meterEnv(env));
  }
  override alarm(): Promise<void> {
    return timed('organization', 'alarm', () => super.alarm());
  }
}

export class Ledger extends RealLedger {
  constructor(ctx: DurableObjectState, env: Env) {
    super(meterStorage('ledger', ctx), meterEnv(env));
  }
  override alarm(): Promise<void> {
    return timed('ledger', 'alarm', () => super.alarm());
  }
}

/** The bench's own door. */
const DOOR: Record<string, (request: Request, env: Env) => Promise<Response> | Response> = {
  '/__bench/reset': () => {
    resetCounts();
    return new Response(null, { status: 204 });
  },
  '/__bench/counts': () => Response.json(readCounts()),
  '/__bench/retell': async (request, env) => {
    const stub = env.APPROVAL_REQUEST.getByName(await request.text()) as unknown as { retell(): Promise<void> };
    await stub.retell();
    return new Response(null, { status: 204 });
  },
};

export default {
  fetch(request, env, context) {
    const door = DOOR[new URL(request.url).pathname];
    if (door) return door(request, env);
    count('worker.requests');
    return worker.fetch(request as never, meterEnv(env), context);
  },
  queue(batch, env) {
    count('queue.batches');
    count('queue.received', batch.messages.length);
    return worker.queue(batch, meterEnv(env));
  },
} satisfies ExportedHandler<Env, Wakeup>;
