// The values that digests are computed from: what strict JSON (core/strict-json.ts) lets through.

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** An RFC 3339 UTC instant with milliseconds, always `YYYY-MM-DDTHH:mm:ss.sssZ`, so that text order is time order. */
export type Instant = string;

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = string;
