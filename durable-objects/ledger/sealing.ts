// One flush in the making: takes requests one after the other, judges each against what is sealed, and writes all of it
// at once. Everything here is synchronous and runs inside the flush's transaction. A request that is refused leaves no
// trace in it, so that one broken caller does not hold up the others.
import { concatBytes, equalBytes, fromHex, utf8 } from '../../core/encoding.ts';
import type { Instant } from '../../core/json.ts';
import { DEPLOYMENT, encodeEntries, eventLeaf, leafHash, linkOf, NOTHING_BEFORE } from '../../core/ledger.ts';
import { ok, type Result } from '../../core/problems.ts';
import type { AppendAnswer, AppendEvent, AppendRequest } from './forms.ts';
import { growHead, type Head } from './head.ts';
import type { Inheritance } from './inheritance.ts';
import type { SignedReceipt } from './receipts.ts';
import { broken, faultOfShape, moved } from './refusal.ts';
import { answerOf, eventsOfBatch, faultOfRepeat, type OpenFlush, sealedEvents } from './repeat.ts';
import type { Batch, LedgerStore, ObjectRow, OrganizationRow } from './store.ts';

/** Where the flush is made. */
export interface SealingPlace {
  store: LedgerStore;
  head: Head;
  shard: number;
  /** The shard has ended: only what it holds is answered. */
  closed: boolean;
  /** What earlier shards know of the callers. */
  inherited: Inheritance;
}

export class Sealing {
  readonly #store: LedgerStore;
  readonly #head: Head;
  readonly #place: SealingPlace;
  readonly #flush: OpenFlush;
  readonly #objects = new Map<string, ObjectRow>();
  readonly #organizations = new Map<string, OrganizationRow>();

  constructor(place: SealingPlace, sealed_at: Instant) {
    const { store, head } = place;
    this.#place = place;
    this.#store = store;
    this.#head = head;
    this.#flush = { first: head.size, sealed_at, leaves: [], hashes: [], batches: [] };
  }

