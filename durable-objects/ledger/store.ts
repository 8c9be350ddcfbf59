// The ledger's rows: one per flush, one per object, one per organisation, one per complete tile. Tables are made by the
// first append, never by a look. Losing this storage loses the log; the checkpoints in D1 then freeze whoever comes back.
import type { Instant } from '../../core/json.ts';
import type { DirectoryRow } from './forms.ts';

/** What one request added in one flush: `count` events from `seq`, in consecutive leaves from `index`. */
export interface Batch {
  organization: string;
  object: string;
  seq: number;
  count: number;
  index: number;
  org_seq: number;
  /** Seq of the event → index of its receipt's leaf. */
  receipts: [seq: number, index: number][];
  /** First index of the flush that holds the object's batch before this one. */
  previous: number | null;
}

/** One transaction. `leaves` is an entry bundle, `hashes` their leaf hashes, 32 bytes each. */
export interface Flush {
  first: number;
  /** Leaves in the tree after it. */
  size: number;
  sealed_at: Instant;
  leaves: Uint8Array;
  hashes: Uint8Array;
  chain: Uint8Array;
  frontier: Uint8Array;
  batches: Batch[];
}

export interface ObjectRow extends DirectoryRow {
  /** First index of the flush that holds its newest batch; null for one that only an earlier shard has sealed. */
  last_flush: number | null;
}

export interface OrganizationRow {
  organization: string;
  link_key: Uint8Array;
  org_seq: number;
  last_link: Uint8Array;
  /** Leaf hash of its last event: what the next link refers to. */
  last_leaf_hash: Uint8Array;
}

export interface TileRow {
  level: number;
  number: number;
  hashes: Uint8Array;
  root: Uint8Array;
}

const TABLES = [
  `CREATE TABLE IF NOT EXISTS flushes (first INTEGER PRIMARY KEY, size INTEGER NOT NULL, sealed_at TEXT NOT NULL,
    leaves BLOB NOT NULL, hashes BLOB NOT NULL, chain BLOB NOT NULL, frontier BLOB NOT NULL, batches TEXT NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS objects (organization TEXT NOT NULL, object TEXT NOT NULL, kind TEXT NOT NULL,
    last_seq INTEGER NOT NULL, first_index INTEGER NOT NULL, last_flush INTEGER NOT NULL,
    PRIMARY KEY (organization, object)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS organizations (organization TEXT PRIMARY KEY, link_key BLOB NOT NULL,
    org_seq INTEGER NOT NULL, last_link BLOB NOT NULL, last_leaf_hash BLOB NOT NULL) STRICT, WITHOUT ROWID`,
  'CREATE TABLE IF NOT EXISTS tiles (id INTEGER PRIMARY KEY, hashes BLOB NOT NULL, root BLOB NOT NULL) STRICT',
  'CREATE TABLE IF NOT EXISTS freezes (origin TEXT PRIMARY KEY, note TEXT NOT NULL, at TEXT NOT NULL) STRICT',
];

/** One integer for level and number, so that a tile is one row and no index. */
const tileId = (level: number, number: number): number => level * 2 ** 40 + number;

/** The flush that holds an entry. */
const BEGIN = '(SELECT max(first) FROM flushes WHERE first <= ?)';

type Row = Record<string, SqlStorageValue>;
const blob = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const bytes = (value: SqlStorageValue): Uint8Array => new Uint8Array(value as ArrayBuffer);

export class LedgerStore {
  readonly #sql: SqlStorage;
  #exists = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Whether anything was ever sealed here. Creates nothing. */
  exists(): boolean {
    this.#exists ||= this.#rows("SELECT name FROM sqlite_master WHERE name = 'flushes'").length > 0;
    return this.#exists;
  }

  /** Makes the tables. Not inside a transaction that may roll back: `exists` remembers. */
  create(): void {
    if (!this.exists()) for (const table of TABLES) this.#sql.exec(table);
    this.#exists = true;
  }

  lastFlush(): Flush | null {
    return this.#flush('ORDER BY first DESC LIMIT 1');
  }

  flushAt(first: number): Flush | null {
    return this.#flush('WHERE first = ?', first);
  }

