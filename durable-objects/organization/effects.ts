// What permits takes effect when the ledger has its event, not before. Until then it waits here, written in the same
// transaction as the event; after sealing, and on every later touch, what is sealed takes effect in order.

import { fail, ok, type Result } from '../../core/problems.ts';
import type { LedgerReceipt } from '../ledger.ts';
import type { EffectRecord } from './records.ts';
import { organizationOf, type Room } from './room.ts';

/** Lets one kind of effect happen; given the receipt of its event. Tolerates what was narrowed in between. */
export type Effect = (room: Room, effect: EffectRecord, receipt: LedgerReceipt) => void;
export type Effects = Record<EffectRecord['kind'], Effect>;

/** Whether something permitted still waits for the ledger. */
export const waiting = (room: Room): boolean => room.store.effects.count() > 0;

/** Lets everything happen that is sealed, in order. */
export function takeEffect(room: Room, effects: Effects): void {
  if (!room.journal.exists() || !waiting(room)) return;
  room.ctx.storage.transactionSync(() => {
    for (const effect of room.store.effects.list()) {
      const receipt = room.journal.receipt(effect.seq);
      if (!receipt) break;
      effects[effect.kind](room, effect, receipt);
      room.store.effects.drop(['seq', '=', effect.seq]);
    }
  });
}

/** Seals, then lets happen what is sealed; 'not-sealed-yet' if the ledger does not answer. */
export async function settle(room: Room, effects: Effects): Promise<Result<void>> {
  const sealed = await room.journal.seal(organizationOf(room).link_key);
  takeEffect(room, effects);
  if (sealed.ok && waiting(room)) return notYet();
  return sealed.ok ? ok(undefined) : sealed;
}

const notYet = () =>
  fail('not-sealed-yet', 'The ledger has not sealed this yet. Nothing is lost: repeat the same call in a moment.', {
    retry_after_seconds: 1,
  });
