// The bench's callers inside workerd: the real Ledger under three loads, and the arm to compare with, an object that
// seals one event per call in a transaction of its own. Nothing of this is deployed.
import { DurableObject } from 'cloudflare:workers';
import { fromHex, hex } from '../../core/encoding.ts';
import {
  chainOf,
  eventLeaf,
  growFrontier,
  leafHash,
  linkOf,
  NOTHING_BEFORE,
  rootOfFrontier,
} from '../../core/ledger.ts';
import type { Result } from '../../core/problems.ts';
import type { AppendAnswer, AppendEvent, AppendRequest, Ledger } from '../../durable-objects/ledger.ts';

export { Ledger } from '../../durable-objects/ledger.ts';

interface BenchEnv {
  LEDGER: DurableObjectNamespace<Ledger>;
  PER_EVENT: DurableObjectNamespace<PerEvent>;
}

const KEY = '11'.repeat(32);

/** The same leaves, links, chain and tree; one call, one transaction, one row for each event. */
export class PerEvent extends DurableObject<BenchEnv> {
  #size = 0;
  #chain = NOTHING_BEFORE;
  #previous = NOTHING_BEFORE;
  #frontier: Uint8Array[] = [];

  append(event: AppendEvent): { index: number; leaf_hash: string } {
    return this.ctx.storage.transactionSync(() => {
      const { sql } = this.ctx.storage;
      if (this.#size === 0)
        sql.exec('CREATE TABLE IF NOT EXISTS leaves (n INTEGER PRIMARY KEY, leaf BLOB, state BLOB)');
      const commit = fromHex(event.commit)!;
      const link = linkOf(fromHex(KEY)!, { seq: this.#size + 1, previous: this.#previous, commit });
      const leaf = eventLeaf(commit, link);
      this.#previous = leafHash(leaf);
      this.#chain = chainOf(this.#chain, this.#previous);
      this.#frontier = growFrontier(this.#frontier, this.#size, this.#previous);
      sql.exec(
        'INSERT INTO leaves VALUES (?, ?, ?)',
        this.#size,
        new Uint8Array(leaf).buffer,
        new Uint8Array(this.#chain).buffer,
      );
      return { index: this.#size++, leaf_hash: hex(this.#previous) };
    });
  }

  root(): string {
    return hex(rootOfFrontier(this.#frontier));
  }
}

interface Load {
  name: string;
  events: number;
  /** Events in one call. */
  per_call: number;
  parallel: number;
}

const commitOf = (): string => hex(crypto.getRandomValues(new Uint8Array(32)));
const eventAt = (seq: number): AppendEvent => ({
  id: `evt_${seq}`,
  seq,
  type: 'approval.requested',
  commit: commitOf(),
});

/** Runs calls, so many at a time. */
async function pool<T>(count: number, parallel: number, call: (at: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  let next = 0;
  const one = async () => {
    while (next < count) {
      const at = next++;
      answers[at] = await call(at);
    }
  };
  await Promise.all(Array.from({ length: parallel }, one));
  return answers;
}

/** What a caller uses of it; the stub's own type is too deep for the compiler. */
interface Appending {
  append(request: AppendRequest): Promise<Result<AppendAnswer>>;
}

async function sealed(env: BenchEnv, load: Load): Promise<{ index: number; leaf_hash: string }[]> {
  const ledger = ledgerOf(env) as unknown as Appending;
  const calls = requests(load);
  const answers = await pool(calls.length, load.parallel, (at) => ledger.append(calls[at]!));
  return answers.flatMap((answer) => (answer.ok ? answer.value.receipts : []));
}

let runs = 0;
function requests({ events, per_call }: Load): AppendRequest[] {
  const run = ++runs;
  return Array.from({ length: events / per_call }, (_, at) => ({
    ...{ organization: 'org_bench', kind: 'request', object: `apr_${run}_${at}` },
    ...{ events: Array.from({ length: per_call }, (_, seq) => eventAt(seq + 1)), receipts: [] },
  }));
}

const genesis = (): AppendRequest => ({
  ...{ organization: 'org_bench', kind: 'organization', object: 'org_bench', link_key: KEY },
  ...{ events: [{ ...eventAt(1), type: 'organization.created' }], receipts: [] },
});

const ledgerOf = (env: BenchEnv) => env.LEDGER.getByName('head');

const ROUTES: Record<string, (env: BenchEnv, asked: never) => Promise<unknown>> = {
  '/genesis': (env) => ledgerOf(env).append(genesis()),
  '/seal': sealed,
  '/per-event': async (env, { name, events, parallel }: Load) => {
    const naive = env.PER_EVENT.getByName(name);
    const receipts = await pool(events, parallel, (at) => naive.append(eventAt(at + 1)) as Promise<unknown>);
    return { receipts, root: await naive.root() };
  },
  '/checkpoint': (env) => ledgerOf(env).checkpoint(),
  '/tiles': (env, { paths }: { paths: string[] }) =>
    Promise.all(paths.map(async (path) => hex((await ledgerOf(env).tile(path))!))),
};

export default {
  async fetch(request: Request, env: BenchEnv): Promise<Response> {
    return Response.json(await ROUTES[new URL(request.url).pathname]!(env, (await request.json()) as never));
  },
};