  /** The flushes whose leaves meet [from, to), in order. */
  flushesBetween(from: number, to: number): Flush[] {
    if (!this.exists()) return [];
    return this.#rows(`SELECT * FROM flushes WHERE first >= ${BEGIN} AND first < ? ORDER BY first`, from, to).map(
      flushOf,
    );
  }

  /** Whether a flush that meets the entries [from, to) sealed a decision receipt. */
  hasReceipts(from: number, to: number): boolean {
    if (!this.exists()) return false;
    const found = `SELECT 1 FROM flushes WHERE first < ? AND size > ? AND first >= ifnull(${BEGIN}, 0)
      AND batches LIKE '%"receipts":[[%' LIMIT 1`;
    return this.#rows(found, to, from, from).length > 0;
  }

  object(organization: string, object: string): ObjectRow | null {
    if (!this.exists()) return null;
    const rows = this.#rows('SELECT * FROM objects WHERE organization = ? AND object = ?', organization, object);
    return (rows[0] as unknown as ObjectRow | undefined) ?? null;
  }

  organization(organization: string): OrganizationRow | null {
    if (!this.exists()) return null;
    const [row] = this.#rows('SELECT * FROM organizations WHERE organization = ?', organization);
    return row === undefined ? null : organizationOf(row);
  }

  /** Objects of organisations after (organization, object), in that order: from here everything can be found again. */
  directory(after: { organization: string; object: string }, limit: number): DirectoryRow[] {
    if (!this.exists()) return [];
    const columns = 'organization, kind, object, last_seq, first_index';
    return this.#rows(
      `SELECT ${columns} FROM objects WHERE (organization, object) > (?, ?) AND kind != 'deployment'
       ORDER BY organization, object LIMIT ?`,
      after.organization,
      after.object,
      limit,
    ) as unknown as DirectoryRow[];
  }

  tile(level: number, number: number): Uint8Array | null {
    if (!this.exists()) return null;
    const [row] = this.#rows('SELECT hashes FROM tiles WHERE id = ?', tileId(level, number));
    return row === undefined ? null : bytes(row.hashes!);
  }

  /** Roots of the complete tiles [from, to) of a level: the hashes of the level above. */
  tileRoots(level: number, from: number, to: number): Uint8Array[] {
    const ids = [tileId(level, from), tileId(level, to)];
    return this.#rows('SELECT root FROM tiles WHERE id >= ? AND id < ? ORDER BY id', ...ids).map((row) =>
      bytes(row.root!),
    );
  }

  /** Writes one flush with everything that it moves; inside the caller's transaction. A used index must scream. */
  write(flush: Flush, objects: ObjectRow[], organizations: OrganizationRow[], tiles: TileRow[]): void {
    this.#sql.exec(
      'INSERT INTO flushes VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...[flush.first, flush.size, flush.sealed_at, blob(flush.leaves), blob(flush.hashes)],
      ...[blob(flush.chain), blob(flush.frontier), JSON.stringify(flush.batches)],
    );
    for (const row of objects) this.#writeObject(row);
    for (const row of organizations) this.#writeOrganization(row);
    for (const { level, number, hashes, root } of tiles) {
      this.#sql.exec('INSERT INTO tiles VALUES (?, ?, ?)', tileId(level, number), blob(hashes), blob(root));
    }
  }

  #writeObject({ organization, object, kind, last_seq, first_index, last_flush }: ObjectRow): void {
    this.#sql.exec(
      `INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (organization, object)
       DO UPDATE SET last_seq = excluded.last_seq, last_flush = excluded.last_flush`,
      ...[organization, object, kind, last_seq, first_index, last_flush],
    );
  }

  #writeOrganization({ organization, link_key, org_seq, last_link, last_leaf_hash }: OrganizationRow): void {
    this.#sql.exec(
      `INSERT INTO organizations VALUES (?, ?, ?, ?, ?) ON CONFLICT (organization)
       DO UPDATE SET org_seq = excluded.org_seq, last_link = excluded.last_link, last_leaf_hash = excluded.last_leaf_hash`,
      ...[organization, blob(link_key), org_seq, blob(last_link), blob(last_leaf_hash)],
    );
  }

  /** Remembers for good that this origin is frozen, and the signed note that says why. */
  freeze(origin: string, note: string, at: Instant): void {
    this.create();
    this.#sql.exec('INSERT INTO freezes VALUES (?, ?, ?) ON CONFLICT (origin) DO NOTHING', origin, note, at);
  }

  /** The note that froze this origin. */
  frozen(origin: string): string | null {
    if (!this.exists()) return null;
    const [row] = this.#rows('SELECT note FROM freezes WHERE origin = ?', origin);
    return row === undefined ? null : (row.note as string);
  }

  #flush(where: string, ...values: SqlStorageValue[]): Flush | null {
    if (!this.exists()) return null;
    const [row] = this.#rows(`SELECT * FROM flushes ${where}`, ...values);
    return row === undefined ? null : flushOf(row);
  }

  #rows(sql: string, ...values: SqlStorageValue[]): Row[] {
    return this.#sql.exec<Row>(sql, ...values).toArray();
  }
}

const flushOf = (row: Row): Flush => ({
  first: row.first as number,
  size: row.size as number,
  sealed_at: row.sealed_at as string,
  leaves: bytes(row.leaves!),
  hashes: bytes(row.hashes!),
  chain: bytes(row.chain!),
  frontier: bytes(row.frontier!),
  batches: JSON.parse(row.batches as string),
});

const organizationOf = (row: Row): OrganizationRow => ({
  organization: row.organization as string,
  link_key: bytes(row.link_key!),
  org_seq: row.org_seq as number,
  last_link: bytes(row.last_link!),
  last_leaf_hash: bytes(row.last_leaf_hash!),
});
