// How the organisation's object works, whatever is asked: look whether it was founded, decide in one transaction, arm,
// seal, answer, tell. What narrows is answered at once; what widens is decided, sealed, and only then takes effect.
import { fail, ok, type Result } from '../../core/problems.ts';
import { Alarm } from '../alarm.ts';
import { forgetCounters } from './admission.ts';
import { reviewEffect } from './break-glass/review.ts';
import { checkUses, nextUseCheck } from './break-glass.ts';
import { changeEffect } from './changes/applied.ts';
import { nextSweep, sweep, tell } from './delivery.ts';
import { type Effects, settle, takeEffect, waiting } from './effects.ts';
import { enrolEffect } from './enrolment/effect.ts';
import { erasuresDue, performErasures } from './erasures.ts';
import { genesisEffect } from './genesis.ts';
import { forgetNonces } from './nonces.ts';
import { checkReservations, nextCheck } from './reservations.ts';
import { FOREVER, organizationOf, type Room, transact } from './room.ts';
import { forgetSessions } from './sessions.ts';
import { createTables } from './store.ts';
import { forgetWorkloads, workloadEffect } from './workload.ts';

/** A link is there at once; that it waits to be sealed only holds up its answer. */
const EFFECTS: Effects = {
  genesis: genesisEffect,
  change: changeEffect,
  enrol: enrolEffect,
  link: () => {},
  break_glass_review: reviewEffect,
  workload: workloadEffect,
};

/** The alarm looks after what should have been delivered by then. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** What has expired is refused anyway; it is thrown away four times a day. */
const FORGET_MS = 6 * 3_600_000;
/** Nothing that is overdue and cannot be done now is tried more often. */
const PATIENCE_MS = 5_000;

/** An organisation that was never founded answers as a credential that nobody has. */
const unknown = () => fail('unauthenticated', 'This credential is not valid.', { reason: 'no such organisation' });

export class Door {
  readonly room: Room;
  readonly #alarm: Alarm;
  #flight: Promise<void> | null = null;
  #failures = 0;
  #complete = false;

  constructor(room: Room) {
    this.room = room;
    this.#alarm = new Alarm(room.ctx.storage);
  }

  #known(): Result<void> {
    if (!this.room.journal.exists()) return unknown();
    this.#completeTables();
    takeEffect(this.room, EFFECTS);
    return organizationOf(this.room).open ? ok(undefined) : unknown();
  }

  /** Organisations that were founded before a table came to be get it when they wake. */
  #completeTables(): void {
    if (this.#complete) return;
    createTables(this.room.store);
    this.#complete = true;
  }

  /** Answers from the state as it is. */
  read<T>(look: (room: Room) => Result<T>): Result<T> {
    const known = this.#known();
    return known.ok ? look(this.room) : known;
  }

  /** Decides and answers at once; what was recorded is sealed and told afterwards. */
  async write<T>(decide: (room: Room) => Result<T>): Promise<Result<T>> {
    const known = this.#known();
    if (!known.ok) return known;
    const decided = transact(this.room, () => decide(this.room));
    if (this.#untold()) await this.#deliverSoon();
    return decided;
  }

  /** Decides, seals, lets take effect, answers; 'not-sealed-yet' in between, and the same call again goes on. */
  async widen<D, T>(
    decide: (room: Room) => Result<D>,
    answer: (decided: D, room: Room) => Result<T>,
  ): Promise<Result<T>> {
    const known = this.#known();
    if (!known.ok) return known;
    return this.found(decide, answer);
  }

  /** The same for an object that may be empty. */
  async found<D, T>(
    decide: (room: Room) => Result<D>,
    answer: (decided: D, room: Room) => Result<T>,
  ): Promise<Result<T>> {
    // Whoever waited for the same seal may have decided since: nothing is awaited between the last look and deciding.
    do {
      const before = await this.#settle();
      if (!before.ok) return before;
    } while (this.#waiting());
    const decided = transact(this.room, () => decide(this.room));
    if (!decided.ok) return decided;
    await this.#alarm.arm(Date.now() + RETRY_MS);
    const sealed = await this.#settle();
    if (!sealed.ok) return sealed;
    const answered = transact(this.room, () => answer(decided.value, this.room));
    await this.#deliverSoon();
    return answered;
  }

  /** One thing that widens at a time: what is decided next sees what was sealed before. */
  async #settle(): Promise<Result<void>> {
    return this.#waiting() ? settle(this.room, EFFECTS) : ok(undefined);
  }

  #waiting(): boolean {
    return this.room.journal.exists() && waiting(this.room);
  }

  #untold(): boolean {
    const { journal } = this.room;
    return journal.unsealed().length > 0 || journal.untold().length > 0 || erasuresDue(this.room).length > 0;
  }

  async #deliverSoon(): Promise<void> {
    await this.#alarm.arm(Date.now() + RETRY_MS);
    this.room.ctx.waitUntil(this.#deliver());
  }

  /** Makes the object wake at this time at the latest. */
  async arm(...times: (number | null)[]): Promise<void> {
    await this.#alarm.arm(...times);
  }

  /** Seals and tells everything there is; one flight at a time. What fails comes again by the alarm. */
  async #deliver(): Promise<void> {
    this.#flight ??= this.#deliverOnce().finally(() => {
      this.#flight = null;
    });
    await this.#flight;
  }

  async #deliverOnce(): Promise<void> {
    try {
      const settled = await settle(this.room, EFFECTS);
      await tell(this.room);
      if (!settled.ok) throw new Error(settled.problem.reason ?? settled.problem.code);
      await performErasures(this.room);
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      log('outbox: delivery failed, will come again', error);
    }
    await this.#alarm.arm(nextSweep(this.room));
  }

  /** Tells D1 everything once more, for a rebuild. */
  async retell(): Promise<void> {
    if (!this.room.journal.exists()) return;
    this.room.ctx.storage.transactionSync(() => this.room.journal.untell());
    await this.#deliver();
  }

  /** Everything that time alone brings; each part by itself, so that one that fails holds up no other. */
  async alarm(): Promise<void> {
    this.#alarm.fired();
    if (!this.room.journal.exists()) return;
    this.#completeTables();
    const now_ms = Date.now();
    if (this.#untold() || waiting(this.room)) await this.#deliver();
    await attempt('reservations', () => checkReservations(this.room, now_ms));
    await attempt('break-glass', () => checkUses(this.room, now_ms));
    await attempt('sweep', () => sweep(this.room, now_ms));
    await attempt('forget', async () => this.#forget(now_ms));
    await this.#armNext();
  }

  #forget(now_ms: number): void {
    forgetNonces(this.room, now_ms);
    forgetSessions(this.room, now_ms);
    forgetCounters(this.room, now_ms);
    forgetWorkloads(this.room, now_ms);
  }

  async #armNext(): Promise<void> {
    const { store } = this.room;
    const retry_ms = Math.min(RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    const soonest = (time: number | null) => (time === null ? null : Math.max(time, Date.now() + PATIENCE_MS));
    const expiring = store.sessions.count() + store.nonces.count(['until', '<', FOREVER]) + store.rejected.count();
    await this.#alarm.arm(
      this.#untold() ? Date.now() + retry_ms : null,
      soonest(nextCheck(this.room)),
      soonest(nextUseCheck(this.room)),
      soonest(nextSweep(this.room)),
      expiring > 0 ? Date.now() + FORGET_MS : null,
    );
  }
}

async function attempt(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log(`${what}: failed, will come again`, error);
  }
}

const log = (message: string, error: unknown): void =>
  console.warn(JSON.stringify({ message: `organization ${message}`, reason: String(error) }));
