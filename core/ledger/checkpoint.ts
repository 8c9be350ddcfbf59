// C2SP tlog-checkpoint: the text that a log signs. Three lines, no extensions of ours ("NOT RECOMMENDED, as they are
// not auditable by log monitors").
import { base64, fromBase64 } from '../encoding.ts';
import { type NoteSigner, type NoteVerifier, openNote, signNote } from './note.ts';

/** A tree head. `root` is 32 bytes. */
export interface TreeHead {
  size: number;
  root: Uint8Array;
}
export interface Checkpoint extends TreeHead {
  origin: string;
}

/** The note text: origin, size, base64 root, each with its newline. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${base64(root)}\n`;

/** "the ASCII decimal representation of the number of leaves in the tree, with no leading zeroes" */
const SIZE = /^(0|[1-9][0-9]{0,15})$/;

/** Reads a checkpoint's text (nothing verified); null when it is not one. Extension lines are allowed and dropped. */
export function parseCheckpoint(text: string): Checkpoint | null {
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : [];
  const [origin = '', sizeText = '', rootText = ''] = lines;
  const root = fromBase64(rootText);
  const size = Number(sizeText);
  if (lines.some((line) => line === '') || origin === '' || !SIZE.test(sizeText) || !Number.isSafeInteger(size))
    return null;
  return root !== null && root.length === 32 ? { origin, size, root } : null;
}

/** Signs a tree head under the log's key, whose name is the origin ("SHOULD match the origin line"). */
export const signCheckpoint = (head: TreeHead, signer: NoteSigner): Promise<string> =>
  signNote(checkpointText({ origin: signer.name, ...head }), signer);

/** Opens a checkpoint note of this log; null unless its key signed it and the origin is the key's name. */
export async function openCheckpoint(note: string, verifier: NoteVerifier): Promise<Checkpoint | null> {
  const text = await openNote(note, verifier);
  const checkpoint = text === null ? null : parseCheckpoint(text);
  return checkpoint?.origin === verifier.name ? checkpoint : null;
}
