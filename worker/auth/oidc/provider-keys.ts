// The public keys of OpenID providers: found by discovery (OpenID Connect Discovery 1.0) or where the settings say, kept
// in the isolate for ten minutes at most. Calls go out as webhooks do: https, no addresses, no redirects, bounded in size
// and time. Invariant: what cannot be read now and in full is not there, and then nobody's token is good.
import { isObject, type JsonObject } from '../../../core/json.ts';
import {
  MAX_PROVIDER_ANSWER_BYTES,
  PROVIDER_KEYS_MAX_AGE_MS,
  PROVIDER_REFETCH_MS,
  PROVIDER_RETRY_MS,
  PROVIDER_TIMEOUT_MS,
} from '../../../core/limits.ts';
import type { OidcIssuer } from '../../../core/oidc/issuer.ts';
import { outboundUrlFault } from '../../../core/outbound-url.ts';
import { fail, ok, type Result } from '../../../core/problems.ts';

type Place = Pick<OidcIssuer, 'issuer' | 'jwks_uri'>;

interface Kept {
  keys: JsonObject[];
  fetched_at: number;
}

const MAX_PROVIDERS = 200;
/** More keys than any provider has at once. */
const MAX_KEYS = 100;
const kept = new Map<string, Kept>();
/** When a provider was last asked, and when it last failed: neither garbage nor an outage makes every caller call. */
const asked = new Map<string, number>();
const failed = new Map<string, number>();

const placeName = ({ issuer, jwks_uri }: Place): string => `${issuer}\u0000${jwks_uri ?? ''}`;

function keepBounded<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  if (map.size >= MAX_PROVIDERS) map.delete(map.keys().next().value!);
  map.set(key, value);
}

/**
 * Keys that may have made a signature.
 *
 * @param kid what the token names; an unknown one asks the provider again, once a minute at most
 * @returns keys under that id, or all where the token names none; `unavailable` when the provider cannot be read
 */
export async function keysOf(place: Place, kid: string | null, base_url: string): Promise<Result<JsonObject[]>> {
  const name = placeName(place);
  const known = kept.get(name);
  const now = Date.now();
  const fresh = known && now - known.fetched_at < PROVIDER_KEYS_MAX_AGE_MS ? known.keys : null;
  const found = fresh && named(fresh, kid);
  if (found && found.length > 0) return ok(found);
  if (fresh && now - (asked.get(name) ?? 0) < PROVIDER_REFETCH_MS) return ok([]);
  if (now - (failed.get(name) ?? 0) < PROVIDER_RETRY_MS) return unreadable('failed a moment ago');
  keepBounded(asked, name, now);
  const keys = await fetchedKeys(place, base_url);
  if (!keys.ok) keepBounded(failed, name, Date.now());
  if (!keys.ok) return keys;
  keepBounded(kept, name, { keys: keys.value, fetched_at: now });
  return ok(named(keys.value, kid));
}

const named = (keys: JsonObject[], kid: string | null): JsonObject[] =>
  kid === null ? keys : keys.filter((key) => key.kid === kid);

async function fetchedKeys({ issuer, jwks_uri }: Place, base_url: string): Promise<Result<JsonObject[]>> {
  const uri = jwks_uri === null ? await discovered(issuer, base_url) : ok(jwks_uri);
  if (!uri.ok) return uri;
  const document = await fetchedDocument(uri.value, base_url);
  if (!document.ok) return document;
  const { keys } = document.value;
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) return unreadable('no key set');
  return ok(keys.filter(isObject));
}

/** Section 4.3: "The issuer value returned MUST be identical to the Issuer URL that was used as the prefix". */
async function discovered(issuer: string, base_url: string): Promise<Result<string>> {
  const document = await fetchedDocument(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, base_url);
  if (!document.ok) return document;
  if (document.value.issuer !== issuer) return unreadable('discovery of another issuer');
  const { jwks_uri } = document.value;
  return typeof jwks_uri === 'string' ? ok(jwks_uri) : unreadable('discovery without jwks_uri');
}

const unreadable = (reason: string) =>
  fail('unavailable', 'The identity provider cannot be read just now. Nothing was done: repeat the same call.', {
    retry_after_seconds: 5,
    reason: `provider: ${reason}`,
  });

async function fetchedDocument(url: string, base_url: string): Promise<Result<JsonObject>> {
  const fault = outboundUrlFault(url, base_url, 'Identity providers');
  if (fault !== null) return unreadable(fault);
  try {
    const signal = AbortSignal.timeout(PROVIDER_TIMEOUT_MS);
    const headers = { accept: 'application/json', 'user-agent': 'Assentry-OIDC/1' };
    const response = await fetch(url, { redirect: 'manual', signal, headers });
    if (response.status !== 200) {
      await response.body?.cancel();
      return unreadable(`status ${response.status}`);
    }
    const value: unknown = JSON.parse(await boundedText(response));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? ok(value as JsonObject) : unreadable('no JSON object');
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : 'unreachable');
  }
}

/** @throws when there is more than any honest answer has */
async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  let text = '';
  let length = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_PROVIDER_ANSWER_BYTES) throw new Error('the answer is too large');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
