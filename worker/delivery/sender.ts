// One attempt to deliver one webhook. It says what came of it and nothing of what the receiver answered: an answer's
// body is never read, so that an endpoint cannot be used to look into somebody's network.
import { webhookUrlFault } from '../../core/webhook/url.ts';
import { signatureHeaders } from './signature.ts';

/** Media type of the structured form (CloudEvents HTTP binding, section 3.2). */
const CLOUD_EVENT_TYPE = 'application/cloudevents+json; charset=utf-8';

/** A receiver that needs longer should take the event and work afterwards. */
export const SEND_TIMEOUT_MS = 10_000;

export interface Endpoint {
  url: string;
  secret: string;
}

export interface Sent {
  /** HTTP status; null if there was no answer. */
  status: number | null;
  /** Null when it was taken (2xx). */
  error: 'refused' | 'gone' | 'redirect' | 'timeout' | 'unreachable' | 'url-not-allowed' | 'not-ours' | null;
}

/** Statuses by what they mean to us; all else that is not 2xx is `refused`. */
function errorOf(status: number): Sent['error'] {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return 'redirect';
  // Standard Webhooks: "410 Gone: the endpoint should be disabled and no more messages sent".
  return status === 410 ? 'gone' : 'refused';
}

/**
 * Sends one event. Never throws for what the receiver or the network does.
 *
 * @param base_url our own origin, which decides whether http://localhost is allowed
 */
export async function send(endpoint: Endpoint, event: string, body: string, base_url: string): Promise<Sent> {
  if (webhookUrlFault(endpoint.url, base_url) !== null) return { status: null, error: 'url-not-allowed' };
  const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
  try {
    const headers = {
      'content-type': CLOUD_EVENT_TYPE,
      'user-agent': 'Assentry-Webhooks/1',
      ...signatureHeaders(endpoint.secret, event, Date.now(), body),
    };
    const response = await fetch(endpoint.url, { method: 'POST', headers, body, redirect: 'manual', signal });
    await response.body?.cancel();
    return { status: response.status, error: errorOf(response.status) };
  } catch {
    return { status: null, error: signal.aborted ? 'timeout' : 'unreachable' };
  }
}
