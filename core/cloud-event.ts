// What a webhook's receiver gets: a CloudEvents 1.0 event in structured JSON form. Pure; fixed when the delivery becomes
// due, so that every attempt sends the same bytes. Invariant: no params and no personal data beyond what contract.md
// "Webhooks" names; a receiver that needs more asks the API.
import type { Instant, Json, JsonObject } from './json.ts';

/** Media type of the structured form (CloudEvents HTTP binding, section 3.2). */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json; charset=utf-8';

export interface CloudEventParts {
  /** The event's own id: receivers deduplicate by it. */
  id: string;
  type: string;
  organization: string;
  /** `apr_…`, or the organisation itself. */
  object: string;
  at: Instant;
  base_url: string;
  data: JsonObject;
}

/** Writes the event. `source` with `id` names it once in the world (CloudEvents section 3.1.1). */
export function cloudEvent({ id, type, organization, object, at, base_url, data }: CloudEventParts): JsonObject {
  const source = `${base_url}/o/${organization}`;
  return { specversion: '1.0', id, source, type, subject: object, time: at, datacontenttype: 'application/json', data };
}

/** What the data of a request's event is taken from: the wire form of the request after the step. */
export interface ToldRequest {
  id: string;
  organization: string;
  status: string;
  verdict: string;
  action: string;
  resource: string;
  actor: string;
  context: Json;
  risk: { level: string };
  review_url: string;
}

/**
 * The data of `approval.*`, `capability.*` and `execution.*` events.
 *
 * @param decision for `approval.decided`; null elsewhere
 */
export function requestData(request: ToldRequest, decision: 'approve' | 'reject' | null): JsonObject {
  const { id, organization, status, verdict, action, resource, actor, context, risk, review_url } = request;
  return {
    approval_id: id,
    decision,
    status,
    action,
    resource,
    actor,
    context,
    organization,
    verdict,
    risk: risk.level,
    review_url,
  };
}
