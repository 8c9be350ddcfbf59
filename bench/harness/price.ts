// What counted work costs by Cloudflare's list prices, beyond what a plan includes. Only what is counted is priced:
// Worker CPU and storage are not, because neither can be counted here (CPU of this machine is not Cloudflare's).
import type { Counts } from '../worker/meter.ts';
import { sumOf } from './life.ts';

/** Where the prices are from, and when they were read. */
export const PRICES_READ = '2026-11-20';
export const PRICE_SOURCES = [
  'https://developers.cloudflare.com/workers/platform/pricing/',
  'https://developers.cloudflare.com/durable-objects/platform/pricing/',
  'https://developers.cloudflare.com/d1/platform/pricing/',
  'https://developers.cloudflare.com/queues/platform/pricing/',
];

/** Dollars per million. */
export const PRICE = {
  worker_request: 0.3,
  object_request: 0.15,
  /** GB-seconds; an object counts as 128 MB, whatever it uses. */
  object_gb_second: 12.5,
  object_row_written: 1,
  object_row_read: 0.001,
  d1_row_written: 1,
  d1_row_read: 0.001,
  queue_operation: 0.4,
} as const;

export type Priced = keyof typeof PRICE;

const OBJECT_GB = 0.128;
/** Of each message: written, read, deleted. */
const OPERATIONS_PER_MESSAGE = 3;

/** How much of each priced thing there was. */
export function quantities(counts: Counts): Record<Priced, number> {
  return {
    worker_request: (counts['worker.requests'] ?? 0) + (counts['queue.batches'] ?? 0),
    object_request: sumOf(counts, /^call:/),
    object_gb_second: (sumOf(counts, /^awake:/) / 1_000) * OBJECT_GB,
    object_row_written: sumOf(counts, /^(rows|setAlarm):\w+$/),
    object_row_read: sumOf(counts, /^read:/),
    d1_row_written: sumOf(counts, /^d1\.written (?!checkpoints)/),
    d1_row_read: counts['d1.read'] ?? 0,
    queue_operation: (counts['queue.sent'] ?? 0) * OPERATIONS_PER_MESSAGE,
  };
}

/** Dollars for a million of these. */
export const dollars = (amounts: Partial<Record<Priced, number>>): number =>
  Object.entries(amounts).reduce((total, [name, amount]) => total + PRICE[name as Priced] * amount, 0);

/** `rows 41.00, requests 4.20 …`: what is dear first. */
export function breakdown(amounts: Record<Priced, number>): string {
  const parts = Object.entries(amounts).map(([name, amount]) => [name, PRICE[name as Priced] * amount] as const);
  return parts
    .filter(([, price]) => price >= 0.005)
    .sort(([, a], [, b]) => b - a)
    .map(([name, price]) => `${name.replaceAll('_', ' ')} $${price.toFixed(2)}`)
    .join(', ');
}
