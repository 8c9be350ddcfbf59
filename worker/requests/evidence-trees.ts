// The trees that an evidence bundle stands in: one checkpoint for each shard of the log that holds something of it, the
// first that a witness cosigned where there is one, because that ends its time.
import { base64, equalBytes } from '../../core/encoding.ts';
import type { EvidenceBundle } from '../../core/evidence.ts';
import type { DecisionIntent } from '../../core/intent.ts';
import { hintOf, parseCheckpoint, parseNote, parseVerifierKey, placeInShard, shardOf } from '../../core/ledger.ts';
import type { LedgerKeys, SignedHead } from '../../durable-objects/ledger/forms.ts';
import type { Entry } from '../../durable-objects/organization/entries.ts';
import type { EvidenceParts } from '../../durable-objects/request/calls.ts';
import type { Ledger, ShardPort } from '../ledger.ts';

export interface Tree {
  shard: number;
  port: ShardPort;
  head: SignedHead;
  keys: LedgerKeys;
  /** Of `keys`, the one that signed the head. */
  log_key: string;
}

/** Heads that people signed over, each once; sizes across shards. */
export function headsNamed(lines: readonly Pick<Entry, 'event'>[]): { size: number; root: string }[] {
  const intents = lines.map(({ event }) => event.personal?.intent as unknown as DecisionIntent | undefined);
  const named = intents.flatMap((intent) => (intent ? [[intent.checkpoint.size, intent.checkpoint] as const] : []));
  return [...new Map(named).values()];
}

export class Trees {
  readonly #trees: readonly Tree[];

  private constructor(trees: Tree[]) {
    this.#trees = trees;
  }

  /** The trees of everything; null while one of its shards cannot be found. */
  static async of(ledger: Ledger, parts: EvidenceParts, entries: Entry[]): Promise<Trees | null> {
    const sealed = [...parts.lines, ...entries].map(({ receipt }) => receipt?.index ?? 0);
    const indices = [...sealed, ...parts.decisions.map((decision) => decision.index)];
    const sizes = headsNamed(parts.lines).map(({ size }) => size);
    const shards = new Set([...indices, ...sizes].map(shardOf));
    const trees = await Promise.all(
      [...shards].map(async (shard) => {
        const own = (numbers: number[]) => numbers.filter((one) => shardOf(one) === shard).map(placeInShard);
        const last = Math.max(0, ...own(indices), ...own(sizes).map((size) => size - 1));
        const port = await ledger.shard(shard);
        return port && treeOf(shard, port, last);
      }),
    );
    const found = trees.filter((tree) => tree !== null);
    return found.length < trees.length ? null : new Trees(found.toSorted((a, b) => a.shard - b.shard));
  }

  get newest(): Tree {
    return this.#trees.at(-1)!;
  }

  /** @param index or size, across shards */
  holding(index: number): Tree {
    return this.#trees.find(({ shard }) => shard === shardOf(index))!;
  }

  /** What the bundle says of its shards: nothing where all of it is in the first. */
  named(): Pick<EvidenceBundle, 'shards'> {
    if (this.newest.shard === 0) return {};
    return { shards: this.#trees.map(({ shard, head, log_key }) => ({ shard, checkpoint: head.note, log_key })) };
  }
}

async function treeOf(shard: number, port: ShardPort, last: number): Promise<Tree> {
  const [head, keys] = await Promise.all([headWith(port, last), port.keys()]);
  return { shard, port, head, keys, log_key: signerOf(head, keys) };
}

/** The first checkpoint with this entry that a witness cosigned; the public one where there is none. */
async function headWith(port: ShardPort, index: number): Promise<SignedHead> {
  const witnessed = await port.witnessed({ index });
  if (!witnessed.ok) return port.checkpoint();
  const { note, size } = witnessed.value;
  return { note, size, root: base64(parseCheckpoint(parseNote(note)!.text)!.root) };
}

/** Which of the log's keys signed this note: an older one, while keys are being rotated. */
function signerOf({ note }: SignedHead, { verifier_key, verifier_keys }: LedgerKeys): string {
  const signed = (text: string): boolean => {
    const key = parseVerifierKey(text)!;
    return parseNote(note)!.signatures.some(({ name, hint }) => name === key.name && equalBytes(hint, hintOf(key)));
  };
  return verifier_keys.find(signed) ?? verifier_key;
}
