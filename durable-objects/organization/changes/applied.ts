// A change that has all its signatures: its events now, its effect when they are sealed.
import { digestOf } from '../../../core/digest.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { Effect } from '../effects.ts';
import { KINDS } from '../kinds.ts';
import { refreshSources } from '../people.ts';
import type { ChangeRecord } from '../records.ts';
import { afterSealing, bumpConfig, draft, nowInstant, type Room, record } from '../room.ts';
import type { SignedPart } from './signed.ts';

/** Records that a change applies. `parts` are the signed intents; none where a test organisation's key applies. */
export function applyNow(room: Room, change: ChangeRecord, parts: readonly SignedPart[]): void {
  const applied = room.store.changes.put({ ...change, sealing: true, applied_at: nowInstant() });
  const { id, kind, target, before_digest, after_digest, signatures, proposed_by } = applied;
  const signers = signatures.map(({ signer }) => signer);
  const intent_digests = parts.map(({ intent }) => digestOf(intent));
  const skeleton: JsonObject = { change: id, target, before_digest, after_digest, signers, intent_digests };
  const personal = {
    intents: parts.map(({ intent }) => intent) as Json,
    assertions: parts.map(({ assertion }) => assertion) as Json,
  };
  const by = signers.at(-1) ?? proposed_by;
  const passkeys = signatures.map(({ passkey }) => passkey);
  const about = draft(
    'change.applied',
    by,
    { ...skeleton, kind, passkeys, result: target },
    { ...personal, value: change.value },
  );
  const own = KINDS[kind].event(applied, { skeleton, personal }, by);
  const events = record(room, own === null ? [about] : [about, own]);
  afterSealing(room, events, 'change', { change: id });
}

/** The effect, once the ledger has the events. */
export const changeEffect: Effect = (room, { body }) => {
  const change = room.store.changes.get(String(body.change))!;
  KINDS[change.kind].apply(room, change);
  room.store.changes.put({ ...change, status: 'applied', sealing: false });
  room.store.marks.drop(['name', '=', `signed ${change.id}`]);
  refreshSources(room);
  bumpConfig(room);
};
