// What every room of the organisation's object works with, and the one way to write: read, decide, write state and
// events in one synchronous transaction that a refusal rolls back. No room awaits between reading and writing.

import type { Client } from '../../core/authority.ts';
import { instantAt } from '../../core/duration.ts';
import { fromHex } from '../../core/encoding.ts';
import type { EventDraft, EventType, RecordedEvent } from '../../core/events.ts';
import { type IdPrefix, newId } from '../../core/ids.ts';
import type { Instant, JsonObject } from '../../core/json.ts';
import type { Problem, Result } from '../../core/problems.ts';
import type { Env } from '../env.ts';
import type { Journal } from '../journal.ts';
import type { EffectRecord, OrganizationRecord } from './records.ts';
import type { Store } from './store.ts';

export interface Room {
  ctx: DurableObjectState;
  env: Env;
  store: Store;
  journal: Journal;
}

/** Until the end of times: for what is remembered for good. */
export const FOREVER = Number.MAX_SAFE_INTEGER;

class Refusal extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** Runs `decide` in one transaction; whatever it wrote before a refusal is undone. */
export function transact<T>(room: Room, decide: () => Result<T>): Result<T> {
  try {
    return room.ctx.storage.transactionSync(() => {
      const decided = decide();
      if (!decided.ok) throw new Refusal(decided.problem);
      return decided;
    });
  } catch (error) {
    room.journal.forget();
    if (error instanceof Refusal) return { ok: false, problem: error.problem };
    throw error;
  }
}

/** The organisation; throws where none was founded (the object's door looks first). */
export function organizationOf(room: Room): OrganizationRecord {
  const [organization] = room.store.organizations.list();
  if (!organization) throw new Error('no organisation was founded here');
  return organization;
}

export const nowInstant = (): Instant => instantAt(Date.now());

export const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

export const mintId = (prefix: IdPrefix): string => newId(prefix, Date.now(), randomBytes(10));

export const idKey = (room: Room): Uint8Array => fromHex(organizationOf(room).id_key)!;

/** An event to be recorded now. */
export function draft(
  type: EventType,
  by: string,
  skeleton: JsonObject,
  personal: JsonObject | null = null,
): EventDraft {
  return { type, at: nowInstant(), by, skeleton, personal };
}

/** Where the call came from, for an event's personal part. */
export const from = (client: Client | undefined): JsonObject => ({
  ...(client?.ip === undefined ? {} : { ip: client.ip }),
  ...(client?.user_agent === undefined ? {} : { user_agent: client.user_agent }),
});

/** Records events in the object's chain; only inside `transact`. */
export function record(room: Room, drafts: EventDraft[]): RecordedEvent[] {
  const { id } = organizationOf(room);
  return drafts.length === 0 ? [] : room.journal.commit({ organization: id, object: id }, drafts, null);
}

/** Everybody's copy of the configuration is stale from here on. */
export function bumpConfig(room: Room): void {
  const organization = organizationOf(room);
  room.store.organizations.put({ ...organization, config_version: organization.config_version + 1 });
}

/** Something that takes effect once the ledger has these events. */
export function afterSealing(room: Room, events: RecordedEvent[], kind: EffectRecord['kind'], body: JsonObject): void {
  room.store.effects.put({ seq: events.at(-1)!.seq, kind, body });
}
