// A caller of the ledger for tests: organisations and objects that hand over events the way a journal does, and an
// auditor that believes nothing but the log's key.
import { env } from 'cloudflare:workers';
import { base64, fromBase64, fromHex, hex } from '../../../core/encoding.ts';
import { openCheckpoint, verifyConsistency, verifyInclusion } from '../../../core/ledger.ts';
import type { Result } from '../../../core/problems.ts';
import { type LedgerEnv, logSigner } from '../../../durable-objects/ledger/keys.ts';
import type { AppendAnswer, AppendEvent, AppendRequest, Ledger } from '../../../durable-objects/ledger.ts';

export const bindings = env as unknown as LedgerEnv & { LEDGER: DurableObjectNamespace<Ledger> };
export type LedgerStub = DurableObjectStub<Ledger>;

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
let made = 0;

export const event = (seq: number, type = 'approval.requested'): AppendEvent => ({
  id: `evt_${++made}`,
  seq,
  type,
  commit: hex(random(32)),
});

/** A ledger of its own, and an organisation in it. */
export class Caller {
  readonly stub: LedgerStub;
  readonly organization: string;
  readonly linkKey = hex(random(32));

  constructor(stub: LedgerStub, organization = `org_${++made}`) {
    this.stub = stub;
    this.organization = organization;
  }

  genesis(): AppendRequest {
    return {
      ...{ organization: this.organization, kind: 'organization', object: this.organization, link_key: this.linkKey },
      ...{ events: [event(1, 'organization.created')], receipts: [] },
    };
  }

  request(object: string, events: AppendEvent[], receipts: AppendRequest['receipts'] = []): AppendRequest {
    return { organization: this.organization, kind: 'request', object, events, receipts };
  }

  async append(request: AppendRequest): Promise<AppendAnswer> {
    return value(await this.stub.append(request));
  }
}

export async function foundOn(stub: LedgerStub): Promise<Caller> {
  const caller = new Caller(stub);
  await caller.append(caller.genesis());
  return caller;
}

export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.reason ?? result.problem.detail}`);
  return result.value;
}

/** Calls until the public checkpoint reaches what is asked for; it moves once a second here. */
export async function published<T>(ask: () => Promise<Result<T>>): Promise<T> {
  for (const end = Date.now() + 5000; ; ) {
    const answer = await ask();
    if (answer.ok || answer.problem.code !== 'not-sealed-yet' || Date.now() > end) return value(answer);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Waits for a public checkpoint of at least this size and verifies its signature. */
export async function verifiedCheckpoint(stub: LedgerStub, size: number): Promise<{ size: number; root: Uint8Array }> {
  await published(async () => (await stub.proof({ index: size - 1 })) as Result<unknown>);
  const { note, ...said } = await stub.checkpoint();
  const checkpoint = await openCheckpoint(note, await logSigner(bindings));
  if (checkpoint === null) throw new Error('the checkpoint is not signed by the log');
  if (checkpoint.size !== said.size || base64(checkpoint.root) !== said.root)
    throw new Error('the note says another head');
  return checkpoint;
}

/** Whether the ledger proves this leaf hash at this index under its signed checkpoint. */
export async function proves(stub: LedgerStub, receipt: { index: number; leaf_hash: string }): Promise<boolean> {
  const { root, size } = await verifiedCheckpoint(stub, receipt.index + 1);
  const proof = value(await stub.proof({ index: receipt.index, size }));
  const hashes = proof.hashes.map((hash) => fromHex(hash)!);
  return verifyInclusion({ index: receipt.index, size, leaf_hash: fromHex(receipt.leaf_hash)!, hashes, root });
}

/** Whether the ledger proves that one head is the beginning of another. */
export async function leadsTo(
  stub: LedgerStub,
  older: { size: number; root: Uint8Array },
  newer: { size: number; root: Uint8Array },
): Promise<boolean> {
  const { hashes } = value(await stub.consistency({ from: older.size, to: newer.size }));
  return verifyConsistency({
    ...{ from: older.size, from_root: older.root, to: newer.size, to_root: newer.root },
    hashes: hashes.map((hash) => fromHex(hash)!),
  });
}

export const rootBytes = (root: string): Uint8Array => fromBase64(root)!;
