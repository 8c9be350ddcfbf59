// One object per organisation: the authority for policy, people, passkeys, sessions, machines, stops and counters. Thin:
// each call goes through the door (organization/door.ts) to the room that decides it. Nothing here is believed from D1.
import type * as Say from '../core/authority.ts';
import type { LinkClaims } from '../core/credential.ts';
import { RESERVATION_CONFIRM_SECONDS } from '../core/limits.ts';
import type { KnownIssuer } from '../core/oidc/issuer.ts';
import { ok, type Result } from '../core/problems.ts';
import { admit } from './organization/admission.ts';
import { type ReviewQuestion, reviewUse } from './organization/break-glass/review.ts';
import {
  admitBreakGlass,
  type BreakGlassAdmission,
  type BreakGlassQuestion,
  USE_CONFIRM_MS,
} from './organization/break-glass.ts';
import { appliesAtOnce, mayPropose, type Proposal, propose } from './organization/changes/proposed.ts';
import { type SignChange, sign } from './organization/changes/signed.ts';
import * as changes from './organization/changes.ts';
import { planSweep } from './organization/delivery.ts';
import * as endpoints from './organization/endpoints.ts';
import * as enrolment from './organization/enrolment.ts';
import { type EntriesQuestion, type Entry, entriesFor } from './organization/entries.ts';
import { erasable } from './organization/erasures.ts';
import { broadcast, hear, openFeed } from './organization/feed.ts';
import { found, type Genesis } from './organization/genesis.ts';
import { haltWaiting } from './organization/halting.ts';
import { type LinkQuestion, type LinkView, viewLink } from './organization/links.ts';
import { type ListPage, type ListQuestion, list, listChanges, policyVersion } from './organization/lists.ts';
import { Narrowed } from './organization/narrowed.ts';
import * as narrowing from './organization/narrowing.ts';
import { noteUse, standingByCredential, unsoundPasskeys } from './organization/passkeys.ts';
import { checkPolicy, type PolicyCheck } from './organization/policy-check.ts';
import { authorize } from './organization/principals.ts';
import { recoverOwner } from './organization/recovery-link.ts';
import { organizationOf } from './organization/room.ts';
import * as sessions from './organization/sessions.ts';
import * as workload from './organization/workload.ts';

type Answer<T> = Promise<Result<T>>;

export class Organization extends Narrowed {
  readonly #door = this.door;

