// The organisation's own tables: a document per row, with a column for everything that is looked up. Created at genesis,
// later ones when it wakes: an object that nobody founded has no table at all. Authority is here and nowhere else, never in D1.
import type * as Records from './records.ts';

type Value = string | number;
/** `[column, comparison, value]`, joined by AND. */
export type Where = readonly [string, '=' | '<' | '<=' | '>', Value];

/** Table → its key, then the columns that rows are found by. All are fields of the document. */
const TABLES = {
  organizations: ['id'],
  policies: ['version'],
  members: ['id', 'email'],
  groups: ['id', 'name'],
  service_accounts: ['id', 'name'],
  api_keys: ['id', 'service_account'],
  passkeys: ['id', 'user', 'credential_id'],
  sessions: ['digest', 'user', 'passkey', 'expires_at'],
  nonces: ['nonce', 'until'],
  links: ['id', 'user', 'purpose'],
  changes: ['id', 'status'],
  delegations: ['id', 'from', 'to'],
  stops: ['id'],
  endpoints: ['id', 'status'],
  draws: ['id', 'pattern', 'drawn_at'],
  reservations: ['request', 'actor', 'risk', 'confirmed', 'reserved_at'],
  rejected: ['fingerprint', 'until'],
  effects: ['seq'],
  marks: ['name'],
  issuers: ['id', 'issuer'],
  workload_keys: ['id', 'expires_at'],
  break_glass: ['request', 'user', 'open'],
} as const;

/** Looked at only together with a column that finds few rows: an index would be written with every proposal, and billed. */
const UNINDEXED: readonly string[] = ['risk', 'reserved_at'];

/** One table of documents. */
export class Shelf<T> {
  readonly #sql: SqlStorage;
  readonly #table: string;
  readonly #columns: readonly string[];

  constructor(sql: SqlStorage, name: keyof typeof TABLES) {
    this.#sql = sql;
    this.#table = `org_${name}`;
    this.#columns = TABLES[name];
  }

  /** Makes the table and its indexes. Without rowids: each row and its key are one row written, not two. */
  create(): void {
    const [key, ...others] = this.#columns.map((column) => `"${column}"`);
    const columns = [`${key} NOT NULL PRIMARY KEY`, ...others, 'document TEXT NOT NULL'];
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS ${this.#table} (${columns.join(', ')}) WITHOUT ROWID`);
    for (const column of this.#columns.slice(1).filter((name) => !UNINDEXED.includes(name)))
      this.#sql.exec(`CREATE INDEX IF NOT EXISTS ${this.#table}_${column} ON ${this.#table} ("${column}")`);
  }

  /** Writes a document, over the one of the same key. Gives it back. */
  put(document: T): T {
    const fields = document as Record<string, Value>;
    const columns = this.#columns.map((column) => `"${column}"`);
    const changed = [...columns.slice(1), 'document'].map((column) => `${column} = excluded.${column}`);
    this.#sql.exec(
      `INSERT INTO ${this.#table} (${columns.join(', ')}, document) VALUES (${'?, '.repeat(columns.length)}?)
       ON CONFLICT (${columns[0]}) DO UPDATE SET ${changed.join(', ')}`,
      ...this.#columns.map((column) => fields[column]!),
      JSON.stringify(document),
    );
    return document;
  }

  /** The document of this key, or null. */
  get(key: Value): T | null {
    return this.list([this.#columns[0]!, '=', key])[0] ?? null;
  }

  /** Documents that fit all conditions, by key. */
  list(...where: Where[]): T[] {
    const rows = this.#sql.exec<{ document: string }>(
      `SELECT document FROM ${this.#table} ${clause(where)} ORDER BY "${this.#columns[0]}"`,
      ...where.map(([, , value]) => value),
    );
    return rows.toArray().map((row) => JSON.parse(row.document));
  }

  count(...where: Where[]): number {
    const values = where.map(([, , value]) => value);
    return this.#sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${this.#table} ${clause(where)}`, ...values).one()
      .n;
  }

  drop(...where: [Where, ...Where[]]): void {
    this.#sql.exec(`DELETE FROM ${this.#table} ${clause(where)}`, ...where.map(([, , value]) => value));
  }
}

const clause = (where: readonly Where[]): string =>
  where.length === 0 ? '' : `WHERE ${where.map(([column, comparison]) => `"${column}" ${comparison} ?`).join(' AND ')}`;

export interface Store {
  organizations: Shelf<Records.OrganizationRecord>;
  policies: Shelf<Records.PolicyRecord>;
  members: Shelf<Records.MemberRecord>;
  groups: Shelf<Records.GroupRecord>;
  service_accounts: Shelf<Records.ServiceAccountRecord>;
  api_keys: Shelf<Records.ApiKeyRecord>;
  passkeys: Shelf<Records.PasskeyRecord>;
  sessions: Shelf<Records.SessionRecord>;
  nonces: Shelf<Records.NonceRecord>;
  links: Shelf<Records.LinkRecord>;
  changes: Shelf<Records.ChangeRecord>;
  delegations: Shelf<Records.DelegationRecord>;
  stops: Shelf<Records.StopRecord>;
  endpoints: Shelf<Records.EndpointRecord>;
  draws: Shelf<Records.DrawRecord>;
  reservations: Shelf<Records.ReservationRecord>;
  rejected: Shelf<Records.RejectedRecord>;
  effects: Shelf<Records.EffectRecord>;
  marks: Shelf<Records.MarkRecord>;
  issuers: Shelf<Records.IssuerRecord>;
  workload_keys: Shelf<Records.WorkloadKeyRecord>;
  break_glass: Shelf<Records.BreakGlassRecord>;
}

const names = Object.keys(TABLES) as (keyof typeof TABLES)[];

/** The shelves; nothing is created or read by this. */
export const openStore = (sql: SqlStorage): Store =>
  Object.fromEntries(names.map((name) => [name, new Shelf(sql, name)])) as unknown as Store;

/** Makes every table that is not there: in genesis' transaction, and for what was founded before a table came to be. */
export function createTables(store: Store): void {
  for (const name of names) store[name].create();
}
