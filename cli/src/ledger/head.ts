// The log's head: the public checkpoint, opened with the log's key. A pinned key makes this a proof; the server's own
// word about its key is only a check that nothing is broken, and is said to be that.
import { createPublicKey, verify } from 'node:crypto';
import { base64, base64url } from '../../../core/encoding.ts';
import {
  acrossShards,
  faultOfOrigins,
  type NoteKey,
  openCheckpoint,
  parseVerifierKey,
  shardOf,
} from '../../../core/ledger.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';

export interface VerifiedHead {
  /** Which shard of the log; 0 is the first. */
  shard: number;
  origin: string;
  size: number;
  root: Uint8Array;
  root_text: string;
  pinned: boolean;
}

/** The log's heads: the public checkpoint, and those of the shards before it, each fetched once, when it is asked for. */
export class Heads {
  readonly newest: VerifiedHead;
  readonly #context: Context;
  readonly #pinned: readonly string[];
  readonly #others = new Map<number, Promise<VerifiedHead>>();

  private constructor(context: Context, pinned: readonly string[], newest: VerifiedHead) {
    this.#context = context;
    this.#pinned = pinned;
    this.newest = newest;
  }

  /**
   * Fetches and verifies. Throws with exit code 9 when the note does not open.
   *
   * @param pinned verifier keys, one for each shard; none: the server's own word
   */
  static async of(context: Context, pinned: readonly string[]): Promise<Heads> {
    if (pinned.length === 0) context.out.say("The log's key is the server's own word: pin it with --log-key.");
    return new Heads(context, pinned, await headOf(context, pinned, null));
  }

  /** The heads of all shards, the first one first. */
  async all(): Promise<VerifiedHead[]> {
    const shards = Array.from({ length: this.newest.shard + 1 }, (_, shard) => acrossShards(shard, 0));
    return ofOneLog(await Promise.all(shards.map((index) => this.holding(index))));
  }

  /** The head of the shard that an index, counted across shards, is in. */
  holding(index: number): Promise<VerifiedHead> {
    const shard = shardOf(index);
    if (shard === this.newest.shard) return Promise.resolve(this.newest);
    const head = this.#others.get(shard) ?? this.#fetched(shard);
    this.#others.set(shard, head);
    return head;
  }

  async #fetched(shard: number): Promise<VerifiedHead> {
    const head = await headOf(this.#context, this.#pinned, shard);
    ofOneLog([head, this.newest]);
    return head;
  }
}

/** The same tree under two numbers, or two logs, are no shards. Throws with exit code 9. */
function ofOneLog(heads: VerifiedHead[]): VerifiedHead[] {
  const fault = faultOfOrigins(heads.map(({ origin }) => origin));
  if (fault === null) return heads;
  throw new CliError(EXIT.verification, `The log's shards do not fit together: ${fault}.`);
}

/** @param shard null: the one that takes entries */
async function headOf(context: Context, pinned: readonly string[], shard: number | null): Promise<VerifiedHead> {
  const given = pinned.length > 0 ? pinned : await serverKeys(context);
  const keys = given.map((text) => parseVerifierKey(text));
  if (!keys.every((key) => key !== null))
    throw new CliError(pinned.length === 0 ? EXIT.verification : EXIT.usage, 'This is not a verifier key.');
  const { note, newest } = await noteOf(context, shard);
  for (const key of keys) {
    const checkpoint = await openCheckpoint(note, { ...key, verify: verifierOf(key) });
    if (checkpoint === null) continue;
    const root_text = base64(checkpoint.root);
    return { ...checkpoint, shard: shard ?? newest, root_text, pinned: pinned.length > 0 };
  }
  throw new CliError(EXIT.verification, unsigned(keys, shard ?? newest));
}

const unsigned = (keys: readonly NoteKey[], shard: number): string =>
  shard === 0
    ? `The checkpoint is not signed by ${keys.map(({ name }) => name).join(' or ')}. Do not trust this log; tell its operator.`
    : `The checkpoint of shard ${shard} is not signed by a key given: pin that shard's with another --log-key (docs/ledger.md, time shards).`;

async function serverKeys({ client, signal }: Context): Promise<string[]> {
  const { verifier_key, shards = [] } = await client().call<{
    verifier_key: string;
    shards?: { verifier_keys: string[] }[];
  }>('GET', '/v1/ledger/key', undefined, { signal });
  return [verifier_key, ...shards.flatMap((one) => one.verifier_keys)];
}

/** Servers can say anything: as many heads are fetched as this says. */
const SHARD = /^[0-9]{1,3}$/;

/** A note is text, not JSON, and public: no key goes along. The server says by a header which shard is the newest. */
async function noteOf({ settings, signal }: Context, shard: number | null): Promise<{ note: string; newest: number }> {
  const address = `${settings().url}/ledger/${shard === null ? '' : `shards/${shard}/`}checkpoint`;
  try {
    const response = await fetch(address, { signal, redirect: 'error' });
    const newest = response.headers.get('assentry-shard') ?? '0';
    if (response.ok && SHARD.test(newest)) return { note: await response.text(), newest: Number(newest) };
  } catch {
    signal.throwIfAborted();
  }
  throw new CliError(EXIT.unavailable, `Cannot fetch ${address}.`);
}

/** Ed25519 (RFC 8032) with the 32-byte public key of a note. */
function verifierOf({ public_key }: NoteKey): (message: Uint8Array, signature: Uint8Array) => boolean {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(public_key) };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return (message, signature) => verify(null, message, key, signature);
}
