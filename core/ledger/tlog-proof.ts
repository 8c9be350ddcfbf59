// C2SP tlog-proof: one text that proves offline that an entry is in the log: index, inclusion proof, checkpoint.
import { base64, fromBase64 } from '../encoding.ts';
import { parseNote } from './note.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';

export interface TlogProof {
  index: number;
  /** From the leaf's sibling up to the root's child. */
  hashes: readonly Uint8Array[];
  /** The checkpoint note, verbatim, with whatever cosignatures it has. */
  checkpoint: string;
  /** Opaque and not authenticated. */
  extra?: Uint8Array;
}

/** Writes the text of a `.tlog-proof` file. */
export function tlogProofText({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${base64(extra)}`]),
    `index ${index}`,
    ...hashes.map(base64),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** Reads one; null when any line is not as the specification says. Nothing is verified. */
export function parseTlogProof(text: string): TlogProof | null {
  const at = text.indexOf('\n\n');
  const checkpoint = text.slice(at + 2);
  const [header, ...lines] = text.slice(0, Math.max(at, 0)).split('\n');
  if (header !== HEADER || parseNote(checkpoint) === null) return null;
  const extra = lines[0]?.startsWith('extra ') ? fromBase64(lines.shift()!.slice(6)) : undefined;
  const index = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? '')?.[1];
  const hashes = lines.map(fromBase64);
  if (extra === null || index === undefined || !Number.isSafeInteger(Number(index))) return null;
  if (!hashes.every((hash) => hash?.length === 32)) return null;
  return { index: Number(index), hashes: hashes as Uint8Array[], checkpoint, ...(extra && { extra }) };
}
