// What a webhook carries: a CloudEvents 1.0 event in structured JSON form, fixed when it becomes due, so that every
// attempt sends the same bytes. Signing and sending are worker/delivery's.

import { sha256 } from '#sha256';
import { utf8 } from './encoding.ts';
import type { RecordedEvent } from './events.ts';
import { derivedId } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import type { ApprovalRequest } from './request/present.ts';
import { messageText, sentenceText } from './sentence.ts';

/** Id of the delivery of one event to one endpoint: the same however often it is made due. */
export const deliveryId = (endpoint: string, event: string): string =>
  derivedId('dlv', sha256(utf8(`assentry/delivery/v1\u0000${endpoint}\u0000${event}`)));

/**
 * The body for one event (CloudEvents 1.0, section 3.1 "required attributes"; `time` and `subject` are optional ones).
 *
 * @param request the request's wire form after the step, for events of requests
 * @returns JSON; `data` of `approval.decided` holds at least what contract.md "Webhooks" lists
 */
export function cloudEvent(event: RecordedEvent, request: ApprovalRequest | null, base_url: string): JsonObject {
  return {
    specversion: '1.0',
    id: event.id,
    source: `${base_url}/o/${event.organization}`,
    type: event.type,
    subject: event.object,
    time: event.at,
    datacontenttype: 'application/json',
    data: request ? requestData(event, request) : configData(event),
  };
}

function requestData(event: RecordedEvent, request: ApprovalRequest): JsonObject {
  const { decision, reviewer, escalated_to } = event.skeleton as Record<string, Json | undefined>;
  return {
    ...{ approval_id: request.id, organization: request.organization, seq: event.seq },
    // An edit may come signed with an approval, which is the next event: this one decides nothing.
    decision: event.type === 'approval.edited' ? null : (decision ?? null),
    ...{ reviewer: reviewer ?? null, status: event.skeleton.to ?? request.status },
    ...{ action: request.action, resource: request.resource, actor: request.actor, context: request.context },
    risk: request.effective.risk.level,
    message: said(request, messageText),
    rejection_reason: request.rejection_reason,
    sentence: said(request, sentenceText),
    ...(escalated_to === undefined ? {} : { escalated_to }),
    ...{ review_url: request.review_url, expires_at: request.expires_at },
  };
}

type Told = Parameters<typeof messageText>[0];

/** Filled from what may run now; of an erased request nothing is left to say. */
const said = (request: ApprovalRequest, tell: (of: Told) => string | null): string | null =>
  request.erased_at === null ? tell({ ...request, params: request.effective.params }) : null;

const configData = (event: RecordedEvent): JsonObject => ({
  organization: event.organization,
  object: event.object,
  seq: event.seq,
  by: event.skeleton.by ?? null,
});
