// A recent ledger head for an intent: the signature cannot be older than it. A ledger that cannot be reached must not
// keep anybody from rejecting, so the copy in D1 serves, and at worst the empty tree: then nothing is claimed of the time.
import { desc, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { sha256 } from '#sha256';
import { base64, utf8 } from '../../core/encoding.ts';
import type { Env } from '../../durable-objects/env.ts';
import { checkpoints } from '../../migrations/schema.ts';
import { ledgerOf } from '../ledger.ts';
import { log } from '../problem.ts';

export interface Head {
  /** Across shards. */
  size: number;
  /** Base64. */
  root: string;
}

/** RFC 6962 section 2.1: the hash of an empty list is the hash of an empty string. */
const EMPTY: Head = { size: 0, root: base64(sha256(utf8(''))) };

export async function recentCheckpoint(env: Env): Promise<Head> {
  try {
    return await ledgerOf(env).head();
  } catch (error) {
    log('warn', { message: 'checkpoint: the ledger cannot be reached, its copy serves', reason: String(error) });
    return copyOf(env);
  }
}

async function copyOf(env: Env): Promise<Head> {
  try {
    const rows = drizzle(env.DB).select({ size: checkpoints.size, root: checkpoints.root }).from(checkpoints);
    const [newest] = await rows
      .where(eq(checkpoints.origin, env.LEDGER_ORIGIN))
      .orderBy(desc(checkpoints.size))
      .limit(1);
    return newest ?? EMPTY;
  } catch (error) {
    log('warn', { message: 'checkpoint: no copy either', reason: String(error) });
    return EMPTY;
  }
}
