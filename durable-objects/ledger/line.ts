// Callers waiting for the next flush, in memory: decisions before proposals, organisations in turn, an object's own
// requests in the order in which they came. Losing the line loses nothing: every caller has its outbox and repeats.
import type { Result } from '../../core/problems.ts';
import type { AppendAnswer, AppendRequest } from './forms.ts';
import type { SignedReceipt } from './receipts.ts';

export interface Waiting {
  request: AppendRequest;
  /** Made while the caller waits, so that the transaction need not. */
  signed: Promise<SignedReceipt[]>;
  settle(answer: Result<AppendAnswer>): void;
}

/** Of all who wait: beyond this, new callers are told to come back. A flush of them all takes about a second. */
export const MAX_WAITING = 10_000;

type BandName = 'decisions' | 'others';
type Bands = Record<BandName, Waiting[]>;

const leavesOf = ({ request }: Waiting): number => request.events.length + request.receipts.length;
const objectOf = ({ request }: Waiting): string => `${request.organization}/${request.object}`;

/** What a person or an agent is waiting for right now. */
const isDecision = ({ request }: Waiting): boolean =>
  request.events.some(({ type }) => type === 'approval.decided' || type.startsWith('capability.'));

export class Line {
  /** In turn: whose first request is next. */
  readonly #organizations = new Map<string, Bands>();
  /** Objects with someone waiting, and in which band: all of them wait in one, so that none overtakes another. */
  readonly #objects = new Map<string, { band: BandName; count: number }>();
  #leaves = 0;
  #count = 0;

  /** Leaves that those who wait would add, if nothing were a repeat. */
  get leaves(): number {
    return this.#leaves;
  }

  get length(): number {
    return this.#count;
  }

  join(waiting: Waiting): void {
    const bands = this.#bandsOf(waiting.request.organization);
    const object = objectOf(waiting);
    const held = this.#objects.get(object) ?? { band: 'others', count: 0 };
    if (isDecision(waiting) && held.band === 'others') {
      // A decision takes along what its own object handed over before: overtaking that would be a gap.
      bands.decisions.push(...bands.others.filter((one) => held.count > 0 && objectOf(one) === object));
      if (held.count > 0) bands.others = bands.others.filter((one) => objectOf(one) !== object);
      held.band = 'decisions';
    }
    bands[held.band].push(waiting);
    this.#objects.set(object, { ...held, count: held.count + 1 });
    this.#leaves += leavesOf(waiting);
    this.#count += 1;
  }

  /**
   * Takes who goes into the next flush: whole requests until `leaves` are reached, at least one.
   *
   * The organisations take turns, one request each, first with their decisions, then with the rest.
   */
  take(leaves: number): Waiting[] {
    const taken: Waiting[] = [];
    let room = leaves;
    for (const next of this.#inTurn()) {
      if (taken.length > 0 && leavesOf(next) > room) break;
      room -= leavesOf(next);
      taken.push(next);
    }
    for (const one of taken) this.#leave(one);
    return taken;
  }

  /** Decisions of every organisation in turn, then the rest; nobody leaves the line by being looked at. */
  *#inTurn(): Generator<Waiting> {
    for (const band of ['decisions', 'others'] as const) {
      const lines = [...this.#organizations.values()].map((bands) => bands[band]);
      const longest = Math.max(0, ...lines.map((line) => line.length));
      for (let round = 0; round < longest; round++) {
        for (const line of lines) if (line[round] !== undefined) yield line[round]!;
      }
    }
  }

  /** Who was served goes to the end of the turn; an organisation with nobody left goes away. */
  #leave(one: Waiting): void {
    const { organization } = one.request;
    const bands = this.#organizations.get(organization)!;
    const held = this.#objects.get(objectOf(one))!;
    bands[held.band].shift();
    held.count -= 1;
    if (held.count === 0) this.#objects.delete(objectOf(one));
    this.#organizations.delete(organization);
    if (bands.decisions.length + bands.others.length > 0) this.#organizations.set(organization, bands);
    this.#leaves -= leavesOf(one);
    this.#count -= 1;
  }

  #bandsOf(organization: string): Bands {
    const bands = this.#organizations.get(organization) ?? { decisions: [], others: [] };
    this.#organizations.set(organization, bands);
    return bands;
  }
}
