// The checkpoints that a witness cosigned, one row per size: from them each entry's first witnessed checkpoint follows,
// which is the other end of the time at which it was written. The table is made by the first cosignature. What is kept for
// good is the first one after each decision receipt; of the others the newest, so that the table does not grow with time.
import type { Instant } from '../../core/json.ts';

export interface CosignedHead {
  size: number;
  /** The note with every cosignature that came. */
  note: string;
  /** When the first of them came. */
  at: Instant;
}

const CREATE =
  'CREATE TABLE IF NOT EXISTS cosigned (origin TEXT NOT NULL, size INTEGER NOT NULL, note TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (origin, size)) STRICT, WITHOUT ROWID';

/** About three hours at one checkpoint in ten seconds. */
const NEWEST_KEPT = 1024;

export class Cosigned {
  readonly #sql: SqlStorage;
  readonly #origin: string;
  readonly #needed: (from: number, to: number) => boolean;
  readonly #kept: number;
  #exists = false;
  /** No entry between the kept checkpoint before this size and this size wants one of its own. */
  #looked = 0;

  /** @param needed whether entries [from, to) hold a decision receipt: then the first checkpoint after them is kept */
  constructor(
    sql: SqlStorage,
    origin: string,
    needed: (from: number, to: number) => boolean,
    kept: number = NEWEST_KEPT,
  ) {
    this.#sql = sql;
    this.#origin = origin;
    this.#needed = needed;
    this.#kept = kept;
  }

  /** Keeps a cosigned note; one that is there already only gains signatures. */
  put({ size, note, at }: CosignedHead): void {
    this.#sql.exec(CREATE);
    this.#exists = true;
    const known = this.at(size) !== null;
    this.#sql.exec(
      'INSERT INTO cosigned VALUES (?, ?, ?, ?) ON CONFLICT (origin, size) DO UPDATE SET note = excluded.note',
      ...[this.#origin, size, note, at],
    );
    if (!known) this.#prune();
  }

  /** Each new one pushes one out of the newest: that one goes, unless a decision receipt has its time by it. */
  #prune(): void {
    const [out] = this.#sizes('TRUE', this.#kept);
    if (out === undefined) return;
    const [before = 0] = this.#sizes('size < ?', 0, out);
    if (!this.#needed(Math.max(before, this.#looked), out))
      this.#sql.exec('DELETE FROM cosigned WHERE origin = ? AND size = ?', this.#origin, out);
    this.#looked = out;
  }

  /** The size at a place among those that fit, largest first. */
  #sizes(where: string, place: number, ...values: number[]): number[] {
    const sql = `SELECT size FROM cosigned WHERE origin = ? AND ${where} ORDER BY size DESC LIMIT 1 OFFSET ?`;
    return this.#sql
      .exec(sql, this.#origin, ...values, place)
      .toArray()
      .map((row) => Number(row.size));
  }

  /** The cosigned note of exactly this size. */
  at(size: number): CosignedHead | null {
    return this.#one('size = ?', size);
  }

  /** The first cosigned checkpoint that contains the entry. */
  first(index: number): CosignedHead | null {
    return this.#one('size > ? ORDER BY size LIMIT 1', index);
  }

  /** The newest of all. */
  newest(): CosignedHead | null {
    return this.#one('size > ? ORDER BY size DESC LIMIT 1', 0);
  }

  #one(where: string, value: number): CosignedHead | null {
    this.#exists ||= this.#sql.exec("SELECT name FROM sqlite_master WHERE name = 'cosigned'").toArray().length > 0;
    if (!this.#exists) return null;
    const sql = `SELECT size, note, at FROM cosigned WHERE origin = ? AND ${where}`;
    return (this.#sql.exec(sql, this.#origin, value).toArray()[0] as unknown as CosignedHead | undefined) ?? null;
  }
}
