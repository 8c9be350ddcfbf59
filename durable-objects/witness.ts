// A witness of other people's logs: one object per origin, which keeps the largest head that it cosigned and cosigns only
// what provably continues it. It knows no contents. Invariant: checked and kept in one transaction, before any signature,
// so that no two heads of one log are cosigned that contradict each other.
import { DurableObject } from 'cloudflare:workers';
import {
  type Checkpoint,
  cosign,
  judgeCheckpoint,
  NOTHING_SEEN,
  openCheckpoint,
  parseAddCheckpoint,
  parseNote,
  type TreeHead,
} from '../core/ledger.ts';
import { ed25519Verifier } from './ledger/keys.ts';
import { logKeysOf, type WitnessEnv, witnessSigner } from './witness/keys.ts';

/** What the edge turns into tlog-witness's status codes. */
export type WitnessAnswer =
  | { said: 'cosigned'; line: string }
  | { said: 'conflict'; size: number }
  | { said: 'unknown-origin' | 'unknown-key' | 'malformed' | 'unproven' };

const CREATE =
  'CREATE TABLE IF NOT EXISTS heads (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL) STRICT';

export class Witness extends DurableObject<WitnessEnv> {
  /** `add-checkpoint` for the origin that this object is named for. */
  async add(origin: string, text: string): Promise<WitnessAnswer> {
    const keys = logKeysOf(this.env, origin);
    const signer = await witnessSigner(this.env);
    if (keys.length === 0 || signer === null) return { said: 'unknown-origin' };
    const asked = parseAddCheckpoint(text);
    if (asked === null) return { said: 'malformed' };
    const opened = await Promise.all(keys.map(async (key) => openCheckpoint(asked.note, await ed25519Verifier(key))));
    const offered = opened.find((checkpoint) => checkpoint !== null) ?? null;
    if (offered === null) return { said: 'unknown-key' };
    const { judgement, known, seconds } = this.ctx.storage.transactionSync(() => {
      const known = this.#known(origin);
      const judgement = judgeCheckpoint(known, asked, offered);
      if (judgement === 'cosign') this.#keep(offered, asked.note);
      return { judgement, known, seconds: Math.floor(Date.now() / 1000) };
    });
    if (judgement === 'cosign')
      return { said: 'cosigned', line: await cosign(parseNote(asked.note)!.text, signer, seconds) };
    this.#alarmed(judgement, origin, known, offered);
    return judgement === 'conflict' ? { said: 'conflict', size: known.size } : { said: judgement };
  }

  #known(origin: string): TreeHead {
    this.ctx.storage.sql.exec(CREATE);
    const [row] = this.ctx.storage.sql.exec('SELECT size, root FROM heads WHERE origin = ?', origin).toArray();
    if (row === undefined) return NOTHING_SEEN;
    return { size: Number(row.size), root: new Uint8Array(row.root as ArrayBuffer) };
  }

  #keep({ origin, size, root }: Checkpoint, note: string): void {
    this.ctx.storage.sql.exec(
      `INSERT INTO heads VALUES (?, ?, ?, ?)
       ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note`,
      ...[origin, size, new Uint8Array(root).buffer, note],
    );
  }

  /** The log signed it, and it does not continue what was seen: proof of misbehaviour, unless the client only was late. */
  #alarmed(judgement: string, origin: string, known: TreeHead, offered: TreeHead): void {
    if (judgement === 'malformed' || (judgement === 'conflict' && offered.size > known.size)) return;
    const sizes = { known: known.size, offered: offered.size };
    console.error(
      JSON.stringify({ message: 'witness: a signed head does not continue the log', origin, judgement, ...sizes }),
    );
  }
}
