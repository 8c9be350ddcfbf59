// How a request's object works, whatever is asked of it: settle what is due, step, record, arm, seal, tell the waiters,
// answer. Gathering is over when it begins; nothing is awaited between reading the record and recording the step.
import type { Stop } from '../../core/authority.ts';
import { instantAt, instantMs } from '../../core/duration.ts';
import type { Instant } from '../../core/json.ts';
import { PERMITTING } from '../../core/lifecycle.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { Advance } from '../../core/request/advance.ts';
import type { Birth } from '../../core/request/birth.ts';
import type { ErasureOrder } from '../../core/request/erase.ts';
import type { RequestRecord } from '../../core/request/record.ts';
import { nextDeadline, type SealedAt, settle } from '../../core/request/settle.ts';
import { stopFor } from '../../core/request/use.ts';
import { revoke } from '../../core/request/withdraw.ts';
import { Alarm } from '../alarm.ts';
import type { Env } from '../env.ts';
import { Journal } from '../journal.ts';
import type { LedgerReceipt } from '../ledger/forms.ts';
import type { EventLine, EvidenceParts, Gathered, Idempotency, NeedsFacts, Reply, View } from './calls.ts';
import { eraseIn } from './erasure.ts';
import { evidenceOf } from './evidence.ts';
import { keep, keptCall } from './kept-calls.ts';
import { Memory } from './memory.ts';
import { OUTBOX_RETRY_MS, Outbox } from './outbox.ts';
import { takeWaiter, tellStop, tellWaiters } from './waiters.ts';

export interface Act {
  /** Takes effect at once, sealed or not. */
  narrows?: boolean;
  needs?: (record: RequestRecord, now: Instant) => NeedsFacts | null;
  step: (record: RequestRecord, now: Instant, sealedAt: SealedAt) => Result<Advance>;
}

const NOT_FOUND = () => fail('not-found', 'There is no such approval request.');

export class Life {
  readonly #ctx: DurableObjectState;
  readonly #env: Env;
  readonly #journal: Journal;
  readonly #alarm: Alarm;
  readonly #outbox: Outbox;

  constructor(ctx: DurableObjectState, env: Env) {
    this.#ctx = ctx;
    this.#env = env;
    this.#journal = new Journal(ctx, env, 'request');
    this.#alarm = new Alarm(ctx.storage);
    this.#outbox = new Outbox(env, this.#journal, ctx.storage);
  }

  exists(): boolean {
    return this.#journal.exists();
  }

  memory(): Memory {
    return new Memory(this.#journal);
  }

  receipt(seq: number): LedgerReceipt | null {
    return this.#journal.receipt(seq);
  }

  /** Whether this is a request of that organisation: absent and foreign are answered alike. */
  known(organization: string): Result<null> {
    if (!this.exists()) return NOT_FOUND();
    return this.memory().record.organization.id === organization ? ok(null) : NOT_FOUND();
  }

  /** The first step. Two concurrent calls for one id meet here: the second one finds the first one's record. */
  async bear(first: (now: Instant) => Result<Advance>, birth: Birth): Promise<Result<View>> {
    const born = first(instantAt(Date.now()));
    if (!born.ok) return born;
    this.#transact(() => this.#record(born.value));
    await this.#arm();
    if (birth.id !== this.memory().record.id) throw new Error('a request was born under another id');
    return this.answer(false);
  }

  /** One command on a request that is there. */
  async act(
    call: { organization: string; idempotency: Idempotency | null } & Partial<Gathered>,
    act: Act,
  ): Promise<Reply<View>> {
    const known = this.known(call.organization);
    if (!known.ok) return known;
    if (!act.narrows && this.#permitsUnsealed()) {
      const sealed = await this.#journal.seal();
      if (!sealed.ok) return sealed;
    }
    const stepped = this.#step(call, act);
    await this.#arm();
    return stepped.ok ? this.answer(stepped.value) : this.#refuse(stepped);
  }

  /** Something that permits waits for its seal: until then only what narrows is taken. */
  #permitsUnsealed(): boolean {
    return PERMITTING.includes(this.memory().record.life.status!) && this.#journal.unsealed().length > 0;
  }

