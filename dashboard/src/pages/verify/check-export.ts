// An export of an organisation, checked in this browser line by line: it may be larger than anything that fits in memory.
import { EVIDENCE_LIMITS } from '../../../../core/evidence/file.ts';
import type { Anchors } from '../../../../core/evidence/forms.ts';
import { type ExportHead, linesOf, verifyExport, withoutEmptyEnd } from '../../../../core/ledger/export.ts';
import { webCrypto } from '../../../../sdk/src/verify/evidence-crypto.ts';
import type { Checked } from './check.ts';
import { keysTaken, pinnedKeys } from './known.ts';

type Known = Pick<Anchors, 'organization' | 'receipt_key'>;

/** Verifies a file that begins as an export does. */
export async function checkExport(file: File, { organization, receipt_key }: Known): Promise<Checked> {
  const pinned = pinnedKeys();
  const anchors = {
    ...(organization === undefined ? {} : { organization }),
    ...(receipt_key === undefined ? {} : { receipt_key }),
    ...(pinned.length === 0 ? {} : { log_key: pinned }),
  };
  const first: { line?: string } = {};
  const lines = withoutEmptyEnd(keepingFirst(linesOf(chunksOf(file), EVIDENCE_LIMITS.max_bytes), first));
  const report = await verifyExport(lines, anchors, webCrypto);
  const { organization: whose, events, size } = report;
  const about = { what: `an export of ${whose}: ${events} events`, status: null, checkpoint: String(size ?? '') };
  return {
    report: { ...report, complete: report.valid },
    needs: [],
    about: whose === null ? null : about,
    ...keysTaken(report.valid, keysIn(first.line ?? '')),
  };
}

async function* keepingFirst(lines: AsyncIterable<string>, first: { line?: string }): AsyncGenerator<string> {
  for await (const line of lines) {
    first.line ??= line;
    yield line;
  }
}

async function* chunksOf(file: File): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}

/** The log keys that the first line names. */
function keysIn(line: string): string[] {
  try {
    const { hints } = (JSON.parse(line) as { export?: ExportHead }).export ?? {};
    return [hints?.log_keys ?? hints?.log_key ?? []].flat().filter((key) => typeof key === 'string');
  } catch {
    return [];
  }
}
