// Webhook endpoints: which events each wants, where the consumer sends them, and when a failing one is switched off.
import type { FeedAnswer } from '../../core/authority.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { EndpointRecord } from './records.ts';
import { bumpConfig, draft, type Room, record } from './room.ts';

/** An endpoint that took nothing for so long is switched off (as Standard Webhooks advises: days, not hours). */
const DISABLED_AFTER_MS = 5 * 24 * 3600 * 1000;
/** … and never after a single bad day of few deliveries. */
const DISABLED_AFTER_FAILURES = 10;

/** `approval.decided`, `approval.*` or `*`. */
const wants = (endpoint: EndpointRecord, type: string): boolean =>
  endpoint.events.some((pattern) => pattern === '*' || pattern === type || pattern === `${type.split('.')[0]}.*`);

interface Told {
  id: string;
  type: string;
  /** The endpoint that a `delivery.failed` is about: it is not told of its own failing, which would fail again. */
  about?: string | null;
}

/** Which endpoints want which of these events. */
export function wantedOf(room: Room, events: readonly Told[]): FeedAnswer['wanted'] {
  const endpoints = room.store.endpoints.list(['status', '=', 'active']);
  return events.flatMap(({ id, type, about }) =>
    endpoints
      .filter((endpoint) => endpoint.id !== about && wants(endpoint, type))
      .map((endpoint) => ({ endpoint: endpoint.id, event: id })),
  );
}

/** Where the consumer sends to. */
export function endpointOf(room: Room, id: string): Result<Pick<EndpointRecord, 'url' | 'secret' | 'status'>> {
  const endpoint = room.store.endpoints.get(id);
  if (!endpoint) return fail('not-found', 'There is no such endpoint.');
  return ok({ url: endpoint.url, secret: endpoint.secret, status: endpoint.status });
}

export function endpointSucceeded(room: Room, id: string): Result<{ status: string }> {
  const endpoint = room.store.endpoints.get(id);
  if (endpoint && endpoint.failures > 0) room.store.endpoints.put({ ...endpoint, failures: 0, failing_since: null });
  return ok({ status: endpoint?.status ?? 'removed' });
}

export interface FailedDelivery {
  endpoint: string;
  delivery: string;
  event: string;
  attempts: number;
  /** It will not be tried again. */
  dead: boolean;
  /** One word; never what the receiver said. */
  reason: string;
}

/** Counts a failure; records a dead delivery, and switches off what has failed for days. Only inside `transact`. */
export function endpointFailed(room: Room, failed: FailedDelivery): Result<{ status: string }> {
  const { endpoint: id, delivery, event, attempts, dead, reason } = failed;
  if (dead) recordDead(room, { endpoint: id, delivery, event, attempts }, reason);
  const endpoint = room.store.endpoints.get(id);
  if (!endpoint) return ok({ status: 'removed' });
  const failing_since = endpoint.failing_since ?? Date.now();
  const counted = room.store.endpoints.put({ ...endpoint, failures: endpoint.failures + 1, failing_since });
  const hopeless = Date.now() - failing_since > DISABLED_AFTER_MS && counted.failures >= DISABLED_AFTER_FAILURES;
  if (hopeless && counted.status === 'active') disable(room, counted, 'clock', 'it failed for five days');
  return ok({ status: room.store.endpoints.get(id)!.status });
}

/** A repeat of the same news is one event. */
function recordDead(
  room: Room,
  about: { endpoint: string; delivery: string; event: string; attempts: number },
  reason: string,
): void {
  const name = `dead ${about.delivery}`;
  if (room.store.marks.get(name)) return;
  room.store.marks.put({ name, value: null });
  record(room, [draft('delivery.failed', 'clock', about, { reason })]);
}

/** Switches an endpoint off. */
export function disable(room: Room, endpoint: EndpointRecord, by: string, reason: string): void {
  room.store.endpoints.put({ ...endpoint, status: 'disabled' });
  record(room, [draft('webhook_endpoint.disabled', by, { endpoint: endpoint.id }, { reason })]);
  bumpConfig(room);
}
