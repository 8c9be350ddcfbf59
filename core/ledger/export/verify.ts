// Verifies an export without the server: first damage (each line's sum), then everything that the lines claim, under a
// log key that comes from outside. It stops at the first fault and names line, entry and field. It never throws for an
// export, whatever it holds.
import { base64url, fromBase64, fromHex } from '../../encoding.ts';
import type { Anchors, EvidenceClaim, EvidenceCrypto } from '../../evidence/forms.ts';
import type { JsonObject } from '../../json.ts';
import { type Checkpoint, openCheckpoint } from '../checkpoint.ts';
import { type NoteVerifier, parseVerifierKey } from '../note.ts';
import { parseTilePath } from '../tile.ts';
import { ExportEvents } from './events.ts';
import type { LineFault } from './fault.ts';
import {
  EXPORT_FORMAT,
  type ExportDecision,
  type ExportEvent,
  type ExportHead,
  type ExportReceipt,
  FIRST_SUM,
  readLine,
} from './format.ts';
import { ExportReceipts } from './receipts.ts';
import { ProvingTiles } from './tiles.ts';

/** What the verifier believes before it reads. `link_key`: K_org as hex, as `GET /v1/organization/link-key` shows it. */
export type ExportAnchors = Pick<Anchors, 'log_key' | 'organization' | 'receipt_key'> & { link_key?: string };

/** `line` counts from 1. */
export type ExportClaim = EvidenceClaim & { line?: number };

export interface ExportReport {
  valid: boolean;
  claims: ExportClaim[];
  /** The log key was taken from the export itself. */
  first_use: boolean;
  organization: string | null;
  /** Leaves in the checkpoint's tree; null when it was not reached. */
  size: number | null;
  /** Events that were verified. */
  events: number;
}

type Lines = Iterable<string> | AsyncIterable<string>;

/** What is under way. */
interface Reading {
  head: ExportHead;
  tiles: ProvingTiles;
  /** Null until the tiles are whole. */
  events: ExportEvents | null;
  receipts: ExportReceipts;
  link_key: Uint8Array | null;
}

/**
 * Verifies an export.
 *
 * @param lines its lines, without newlines; a stream is read once and not kept
 * @param crypto verifies the checkpoint's Ed25519 signature, and the ES256 signatures of decision receipts
 */
export async function verifyExport(
  lines: Lines,
  anchors: ExportAnchors,
  crypto: EvidenceCrypto,
): Promise<ExportReport> {
  const report: ExportReport = {
    ...{ valid: false, claims: [], first_use: false, organization: null, size: null, events: 0 },
  };
  let reading: Reading | null = null;
  let sum = FIRST_SUM;
  let line = 0;
  for await (const text of lines) {
    line += 1;
    const read = readLine(sum, text);
    if (read === null) return failed(report, damaged(report), line);
    sum = read.sum;
    const fault = reading === null ? null : await guarded(() => takeLine(reading!, read.record));
    if (fault !== null) return failed(report, fault, line, read.record);
    if (reading !== null) report.events = reading.events?.org_seq ?? 0;
    else {
      const begun = await begin(read.record, anchors, crypto, report);
      if ('claim' in begun) return failed(report, begun, line);
      reading = begun;
    }
  }
  return reading === null ? failed(report, shape('', 'the export has no line'), 1) : end(report, reading, line + 1);
}

const shape = (field: string, detail: string): LineFault => ({ claim: 'shape', field, detail });

const damaged = ({ events }: ExportReport) => ({
  ...{ claim: 'damage', field: '' },
  detail: `damaged, cut or moved after place ${events}: its bytes do not give its sum`,
});

/** Lines whose sums fit can still hold anything. */
async function guarded(take: () => LineFault | null | Promise<LineFault | null>): Promise<LineFault | null> {
  try {
    return await take();
  } catch (error) {
    return shape('', `this line has not the shape of an export's: ${error instanceof Error ? error.message : error}`);
  }
}

function failed(
  report: ExportReport,
  { claim, field, detail }: { claim: string; field: string; detail: string },
  line: number,
  record: JsonObject = {},
): ExportReport {
  const { receipt, event, decision } = record as {
    receipt?: Partial<ExportReceipt>;
    event?: Partial<ExportEvent>;
    decision?: Partial<ExportDecision>;
  };
  const entry = receipt?.index ?? decision?.index;
  const id = event?.skeleton?.id ?? decision?.event;
  const found: ExportClaim = { claim, status: 'failed', detail: `line ${line}: ${detail}`, line, field };
  if (typeof entry === 'number') found.entry = entry;
  if (typeof id === 'string') found.event = id;
  return { ...report, valid: false, claims: [...report.claims, found] };
}

