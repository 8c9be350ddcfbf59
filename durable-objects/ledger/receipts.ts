// Signs decision receipts before the flush's transaction: what a caller hands over as a statement becomes a leaf. The
// receipt key signs these predicates and nothing else, whatever a caller asks for.
import { PREDICATE_TYPES, receiptLeaf, receiptPae } from '../../core/receipt.ts';
import type { AppendRequest } from './forms.ts';
import type { ReceiptSigner } from './keys.ts';

export interface SignedReceipt {
  event: string;
  /** The leaf body: digest of the statement's PAE, signature, public key. */
  leaf: string;
}

const KNOWN: ReadonlySet<unknown> = new Set(Object.values(PREDICATE_TYPES));

/** @throws if a statement is none of ours: the caller's code is wrong, and a signature could not be taken back */
export async function signReceipt(
  { event, payload }: AppendRequest['receipts'][number],
  signer: ReceiptSigner,
): Promise<SignedReceipt> {
  const { predicateType } = JSON.parse(payload);
  if (!KNOWN.has(predicateType)) throw new Error(`no receipt for predicate ${predicateType}`);
  return { event, leaf: receiptLeaf(payload, await signer.sign(receiptPae(payload)), signer) };
}
