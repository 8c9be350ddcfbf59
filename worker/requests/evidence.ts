// Gathers an evidence bundle: the request's events, what they rest on in the organisation, and the ledger's proofs, all
// under one public checkpoint of each shard that they are in. It decides who may read people's parts, and verifies nothing: verifiers do, elsewhere.
import type { Principal } from '../../core/authority.ts';
import { fromBase64, fromHex } from '../../core/encoding.ts';
import type { RecordedEvent } from '../../core/events.ts';
import { assembleEvidence, type EvidenceBundle, type EvidenceLine } from '../../core/evidence.ts';
import type { JsonObject } from '../../core/json.ts';
import { keyId, parseVerifierKey, placeInShard } from '../../core/ledger.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { sigstoreBundle } from '../../core/receipt.ts';
import type { LedgerKeys, LedgerReceipt } from '../../durable-objects/ledger/forms.ts';
import type { Entry } from '../../durable-objects/organization/entries.ts';
import type { EvidenceParts } from '../../durable-objects/request/calls.ts';
import { siteOf } from '../auth/webauthn.ts';
import type { Ctx } from '../context.ts';
import { ledgerOf } from '../ledger.ts';
import { organizationOf } from '../organization.ts';
import { eventFor, readsEverything, type Seen } from './access.ts';
import { headsNamed, Trees } from './evidence-trees.ts';
import { requestOf } from './request-object.ts';

const NOT_YET = () =>
  fail('not-sealed-yet', 'The public checkpoint does not reach every event yet: repeat the same call in a moment.', {
    retry_after_seconds: 1,
  });

/** The bundle of a request that the caller may see; `not-sealed-yet` until the public checkpoint holds all of it. */
export async function evidenceFor(c: Ctx, { organization, id, principal }: Seen): Promise<Result<EvidenceBundle>> {
  const parts = await requestOf(c.env, organization, id).evidence(organization);
  if (!parts.ok) return parts;
  const entries = await organizationOf(c.env, organization).entries(restsOn(parts.value));
  if (!entries.ok) return entries;
  const trees = await Trees.of(ledgerOf(c.env), parts.value, entries.value);
  if (trees === null) return NOT_YET();
  const proofs = new Proofs(trees);
  const events = await proofs.lines(parts.value.lines, (event) => eventFor(principal, event));
  const organization_events = await proofs.lines(entries.value, withheldFrom(principal, parts.value));
  const receipts = await proofs.receipts(parts.value, readsEverything(principal));
  if (events === null || organization_events === null || receipts === null) return NOT_YET();
  const { origin, rp_id } = siteOf(c.env);
  const kind = entries.value[0]!.event.skeleton.kind as 'live' | 'test';
  const { head, log_key, keys } = trees.newest;
  return ok(
    assembleEvidence({
      organization: { id: organization, kind },
      hints: { origin, rp_id, log_key, receipt_key: receiptKeyOf(parts.value, keys) },
      checkpoint: head.note,
      ...trees.named(),
      request: parts.value.request as unknown as JsonObject,
      ...{ events, organization_events, receipts, heads: await proofs.heads(events) },
    }),
  );
}

const receiptKeyOf = ({ decisions: [first] }: EvidenceParts, { receipt_keys }: LedgerKeys): string =>
  (receipt_keys.find(({ key }) => key === first?.key) ?? receipt_keys[0]!).public_key;

function restsOn({ lines }: EvidenceParts) {
  const passkeys = lines.map(({ event }) => event.skeleton.passkey).filter((passkey) => typeof passkey === 'string');
  const delegations = lines.flatMap(({ event }) => {
    const under = event.skeleton.delegation as { id: string } | undefined;
    return under === undefined ? [] : [under.id];
  });
  const issuers = lines
    .filter(({ event }) => event.skeleton.method === 'oidc')
    .map(({ event: { skeleton: said } }) => `${said.issuer} ${said.issuer_settings}`);
  const { skeleton, object } = lines[0]!.event;
  return { passkeys, delegations, issuers, policy_version: skeleton.policy_version as number, request: object };
}

const bare = (event: RecordedEvent): RecordedEvent => ({ ...event, personal: null, salt_personal: null });

/** Of the organisation's events only the policy in force and the keys that signed are anybody's business here. */
function withheldFrom(
  principal: Principal,
  { lines: [birth] }: EvidenceParts,
): (event: RecordedEvent) => RecordedEvent {
  const version = birth!.event.skeleton.policy_version;
  return (event) => {
    const old = event.type === 'organization.created' && event.skeleton.policy_version !== version;
    return readsEverything(principal) && !old ? event : bare(event);
  };
}

/** Proofs under the heads of their shards. */
class Proofs {
  readonly #trees: Trees;

  constructor(trees: Trees) {
    this.#trees = trees;
  }

  /** Hashes from the leaf up; null while the public tree does not hold it. */
  async #of(index: number): Promise<string[] | null> {
    const { port, head } = this.#trees.holding(index);
    const place = placeInShard(index);
    if (place >= head.size) return null;
    const proof = await port.proof({ index: place, size: head.size });
    return proof.ok ? proof.value.hashes : null;
  }

  /** Events with their proofs; null when one of them is not public yet. */
  async lines(entries: Entry[], shown: (event: RecordedEvent) => RecordedEvent): Promise<EvidenceLine[] | null> {
    const lines = await Promise.all(
      entries.map(async ({ event, receipt }) => {
        const proof = receipt && (await this.#of(receipt.index));
        return proof === null ? null : { event: shown(event), receipt: bareReceipt(receipt!), proof };
      }),
    );
    return lines.every((line) => line !== null) ? lines : null;
  }

  async receipts({ decisions }: EvidenceParts, full: boolean): Promise<EvidenceBundle['receipts'] | null> {
    const made = await Promise.all(
      decisions.map(async ({ event, index, leaf, signature, key, payload }) => {
        const proof = await this.#of(index);
        if (proof === null) return null;
        const { head, log_key } = this.#trees.holding(index);
        const hashes = proof.map((hash) => fromHex(hash)!);
        const inclusion = { size: head.size, root: fromBase64(head.root)!, hashes, checkpoint: head.note };
        const place = { index: placeInShard(index), log_id: keyId(parseVerifierKey(log_key)!), proof: inclusion };
        const shown = full && payload !== null;
        const bundle = shown ? sigstoreBundle({ payload, signature, key, leaf, ...place }) : null;
        return { event, index, leaf, proof, bundle };
      }),
    );
    return made.every((receipt) => receipt !== null) ? made : null;
  }

  /** Every head that a shown intent names, as the beginning of its shard's. */
  async heads(lines: EvidenceLine[]): Promise<EvidenceBundle['heads']> {
    return Promise.all(
      headsNamed(lines).map(async ({ size, root }) => {
        const { port, head } = this.#trees.holding(size);
        const proof = await port.consistency({ from: placeInShard(size), to: head.size });
        return { size, root, proof: proof.ok ? proof.value.hashes : [] };
      }),
    );
  }
}

const bareReceipt = ({ index, org_seq, link, leaf_hash, sealed_at }: LedgerReceipt): EvidenceLine['receipt'] => ({
  ...{ index, org_seq, link, leaf_hash, sealed_at },
});