  /**
   * Seals what is new in a request and answers for all of it.
   *
   * What an earlier shard has sealed of it is answered from there.
   *
   * @returns 'internal' when it does not continue what is sealed: a gap, another commit at a used seq, another link key
   */
  seal(request: AppendRequest, signed: readonly SignedReceipt[]): Result<AppendAnswer> {
    const misshapen = faultOfShape(request);
    if (misshapen !== null) return broken(request, misshapen);
    const { older, rest } = this.#place.inherited.split(request);
    if (older?.ok === false) return older;
    if (rest === null) return ok({ ...older!.value, size: this.#size() });
    const answer = this.#sealHere(rest, signed);
    return older === null || !answer.ok ? answer : ok(joined(older.value, answer.value));
  }

  #sealHere(request: AppendRequest, signed: readonly SignedReceipt[]): Result<AppendAnswer> {
    if (this.#place.closed && this.#isNew(request)) return moved();
    const fault = this.#judge(request);
    if (fault !== null) return broken(request, fault);
    const object = this.#object(request);
    const organization = this.#organization(request);
    const fresh = request.events.filter((event) => event.seq > (object?.last_seq ?? 0));
    const batch =
      fresh.length === 0 ? null : this.#append(request, fresh, signed, { object, organization: organization! });
    // Wholly new is the rule: reading it back through the flush would look at every batch of everybody in it.
    const isWhole = batch !== null && fresh.length === request.events.length;
    const sealed = isWhole ? eventsOfBatch(this.#flush, batch) : this.#sealed(this.#object(request)!, request);
    return ok({ ...answerOf(request, sealed, this.#place.shard), size: this.#size() });
  }

  #isNew(request: AppendRequest): boolean {
    return request.events.at(-1)!.seq > (this.#object(request)?.last_seq ?? 0);
  }

  /** Writes the flush, if anything is new in it. @returns the head to adopt after the transaction */
  write(): Head {
    if (this.#flush.leaves.length === 0) return this.#head;
    const { head, tiles } = growHead(this.#head, this.#flush.hashes);
    const blobs = {
      leaves: encodeEntries(this.#flush.leaves),
      hashes: concatBytes(...this.#flush.hashes),
      chain: head.chain,
      frontier: concatBytes(...head.frontier),
    };
    const flush = { ...this.#flush, ...blobs, size: head.size };
    this.#store.write(flush, [...this.#objects.values()], [...this.#organizations.values()], tiles);
    return head;
  }

  /** A row that cannot be read refuses its own object, and nobody else in the same flush. */
  #judge(request: AppendRequest): string | null {
    try {
      return this.#fault(request);
    } catch (error) {
      return String(error);
    }
  }

  #fault(request: AppendRequest): string | null {
    const object = this.#object(request);
    const organization = this.#organization(request);
    const last = object?.last_seq ?? 0;
    if (organization === null) return 'the organisation is unknown, and this does not create it';
    if (object !== null && object.kind !== request.kind) return `the object is sealed as kind ${object.kind}`;
    if (request.events[0]!.seq > last + 1) return `a gap: sealed up to ${last}, given from ${request.events[0]!.seq}`;
    if (request.link_key !== undefined && !equalBytes(organization.link_key, fromHex(request.link_key)!)) {
      return 'another link key than the one of genesis';
    }
    const repeats = object !== null && request.events[0]!.seq <= last;
    return repeats ? faultOfRepeat(request, last, this.#sealed(object, request)) : null;
  }

  #append(
    request: AppendRequest,
    fresh: AppendEvent[],
    signed: readonly SignedReceipt[],
    before: { object: ObjectRow | null; organization: OrganizationRow },
  ): Batch {
    const batch: Batch = {
      ...{ organization: request.organization, object: request.object, seq: fresh[0]!.seq, count: fresh.length },
      ...{ index: this.#size(), org_seq: before.organization.org_seq + 1, receipts: [] },
      previous: before.object?.last_flush ?? null,
    };
    this.#flush.batches.push(batch);
    this.#organizations.set(request.organization, this.#link(before.organization, fresh));
    for (const { id, seq } of fresh) {
      for (const receipt of signed.filter(({ event }) => event === id))
        batch.receipts.push([seq, this.#push(utf8(receipt.leaf))]);
    }
    const { organization, kind, object } = request;
    const first_index = batch.previous === null ? batch.index : before.object!.first_index;
    const row = { organization, kind, object, last_seq: fresh.at(-1)!.seq, first_index, last_flush: this.#flush.first };
    this.#objects.set(`${organization}/${object}`, row);
    return batch;
  }

  /** Adds the events' leaves, each linked to the organisation's one before. */
  #link(organization: OrganizationRow, events: AppendEvent[]): OrganizationRow {
    let { org_seq, last_link, last_leaf_hash } = organization;
    for (const event of events) {
      org_seq += 1;
      const commit = fromHex(event.commit)!;
      last_link = linkOf(organization.link_key, { seq: org_seq, previous: last_leaf_hash, commit });
      last_leaf_hash = this.#flush.hashes[this.#push(eventLeaf(commit, last_link)) - this.#flush.first]!;
    }
    return { ...organization, org_seq, last_link, last_leaf_hash };
  }

  /** Adds a leaf. @returns its index */
  #push(leaf: Uint8Array): number {
    this.#flush.leaves.push(leaf);
    return this.#flush.first + this.#flush.hashes.push(leafHash(leaf)) - 1;
  }

  #size(): number {
    return this.#flush.first + this.#flush.leaves.length;
  }

  #sealed(object: ObjectRow, request: AppendRequest) {
    const open = (first: number) => (first === this.#flush.first ? this.#flush : this.#store.flushAt(first));
    return sealedEvents(open, object, request.events[0]!.seq);
  }

  #object(request: AppendRequest): ObjectRow | null {
    const { organization, object } = request;
    const known = this.#objects.get(`${organization}/${object}`) ?? this.#store.object(organization, object);
    return known ?? this.#place.inherited.object(request);
  }

  /** The organisation's row; a new one when this request is its genesis. */
  #organization(request: AppendRequest): OrganizationRow | null {
    const { organization, object, events, link_key } = request;
    const here = this.#organizations.get(organization) ?? this.#store.organization(organization);
    const known = here ?? this.#place.inherited.organization(organization);
    const begins = events[0]?.type === 'organization.created' || organization === DEPLOYMENT;
    const genesis = object === organization && begins && events[0]?.seq === 1;
    const key = link_key === undefined ? null : fromHex(link_key);
    if (known !== null || !genesis || key?.length !== 32) return known;
    return { organization, link_key: key, org_seq: 0, last_link: NOTHING_BEFORE, last_leaf_hash: NOTHING_BEFORE };
  }
}

const joined = (older: AppendAnswer, newer: AppendAnswer): AppendAnswer => ({
  receipts: [...older.receipts, ...newer.receipts],
  decisions: [...older.decisions, ...newer.decisions],
  size: newer.size,
});
