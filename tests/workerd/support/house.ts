// The server as its callers see it: one `call` for everything, through the Worker's own front door, with the headers of
// a browser or a machine. Nothing here knows an object or a table.
import { env as bindings, exports } from 'cloudflare:workers';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { Env } from '../../../durable-objects/env.ts';

export const env = bindings as unknown as Env;
export const BASE = env.BASE_URL;

/** What an answer says; `body` is null where there is none or it is no JSON. */
export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers by their documented names.
  body: any;
  text: string;
  headers: Headers;
}

export interface Caller {
  key?: string;
  cookie?: string;
}

export interface Asked extends Caller {
  body?: Json | undefined;
  /** The body as text, where it is not to be JSON. */
  raw?: string | undefined;
  headers?: Record<string, string>;
  idempotency?: string;
}

/** What takes a request at the address under test. */
export interface Door {
  fetch(request: Request): Promise<Response>;
}

export const front = (exports as unknown as { default: Fetcher }).default;
let door: Door = front;
/** Sends every later call of this file through another door. */
export const goThrough = (other: Door): void => {
  door = other;
};

/** One call. A session comes as a browser sends it: cookie, Origin, Sec-Fetch-Site. */
export async function call(method: string, path: string, asked: Asked = {}): Promise<Answer> {
  const headers = new Headers(asked.headers);
  const set = (name: string, value: string) => headers.has(name) || headers.set(name, value);
  if (asked.key) set('authorization', `Bearer ${asked.key}`);
  if (asked.cookie) set('cookie', asked.cookie);
  if (!asked.key && method !== 'GET') set('origin', BASE);
  if (!asked.key) set('sec-fetch-site', 'same-origin');
  const text = asked.raw ?? (asked.body === undefined ? null : JSON.stringify(asked.body));
  if (text !== null) set('content-type', 'application/json');
  if (asked.idempotency) set('idempotency-key', asked.idempotency);
  const response = await door.fetch(new Request(BASE + path, { method, headers, body: text, redirect: 'manual' }));
  const answered = await response.text();
  return { status: response.status, body: parsed(answered), text: answered, headers: response.headers };
}

function parsed(text: string): JsonObject | null {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return null;
  }
}

export const get = (path: string, asked: Asked = {}): Promise<Answer> => call('GET', path, asked);
export const post = (path: string, asked: Asked = {}): Promise<Answer> => call('POST', path, asked);

/** The body of an answer that must be a success; throws with what was said otherwise. */
export async function success(answer: Promise<Answer> | Answer): Promise<Answer['body']> {
  const { status, body, text } = await answer;
  if (status >= 300) throw new Error(`answered ${status}: ${text}`);
  return body;
}
