// What happened to a request, as its own events and the ledger tell it; checked, not believed.
import { expect } from 'vitest';
import type { RecordedEvent } from '../../../core/events.ts';
import type { Life } from '../../../core/lifecycle.ts';
import { replay } from '../../../core/replay.ts';
import { get, success } from './house.ts';
import type { World } from './world.ts';

export interface Told {
  events: RecordedEvent[];
  types: string[];
  life: Life;
}

type Line = RecordedEvent & { receipt: { seq: number; index: number; org_seq: number } | null };

/**
 * The history of a request: every event sealed, in the ledger in the order in which it is in the object, and legal by
 * the lifecycle's own table.
 */
export async function history(world: World, request: string): Promise<Told> {
  const { data } = await success(get(`/v1/approval-requests/${request}/events`, { key: world.admin.text }));
  const lines = data as Line[];
  const events = lines.map(({ receipt: _, ...event }) => event);
  for (const [at, { receipt }] of lines.entries()) {
    expect(receipt, `event ${at + 1} is not sealed`).not.toBeNull();
    const before = lines[at - 1]?.receipt;
    if (before) expect(receipt!.index, 'ledger order is object order').toBeGreaterThan(before.index);
    if (before) expect(receipt!.org_seq, 'organisation order is object order').toBeGreaterThan(before.org_seq);
  }
  const replayed = replay(events);
  if (!replayed.ok) throw new Error(`illegal at event ${replayed.at_seq}: ${replayed.reason}`);
  return { events, types: events.map(({ type }) => type), life: replayed.life };
}

/** How often a type of event happened. */
export const count = ({ types }: Told, type: string): number => types.filter((one) => one === type).length;
