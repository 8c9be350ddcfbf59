// Events in two parts. The skeleton (ids, digests, times, guard facts) stays for ever; the personal part (params,
// context, comments, names, addresses) can be erased and every proof stays valid, because the ledger holds only
// commitments under salts. One table says for every type what goes where; nothing else may be in an event.

import { hmacSha256 } from '#sha256';
import { canonicalBytes } from './canonical.ts';
import { fromHex, hex } from './encoding.ts';
import { EVENT_FIELDS, type EventType } from './event-fields.ts';
import type { Instant, Json, JsonObject } from './json.ts';
import { LIFECYCLE_VERSION } from './lifecycle.ts';

export type { EventType } from './event-fields.ts';

/** What an object decides to record, before it has a place in the object's chain. */
export interface EventDraft {
  type: EventType;
  at: Instant;
  /** Who did it: `usr_…`, `sa_…`, `policy`, `clock`, or `setup`. */
  by: string;
  skeleton: JsonObject;
  personal: JsonObject | null;
}

/** An event as it is stored, delivered and proved. `commit` is what the ledger's leaf holds, in hex. */
export interface RecordedEvent {
  id: string;
  type: EventType;
  organization: string;
  object: string;
  seq: number;
  at: Instant;
  skeleton: JsonObject;
  personal: JsonObject | null;
  /** 32 bytes each, hex; the personal one is erased with the personal part. */
  salt_skeleton: string;
  salt_personal: string | null;
  commit: string;
}

/** Where an event stands in its object's chain, and the randomness that it was given. */
export interface EventPlace {
  id: string;
  organization: string;
  object: string;
  /** From 1, without gaps. */
  seq: number;
  /** Commit of the object's previous event, hex; null for the first. */
  prev: string | null;
  salt_skeleton: Uint8Array;
  salt_personal: Uint8Array;
}

const commitment = (salt: Uint8Array, part: Json): string => hex(hmacSha256(salt, canonicalBytes(part)));

/**
 * Gives a draft its place and its commitments.
 *
 * @throws if the draft has a field that the table does not name: then what is erasable would be undefined
 */
export function recordEvent(draft: EventDraft, place: EventPlace): RecordedEvent {
  assertFields(draft);
  const skeleton: JsonObject = {
    v: 1,
    table: LIFECYCLE_VERSION,
    id: place.id,
    type: draft.type,
    organization: place.organization,
    object: place.object,
    seq: place.seq,
    at: draft.at,
    by: draft.by,
    prev: place.prev,
    personal: draft.personal === null ? null : commitment(place.salt_personal, draft.personal),
    ...draft.skeleton,
  };
  return {
    id: place.id,
    type: draft.type,
    organization: place.organization,
    object: place.object,
    seq: place.seq,
    at: draft.at,
    skeleton,
    personal: draft.personal,
    salt_skeleton: hex(place.salt_skeleton),
    salt_personal: draft.personal === null ? null : hex(place.salt_personal),
    commit: commitment(place.salt_skeleton, skeleton),
  };
}

const SALT_BYTES = 32;

/** HMAC pads a short key with zeros, so two salts can mean the same: only the one length is a salt. */
function commits(salt: string | null, part: Json, commit: Json | undefined): boolean {
  const bytes = salt === null ? null : fromHex(salt);
  return bytes?.length === SALT_BYTES && commitment(bytes, part) === commit;
}

/**
 * Recomputes what an event commits to.
 *
 * @returns the first thing that does not hold, or null. A personal part that is erased, salt and all, is not a fault.
 */
export function faultOfEvent(event: RecordedEvent): string | null {
  if (!commits(event.salt_skeleton, event.skeleton, event.commit)) return 'commit';
  for (const field of ['id', 'type', 'organization', 'object', 'seq', 'at'] as const) {
    if (event.skeleton[field] !== event[field]) return `skeleton.${field}`;
  }
  if (event.personal === null) return event.salt_personal === null ? null : 'salt_personal';
  return commits(event.salt_personal, event.personal, event.skeleton.personal) ? null : 'personal';
}

function assertFields(draft: EventDraft): void {
  const fields: { skeleton: readonly string[]; personal: readonly string[] } = EVENT_FIELDS[draft.type];
  const strange = [
    ...Object.keys(draft.skeleton).filter((key) => !fields.skeleton.includes(key)),
    ...Object.keys(draft.personal ?? {}).filter((key) => !fields.personal.includes(key)),
  ];
  if (strange.length > 0) throw new Error(`event ${draft.type} has fields that its table does not name: ${strange}`);
}
