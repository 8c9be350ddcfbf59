// The first line of an export: whose events, and which tree, under which log key. Nothing of it replaces an anchor.
import { base64url, fromHex } from '../../encoding.ts';
import type { Anchors, EvidenceCrypto } from '../../evidence/forms.ts';
import type { JsonObject } from '../../json.ts';
import { type Checkpoint, openCheckpoint } from '../checkpoint.ts';
import { type NoteVerifier, parseVerifierKey } from '../note.ts';
import { faultOfOrigins } from '../shard.ts';
import type { ExportEvents } from './events.ts';
import { type LineFault, misshapen as shape } from './fault.ts';
import { EXPORT_FORMAT, type ExportHead, type ExportShard } from './format.ts';
import { ExportReceipts } from './receipts.ts';
import type { ExportClaim, ExportReport } from './report.ts';
import { Standing } from './standing.ts';
import { ShardTiles } from './tiles.ts';

/** What the verifier believes before it reads. `link_key`: K_org as hex, as `GET /v1/organization/link-key` shows it. */
export type ExportAnchors = Pick<Anchors, 'log_key' | 'organization' | 'receipt_key'> & { link_key?: string };

/** What is under way. */
export interface Reading {
  head: ExportHead;
  tiles: ShardTiles;
  /** Null until the tiles are whole. */
  events: ExportEvents | null;
  receipts: ExportReceipts;
  standing: Standing;
  link_key: Uint8Array | null;
}

/** Reads it, and says in the report what it establishes. */
export async function begin(
  record: JsonObject,
  anchors: ExportAnchors,
  crypto: EvidenceCrypto,
  report: ExportReport,
): Promise<Reading | LineFault> {
  const head = record.export as unknown as ExportHead | undefined;
  const { organization, checkpoint: note, events, hints } = head ?? {};
  if (head?.format !== EXPORT_FORMAT) return shape('/export/format', `this is no ${EXPORT_FORMAT}`);
  if (typeof organization?.id !== 'string' || typeof note !== 'string' || !Number.isSafeInteger(events))
    return shape('/export', 'organisation, checkpoint or the number of events is missing');
  report.organization = organization.id;
  if (anchors.organization !== undefined && anchors.organization !== organization.id)
    return shape('/export/organization/id', `this is an export of ${organization.id}, not of ${anchors.organization}`);
  report.first_use = anchors.log_key === undefined;
  const keys = [anchors.log_key ?? hints?.log_keys ?? hints?.log_key ?? []].flat();
  const heads = await headsOf(head, keys, crypto);
  if (!(heads instanceof Map)) return heads;
  report.size = [...heads.values()].reduce((sum, { size }) => sum + size, 0);
  for (const checkpoint of heads.values()) report.claims.push(checkpointClaim(checkpoint, report.first_use));
  const link_key = anchors.link_key === undefined ? null : fromHex(anchors.link_key);
  if (anchors.link_key !== undefined && link_key?.length !== 32)
    return shape('', 'the link key given is not 32 bytes of hex');
  const receipt_keys = anchors.receipt_key === undefined ? null : [anchors.receipt_key].flat();
  const receipts = new ExportReceipts(crypto, receipt_keys, organization.kind);
  return { head, tiles: new ShardTiles(heads), events: null, receipts, standing: new Standing(), link_key };
}

/** The checkpoint of each shard; a fault when a trusted key did not sign one of them. */
async function headsOf(
  { checkpoint, shards }: ExportHead,
  keys: readonly unknown[],
  crypto: EvidenceCrypto,
): Promise<Map<number, Checkpoint> | LineFault> {
  const heads = new Map<number, Checkpoint>();
  const notes = shards === undefined ? [{ shard: 0, checkpoint }] : shards;
  if (!Array.isArray(notes) || !notes.every(isShard)) return shape('/export/shards', 'each has a number and a note');
  if (!notes.some((one) => one.checkpoint === checkpoint))
    return shape('/export/checkpoint', 'it is of none of the shards');
  for (const { shard, checkpoint: note } of notes) {
    const opening = await opened(note, keys, crypto);
    if (opening === null || heads.has(shard))
      return { ...shape('/export/checkpoint', 'no trusted log key signed it'), claim: 'inclusion' };
    heads.set(shard, opening);
  }
  const strange = faultOfOrigins([...heads.values()].map(({ origin }) => origin));
  return strange === null ? heads : { ...shape('/export/shards', strange), claim: 'inclusion' };
}

/** What JSON holds there may be anything. */
function isShard(one: ExportShard | null): boolean {
  const { shard, checkpoint } = one ?? {};
  return Number.isSafeInteger(shard) && shard! >= 0 && typeof checkpoint === 'string';
}

async function opened(note: string, keys: readonly unknown[], crypto: EvidenceCrypto): Promise<Checkpoint | null> {
  for (const text of keys) {
    const key = typeof text === 'string' ? parseVerifierKey(text) : null;
    if (key === null) continue;
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(key.public_key) } as const;
    const verifier: NoteVerifier = { ...key, verify: (message, signature) => crypto.verify(jwk, message, signature) };
    const checkpoint = await openCheckpoint(note, verifier);
    if (checkpoint !== null) return checkpoint;
  }
  return null;
}

const checkpointClaim = ({ origin, size }: Checkpoint, first_use: boolean): ExportClaim => ({
  claim: 'checkpoint',
  status: first_use ? 'asserted' : 'proved',
  detail: first_use
    ? `signed for ${origin} at ${size} entries, by a key that only this export names: pin it`
    : `signed by the log ${origin} at ${size} entries`,
});
