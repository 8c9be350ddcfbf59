// One object per approval request: the one place where its life is decided. Everything that awaits happened in the
// Worker; here each call reads, steps and records in one synchronous transaction, then seals, then answers.
import { DurableObject } from 'cloudflare:workers';
import type { Stop } from '../core/authority.ts';
import { instantMs } from '../core/duration.ts';
import type { Instant } from '../core/json.ts';
import { fail, ok, type Result } from '../core/problems.ts';
import type { Advance } from '../core/request/advance.ts';
import { type Birth, propose } from '../core/request/birth.ts';
import { type BreakGlassCall, breakGlass } from '../core/request/break-glass.ts';
import { claim, release } from '../core/request/claim.ts';
import { edit } from '../core/request/edit-signed.ts';
import type { ErasureOrder } from '../core/request/erase.ts';
import { escalate, reviewerOfStage } from '../core/request/follow-up.ts';
import { inForce } from '../core/request/in-force.ts';
import type { RequestRecord } from '../core/request/record.ts';
import { lifetimeEnd } from '../core/request/settle.ts';
import { factsOf, stageOf } from '../core/request/stage.ts';
import { exchange, liveClaims } from '../core/request/use.ts';
import { decide } from '../core/request/vote.ts';
import { cancel, comment, expireNow, report, revoke } from '../core/request/withdraw.ts';
import type { Env } from './env.ts';
import type {
  DecideQuestion,
  EditQuestion,
  EventLine,
  EvidenceParts,
  Exchanged,
  ExchangeQuestion,
  FollowQuestion,
  HandQuestion,
  Look,
  Reply,
  ReportQuestion,
  RevokeQuestion,
  View,
} from './request/calls.ts';
import { gateOf, isStale, unmet } from './request/gate.ts';
import { type Act, Life } from './request/life.ts';
import { sameCall } from './request/same-call.ts';

