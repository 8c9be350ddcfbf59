// Which object holds which shard of the log, and how callers find the one that takes entries: they ask the newest that
// they know, and go on to the next when it says that it has ended. The first shard's object is `head`, as it always was.
import type { Result } from '../../core/problems.ts';
import type { Ledger } from '../ledger.ts';
import type { AppendAnswer, AppendRequest } from './forms.ts';
import type { Predecessor } from './inheritance.ts';
import { MOVED } from './refusal.ts';

type Namespace = { LEDGER: Pick<DurableObjectNamespace<Ledger>, 'getByName'> };

/** The newest shard that this isolate has met. Only a hint: each shard says itself whether it has ended. */
let newest = 0;

export const shardName = (shard: number): string => (shard === 0 ? 'head' : `shard-${shard}`);

export const shardStub = (env: Namespace, shard: number): DurableObjectStub<Ledger> =>
  env.LEDGER.getByName(shardName(shard));

/** The shard before, as the next one asks it; null for the first. */
export function predecessorOf(env: Partial<Namespace>, shard: number): Predecessor | null {
  if (shard === 0) return null;
  const before = () => shardStub(env as Namespace, shard - 1) as unknown as Predecessor;
  return {
    standings: (asked) => before().standings(asked),
    append: (request) => before().append({ ...request, shard: shard - 1 }),
  };
}

/**
 * Asks the shards from the newest that is known until one answers for itself.
 *
 * @param hasMoved whether the answer says that the log goes on in the next shard
 */
export async function inNewestShard<T>(
  env: Namespace,
  ask: (stub: DurableObjectStub<Ledger>, shard: number) => Promise<T>,
  hasMoved: (answer: T) => boolean,
): Promise<T> {
  for (let shard = newest; ; shard++) {
    const answer = await ask(shardStub(env, shard), shard);
    if (hasMoved(answer)) continue;
    newest = shard;
    return answer;
  }
}

/** Seals in the shard that takes entries. */
export const appendToLedger = (env: Namespace, request: AppendRequest): Promise<Result<AppendAnswer>> =>
  inNewestShard(
    env,
    (stub, shard) => stub.append({ ...request, shard }) as Promise<Result<AppendAnswer>>,
    (answer) => !answer.ok && answer.problem.reason === MOVED,
  );
