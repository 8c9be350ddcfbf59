// An issuer's public keys, fetched from `{issuer}/.well-known/jwks.json` and kept for a while. The token never says where
// its key is: the issuer is pinned by the caller, the key is found by `kid` among that issuer's keys.
import { VerificationError } from '../errors.ts';

export interface Jwk {
  kty?: string;
  crv?: string;
  kid?: string;
  use?: string;
  alg?: string;
  x?: string;
  y?: string;
}
export interface JwkSet {
  keys: Jwk[];
}

interface Kept {
  keys: readonly Jwk[];
  fetched_at_ms: number;
}

/** A rotated-out key is refused at the latest after this long. */
const KEEP_MS = 5 * 60_000;
/** An unknown `kid` asks again, but a stream of made-up ones does not ask each time. */
const ASK_AGAIN_MS = 30_000;
const TIMEOUT_MS = 10_000;

const kept = new Map<string, Kept>();

/** The issuer's key of this id, for ES256. Throws a `VerificationError` when there is none. */
export async function keyOf(issuer: string, kid: string, fetch: typeof globalThis.fetch): Promise<Jwk> {
  const known = kept.get(issuer);
  const age_ms = known === undefined ? Number.POSITIVE_INFINITY : Date.now() - known.fetched_at_ms;
  const found = age_ms < KEEP_MS ? findKey(known!.keys, kid) : undefined;
  if (found !== undefined) return found;
  const keys = age_ms < ASK_AGAIN_MS ? known!.keys : await fetchKeys(issuer, fetch);
  return findKey(keys, kid) ?? refuse('unknown-key');
}

/** A key is taken only if nothing about it says that it is for something else. */
export const findKey = (keys: readonly Jwk[], kid: string): Jwk | undefined =>
  keys.find((key) => key.kid === kid && key.kty === 'EC' && key.crv === 'P-256' && isFor(key));

const isFor = ({ use = 'sig', alg = 'ES256' }: Jwk): boolean => use === 'sig' && alg === 'ES256';

function refuse(reason: string): never {
  throw new VerificationError(reason, 'The capability is not valid.');
}

async function fetchKeys(issuer: string, fetch: typeof globalThis.fetch): Promise<readonly Jwk[]> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(`${issuer}/.well-known/jwks.json`, { redirect: 'error', signal });
    const body = response.ok ? ((await response.json()) as JwkSet) : undefined;
    if (!Array.isArray(body?.keys)) refuse('keys-unavailable');
    kept.set(issuer, { keys: body.keys, fetched_at_ms: Date.now() });
    return body.keys;
  } catch (error) {
    throw new VerificationError('keys-unavailable', "The issuer's keys cannot be fetched.", error);
  }
}
