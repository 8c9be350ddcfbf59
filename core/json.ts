// The values that digests are computed from: what strict JSON (core/strict-json.ts) lets through. Whether two of them are
// the same is for canonical.ts to say.

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** What JSON calls an object: neither a list nor null. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Plain data as JSON holds it: fields that are undefined are left out. */
export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** An RFC 3339 UTC instant with milliseconds, always `YYYY-MM-DDTHH:mm:ss.sssZ`, so that text order is time order. */
export type Instant = string;

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = string;
