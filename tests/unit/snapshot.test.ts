// What an isolate keeps of an organisation: never older than it may be, never replaced by something older.
import { describe, expect, it } from 'vitest';
import type { Principal, Snapshot } from '../../core/authority.ts';
import { SNAPSHOT_MAX_AGE_MS } from '../../core/limits.ts';
import {
  confirmSnapshot,
  keptSnapshot,
  recentSnapshot,
  seenPrincipal,
  seePrincipal,
} from '../../worker/auth/snapshot.ts';

let organizations = 0;
const snapshotOf = (id: string, config_version: number) =>
  ({ config_version, organization: { id }, policy: { version: config_version } }) as unknown as Snapshot;
const fresh = () => `org_${++organizations}`;

describe('a kept snapshot', () => {
  it('judges creates for ten seconds after it was confirmed, and not a millisecond longer', () => {
    const id = fresh();
    confirmSnapshot(snapshotOf(id, 1), null, 1_000);
    expect(recentSnapshot(id, 1_000 + SNAPSHOT_MAX_AGE_MS)?.config_version).toBe(1);
    expect(recentSnapshot(id, 1_001 + SNAPSHOT_MAX_AGE_MS)).toBeNull();
  });

  it('is good for another ten seconds when the organisation calls it current', () => {
    const id = fresh();
    const held = confirmSnapshot(snapshotOf(id, 1), null, 1_000);
    confirmSnapshot(null, held, 50_000);
    expect(recentSnapshot(id, 55_000)?.config_version).toBe(1);
  });

  it('is not replaced by an older one whose answer was overtaken', () => {
    const id = fresh();
    confirmSnapshot(snapshotOf(id, 2), null, 1_000);
    expect(confirmSnapshot(snapshotOf(id, 1), null, 1_001).config_version).toBe(2);
    expect(keptSnapshot(id)?.config_version).toBe(2);
  });

  it('is nothing to stand on when the organisation sent none and none was held', () => {
    expect(() => confirmSnapshot(null, null, 1_000)).toThrow();
  });
});

describe('who a credential is', () => {
  const principal = (actors: string[]) => ({ kind: 'machine', actors }) as unknown as Principal;

  it('is known only by the configuration under which it was seen', () => {
    seePrincipal('digest', principal(['service-account:a']), 4);
    expect(seenPrincipal('digest', 4)).toEqual(principal(['service-account:a']));
    expect(seenPrincipal('digest', 5)).toBeNull();
    seePrincipal('digest', principal(['service-account:a', 'agent:b']), 5);
    expect(seenPrincipal('digest', 5)).toEqual(principal(['service-account:a', 'agent:b']));
    expect(seenPrincipal('another', 5)).toBeNull();
  });
});
