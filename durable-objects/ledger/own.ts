// What one shard knows of itself, beside its tree: which shard it is, what it continues, how it ended, and which keys were
// in force when it last sealed. One small table; made by the first write, never by a look.
import type { Instant } from '../../core/json.ts';
import type { DeploymentKey } from '../../core/ledger.ts';
import type { DeploymentEntry, SignedHead } from './forms.ts';

/** A shard's beginning: what the one before it ended with. Absent in the first. */
export interface Opening {
  shard: number;
  origin: string;
  predecessor: string;
  /** Origins of all shards before. */
  earlier: string[];
  /** The last checkpoint of the shard before. */
  final: SignedHead;
  /** The newest of its checkpoints that a witness cosigned, as a note; null where none did. */
  witnessed: string | null;
  /** Where the deployment's chain ended there. */
  deployment: { seq: number; commit: string } | null;
  /** The keys that it recorded last. */
  keys: DeploymentKey[];
}

/** A shard's end. `opened`: its successor knows that it is the successor. */
export interface Retirement {
  at: Instant;
  successor: string;
  final: SignedHead | null;
  opened: boolean;
}

interface Values {
  opening: Opening;
  retirement: Retirement;
  keys: DeploymentKey[];
}

const CREATE = [
  'CREATE TABLE IF NOT EXISTS own (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID',
  'CREATE TABLE IF NOT EXISTS deployment (seq INTEGER PRIMARY KEY, entry TEXT NOT NULL) STRICT',
];

export class Own {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get<K extends keyof Values>(name: K): Values[K] | null {
    const [row] = this.#exists() ? this.#sql.exec('SELECT value FROM own WHERE name = ?', name).toArray() : [];
    return row === undefined ? null : JSON.parse(row.value as string);
  }

  put<K extends keyof Values>(name: K, value: Values[K]): void {
    for (const table of CREATE) this.#sql.exec(table);
    this.#sql.exec(
      'INSERT INTO own VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      ...[name, JSON.stringify(value)],
    );
  }

  /** The deployment's events that were sealed in this shard, in order. */
  entries(): DeploymentEntry[] {
    if (!this.#exists()) return [];
    const rows = this.#sql.exec('SELECT entry FROM deployment ORDER BY seq').toArray();
    return rows.map(({ entry }) => JSON.parse(entry as string));
  }

  keep(entry: DeploymentEntry): void {
    this.#sql.exec('INSERT INTO deployment VALUES (?, ?)', entry.event.seq, JSON.stringify(entry));
  }

  #exists(): boolean {
    return this.#sql.exec("SELECT name FROM sqlite_master WHERE name = 'own'").toArray().length > 0;
  }
}
