// Which pinned witnesses saw the checkpoint (C2SP tlog-cosignature), and when at the latest. Without one, time is the
// operator's word, and so is that the log was never forked.
import { base64url } from '../encoding.ts';
import { cosignedAt, parseWitnessKey } from '../ledger.ts';
import type { Case } from './case.ts';

export async function checkWitnesses({ trees, pinned, crypto, tally }: Case): Promise<void> {
  const field = '/checkpoint';
  let seen = 0;
  const all = trees.size > 1 ? 'All of this in the newest shard' : 'All of this';
  const newest = [...trees].toSorted(([a], [b]) => a - b).at(-1)?.[1];
  for (const text of pinned.witnesses) {
    const key = parseWitnessKey(text);
    if (!tally.holds(key !== null, 'not-after', `This is no witness's key: ${text.slice(0, 80)}.`)) continue;
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(key!.public_key) } as const;
    const verify = (message: Uint8Array, signature: Uint8Array) => crypto.verify(jwk, message, signature);
    const seconds = newest === undefined ? null : await cosignedAt(newest.note, { ...key!, verify });
    if (seconds === null) continue;
    seen += 1;
    const at = new Date(seconds * 1000).toISOString();
    tally.say('not-after', 'proved', `${all} is older than ${at}: ${key!.name} cosigned it then.`, { field });
  }
  if (seen > 0) return;
  const said = 'No pinned witness cosigned this checkpoint: times are the operator’s word.';
  tally.say('not-after', 'asserted', said, { field });
}
