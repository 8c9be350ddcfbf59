// Gathers an evidence bundle: the request's events, what they rest on in the organisation, and the ledger's proofs, all
// under one public checkpoint. It decides who may read people's parts, and verifies nothing: verifiers do, elsewhere.
import type { Principal } from '../../core/authority.ts';
import { base64, equalBytes, fromBase64, fromHex } from '../../core/encoding.ts';
import type { RecordedEvent } from '../../core/events.ts';
import { assembleEvidence, type EvidenceBundle, type EvidenceLine } from '../../core/evidence.ts';
import type { DecisionIntent } from '../../core/intent.ts';
import type { JsonObject } from '../../core/json.ts';
import { hintOf, keyId, parseCheckpoint, parseNote, parseVerifierKey } from '../../core/ledger.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { sigstoreBundle } from '../../core/receipt.ts';
import type { LedgerKeys, LedgerReceipt, SignedHead } from '../../durable-objects/ledger/forms.ts';
import type { Entry } from '../../durable-objects/organization/entries.ts';
import type { EvidenceParts } from '../../durable-objects/request/calls.ts';
import { siteOf } from '../auth/webauthn.ts';
import type { Ctx } from '../context.ts';
import { type LedgerPort, ledgerOf } from '../ledger.ts';
import { organizationOf } from '../organization.ts';
import { eventFor, readsEverything, type Seen } from './access.ts';
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
  const ledger = ledgerOf(c.env);
  const [head, keys] = await Promise.all([headWith(ledger, parts.value, entries.value), ledger.keys()]);
  const log_key = signerOf(head, keys);
  const proofs = new Proofs(ledger, head);
  const events = await proofs.lines(parts.value.lines, (event) => eventFor(principal, event));
  const organization_events = await proofs.lines(entries.value, withheldFrom(principal, parts.value));
  const receipts = await proofs.receipts(parts.value, log_key, readsEverything(principal));
  if (events === null || organization_events === null || receipts === null) return NOT_YET();
  const { origin, rp_id } = siteOf(c.env);
  const kind = entries.value[0]!.event.skeleton.kind as 'live' | 'test';
  return ok(
    assembleEvidence({
      organization: { id: organization, kind },
      hints: { origin, rp_id, log_key, receipt_key: receiptKeyOf(parts.value, keys) },
      checkpoint: head.note,
      request: parts.value.request as unknown as JsonObject,
      ...{ events, organization_events, receipts, heads: await proofs.heads(events) },
    }),
  );
}

/** The first checkpoint with all of it that a witness cosigned, which ends its time; the public one where there is none. */
async function headWith(ledger: LedgerPort, parts: EvidenceParts, entries: Entry[]): Promise<SignedHead> {
  const sealed = [...parts.lines, ...entries].map(({ receipt }) => receipt?.index ?? 0);
  const index = Math.max(...sealed, ...parts.decisions.map((decision) => decision.index));
  const witnessed = await ledger.witnessed({ index });
  if (!witnessed.ok) return ledger.checkpoint();
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

const receiptKeyOf = ({ decisions: [first] }: EvidenceParts, { receipt_keys }: LedgerKeys): string =>
  (receipt_keys.find(({ key }) => key === first?.key) ?? receipt_keys[0]!).public_key;

function restsOn({ lines }: EvidenceParts) {
  const passkeys = lines.map(({ event }) => event.skeleton.passkey).filter((passkey) => typeof passkey === 'string');
  const { skeleton, object } = lines[0]!.event;
  return { passkeys, policy_version: skeleton.policy_version as number, request: object };
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

/** Proofs under one head. */
class Proofs {
  readonly #ledger: LedgerPort;
  readonly #head: SignedHead;

  constructor(ledger: LedgerPort, head: SignedHead) {
    this.#ledger = ledger;
    this.#head = head;
  }

  /** Hashes from the leaf up; null while the public tree does not hold it. */
  async #of(index: number): Promise<string[] | null> {
    if (index >= this.#head.size) return null;
    const proof = await this.#ledger.proof({ index, size: this.#head.size });
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

  async receipts(
    { decisions }: EvidenceParts,
    log_key: string,
    full: boolean,
  ): Promise<EvidenceBundle['receipts'] | null> {
    const { root, note, size } = this.#head;
    const made = await Promise.all(
      decisions.map(async ({ event, index, leaf, signature, key, payload }) => {
        const proof = await this.#of(index);
        if (proof === null) return null;
        const hashes = proof.map((hash) => fromHex(hash)!);
        const inclusion = { size, root: fromBase64(root)!, hashes, checkpoint: note };
        const log_id = keyId(parseVerifierKey(log_key)!);
        const shown = full && payload !== null;
        const bundle = shown
          ? sigstoreBundle({ payload, signature, key, leaf, index, log_id, proof: inclusion })
          : null;
        return { event, index, leaf, proof, bundle };
      }),
    );
    return made.every((receipt) => receipt !== null) ? made : null;
  }

  /** Every head that a shown intent names, as the beginning of this one. */
  async heads(lines: EvidenceLine[]): Promise<EvidenceBundle['heads']> {
    const intents = lines.map(({ event }) => event.personal?.intent as unknown as DecisionIntent | undefined);
    const named = new Map(
      intents.flatMap((intent) => (intent ? [[intent.checkpoint.size, intent.checkpoint] as const] : [])),
    );
    return Promise.all(
      [...named.values()].map(async ({ size, root }) => {
        const proof = await this.#ledger.consistency({ from: size, to: this.#head.size });
        return { size, root, proof: proof.ok ? proof.value.hashes : [] };
      }),
    );
  }
}

const bareReceipt = ({ index, org_seq, link, leaf_hash, sealed_at }: LedgerReceipt): EvidenceLine['receipt'] => ({
  ...{ index, org_seq, link, leaf_hash, sealed_at },
});