  /** A refusal may come with a step of its own (a deadline that passed, a stop): it is sealed and told, not waited for. */
  async #refuse<T extends Reply<never>>(refusal: T): Promise<T> {
    if (this.#journal.unsealed().length > 0) {
      await this.#journal.seal();
      await this.#announce();
    }
    return refusal;
  }

  #transact<T>(decide: () => T): T {
    try {
      return this.#ctx.storage.transactionSync(decide);
    } catch (error) {
      this.#journal.forget();
      throw error;
    }
  }

  /** Reading and recording, in one synchronous transaction. Answers whether it was a repeat. */
  #step(call: { idempotency: Idempotency | null } & Partial<Gathered>, act: Act): Reply<boolean> {
    return this.#transact((): Reply<boolean> => {
      const now = instantAt(Date.now());
      this.#settle(now);
      const { record, sealedAt } = this.memory();
      const kept = call.idempotency && keptCall(record, call.idempotency);
      if (kept) return kept;
      const needs = act.needs?.(record, now);
      if (needs) return { ok: false, needs };
      if (call.facts) this.#stop(record, call.facts.stops, now);
      const stepped = act.step(this.memory().record, now, sealedAt);
      if (!stepped.ok) return stepped;
      if (stepped.value.drafts.length > 0) this.#record(keep(stepped.value, call.idempotency));
      return ok(stepped.value.replayed === true);
    });
  }

  #settle(now: Instant): void {
    for (;;) {
      const memory = this.memory();
      const due = settle(memory.record, memory.sealedAt, now);
      if (!due) return;
      this.#record(due);
    }
  }

  /** A request touched under a stop takes its revoke row (product.md "The life of a request"). */
  #stop(record: RequestRecord, stops: Gathered['facts']['stops'], now: Instant): void {
    const stop = stopFor(record, stops);
    if (!stop) return;
    const revoked = revoke(record, { by: stop.set_by, name: 'stop', ip: null }, stop.reason, stop, now);
    if (revoked.ok) this.#record(revoked.value);
  }

  #record({ record, drafts, statements }: Advance): void {
    const place = { organization: record.organization.id, object: record.id };
    this.#journal.commit(place, drafts, JSON.stringify(record), statements);
  }

  /** Erases what is personal, for good. What still waits for its seal is sealed first: the ledger signs statements. */
  async erase(order: ErasureOrder): Promise<Result<View>> {
    const known = this.known(order.organization);
    if (!known.ok) return known;
    await this.settleNow();
    const sealed = await this.#journal.seal();
    if (!sealed.ok) return sealed;
    const erased = this.#transact(() => eraseIn(this.#journal, order, instantAt(Date.now())));
    if (!erased.ok) return erased;
    await this.#arm();
    return this.answer(false);
  }

  /** Applies what is due, without any command. */
  async settleNow(): Promise<void> {
    const before = this.#journal.last()?.seq;
    this.#transact(() => this.#settle(instantAt(Date.now())));
    if (this.#journal.last()?.seq === before) return;
    await this.#arm();
    await this.#journal.seal();
    await this.#announce();
  }

  /** Seals, tells the waiters, answers. What permits and is not sealed is answered `not-sealed-yet`. */
  async answer(replayed: boolean): Promise<Result<View>> {
    const sealed = await this.#journal.seal();
    await this.#announce();
    const permits = PERMITTING.includes(this.memory().record.life.status!);
    return sealed.ok || !permits ? this.view(replayed) : sealed;
  }

  view(replayed: boolean): Result<View> {
    const memory = this.memory();
    const visible = memory.visible();
    if (!visible) return NOT_FOUND();
    return ok({ request: memory.presentRecord(visible, this.#env.BASE_URL), seq: visible.seq, replayed });
  }

  events(): EventLine[] {
    return this.memory().eventLines();
  }

  evidence(): Result<EvidenceParts> {
    const view = this.view(false);
    return view.ok ? ok({ request: view.value.request, ...evidenceOf(this.#journal, this.events()) }) : view;
  }

  /** Tells the waiters and wakes for the deadline that began with the sealing. */
  async #announce(): Promise<void> {
    await this.#arm();
    tellWaiters(this.#ctx, this.view(false));
  }

  /** Says to everybody who waits that a stop is in force. */
  tellStop(stop: Stop): void {
    tellStop(this.#ctx, this.view(false), stop);
  }

  /** Wakes for the next deadline, and for an outbox that is not empty by then. */
  async #arm(retry_ms = OUTBOX_RETRY_MS): Promise<void> {
    const memory = this.memory();
    const deadline = nextDeadline(memory.record, memory.sealedAt);
    const retry = this.#outbox.pending() ? Date.now() + retry_ms : null;
    await this.#alarm.arm(deadline === null ? null : instantMs(deadline), retry);
  }

  /** Accepts a hibernatable socket and sends what is visible now. */
  listen(request: Request): Response {
    const organization = request.headers.get('x-assentry-organization') ?? '';
    if (request.headers.get('upgrade') !== 'websocket') return new Response('a socket is expected', { status: 426 });
    if (!this.known(organization).ok) return new Response('not found', { status: 404 });
    return takeWaiter(this.#ctx, this.view(false));
  }

  async deliver(): Promise<void> {
    if (!this.exists()) return;
    const told = await this.#outbox.deliver();
    if (!told) await this.#arm();
  }

  async retell(): Promise<void> {
    this.#transact(() => this.#journal.untell());
    await this.deliver();
  }

  async alarm(): Promise<void> {
    this.#alarm.fired();
    if (!this.exists()) return;
    await this.settleNow();
    await this.deliver();
    await this.#arm(this.#outbox.backoffMs());
  }
}
