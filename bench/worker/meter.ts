// What the metered Worker counts, in one place of its isolate: calls between the parts, rows, alarms, D1, queue, and how
// long each call took. Names are `what:whom`, such as `rows:request` or `call:organization.admit`. Not for production:
// only bench/worker/metered.ts wraps the real classes with it.
import type { Env } from '../../durable-objects/env.ts';

export type Kind = 'request' | 'organization' | 'ledger';
export type Counts = Record<string, number>;

const counts = new Map<string, number>();

export function count(name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

/** Everything since the last reset. */
export const readCounts = (): Counts => Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b)));
export const resetCounts = (): void => counts.clear();

/** Counts what an object writes: rows of its cursors, and its alarms. Wraps the storage of this one object in place. */
export function meterStorage(kind: Kind, ctx: DurableObjectState): DurableObjectState {
  count(`construct:${kind}`);
  const { sql } = ctx.storage;
  const exec = sql.exec.bind(sql);
  define(sql, 'exec', (query: string, ...values: SqlStorageValue[]) => {
    const cursor = exec(query, ...values);
    // Production reads its cursors at once; by the next microtask they have counted.
    queueMicrotask(() => {
      count(`rows:${kind}`, cursor.rowsWritten);
      count(`read:${kind}`, cursor.rowsRead);
      if (cursor.rowsWritten > 0) count(`rows:${kind} ${statementOf(query)}`, cursor.rowsWritten);
    });
    return cursor;
  });
  const setAlarm = ctx.storage.setAlarm.bind(ctx.storage);
  define(ctx.storage, 'setAlarm', (time: number) => {
    count(`setAlarm:${kind}`);
    return setAlarm(time);
  });
  return ctx;
}

const define = (target: object, name: string, value: unknown): void => {
  Object.defineProperty(target, name, { value, configurable: true });
};

/** `INSERT INTO journal`: verb and table, for whoever looks for what is dear. */
const statementOf = (query: string): string =>
  (
    /^\s*(CREATE \w+|INSERT INTO|UPDATE|DELETE FROM)\s+(?:IF NOT EXISTS\s+)?(\w+)/i.exec(query) ?? [
      '',
      query.slice(0, 30),
      '',
    ]
  )
    .slice(1)
    .join(' ');

/** The bindings, each call through them counted. `by` is who holds them. */
export function meterEnv(env: Env): Env {
  return {
    ...env,
    ORGANIZATION: meterNamespace('organization', env.ORGANIZATION),
    APPROVAL_REQUEST: meterNamespace('request', env.APPROVAL_REQUEST),
    LEDGER: meterNamespace('ledger', env.LEDGER),
    DB: meterD1(env.DB),
    WAKEUPS: meterQueue(env.WAKEUPS),
  };
}

function meterNamespace<N extends object>(kind: Kind, namespace: N): N {
  const getByName = (name: string) =>
    meterStub(kind, (namespace as { getByName(name: string): object }).getByName(name));
  return { getByName } as unknown as N;
}

/** A stub whose calls are counted and timed: an upper bound of how long the object was awake for them. */
function meterStub(kind: Kind, stub: object): object {
  return new Proxy(stub, {
    get: (_target, method) => {
      if (typeof method !== 'string' || method === 'then') return undefined;
      return (...args: unknown[]) =>
        timed(kind, method, () => (stub as Record<string, (...args: unknown[]) => unknown>)[method]!(...args));
    },
  });
}

/** Runs one call of an object. */
export async function timed<T>(kind: Kind, method: string, call: () => T): Promise<Awaited<T>> {
  count(`call:${kind}.${method}`);
  const started = performance.now();
  try {
    return await call();
  } finally {
    count(`awake:${kind}`, performance.now() - started);
  }
}

function meterQueue<Q extends { send(...args: never[]): unknown }>(queue: Q): Q {
  const send = (...args: never[]) => {
    count('queue.sent');
    return queue.send(...args);
  };
  return { send } as unknown as Q;
}

interface Metered {
  inner: D1PreparedStatement;
  query: string;
}

function meterD1(db: D1Database): D1Database {
  const batch = async (statements: Metered[]) => {
    const answers = await db.batch(statements.map(({ inner }) => inner));
    for (const [at, answer] of answers.entries()) countMeta(statements[at]!.query, answer);
    return answers;
  };
  const one = async (statement: Metered) => (await batch([statement]))[0]!;
  const wrap = (inner: D1PreparedStatement, query: string): object => ({
    ...{ inner, query },
    bind: (...values: unknown[]) => wrap(inner.bind(...values), query),
    run: () => one({ inner, query }),
    all: () => one({ inner, query }),
    first: async () => (await one({ inner, query })).results[0] ?? null,
    // D1's own `raw` says nothing of rows; the columns of one table keep their order as an object.
    raw: async () => (await one({ inner, query })).results.map((row) => Object.values(row as object)),
  });
  return { batch, prepare: (query: string) => wrap(db.prepare(query), query) } as unknown as D1Database;
}

/** `d1.written approval_requests`: by table, so that what is not of an approval can be told apart. */
function countMeta(query: string, { meta }: D1Result): void {
  const [, table = 'unknown'] = /\b(?:INTO|FROM|UPDATE)\s+["`]?(\w+)/i.exec(query) ?? [];
  count('d1.queries');
  count('d1.read', meta.rows_read);
  count(`d1.written ${table}`, meta.rows_written);
}
