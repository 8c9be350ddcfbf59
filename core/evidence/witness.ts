// C2SP tlog-cosignature, as far as a verifier reads it: which pinned witnesses saw this checkpoint, and when at the
// latest. Without one, time is the operator's word, and so is that the log was never forked.
import { sha256 } from '#sha256';
import { base64url, concatBytes, equalBytes, fromBase64, fromHex, utf8 } from '../encoding.ts';
import { parseNote } from '../ledger.ts';
import type { Case } from './case.ts';
import type { EvidenceCrypto } from './forms.ts';

/** "0x04 — Ed25519 cosignatures": the key's id is SHA-256(name ‖ 0x0A ‖ 0x04 ‖ public key)[:4]. */
const COSIGNATURE = Uint8Array.of(4);
const TIMESTAMP_BYTES = 8;

interface Witness {
  name: string;
  public_key: Uint8Array;
  hint: Uint8Array;
}

/** Reads `name+hint+base64(0x04 ‖ key)`; null unless the hint fits. */
export function parseWitnessKey(text: string): Witness | null {
  const [name = '', hint = '', ...rest] = text.split('+');
  const bytes = fromBase64(rest.join('+'));
  if (bytes?.length !== 33 || bytes[0] !== 4 || name === '') return null;
  const public_key = bytes.slice(1);
  const own = sha256(concatBytes(utf8(name), Uint8Array.of(0x0a), COSIGNATURE, public_key)).slice(0, 4);
  return equalBytes(fromHex(hint) ?? new Uint8Array(), own) ? { name, public_key, hint: own } : null;
}

/** Seconds since the epoch at which the witness cosigned; null when it did not. */
async function cosignedAt(note: string, witness: Witness, crypto: EvidenceCrypto): Promise<number | null> {
  const parsed = parseNote(note);
  const line = parsed?.signatures.find(({ name, hint }) => name === witness.name && equalBytes(hint, witness.hint));
  if (parsed === null || line?.signature.length !== TIMESTAMP_BYTES + 64) return null;
  const seconds = Number(new DataView(line.signature.slice(0, TIMESTAMP_BYTES).buffer).getBigUint64(0));
  const message = utf8(`cosignature/v1\ntime ${seconds}\n${parsed.text}`);
  const key = { kty: 'OKP', crv: 'Ed25519', x: base64url(witness.public_key) } as const;
  return (await crypto.verify(key, message, line.signature.slice(TIMESTAMP_BYTES))) ? seconds : null;
}

export async function checkWitnesses({ bundle, pinned, crypto, tally }: Case): Promise<void> {
  const field = '/checkpoint';
  let seen = 0;
  for (const text of pinned.witnesses) {
    const witness = parseWitnessKey(text);
    const seconds = witness && (await cosignedAt(bundle.checkpoint, witness, crypto));
    if (seconds === null) continue;
    const at = new Date(seconds * 1000).toISOString();
    seen += 1;
    tally.say('not-after', 'proved', `Everything here happened before ${at}: witness ${witness!.name} saw it then.`, {
      field,
    });
  }
  if (seen === 0)
    tally.say('not-after', 'asserted', 'No pinned witness cosigned this checkpoint: times are the operator’s word.', {
      field,
    });
}
