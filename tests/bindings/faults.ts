// Bindings that fail on command: proxies in front of the real ones. `lost` does the work and loses the answer, `held` does
// it once healed.
import type { Env } from '../../durable-objects/env.ts';

export type Fault = 'none' | 'down' | 'lost' | 'held';

/** What fails now. Tests set it; the house is in the same isolate. */
export const faults: { ledger: Fault; organization: Fault; d1: Fault } = {
  ledger: 'none',
  organization: 'none',
  d1: 'none',
};

let release: () => void = () => {};
let healed = new Promise<void>((resolve) => {
  release = resolve;
});

export function heal(): void {
  Object.assign(faults, { ledger: 'none', organization: 'none', d1: 'none' });
  release();
  healed = new Promise((resolve) => {
    release = resolve;
  });
}

/** As the platform throws it. */
const unreachable = (message: string): Error => Object.assign(new Error(message), { retryable: true });

async function through<T>(part: keyof typeof faults, call: () => Promise<T>): Promise<T> {
  if (faults[part] === 'down') throw unreachable(`${part} is down`);
  if (faults[part] === 'held') await healed;
  const answer = await call();
  if (faults[part] === 'lost') throw unreachable(`the answer of ${part} was lost`);
  return answer;
}

type Anything = Record<string, (...values: unknown[]) => Promise<unknown>>;

/** Every method of `target` goes through the fault of `part`. */
const guarded = <T extends object>(target: T, part: keyof typeof faults): T =>
  new Proxy(target, {
    get: (real, name) =>
      // Whoever awaits a stub looks for this one: it is no promise.
      name === 'then'
        ? undefined
        : (...values: unknown[]) => through(part, () => (real as Anything)[name as string]!(...values)),
  });

const objects = <T extends { getByName(name: string): object }>(namespace: T, part: keyof typeof faults): T =>
  ({ getByName: (name: string) => guarded(namespace.getByName(name), part) }) as T;

function statement(real: D1PreparedStatement): D1PreparedStatement {
  const asking = guarded(real, 'd1');
  return new Proxy(real, {
    get: (_, name) =>
      name === 'bind' ? (...values: unknown[]) => bound(real.bind(...values)) : (asking as never)[name],
  });
}

/** A bound statement, and the real one that `batch` needs. */
const REAL = new WeakMap<object, D1PreparedStatement>();
function bound(real: D1PreparedStatement): D1PreparedStatement {
  const proxy = statement(real);
  REAL.set(proxy, real);
  return proxy;
}

const database = (real: D1Database): D1Database =>
  ({
    prepare: (sql: string) => bound(real.prepare(sql)),
    batch: (statements: D1PreparedStatement[]) =>
      through('d1', () => real.batch(statements.map((one) => REAL.get(one) ?? one))),
  }) as unknown as D1Database;

/** The deployment's bindings, as they are when parts of it fail. */
export const faulty = (env: Env): Env => ({
  ...env,
  LEDGER: objects(env.LEDGER, 'ledger'),
  ORGANIZATION: objects(env.ORGANIZATION, 'organization'),
  DB: database(env.DB),
});
