// Writes an export, line by line; where the events come from is the caller's matter.
import { base64 } from '../../encoding.ts';
import type { RecordedEvent } from '../../events.ts';
import { parseCheckpoint } from '../checkpoint.ts';
import { parseNote } from '../note.ts';
import { type TileReader, tilePath } from '../tile.ts';
import {
  EXPORT_FORMAT,
  type ExportDecision,
  type ExportHead,
  type ExportReceipt,
  type ExportRecord,
  FIRST_SUM,
  writeLine,
} from './format.ts';
import { tilesOfExport } from './tiles.ts';

export interface ExportInput {
  organization: ExportHead['organization'];
  /** The signed note. */
  checkpoint: string;
  /** The log's verifier key, as a hint. */
  log_key: string;
  /** Every event of the organisation below the checkpoint, in order of `org_seq`; later ones are left out. */
  events: readonly { event: RecordedEvent; receipt: ExportReceipt }[];
  decisions?: readonly ExportDecision[];
  /** Reads the tiles that `tilesOfExport` names. */
  read_tile: TileReader;
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

function* recordsOf({ organization, checkpoint, log_key, ...input }: ExportInput): Generator<ExportRecord> {
  const head = parseCheckpoint(parseNote(checkpoint)?.text ?? '');
  if (head === null) throw new Error('an export needs a checkpoint');
  const events = input.events.filter(({ receipt }) => receipt.index < head.size);
  const decisions = (input.decisions ?? []).filter(({ index }) => index < head.size);
  yield { export: { format: EXPORT_FORMAT, organization, checkpoint, events: events.length, hints: { log_key } } };
  const indices = [...events.map(({ receipt }) => receipt.index), ...decisions.map(({ index }) => index)];
  for (const tile of tilesOfExport(indices, head.size)) {
    const hashes = input.read_tile(Number(tile.level), tile.number, tile.width).subarray(0, tile.width * 32);
    yield { tile: { path: tilePath(tile), hashes: base64(hashes) } };
  }
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
