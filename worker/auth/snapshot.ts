// What an isolate keeps of an organisation, so that it need not be sent again: the snapshot by version, and who a
// credential is by that version. It permits nothing: every create still asks admit(), every decision authorize(). Bounded;
// forgetting costs one larger answer.
import type { Principal, Snapshot } from '../../core/authority.ts';
import { SNAPSHOT_MAX_AGE_MS } from '../../core/limits.ts';

const MAX_ORGANIZATIONS = 200;
const MAX_PRINCIPALS = 5_000;

interface Kept {
  snapshot: Snapshot;
  /** When the organisation last said that this is current, in milliseconds since the epoch. */
  confirmed_at: number;
}
const snapshots = new Map<string, Kept>();
const principals = new Map<string, { principal: Principal; config_version: number }>();

function keepBounded<V>(map: Map<string, V>, key: string, value: V, max: number): void {
  map.delete(key);
  if (map.size >= max) map.delete(map.keys().next().value!);
  map.set(key, value);
}

/** What this isolate has of an organisation; null if nothing. Its version goes into the question. */
export const keptSnapshot = (organization: string): Snapshot | null => snapshots.get(organization)?.snapshot ?? null;

/** A snapshot that was confirmed at most ten seconds ago: good enough to judge a create by, nothing else. */
export function recentSnapshot(organization: string, now_ms: number): Snapshot | null {
  const kept = snapshots.get(organization);
  return kept && now_ms - kept.confirmed_at <= SNAPSHOT_MAX_AGE_MS ? kept.snapshot : null;
}

/**
 * Keeps what the organisation just sent or, by sending none, called current.
 *
 * @param sent of its answer
 * @param held what the question was asked by
 * @throws if there is neither: then the organisation broke its word
 */
export function confirmSnapshot(sent: Snapshot | null, held: Snapshot | null, now_ms: number): Snapshot {
  const snapshot = sent ?? held;
  if (snapshot === null) throw new Error('the organisation sent no snapshot and none is kept');
  const known = snapshots.get(snapshot.organization.id);
  // Answers can overtake each other: an older one never replaces a newer one.
  if (known && known.snapshot.config_version > snapshot.config_version) return known.snapshot;
  keepBounded(snapshots, snapshot.organization.id, { snapshot, confirmed_at: now_ms }, MAX_ORGANIZATIONS);
  return snapshot;
}

/** Who a credential was under this configuration; null if unknown here, or if anything has changed since. */
export function seenPrincipal(digest: string, config_version: number): Principal | null {
  const seen = principals.get(digest);
  return seen?.config_version === config_version ? seen.principal : null;
}

/** Remembers who a credential is, and by which configuration. */
export const seePrincipal = (digest: string, principal: Principal, config_version: number): void =>
  keepBounded(principals, digest, { principal, config_version }, MAX_PRINCIPALS);
