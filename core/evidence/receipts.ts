// Decision receipts: the leaf is in the tree, the event names what was signed, the receipt key signed it, and the
// statement says what the events say. A stock Sigstore verifier takes the same bundle.

import { sameJson } from '../canonical.ts';
import { base64, fromBase64, fromHex, fromUtf8 } from '../encoding.ts';
import type { JsonObject } from '../json.ts';
import { keyId, placeInShard } from '../ledger.ts';
import {
  parseReceiptLeaf,
  type ReceiptLeaf,
  rawSignature,
  receiptDigest,
  receiptKeyId,
  receiptPae,
  receiptStatement,
  sigstoreBundle,
} from '../receipt.ts';

import { breakGlassPayload } from './break-glass.ts';
import { type Case, treeOf } from './case.ts';
import type { EvidenceLine, EvidenceReceipt } from './forms.ts';
import { heldBefore } from './held.ts';
import { hasLeaf, keyOfSpki } from './sealed.ts';
import { signedOf } from './signature.ts';
import { atLine } from './tally.ts';
import { isByToken } from './token.ts';

/**
 * @param counted the votes that the decision rests on; null where they cannot be counted again
 */
export async function checkReceipts(of: Case, counted: readonly EvidenceLine[] | null): Promise<void> {
  const { bundle, tally } = of;
  const owed = bundle.events.filter(({ event }) => typeof event.skeleton.receipt === 'string');
  bundle.receipts.forEach((receipt, at) => {
    const named = owed.some(({ event }) => event.id === receipt.event);
    const once = bundle.receipts.findIndex(({ event }) => event === receipt.event) === at;
    tally.holds(named && once, 'receipt', 'No event names this receipt, or it is there twice.', {
      field: `/receipts/${at}`,
    });
  });
  for (const line of owed) {
    const at = bundle.receipts.findIndex(({ event }) => event === line.event.id);
    const place = { ...atLine(line), field: `/receipts/${at < 0 ? '' : at}` };
    if (!tally.holds(at >= 0, 'receipt', 'The receipt of this decision is missing.', place)) continue;
    await tally.attempt('receipt', place, () =>
      checkReceipt(of, line, bundle.receipts[at]!, `/receipts/${at}`, counted),
    );
  }
}

async function checkReceipt(
  of: Case,
  line: EvidenceLine,
  receipt: EvidenceReceipt,
  field: string,
  counted: readonly EvidenceLine[] | null,
): Promise<void> {
  const { tally } = of;
  const at = { entry: receipt.index, event: receipt.event };
  const leaf = parseReceiptLeaf(receipt.leaf);
  const names = leaf !== null && leaf.digest === line.event.skeleton.receipt;
  if (!tally.holds(names, 'receipt', 'The leaf is not of what the event names.', { ...at, field: `${field}/leaf` }))
    return;
  const included = hasLeaf(of, receipt.index, receipt.leaf, receipt.proof);
  if (!tally.holds(included, 'receipt', 'The receipt is not in the tree.', { ...at, field: `${field}/proof` })) return;
  const trusted = of.pinned.receipt_keys.includes(base64(leaf!.public_key));
  if (!tally.holds(trusted, 'receipt', 'No pinned receipt key is in the leaf.', { ...at, field: `${field}/leaf` }))
    return;
  if (receipt.bundle === null) {
    tally.say(
      'receipt',
      'not-replayable',
      'The receipt’s statement is erased or withheld; its leaf is in the tree.',
      at,
    );
    return;
  }
  const payload = payloadOf(receipt.bundle);
  const signed = payload !== null && (await isSigned(of, payload, leaf!));
  if (!tally.holds(signed, 'receipt', 'The receipt’s signature does not hold.', { ...at, field: `${field}/bundle` }))
    return;
  const stock = sameJson(receipt.bundle, stockBundle(of, payload!, receipt, leaf!));
  tally.holds(stock, 'receipt', 'The Sigstore bundle is not the one of this receipt.', {
    ...at,
    field: `${field}/bundle`,
  });
  checkStatement(of, payload!, line, counted);
}

