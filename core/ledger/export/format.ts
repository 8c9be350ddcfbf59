// The export format `assentry-export/v1`: an organisation's events with their receipts, the tiles that prove them, and
// the checkpoint, one JSON object per line. Only shapes, and each line's sum over all lines up to it: the sum catches
// damage and names the line; it proves nothing, everybody can compute it.
import { sha256, sha256After } from '#sha256';
import { canonicalize } from '../../canonical.ts';
import { equalBytes, fromHex, hex, utf8 } from '../../encoding.ts';
import type { RecordedEvent } from '../../events.ts';
import type { Instant } from '../../json.ts';

export const EXPORT_FORMAT = 'assentry-export/v1';

/** First line. */
export interface ExportHead {
  format: typeof EXPORT_FORMAT;
  organization: { id: string; kind: 'live' | 'test' };
  /** C2SP signed note: every proof here is under it, or under its shard's. */
  checkpoint: string;
  /** Where not all of it is in the first shard: the note of each; `checkpoint` is the newest one's. */
  shards?: ExportShard[];
  /** How many event lines follow. */
  events: number;
  /** What the server says to pin; used only where no anchor is given, and then said so. */
  hints: { log_key: string; log_keys?: string[] };
}

export interface ExportShard {
  shard: number;
  checkpoint: string;
}

/** Tiles come after the head: `path` as in C2SP, `hashes` base64. */
export interface ExportTile {
  /** Absent: of the first shard. */
  shard?: number;
  path: string;
  hashes: string;
}

/** What of a recorded event its skeleton does not say already. */
export type ExportEvent = Pick<RecordedEvent, 'skeleton' | 'personal' | 'salt_skeleton' | 'salt_personal'>;

/** Where the event's leaf stands. `sealed_at` is the operator's word: no leaf holds it. */
export interface ExportReceipt {
  /** Across shards. */
  index: number;
  link: string;
  org_seq: number;
  sealed_at: Instant;
}

/** A DSSE v1.0 envelope in JSON, its payload an in-toto statement. */
export interface DsseEnvelope {
  /** Base64. */
  payload: string;
  payloadType: string;
  signatures: { sig: string; keyid: string }[];
}

/** A decision receipt after its event: its leaf, and what was signed. */
export interface ExportDecision {
  event: string;
  index: number;
  leaf: string;
  /** Null where the statement is erased; older exports lack it. */
  envelope?: DsseEnvelope | null;
}

export type ExportRecord =
  | { export: ExportHead }
  | { tile: ExportTile }
  | { event: ExportEvent; receipt: ExportReceipt }
  | { decision: ExportDecision };

/** What the first line's sum is over, before its text. */
export const FIRST_SUM: Uint8Array = sha256(utf8(EXPORT_FORMAT));

/** `{"sum":"<64 hex>",` and the canonical text of the record without its first brace. */
const [BEFORE_SUM, AFTER_SUM] = ['{"sum":"', '",'];
const SUM_END = BEFORE_SUM.length + 64;
const SUM_CHARACTERS = SUM_END + AFTER_SUM.length;

/** Writes a line, without its newline. @returns it and its sum, for the next */
export function writeLine(previous: Uint8Array, record: ExportRecord): { line: string; sum: Uint8Array } {
  const text = canonicalize(record);
  // SHA-256(sum of the line before, 32 bytes ‖ the record's text)
  const sum = sha256After(previous, text);
  return { line: `{"sum":"${hex(sum)}",${text.slice(1)}`, sum };
}

/** Reads a line's text; null when a byte of it, or of any line before, is not as it was written. */
export function readLine(previous: Uint8Array, line: string): { text: string; sum: Uint8Array } | null {
  const framed = line.startsWith(BEFORE_SUM) && line.startsWith(AFTER_SUM, SUM_END);
  const said = framed ? fromHex(line.slice(BEFORE_SUM.length, SUM_END)) : null;
  if (said === null) return null;
  const text = `{${line.slice(SUM_CHARACTERS)}`;
  const sum = sha256After(previous, text);
  return equalBytes(sum, said) ? { text, sum } : null;
}