/** The first line: whose events, and which tree. */
async function begin(
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
  const keys = [anchors.log_key ?? hints?.log_key ?? []].flat();
  const checkpoint = await opened(note, keys, crypto);
  if (checkpoint === null)
    return { ...shape('/export/checkpoint', 'no trusted log key signed it'), claim: 'inclusion' };
  report.size = checkpoint.size;
  report.claims.push(checkpointClaim(checkpoint, report.first_use));
  const link_key = anchors.link_key === undefined ? null : fromHex(anchors.link_key);
  if (anchors.link_key !== undefined && link_key?.length !== 32)
    return shape('', 'the link key given is not 32 bytes of hex');
  const receipt_keys = anchors.receipt_key === undefined ? null : [anchors.receipt_key].flat();
  const receipts = new ExportReceipts(crypto, receipt_keys, organization.kind);
  return { head, tiles: new ProvingTiles(checkpoint), events: null, receipts, link_key };
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

function takeLine(reading: Reading, record: JsonObject): LineFault | null | Promise<LineFault | null> {
  if (record.tile !== undefined) return takeTile(reading, record.tile as JsonObject);
  if (reading.events === null) {
    const wrong = reading.tiles.fault();
    if (wrong !== null) return { claim: 'inclusion', field: '', detail: `in the tiles before it, ${wrong}` };
    const { tiles, link_key, head } = reading;
    reading.events = new ExportEvents({ tiles, link_key, organization: head.organization.id });
  }
  const { events, receipts } = reading;
  if (record.decision !== undefined) {
    const decision = record.decision as unknown as ExportDecision;
    return events.decision(decision) ?? receipts.take(decision, events.last!);
  }
  const fault = events.take(record.event as unknown as ExportEvent, record.receipt as unknown as ExportReceipt);
  if (fault === null) receipts.owe(events.last!.skeleton);
  return fault;
}

function takeTile({ tiles, events }: Reading, { path, hashes }: JsonObject): LineFault | null {
  if (events !== null) return { claim: 'order', field: '/tile', detail: 'tiles come before events' };
  const tile = parseTilePath(String(path));
  const bytes = fromBase64(String(hashes));
  if (tile === null || bytes === null) return shape('/tile', 'a tile has a path and base64 hashes');
  const wrong = tiles.add(tile, bytes);
  return wrong === null ? null : { claim: 'inclusion', field: '/tile', detail: wrong };
}

function end(report: ExportReport, { head, tiles, events, receipts, link_key }: Reading, line: number): ExportReport {
  const found = events?.org_seq ?? 0;
  const missing = `the export ends after place ${found}, and its first line says ${head.events} events`;
  if (found !== head.events) return failed(report, { claim: 'order', field: '/export/events', detail: missing }, line);
  const unproved = events === null ? tiles.fault() : null;
  if (unproved !== null) return failed(report, { claim: 'inclusion', field: '/tile', detail: unproved }, line);
  for (const { object, detail } of events?.cut() ?? [])
    return failed(report, { claim: 'lifecycle', field: '', detail: `${object} at the end: ${detail}` }, line);
  const claims = [...report.claims, ...conclusions(found, report.size!, link_key !== null), ...receipts.claims()];
  return { ...report, valid: true, claims };
}

/** What is so, how far, and on whose word. */
function conclusions(events: number, size: number, linked: boolean): ExportClaim[] {
  return [
    { claim: 'inclusion', status: 'proved', detail: `each of the ${events} events is the entry that it says` },
    { claim: 'lifecycle', status: 'proved', detail: 'every request did only what the lifecycle table allows' },
    {
      claim: 'links',
      status: linked ? 'proved' : 'asserted',
      detail: linked
        ? `places 1 to ${events} link to each other: none between is missing`
        : `places 1 to ${events} are numbered without a gap; give the link key to have that proved`,
    },
    {
      claim: 'completeness',
      status: 'as-of-checkpoint',
      detail: `up to the last event here; that none of later places is among the ${size} entries shows the audit of all leaves`,
    },
    { claim: 'sealed_at', status: 'asserted', detail: "the times of sealing are the operator's word" },
  ];
}
