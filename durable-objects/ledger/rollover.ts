// The end of a shard: its last entry names the successor, its last checkpoint is signed, and the successor is opened with
// both. Written down at each step, so that whoever asks again (the operator, the alarm) goes on where it stopped. From the
// last entry on the shard seals nothing, for good; an older copy of its storage is behind that entry's checkpoint.
import { originOfShard, SHARD_NAME } from '../../core/ledger.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { Cosigned } from './cosigned.ts';
import type { Deployment } from './deployment.ts';
import type { Opening, Own, Retirement } from './own.ts';
import type { Publication } from './publication.ts';
import type { Sealer } from './sealer.ts';

/** The rooms of the shard that ends. */
export interface RolloverHost {
  shard: number;
  origin: string;
  own: Own;
  cosigned: Cosigned;
  deployment: Deployment;
  publication: Publication;
  sealer: Sealer;
  /** Opens the next shard; the same call again answers the same. */
  openNext(opening: Opening): Promise<Result<null>>;
}

export class Rollover {
  readonly #of: () => RolloverHost;
  #retirement: Retirement | null;
  #finishing: Promise<Result<null>> | null = null;

  constructor(own: Own, of: () => RolloverHost) {
    this.#of = of;
    this.#retirement = own.get('retirement');
  }

  /** How the shard ended; null while it goes on. */
  get retirement(): Retirement | null {
    return this.#retirement;
  }

  /**
   * Ends the shard and opens the next one.
   *
   * @param name the last part of the next shard's origin; the one that was named first counts
   */
  async retire(name: string): Promise<Result<null>> {
    const { shard, origin } = this.#of();
    const successor = originOfShard(origin, name);
    if (successor === origin && shard > 0) return ok(null);
    if (this.#retirement === null) {
      const refusal = await this.#refusal(name, successor);
      if (refusal !== null) return refusal;
      await this.#end({ at: new Date().toISOString(), successor, final: null, opened: false });
    }
    if (this.#retirement === null) return NOT_SOUND;
    return this.#retirement.successor === successor ? this.finish() : OTHER_NAME;
  }

  #end(ending: Retirement): Promise<void> {
    const { shard, origin, own, sealer } = this.#of();
    const ended = () => {
      this.#retirement = ending;
    };
    const said = { shard, origin, successor: ending.successor };
    return sealer.close(said, () => own.put('retirement', ending), ended);
  }

  /** Does what is left of a rollover that has begun. One at a time. */
  finish(): Promise<Result<null>> {
    this.#finishing ??= this.#finish().finally(() => {
      this.#finishing = null;
    });
    return this.#finishing;
  }

  async #refusal(name: string, successor: string): Promise<Result<never> | null> {
    const { origin, own, publication } = this.#of();
    const used = [origin, ...(own.get('opening')?.earlier ?? [])];
    if (!SHARD_NAME.test(name) || used.includes(successor)) return NOT_A_NAME;
    await publication.ready();
    return publication.sound ? null : NOT_SOUND;
  }

  async #finish(): Promise<Result<null>> {
    const { own, publication, openNext } = this.#of();
    const ending = this.#retirement;
    if (ending === null || ending.opened) return ok(null);
    const final = ending.final ?? (await publication.close());
    this.#write(own, { ...ending, final });
    const opened = await openNext(this.#opening(final)).catch(unreached);
    if (opened.ok) this.#write(own, { ...ending, final, opened: true });
    return opened;
  }

  #write(own: Own, retirement: Retirement): void {
    own.put('retirement', retirement);
    this.#retirement = retirement;
  }

  #opening(final: NonNullable<Retirement['final']>): Opening {
    const { shard, origin, own, cosigned, deployment } = this.#of();
    return {
      ...{ shard: shard + 1, origin: this.#retirement!.successor, predecessor: origin, final },
      earlier: [...(own.get('opening')?.earlier ?? []), origin],
      witnessed: cosigned.newest()?.note ?? null,
      deployment: deployment.last(),
      keys: own.get('keys') ?? [],
    };
  }
}

const NOT_A_NAME = fail('invalid-request', 'This cannot be the name of the next shard.', {
  errors: [{ pointer: '/name', detail: 'up to 32 of a-z, 0-9, dots and hyphens, and no name of an earlier shard' }],
});
const OTHER_NAME = fail('invalid-request', 'This shard has ended already, with another name for the next one.', {
  errors: [{ pointer: '/name', detail: 'the name that the rollover began with' }],
});
/** An end that is not the end of what was signed would be a fork. */
const NOT_SOUND = fail(
  'unavailable',
  'The log cannot be compared with the copies of its checkpoints now, or is frozen: nothing was changed.',
  { retry_after_seconds: 5, reason: 'not sound' },
);

const unreached = (error: unknown) =>
  fail('unavailable', 'The next shard cannot be reached; the last one has ended. Repeat the same call.', {
    retry_after_seconds: 1,
    reason: String(error),
  });