const payloadOf = (bundle: JsonObject): string | null => {
  const bytes = fromBase64(String((bundle.dsseEnvelope as JsonObject | undefined)?.payload));
  return bytes === null ? null : fromUtf8(bytes);
};

async function isSigned({ crypto }: Case, payload: string, leaf: ReceiptLeaf): Promise<boolean> {
  const [key, signature] = [keyOfSpki(leaf.public_key), rawSignature(leaf.signature)];
  if (key === null || signature === null || receiptDigest(payload) !== leaf.digest) return false;
  return crypto.verify(key, receiptPae(payload), signature);
}

function stockBundle(of: Case, payload: string, receipt: EvidenceReceipt, leaf: ReceiptLeaf) {
  const { leaf: text, proof } = receipt;
  const { checkpoint, log_key, note } = treeOf(of, receipt.index)!;
  const index = placeInShard(receipt.index);
  return sigstoreBundle({
    ...{ payload, signature: base64(leaf.signature), key: receiptKeyId(leaf.public_key), leaf: text, index },
    log_id: keyId(log_key),
    proof: { ...checkpoint, hashes: proof.map((hash) => fromHex(hash)!), checkpoint: note },
  });
}

/** The whole statement again, from the events; a stock verifier reads it, so it must say nothing else. */
function checkStatement(of: Case, payload: string, line: EvidenceLine, counted: readonly EvidenceLine[] | null): void {
  const { bundle, birth, tally } = of;
  const at = atLine(line);
  if (line.event.type === 'break_glass.used') {
    const same = breakGlassPayload(of, line) === payload;
    if (tally.holds(same, 'receipt', 'The receipt says something else than the events.', at))
      tally.say('receipt', 'proved', 'The receipt says what the events say: an emergency use, no approval.', at);
    return;
  }
  if (counted === null) {
    tally.say('receipt', 'not-replayable', 'The receipt is signed; its votes cannot be counted again here.', at);
    return;
  }
  const { skeleton } = birth;
  const held = heldBefore(of, line.event.seq);
  const expected = receiptStatement({
    decision: line.event.skeleton.decision as 'approve' | 'reject',
    organization: bundle.organization,
    request: birth.line.event.object,
    action_digest: held.action_digest,
    request_digest: skeleton.request_digest as string,
    policy: {
      version: skeleton.policy_version as number,
      digest: skeleton.policy_digest as string,
      rule: skeleton.rule as string | null,
    },
    requirement: held.requirement!,
    votes: counted.map((vote) => votePart(of, vote)),
    decided_at: line.event.at,
  });
  if (tally.holds(expected === payload, 'receipt', 'The receipt says something else than the events.', at))
    tally.say('receipt', 'proved', `The receipt says what the events say: ${JSON.parse(expected).predicateType}.`, at);
}

function votePart({ bundle }: Case, vote: EvidenceLine) {
  const { reviewer, decision, stage, passkey, eligibility_digest } = vote.event.skeleton as Record<string, string>;
  const enrolled = bundle.organization_events.find(
    ({ event }) => event.type === 'passkey.registered' && event.skeleton.passkey === passkey,
  );
  const { intent, assertion } = signedOf(vote)!;
  const { issuer } = vote.event.skeleton;
  const { token, token_key: key } = vote.event.personal as JsonObject;
  const signed = isByToken(vote)
    ? { oidc: { issuer, token, key } }
    : { passkey, assertion, passkey_entry: enrolled?.event.id ?? null };
  return {
    ...{ reviewer, eligibility_digest, decision, stage, intent, decided_at: vote.event.at, ...signed },
    ...(vote.event.skeleton.delegation === undefined ? {} : { delegation: vote.event.skeleton.delegation }),
  } as never;
}
