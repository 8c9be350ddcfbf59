// Webhooks by Standard Webhooks 1.0: HMAC-SHA-256 over `id.timestamp.body`, signature entries `v1,<base64>`. The body
// must be the bytes as they came; a body that was parsed and written again is another body.
import { concatBytes, equalBytes, fromBase64, fromUtf8, utf8 } from '../../../core/encoding.ts';
import { isObject, type Json } from '../../../core/json.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../../core/limits.ts';
import { parseStrictJson } from '../../../core/strict-json.ts';
import { VerificationError } from '../errors.ts';
import { numberOption } from './options.ts';

export interface WebhookInput {
  /** The raw body, before any parsing. */
  body: string | Uint8Array;
  /** `webhook-id`, `webhook-timestamp`, `webhook-signature`: a `Headers` or a plain object with lower-case names. */
  headers: { get(name: string): string | null } | Readonly<Record<string, string | string[] | undefined>>;
  /** `whsec_…`; several while a secret is rotated. */
  secret: string | readonly string[];
  /** How far the timestamp may be from now; a number, 0 or more. Default: 300. */
  tolerance_seconds?: number;
  now_ms?: number;
}

export interface VerifiedWebhook {
  /** The same id may come more than once: deduplicate by it. */
  id: string;
  sent_at_ms: number;
  event: { type: string; data: Json } & { [key: string]: Json };
}

/** An event carries a request whole: more than a body that we take, never more than this. */
const MAX_EVENT_BYTES = 1024 * 1024;
const MAX_EVENT_NODES = 100_000;
const MAX_EVENT_DEPTH = 64;
const MAX_SIGNATURES = 16;

function refuse(reason: string): never {
  throw new VerificationError(reason, 'The webhook is not authentic.');
}

/** Verifies and reads a webhook; throws a `VerificationError` whose `reason` is for your logs only, a TypeError for bad options. */
export async function verifyWebhook(input: WebhookInput): Promise<VerifiedWebhook> {
  const tolerance_ms = numberOption('tolerance_seconds', input.tolerance_seconds, CLOCK_TOLERANCE_SECONDS) * 1000;
  const now_ms = numberOption('now_ms', input.now_ms, Date.now());
  const body = bytesOf(input.body);
  const id = header(input.headers, 'webhook-id');
  const timestamp = header(input.headers, 'webhook-timestamp');
  const sent_at_ms = /^[0-9]{1,12}$/.test(timestamp) ? Number(timestamp) * 1000 : refuse('timestamp-malformed');
  if (Math.abs(now_ms - sent_at_ms) > tolerance_ms) refuse('timestamp-out-of-range');
  const signed = concatBytes(utf8(`${id}.${timestamp}.`), body);
  const signatures = header(input.headers, 'webhook-signature').split(' ').slice(0, MAX_SIGNATURES).map(macOf);
  if (!(await anyHolds(input.secret, signed, signatures))) refuse('signature-mismatch');
  return { id, sent_at_ms, event: readEvent(body) };
}

/** The bytes as they came: of a body that was parsed, nothing can be verified. */
function bytesOf(body: unknown): Uint8Array {
  if (typeof body === 'string') return utf8(body);
  if (body instanceof Uint8Array) return body;
  throw new TypeError('The body must be the raw text or bytes, before any parsing.');
}

function header(headers: WebhookInput['headers'], name: string): string {
  const value = typeof headers.get === 'function' ? headers.get(name) : (headers as Record<string, unknown>)[name];
  return typeof value === 'string' && value !== '' ? value : refuse(`${name}-missing`);
}

/** `v1,<base64 of 32 bytes>` → the bytes; nothing for other versions and for a prefix of a signature. */
function macOf(entry: string): Uint8Array {
  const bytes = entry.startsWith('v1,') ? fromBase64(entry.slice(3)) : null;
  return bytes?.length === 32 ? bytes : new Uint8Array(0);
}

async function anyHolds(secret: string | readonly string[], signed: Uint8Array, macs: Uint8Array[]): Promise<boolean> {
  let holds = false;
  for (const one of typeof secret === 'string' ? [secret] : secret) {
    const expected = await hmac(one, signed);
    for (const mac of macs) holds = equalBytes(expected, mac) || holds;
  }
  return holds;
}

async function hmac(secret: string, bytes: Uint8Array): Promise<Uint8Array> {
  const raw = fromBase64(secret.replace(/^whsec_/, ''));
  if (raw === null || raw.length < 16) throw new TypeError('A webhook secret is whsec_ and base64.');
  const key = await crypto.subtle.importKey('raw', raw as BufferSource, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes as BufferSource));
}

function readEvent(body: Uint8Array): VerifiedWebhook['event'] {
  const text = fromUtf8(body) ?? refuse('body-malformed');
  const parsed = parseStrictJson(text, {
    max_bytes: MAX_EVENT_BYTES,
    max_nodes: MAX_EVENT_NODES,
    max_depth: MAX_EVENT_DEPTH,
  });
  const value = parsed.ok ? parsed.value : refuse('body-malformed');
  if (!isObject(value)) refuse('body-malformed');
  return typeof value.type === 'string' ? (value as VerifiedWebhook['event']) : refuse('body-malformed');
}
