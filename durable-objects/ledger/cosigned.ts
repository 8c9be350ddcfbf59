// The checkpoints that a witness cosigned, one row per size: from them each entry's first witnessed checkpoint follows,
// which is the other end of the time at which it was written. The table is made by the first cosignature.
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

export class Cosigned {
  readonly #sql: SqlStorage;
  readonly #origin: string;
  #exists = false;

  constructor(sql: SqlStorage, origin: string) {
    this.#sql = sql;
    this.#origin = origin;
  }

  /** Keeps a cosigned note; one that is there already only gains signatures. */
  put({ size, note, at }: CosignedHead): void {
    this.#sql.exec(CREATE);
    this.#exists = true;
    this.#sql.exec(
      'INSERT INTO cosigned VALUES (?, ?, ?, ?) ON CONFLICT (origin, size) DO UPDATE SET note = excluded.note',
      ...[this.#origin, size, note, at],
    );
  }

  /** The cosigned note of exactly this size. */
  at(size: number): CosignedHead | null {
    return this.#one('size = ?', size);
  }

  /** The first cosigned checkpoint that contains the entry. */
  first(index: number): CosignedHead | null {
    return this.#one('size > ? ORDER BY size LIMIT 1', index);
  }

  #one(where: string, value: number): CosignedHead | null {
    this.#exists ||= this.#sql.exec("SELECT name FROM sqlite_master WHERE name = 'cosigned'").toArray().length > 0;
    if (!this.#exists) return null;
    const sql = `SELECT size, note, at FROM cosigned WHERE origin = ? AND ${where}`;
    return (this.#sql.exec(sql, this.#origin, value).toArray()[0] as unknown as CosignedHead | undefined) ?? null;
  }
}
