// Verifies an export without the server: first damage (each line's sum), then everything that the lines claim, under a
// log key that comes from outside. It stops at the first fault and names line, entry and field. It never throws for an
// export, whatever it holds.
import { fromBase64 } from '../../encoding.ts';
import type { EvidenceCrypto } from '../../evidence/forms.ts';
import type { JsonObject } from '../../json.ts';
import { parseTilePath } from '../tile.ts';
import { begin, type ExportAnchors, type Reading } from './begin.ts';
import { ExportEvents } from './events.ts';
import { type LineFault, misshapen as shape } from './fault.ts';
import { type ExportDecision, type ExportEvent, type ExportReceipt, FIRST_SUM, readLine } from './format.ts';
import { partsOf, splitLine } from './line.ts';
import { conclusions, type ExportReport, failed } from './report.ts';

type Lines = Iterable<string> | AsyncIterable<string>;

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
  const next = readerOf(lines);
  for (;;) {
    const step = next();
    const { value: text, done } = step instanceof Promise ? await step : step;
    if (done) break;
    line += 1;
    const read = readLine(sum, text);
    if (read === null) return failed(report, damaged(report), line);
    sum = read.sum;
    if (reading === null) {
      const begun = await begin(recordOf(read.text) ?? {}, anchors, crypto, report);
      if ('claim' in begun) return failed(report, begun, line);
      reading = begun;
      continue;
    }
    const taken = guarded(() => takeLine(reading!, read.text));
    const fault = taken instanceof Promise ? await settled(taken) : taken;
    if (fault !== null) return failed(report, fault, line, recordOf(read.text) ?? {});
    report.events = reading.events?.org_seq ?? 0;
  }
  return reading === null ? failed(report, shape('', 'the export has no line'), 1) : end(report, reading, line + 1);
}

const damaged = ({ events }: ExportReport) => ({
  ...{ claim: 'damage', field: '' },
  detail: `damaged, cut or moved after place ${events}: its bytes do not give its sum`,
});

/** The next line each time; waits only where there is something to wait for. */
function readerOf(lines: Lines): () => IteratorResult<string> | Promise<IteratorResult<string>> {
  const iterator = Symbol.iterator in lines ? lines[Symbol.iterator]() : lines[Symbol.asyncIterator]();
  return () => iterator.next();
}

type Taken = LineFault | null | Promise<LineFault | null>;

/** Lines whose sums fit can still hold anything. */
function guarded(take: () => Taken): Taken {
  try {
    return take();
  } catch (error) {
    return strange(error);
  }
}

const settled = (taken: Promise<LineFault | null>): Promise<LineFault | null> => taken.catch(strange);

const strange = (error: unknown): LineFault =>
  shape('', `this line has not the shape of an export's: ${error instanceof Error ? error.message : error}`);

/** A line as a parser reads it; null where it is no JSON object. */
function recordOf(text: string): JsonObject | null {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return null;
  }
}

function takeLine(reading: Reading, text: string): Taken {
  const quick = splitLine(text);
  const record = quick === null ? (JSON.parse(text) as JsonObject) : {};
  if (record.tile !== undefined) return takeTile(reading, record.tile as JsonObject);
  const begun = reading.events ?? eventsOf(reading);
  if (!(begun instanceof ExportEvents)) return begun;
  const { receipts, standing } = reading;
  if (record.decision !== undefined) {
    const decision = record.decision as unknown as ExportDecision;
    return begun.decision(decision) ?? receipts.take(decision, begun.last!);
  }
  const said = quick ?? partsOf(record as unknown as { event: ExportEvent; receipt: ExportReceipt });
  const fault = begun.take(said);
  if (fault !== null) return fault;
  receipts.owe(said.skeleton);
  return standing.take(begun.last!, said.receipt);
}

/** Events are read once the tiles before them are whole. */
function eventsOf(reading: Reading): ExportEvents | LineFault {
  const { tiles, link_key, head } = reading;
  const wrong = tiles.fault();
  if (wrong !== null) return { claim: 'inclusion', field: '', detail: `in the tiles before it, ${wrong}` };
  reading.events = new ExportEvents({ tiles, link_key, organization: head.organization.id });
  return reading.events;
}

function takeTile({ tiles, events }: Reading, { path, hashes, shard = 0 }: JsonObject): LineFault | null {
  if (events !== null) return { claim: 'order', field: '/tile', detail: 'tiles come before events' };
  const tile = parseTilePath(String(path));
  const bytes = fromBase64(String(hashes));
  if (tile === null || bytes === null) return shape('/tile', 'a tile has a path and base64 hashes');
  const wrong = tiles.add(Number(shard), tile, bytes);
  return wrong === null ? null : { claim: 'inclusion', field: '/tile', detail: wrong };
}

function end(report: ExportReport, reading: Reading, line: number): ExportReport {
  const { head, tiles, events, receipts, standing, link_key } = reading;
  const found = events?.org_seq ?? 0;
  const missing = `the export ends after place ${found}, and its first line says ${head.events} events`;
  if (found !== head.events) return failed(report, { claim: 'order', field: '/export/events', detail: missing }, line);
  const unproved = events === null ? tiles.fault() : null;
  if (unproved !== null) return failed(report, { claim: 'inclusion', field: '/tile', detail: unproved }, line);
  for (const { object, detail } of events?.cut() ?? [])
    return failed(report, { claim: 'lifecycle', field: '', detail: `${object} at the end: ${detail}` }, line);
  const linked = link_key !== null;
  const claims = [...conclusions(found, report.size!, linked), ...receipts.claims(), ...standing.claims(linked)];
  return { ...report, valid: true, claims: [...report.claims, ...claims] };
}
