// C2SP tlog-witness, its one call as text and as a judgement: what a witness that knows one head of a log makes of
// another. Pure: who keeps the head, and that it is checked and kept in one step, is durable-objects/witness.ts.
import { base64, equalBytes, fromBase64 } from '../encoding.ts';
import type { TreeHead } from './checkpoint.ts';
import { parseNote } from './note.ts';
import { verifyConsistency } from './proof.ts';
import { EMPTY_ROOT } from './tree.ts';

export interface AddCheckpoint {
  /** Size of the last head that the client believes the witness to know. */
  old: number;
  /** Consistency proof, 32 bytes each. */
  hashes: readonly Uint8Array[];
  /** The checkpoint with its signatures. */
  note: string;
}

/** "The client MUST NOT send more than 63 consistency proof lines." */
const MAX_HASHES = 63;
const OLD = /^old (0|[1-9][0-9]{0,15})$/;

/** The body of `add-checkpoint`. */
export const addCheckpointText = ({ old, hashes, note }: AddCheckpoint): string =>
  `${[`old ${old}`, ...hashes.map(base64)].join('\n')}\n\n${note}`;

/** Reads one; null when any line is not as the specification says. Nothing is verified. */
export function parseAddCheckpoint(text: string): AddCheckpoint | null {
  const at = text.indexOf('\n\n');
  const note = text.slice(at + 2);
  const [first = '', ...lines] = text.slice(0, Math.max(at, 0)).split('\n');
  const old = OLD.exec(first)?.[1];
  const hashes = lines.map(fromBase64);
  if (old === undefined || !Number.isSafeInteger(Number(old)) || hashes.length > MAX_HASHES) return null;
  if (!hashes.every((hash) => hash?.length === 32) || parseNote(note) === null) return null;
  return { old: Number(old), hashes: hashes as Uint8Array[], note };
}

/** What a witness knows of a log that it never cosigned. */
export const NOTHING_SEEN: TreeHead = { size: 0, root: EMPTY_ROOT };

/** `malformed` 400, `conflict` 409, `unproven` 422: the answers that the specification gives them. */
export type Judgement = 'cosign' | 'malformed' | 'conflict' | 'unproven';

/**
 * Whether to cosign `offered`, knowing `known`: only what provably continues it.
 *
 * @param known the largest head that was cosigned
 */
export function judgeCheckpoint(
  known: TreeHead,
  asked: Pick<AddCheckpoint, 'old' | 'hashes'>,
  offered: TreeHead,
): Judgement {
  if (asked.old > offered.size) return 'malformed';
  if (asked.old !== known.size) return 'conflict';
  if (offered.size === known.size && !equalBytes(offered.root, known.root)) return 'conflict';
  const proof = { from: known.size, from_root: known.root, to: offered.size, to_root: offered.root };
  return verifyConsistency({ ...proof, hashes: asked.hashes }) ? 'cosign' : 'unproven';
}