  /** Founds an empty object; the same call again goes on where it was cut short. */
  async genesis(question: Genesis): Answer<{ config_version: number }> {
    return this.#door.found(
      (room) => found(room, question),
      (_done, room) => ok({ config_version: organizationOf(room).config_version }),
    );
  }

  async authorize(question: Say.AuthorizeQuestion): Answer<Say.Authority> {
    return this.#door.read((room) => authorize(room, question));
  }

  async admit(question: Say.AdmitQuestion): Answer<Say.Admission> {
    const admitted = await this.#door.write((room) => admit(room, question));
    if (admitted.ok && question.verdict === 'require_approval')
      await this.#door.arm(Date.now() + RESERVATION_CONFIRM_SECONDS * 1000);
    return admitted;
  }

  /** An emergency use: prepared while nothing is signed, a debt from here on once something is. */
  async breakGlass(question: BreakGlassQuestion): Answer<BreakGlassAdmission> {
    if (question.verified === null) return this.#door.read((room) => admitBreakGlass(room, question));
    const admitted = await this.#door.write((room) => admitBreakGlass(room, question));
    if (admitted.ok) await this.#door.arm(Date.now() + USE_CONFIRM_MS);
    return admitted;
  }

  /** Ends a debt, once sealed. */
  async reviewBreakGlass(question: ReviewQuestion): Answer<{ id: string }> {
    if (question.verified === null) return this.#door.read((room) => reviewUse(room, question));
    return this.#door.widen((room) => reviewUse(room, question), ok);
  }

  /** News of a request: releases its reservation, tells dashboards, names the endpoints that want it. */
  async deliver(item: Say.FeedItem): Answer<Say.FeedAnswer> {
    const heard = await this.#door.write((room) => ok(hear(room, item)));
    if (!heard.ok) return heard;
    this.announce(item);
    if (heard.value.wanted.length > 0) await this.#door.arm(planSweep(this.#door.room));
    return heard;
  }

  /** Tells dashboards that a request changed: when its object has it, and again when lists have it, too. */
  announce({ request, status }: Pick<Say.FeedItem, 'request' | 'status'>): void {
    broadcast(this.#door.room, { type: 'approval.updated', id: request, status });
  }

  async standingByCredential(question: {
    credential_id: string;
    user_handle: string;
  }): Answer<{ standing: Say.Standing; passkey: Say.Passkey }> {
    return this.#door.read((room) => standingByCredential(room, question));
  }

  /** For the operator: keys that were enrolled before keys were judged, and would not pass. */
  async unsoundPasskeys(): Answer<Say.UnsoundPasskey[]> {
    return this.#door.read((room) => ok(unsoundPasskeys(room)));
  }

  async openSession(question: sessions.OpenSession): Answer<sessions.SessionView> {
    return this.#door.write((room) => sessions.openSession(room, question));
  }

  async closeSession({ credential }: { credential: Say.Credential }): Answer<{ closed: boolean }> {
    return this.#door.write((room) => sessions.closeSession(room, credential.digest));
  }

  async linkToken(question: LinkQuestion): Answer<LinkView> {
    return this.#door.read((room) => viewLink(room, question));
  }

  /** A recovery link's claims for the owner, asked for with the set-up secret; sealed before it is answered. */
  async recoverOwner({ client }: { client?: Say.Client }): Answer<LinkClaims> {
    return this.#door.widen((room) => recoverOwner(room, client), ok);
  }

  async enrolFirst(question: enrolment.EnrolFirst): Answer<enrolment.EnrolledFirst> {
    return this.#door.widen(
      (room) => enrolment.enrolFirst(room, question),
      (enrolled, room) => enrolment.openFirst(room, question, enrolled),
    );
  }

  async workloadIssuer(question: { issuer: string }): Answer<KnownIssuer> {
    return this.#door.read((room) => workload.workloadIssuer(room, question));
  }

  /** A workload's token, verified, becomes a key that ends by itself. */
  async exchangeWorkload(question: workload.WorkloadExchange): Answer<workload.WorkloadToken> {
    return this.#door.widen(
      (room) => workload.exchangeWorkload(room, question),
      (key, room) => ok(workload.workloadToken(room, key)),
    );
  }

  async enrolFurther(
    question: enrolment.EnrolFurther & { credential: Say.Credential },
  ): Answer<{ passkey: Say.Passkey }> {
    return this.#door.widen(
      (room) => enrolment.enrolFurther(room, question),
      ({ passkey }, room) => ok({ passkey: room.store.passkeys.get(passkey)! }),
    );
  }

  /** A decision was made with it: keeps its counter, which only ever grows. */
  async passkeyUsed(question: { passkey: string; new_counter: number; backed_up: boolean }): Answer<null> {
    return this.#door.write((room) => {
      const passkey = room.store.passkeys.get(question.passkey);
      if (passkey) noteUse(room, passkey, question);
      return ok(null);
    });
  }

  async stop(question: narrowing.SetStop): Answer<Say.Stop> {
    const set = await this.#door.write((room) => narrowing.setStop(room, question));
    if (set.ok) this.ctx.waitUntil(haltWaiting(this.#door.room, set.value));
    return set;
  }

  /** In a test organisation a key's change applies here and now; everywhere else it waits for its signatures. */
  async proposeChange(question: Proposal): Answer<changes.Answered> {
    const known = this.#door.read((room) => mayPropose(room, question));
    if (!known.ok) return known;
    const possible = await erasable(this.#door.room, question);
    if (!possible.ok) return possible;
    if (appliesAtOnce(this.#door.room, question))
      return this.#door.widen(
        (room) => propose(room, question),
        ({ id, replayed }, room) => changes.answer(room, id, replayed),
      );
    return this.#door.write((room) => {
      const proposed = propose(room, question);
      return proposed.ok ? ok(changes.viewed(room, proposed.value)) : proposed;
    });
  }

  async signChange(question: SignChange): Answer<changes.Answered> {
    return this.#door.widen(
      (room) => sign(room, question),
      ({ id, replayed }, room) => changes.answer(room, id, replayed),
    );
  }

  async rejectChange(question: Parameters<typeof changes.rejectChange>[1]): Answer<Say.Change> {
    return this.#door.write((room) => changes.rejectChange(room, question));
  }

  async getChange(question: { credential: Say.Credential; id: string }): Answer<Say.Change> {
    return this.#door.read((room) => changes.getChange(room, question));
  }

  async listChanges(question: Parameters<typeof listChanges>[1]): Answer<ListPage> {
    return this.#door.read((room) => listChanges(room, question));
  }

  /** One published version, for the Worker that judges again by it. Never shown. */
  async policyVersion({ version }: { version: number }): Answer<Say.Snapshot['policy']> {
    return this.#door.read((room) => policyVersion(room, version));
  }

  async checkPolicy(question: Parameters<typeof checkPolicy>[1]): Answer<PolicyCheck> {
    return this.#door.read((room) => checkPolicy(room, question));
  }

  async list(question: ListQuestion): Answer<ListPage> {
    return this.#door.read((room) => list(room, question));
  }

  async endpoint({ id }: { id: string }): Answer<{ url: string; secret: string; status: string }> {
    return this.#door.read((room) => endpoints.endpointOf(room, id));
  }

  async endpointSucceeded({ endpoint }: { endpoint: string }): Answer<{ status: string }> {
    return this.#door.write((room) => endpoints.endpointSucceeded(room, endpoint));
  }

  async endpointFailed(question: endpoints.FailedDelivery): Answer<{ status: string }> {
    return this.#door.write((room) => endpoints.endpointFailed(room, question));
  }

  /** The sealed events that a request's evidence rests on. */
  async entries(question: EntriesQuestion): Answer<Entry[]> {
    return this.#door.read((room) => ok(entriesFor(room, question)));
  }

  /** Tells D1 everything once more. */
  async retell(): Promise<void> {
    await this.#door.retell();
  }

  /** The live feed; the Worker names the session in `x-assentry-session-digest`. */
  override async fetch(request: Request): Promise<Response> {
    return openFeed(this.#door.room, request);
  }

  override async alarm(): Promise<void> {
    await this.#door.alarm();
  }

  override webSocketClose(socket: WebSocket): void {
    socket.close();
  }
}