export class ApprovalRequest extends DurableObject<Env> {
  readonly #life: Life;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#life = new Life(ctx, env);
  }

  /**
   * Brings the request into being, or answers the repeat of the call that did.
   *
   * @param as_of when the organisation admitted it: what policy allowed then may be denied or stopped by now
   */
  async create(birth: Birth, as_of: number): Promise<Result<View>> {
    if (this.#life.exists()) {
      const same = sameCall(this.#life.memory().record, birth);
      return same.ok ? this.#life.answer(true) : same;
    }
    if (isStale(as_of, Date.now()))
      return fail('unavailable', 'The admission came too late. Repeat the same call.', { retry_after_seconds: 1 });
    return this.#life.bear((now) => propose(birth, now), birth);
  }

  /** As `create`, by an emergency use that the organisation admitted. The same signed use again is one request. */
  async breakGlass(birth: Birth, call: BreakGlassCall): Promise<Result<View>> {
    if (this.#life.exists()) {
      const same = sameCall(this.#life.memory().record, birth);
      return same.ok ? this.#life.answer(true) : same;
    }
    if (isStale(call.facts.as_of, Date.now()))
      return fail('unavailable', 'The admission came too late. Repeat the same call.', { retry_after_seconds: 1 });
    return this.#life.bear((now) => breakGlass(birth, call, now), birth);
  }

  /** The answer of the create that made this request, to a repeat that the organisation would refuse as a new one. */
  async recall(birth: Pick<Birth, 'id' | 'organization' | 'idempotency'>): Promise<Result<View>> {
    const known = this.#life.known(birth.organization.id);
    if (!known.ok) return known;
    const same = sameCall(this.#life.memory().record, birth);
    return same.ok ? this.#life.answer(true) : same;
  }

  async read(organization: string): Promise<Result<View>> {
    const known = this.#life.known(organization);
    if (!known.ok) return known;
    await this.#life.settleNow();
    return this.#life.view(false);
  }

  /** As `read`, with the record that is shown, for the Worker that says what it is for whoever asks. */
  async look(organization: string): Promise<Result<Look>> {
    const view = await this.read(organization);
    return view.ok ? ok({ ...view.value, record: this.#life.memory().visible()! }) : view;
  }

  /** The true record, for the Worker that gathers facts about it. Never shown. */
  async inspect(organization: string): Promise<Result<RequestRecord>> {
    const known = this.#life.known(organization);
    if (!known.ok) return known;
    await this.#life.settleNow();
    return ok(this.#life.memory().record);
  }

  async decide(question: DecideQuestion): Promise<Reply<View>> {
    return this.#gated(question, (record, now) =>
      decide(record, { ...question.call, facts: factsOf(record, question.facts) }, now),
    );
  }

  async edit(question: EditQuestion): Promise<Reply<View>> {
    return this.#gated(question, (record, now) =>
      edit(record, { ...question.call, facts: factsOf(record, question.facts) }, now),
    );
  }

  /** What no stop and no deny of the current policy may be in the way of. */
  #gated(question: DecideQuestion | EditQuestion | ExchangeQuestion, step: Act['step']) {
    return this.#life.act(question, {
      needs: (record, now) => unmet(record, question, now),
      step: (record, now, sealedAt) => {
        const gate = gateOf(record, question);
        return gate.ok ? step(record, now, sealedAt) : gate;
      },
    });
  }

  async cancel(question: HandQuestion): Promise<Reply<View>> {
    return this.#life.act(question, {
      narrows: true,
      step: (record, now) => cancel(record, question, question.reason, now),
    });
  }

  async revoke(question: RevokeQuestion): Promise<Reply<View>> {
    return this.#life.act(question, {
      narrows: true,
      step: (record, now) => revoke(record, question, question.reason, question.stop, now),
    });
  }

  /** A stop was set that may touch this: whoever waits hears it now, and why. */
  async halt(organization: string, stop: Stop): Promise<void> {
    if (this.#life.known(organization).ok) this.#life.tellStop(stop);
  }

  async expire(question: HandQuestion): Promise<Reply<View>> {
    return this.#life.act(question, { narrows: true, step: (record, now) => expireNow(record, question, now) });
  }

  async comment(question: HandQuestion): Promise<Reply<View>> {
    return this.#life.act(question, { step: (record, now) => comment(record, question, question.reason ?? '', now) });
  }

  /** The next escalation that policy wrote, sooner: by a reviewer of the open stage, or a person with the right. */
  async escalate(question: FollowQuestion): Promise<Reply<View>> {
    return this.#followed(question, (record, now) => {
      const open = reviewerOfStage(record, question.facts, question.by, now);
      if (!open.ok && !question.has_right && record.life.status === 'pending') return open;
      const stage = Math.min(stageOf(record, question.facts).index, inForce(record).requirement.stages.length - 1);
      return escalate(record, question, question.reason, now, stage);
    });
  }

  /** Somebody who may decide looks after it. */
  async claim(question: FollowQuestion): Promise<Reply<View>> {
    return this.#followed(question, (record, now) => {
      const open = reviewerOfStage(record, question.facts, question.by, now);
      return open.ok || record.life.status !== 'pending' ? claim(record, question, now) : open;
    });
  }

  async release(question: FollowQuestion): Promise<Reply<View>> {
    return this.#followed(question, (record, now) => release(record, question, question.has_right, now));
  }

  #followed(question: FollowQuestion, step: (record: RequestRecord, now: Instant) => Result<Advance>) {
    return this.#life.act(question, { needs: (record, now) => unmet(record, question, now), step });
  }

  async report(question: ReportQuestion): Promise<Reply<View>> {
    return this.#life.act(question, {
      step: (record, now, sealedAt) => report(record, question, question.report, sealedAt, now),
    });
  }

  /** The first exchange, or the same one again; its claims are dated by the sealing. */
  async exchange(question: ExchangeQuestion): Promise<Reply<Exchanged>> {
    const acted = await this.#gated(question, (of, now, sealed) => exchange(of, question.call, sealed, now));
    return acted.ok ? this.#exchanged(acted.value, question.issuer) : acted;
  }

  #exchanged(view: View, issuer: string): Result<Exchanged> {
    const memory = this.#life.memory();
    const { record, sealedAt } = memory;
    // It may have been revoked while it was being sealed: then it stays `executing`, and nothing is handed out.
    if (record.life.status !== 'executing' || record.life.capability !== 'exchanged')
      return fail('capability-revoked', 'The capability was withdrawn meanwhile.');
    const claims = liveClaims(record, issuer, sealedAt, (seq) => memory.eventId(seq));
    if (!claims.ok) return claims;
    const seq = record.capability!.exchanges.at(-1)!.seq;
    return ok({
      ...view,
      claims: claims.value,
      expires_at_ms: instantMs(lifetimeEnd(record, sealedAt)!),
      params: record.effective.params,
      receipt: this.#life.receipt(seq)!,
    });
  }

  /** Erases what is personal, as a signed change of the organisation orders. The same order again changes nothing. */
  async erase(order: ErasureOrder): Promise<Result<View>> {
    return this.#life.erase(order);
  }

  async events(organization: string): Promise<Result<EventLine[]>> {
    const known = this.#life.known(organization);
    return known.ok ? ok(this.#life.events()) : known;
  }

  /** Its events with what the ledger signed beside them, for a bundle that outsiders verify. */
  async evidence(organization: string): Promise<Result<EvidenceParts>> {
    const known = this.#life.known(organization);
    return known.ok ? this.#life.evidence() : known;
  }

  /** Tells organisation, D1 and queue what is sealed. Repeatable; called by the Worker after its answer and by the alarm. */
  async deliver(): Promise<void> {
    await this.#life.deliver();
  }

  /** Tells everything once more, for a D1 that was lost. */
  async retell(): Promise<void> {
    await this.#life.retell();
  }

  /** A waiter's socket: it hears every visible change while this object sleeps in between. */
  override async fetch(request: Request): Promise<Response> {
    return this.#life.listen(request);
  }

  override async alarm(): Promise<void> {
    await this.#life.alarm();
  }

  override webSocketClose(socket: WebSocket): void {
    socket.close();
  }
}
