// Plant and look: a word that nothing else holds, and everything that is stored, table by table: every object of an
// organisation (requests, the organisation itself, the ledger), and D1. What is looked for is found in clear, in base64
// at any place, and in hex.
import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { env } from './house.ts';

/** A word of letters only, so that it fits into every field that takes a name. */
export const plantedWord = (): string =>
  `planted${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => String.fromCharCode(97 + (byte % 26))).join('')}`;

interface Stored {
  /** `request do:…: journal`, `d1: events`. */
  where: string;
  text: string;
}

const OBJECTS = { organization: 'ORGANIZATION', request: 'APPROVAL_REQUEST', ledger: 'LEDGER' } as const;

/** Everything that is stored now, row by row. */
export async function everythingStored(): Promise<Stored[]> {
  const found: Stored[] = await d1Rows();
  for (const [kind, binding] of Object.entries(OBJECTS)) {
    const namespace = env[binding] as unknown as DurableObjectNamespace;
    for (const id of await listDurableObjectIds(namespace)) {
      const rows = await runInDurableObject(namespace.get(id), async (_object, { storage }) => [
        ...sqlRows(storage.sql),
        ...[...(await storage.list())].map(([name, value]) => ({ table: `key ${name}`, text: JSON.stringify(value) })),
      ]);
      found.push(...rows.map(({ table, text }) => ({ where: `${kind} ${id.toString().slice(0, 8)}: ${table}`, text })));
    }
  }
  return found;
}

function sqlRows(sql: SqlStorage): { table: string; text: string }[] {
  const tables = sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
  return tables
    .filter(({ name }) => !name.startsWith('_cf_') && !name.startsWith('sqlite_'))
    .flatMap(({ name }) =>
      sql
        .exec(`SELECT * FROM "${name}"`)
        .toArray()
        .map((row) => ({ table: name, text: JSON.stringify(row, plain) })),
    );
}

async function d1Rows(): Promise<Stored[]> {
  const { results } = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{
    name: string;
  }>();
  const tables = results.map(({ name }) => name).filter((name) => !/^(_cf_|sqlite_|d1_)/.test(name));
  const rows = await Promise.all(
    tables.map(async (name) => {
      const all = await env.DB.prepare(`SELECT * FROM "${name}"`).all();
      return all.results.map((row) => ({ where: `d1: ${name}`, text: JSON.stringify(row, plain) }));
    }),
  );
  return rows.flat();
}

/** Blobs as the text that they hold. */
const plain = (_name: string, value: unknown): unknown =>
  value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder().decode(value as ArrayBuffer) : value;

/** The word as it may be written: itself, its inner base64 at each of the three places, its hex. */
function writings(word: string): string[] {
  const base64 = ['', 'x', 'xx'].map((before) => btoa(before + word).slice(before === '' ? 0 : 4, -4));
  const hex = [...new TextEncoder().encode(word)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [word, ...base64, hex];
}

/** Where any of these words is stored, by place, each place once. */
export function placesOf(stored: readonly Stored[], ...words: string[]): string[] {
  const sought = words.flatMap(writings);
  const hits = stored.filter(({ text }) =>
    sought.some((writing) => text.toLowerCase().includes(writing.toLowerCase())),
  );
  return [...new Set(hits.map(({ where }) => where))].toSorted();
}
