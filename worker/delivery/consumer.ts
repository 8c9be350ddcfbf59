// The queue's consumer. A message only says "look": what is due stands in D1, where to send it in the organisation's
// object. So a lost message costs a delay, a repeated one nothing, and a forged row is not sent.

import { instantAt, instantMs } from '../../core/duration.ts';
import { openBody } from '../../core/webhook/seal.ts';
import type { Env, Wakeup } from '../../durable-objects/env.ts';
import {
  type Attempt,
  claimDeliveries,
  type Delivery,
  recordAttempts,
} from '../../durable-objects/projection/deliveries.ts';
import { macKeysOf } from '../secrets.ts';
import { pauseAfter } from './backoff.ts';
import { SEND_TIMEOUT_MS, type Sent, send } from './sender.ts';

/** A Worker may hold six connections open at once; more would only wait. */
const AT_ONCE = 6;
/** Longer than any attempt, shorter than anyone would wait for what a crash left. */
const LEASE_MS = SEND_TIMEOUT_MS + 2_000;
/** Until a dead delivery is tried once more because nobody could record its death. */
const UNHEARD_PAUSE_MS = 60_000;
/** The longest delay that a queue takes. */
const LONGEST_DELAY_SECONDS = 12 * 3_600;

/** Consumes a batch: each organisation once, whatever the number of its messages. */
export async function consume(batch: MessageBatch<Wakeup>, env: Env): Promise<void> {
  const organizations = new Set(batch.messages.map(({ body }) => body.organization));
  await Promise.all([...organizations].map((organization) => deliverDue(organization, env)));
  batch.ackAll();
}

/** Makes every delivery of an organisation that is due now. */
export async function deliverDue(organization: string, env: Env): Promise<void> {
  for (;;) {
    const now = Date.now();
    const claimed = await claimDeliveries(env.DB, organization, instantAt(now), instantAt(now + LEASE_MS), AT_ONCE);
    if (claimed.length === 0) break;
    const attempts = await Promise.all(claimed.map(async (row) => told(row, await attempt(row, env), env)));
    await recordAttempts(env.DB, attempts);
    await wakeForRetry(organization, attempts, env);
  }
}

async function attempt(delivery: Delivery, env: Env): Promise<Attempt> {
  const started_ms = Date.now();
  const sent = await sendTo(delivery, env);
  const attempt = delivery.attempts + 1;
  const over = sent.error === null || sent.error === 'gone' || sent.error === 'not-ours';
  const pause_ms = over ? null : pauseAfter(attempt, Math.random());
  return {
    delivery: delivery.id,
    attempt,
    at: instantAt(started_ms),
    status: sent.status,
    error: sent.error,
    duration_ms: Date.now() - started_ms,
    outcome: sent.error === null ? 'delivered' : pause_ms === null ? 'dead' : 'due',
    next_attempt_at: pause_ms === null ? null : instantAt(Date.now() + pause_ms),
  };
}

/** The row says what, as far as an object of ours made it due. The organisation says where to; an organisation that cannot be reached is a receiver that cannot be reached. */
async function sendTo(delivery: Delivery, env: Env): Promise<Sent> {
  const body = openBody(macKeysOf(env, 'delivery'), delivery, delivery.body);
  if (body === null) return { status: null, error: 'not-ours' };
  const answer = await organizationOf(delivery.organization, env)
    .endpoint({ id: delivery.endpoint })
    .catch(() => null);
  if (answer === null) return { status: null, error: 'unreachable' };
  if (!answer.ok || answer.value.status !== 'active') return { status: null, error: 'gone' };
  return send(answer.value, delivery.event, body, env.BASE_URL);
}

/**
 * Tells the organisation, which counts per endpoint, disables one that fails for long and records what is dead
 * (`delivery.failed`). Before the row says dead, so that a crash in between repeats the attempt and loses no event.
 *
 * @returns the attempt as it is to be recorded: not dead while the organisation could not hear of it
 */
async function told(delivery: Delivery, made: Attempt, env: Env): Promise<Attempt> {
  const { endpoint, event, id } = delivery;
  const { attempt, outcome, error } = made;
  // A forged row is nobody's delivery: it must not put words into the organisation's own log either.
  if (error === 'not-ours') return made;
  const object = organizationOf(delivery.organization, env);
  const heard = await (error === null
    ? object.endpointSucceeded({ endpoint })
    : object.endpointFailed({
        endpoint,
        delivery: id,
        event,
        attempts: attempt,
        dead: outcome === 'dead',
        reason: error,
      })
  ).then(
    () => true,
    () => false,
  );
  if (heard || outcome !== 'dead') return made;
  return { ...made, outcome: 'due', next_attempt_at: instantAt(Date.now() + UNHEARD_PAUSE_MS) };
}

/**
 * One delayed message for the earliest of what failed, and none where nothing did: a message per run would beget
 * messages for ever. Should this one be lost, the organisation's sweep finds the row.
 */
async function wakeForRetry(organization: string, attempts: Attempt[], env: Env): Promise<void> {
  const next = attempts.flatMap(({ next_attempt_at }) =>
    next_attempt_at === null ? [] : [instantMs(next_attempt_at)],
  );
  if (next.length === 0) return;
  const seconds = Math.ceil((Math.min(...next) - Date.now()) / 1_000);
  const delaySeconds = Math.min(Math.max(seconds, 1), LONGEST_DELAY_SECONDS);
  await env.WAKEUPS.send({ kind: 'deliveries', organization }, { delaySeconds });
}

const organizationOf = (organization: string, env: Env) => env.ORGANIZATION.getByName(organization);
