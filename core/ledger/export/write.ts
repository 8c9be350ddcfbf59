// Writes an export, line by line; where the events come from is the caller's matter.
import { base64 } from '../../encoding.ts';
import type { RecordedEvent } from '../../events.ts';
import { parseCheckpoint } from '../checkpoint.ts';
import { parseNote } from '../note.ts';
import { placeInShard, shardOf } from '../shard.ts';
import { type TileReader, tilePath } from '../tile.ts';
import {
  EXPORT_FORMAT,
  type ExportDecision,
  type ExportHead,
  type ExportReceipt,
  type ExportRecord,
  type ExportShard,
  FIRST_SUM,
  writeLine,
} from './format.ts';
import { tilesOfExport } from './tiles.ts';

export interface ExportInput {
  organization: ExportHead['organization'];
  /** The signed note; of the newest shard, where there are several. */
  checkpoint: string;
  /** Every shard that holds an event, where that is not the first alone: its note and its verifier key, as a hint. */
  shards?: readonly (ExportShard & { log_key: string })[];
  /** The log's verifier key, as a hint. */
  log_key: string;
  /** Every event of the organisation below the checkpoint, in order of `org_seq`; later ones are left out. */
  events: readonly { event: RecordedEvent; receipt: ExportReceipt }[];
  decisions?: readonly ExportDecision[];
  /** Reads the tiles that `tilesOfExport` names, of a shard. */
  read_tile: (...tile: [...Parameters<TileReader>, shard: number]) => Uint8Array;
}

/**
 * The lines of an export, without newlines.
 *
 * @throws if the checkpoint is none: then there is nothing to export under
 */
export function* exportLines(input: ExportInput): Generator<string> {
  let previous = FIRST_SUM;
  for (const record of recordsOf(input)) {
    const { line, sum } = writeLine(previous, record);
    previous = sum;
    yield line;
  }
}

function* recordsOf(input: ExportInput): Generator<ExportRecord> {
  const { organization, checkpoint, shards } = input;
  const heads = new Map((shards ?? [{ shard: 0, checkpoint }]).map((one) => [one.shard, sizeOf(one.checkpoint)]));
  const isIn = (index: number) => placeInShard(index) < (heads.get(shardOf(index)) ?? 0);
  const events = input.events.filter(({ receipt }) => isIn(receipt.index));
  const decisions = (input.decisions ?? []).filter(({ index }) => isIn(index));
  const hints = { log_key: input.log_key, ...(shards && { log_keys: shards.map(({ log_key }) => log_key) }) };
  const several = shards && { shards: shards.map(({ shard, checkpoint }) => ({ shard, checkpoint })) };
  yield {
    export: { format: EXPORT_FORMAT, organization, checkpoint, ...several, events: events.length, hints },
  };
  const indices = [...events.map(({ receipt }) => receipt.index), ...decisions.map(({ index }) => index)];
  for (const [shard, size] of heads) yield* tilesOf(input, indices, shard, size);
  const beside = Map.groupBy(decisions, ({ event }) => event);
  for (const { event, receipt } of events) {
    const { skeleton, personal, salt_skeleton, salt_personal } = event;
    const { index, link, org_seq, sealed_at } = receipt;
    yield {
      event: { skeleton, personal, salt_skeleton, salt_personal },
      receipt: { index, link, org_seq, sealed_at },
    };
    for (const { index, leaf, envelope = null } of beside.get(event.id) ?? [])
      yield { decision: { event: event.id, index, leaf, envelope } };
  }
}

function* tilesOf({ read_tile }: ExportInput, indices: number[], shard: number, size: number): Generator<ExportRecord> {
  const own = indices.filter((index) => shardOf(index) === shard).map(placeInShard);
  for (const tile of tilesOfExport(own, size)) {
    const hashes = read_tile(Number(tile.level), tile.number, tile.width, shard).subarray(0, tile.width * 32);
    yield { tile: { ...(shard > 0 && { shard }), path: tilePath(tile), hashes: base64(hashes) } };
  }
}

function sizeOf(checkpoint: string): number {
  const head = parseCheckpoint(parseNote(checkpoint)?.text ?? '');
  if (head === null) throw new Error('an export needs a checkpoint');
  return head.size;
}
