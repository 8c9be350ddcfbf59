// The ledger's signed checkpoints in D1: written after an append, read when the ledger wakes. What is read is nobody's
// word until its signature verifies; what cannot be read is compared again later.
import type { Instant } from '../../core/json.ts';

export interface CheckpointCopy {
  origin: string;
  size: number;
  /** Base64. */
  root: string;
  note: string;
  at: Instant;
}

/** More than the newest, so that one forged row on top does not hide the true one below. */
const NEWEST = 16;

/** Keeps a copy. One size has one root for ever: a repeat writes nothing. */
export async function writeCheckpoint(db: D1Database, copy: CheckpointCopy): Promise<void> {
  await db
    .prepare(
      `INSERT INTO checkpoints (origin, size, root, note, at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (origin, size) DO NOTHING`,
    )
    .bind(copy.origin, copy.size, copy.root, copy.note, copy.at)
    .run();
}

/** The newest copies of this origin, largest first. Rejects when D1 cannot be reached. */
export async function readCheckpoints(db: D1Database, origin: string): Promise<CheckpointCopy[]> {
  const { results } = await db
    .prepare('SELECT origin, size, root, note, at FROM checkpoints WHERE origin = ? ORDER BY size DESC LIMIT ?')
    .bind(origin, NEWEST)
    .all<CheckpointCopy>();
  return results;
}
