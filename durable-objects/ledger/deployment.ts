// The deployment's own entries: what it has to say is sealed before anything else in the flush that first sees it. A key
// configuration that differs from the recorded one, and the beginning and end of a shard. Everything here is synchronous
// and inside the flush's transaction, which takes it back if it fails.
import { instantMs } from '../../core/duration.ts';
import { hex } from '../../core/encoding.ts';
import { type EventDraft, type RecordedEvent, recordEvent } from '../../core/events.ts';
import { newId } from '../../core/ids.ts';
import type { Instant, JsonObject } from '../../core/json.ts';
import { DEPLOYMENT, deploymentLinkKey, rotations } from '../../core/ledger.ts';
import type { Result } from '../../core/problems.ts';
import type { AppendAnswer, AppendRequest } from './forms.ts';
import { deploymentKeys, type LedgerEnv } from './keys.ts';
import type { Opening, Own } from './own.ts';

/** Seals one request in the flush that is being made. */
type Seal = (request: AppendRequest) => Result<AppendAnswer>;

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

const draft = (type: EventDraft['type'], at: Instant, skeleton: object): EventDraft => ({
  ...{ type, at, by: 'setup', skeleton: skeleton as JsonObject, personal: null },
});

/** The first entry of a shard: it cites where the log was before, so that nobody can begin it anew elsewhere. */
const openedBy = (at: Instant, opening: Opening): EventDraft => {
  const { shard, origin, predecessor, final, witnessed } = opening;
  const { size, root, note: checkpoint } = final;
  return draft('shard.opened', at, { shard, origin, predecessor, size, root, checkpoint, witnessed });
};

export class Deployment {
  readonly #own: Own;
  readonly #env: LedgerEnv;
  /** Nothing is due any more in this life of the object: keys change only with a new one. */
  #said = false;

  constructor(own: Own, env: LedgerEnv) {
    this.#own = own;
    this.#env = env;
  }

  /** Whether the next flush may have something to say of its own. */
  get silent(): boolean {
    return this.#said;
  }

  /** The callers of a flush, and this chain beside them while it may have something to say. */
  asking(requests: AppendRequest[]): AppendRequest[] {
    if (this.#said) return requests;
    return [
      ...requests,
      { organization: DEPLOYMENT, kind: 'deployment', object: DEPLOYMENT, events: [], receipts: [] },
    ];
  }

  /** To be called after the transaction in which `say` was. */
  said(): void {
    this.#said = true;
  }

  /** Seals what is due: the shard's beginning, then what of the keys changed. The first keys of all are no change. */
  say(seal: Seal, at: Instant): void {
    if (this.#said) return;
    const opening = this.#own.get('opening');
    const known = this.#own.get('keys') ?? opening?.keys ?? null;
    const keys = deploymentKeys(this.#env);
    const begins = opening !== null && this.#own.entries().length === 0;
    const changed = known === null ? [] : rotations(known, keys);
    this.#seal(seal, [
      ...(begins ? [openedBy(at, opening)] : []),
      ...changed.map((key) => draft('key.rotated', at, key)),
    ]);
    if (known === null || changed.length > 0 || begins) this.#own.put('keys', keys);
  }

  /** Seals the last entry of the shard. */
  close(seal: Seal, at: Instant, said: { shard: number; origin: string; successor: string }): void {
    this.#seal(seal, [draft('shard.closed', at, said)]);
  }

  /** Where the chain ends; null while there is none. */
  last(): { seq: number; commit: string } | null {
    const event = this.#own.entries().at(-1)?.event;
    return event === undefined
      ? (this.#own.get('opening')?.deployment ?? null)
      : { seq: event.seq, commit: event.commit };
  }

  #seal(seal: Seal, drafts: EventDraft[]): void {
    if (drafts.length === 0) return;
    let last = this.last();
    const events = drafts.map((one) => {
      const event = recorded(one, last);
      last = { seq: event.seq, commit: event.commit };
      return event;
    });
    const answer = seal({
      ...{ organization: DEPLOYMENT, kind: 'deployment', object: DEPLOYMENT, receipts: [] },
      link_key: hex(deploymentLinkKey()),
      events: events.map(({ id, seq, type, commit }) => ({ id, seq, type, commit })),
    });
    if (!answer.ok) throw new Error(`the deployment's own entry is refused: ${answer.problem.reason}`);
    for (const [n, event] of events.entries()) this.#own.keep({ event, receipt: answer.value.receipts[n]! });
  }
}

const recorded = (one: EventDraft, last: { seq: number; commit: string } | null): RecordedEvent =>
  recordEvent(one, {
    ...{ id: newId('evt', instantMs(one.at), random(10)), organization: DEPLOYMENT, object: DEPLOYMENT },
    ...{ seq: (last?.seq ?? 0) + 1, prev: last?.commit ?? null },
    ...{ salt_skeleton: random(32), salt_personal: random(32) },
  });
