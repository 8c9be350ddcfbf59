// The decision receipts of an export: each one's ES256 signature over what its event names, and that the statement is
// about that event. Whether its leaf is the entry that it claims is events.ts's to say. What is not shown is counted, so
// that nobody takes silence for a proof.
import { sameJson } from '../../canonical.ts';
import { base64, fromBase64, fromUtf8 } from '../../encoding.ts';
import type { EvidenceClaim, EvidenceCrypto } from '../../evidence/forms.ts';
import { keyOfSpki } from '../../evidence/sealed.ts';
import type { JsonObject } from '../../json.ts';
import { receiptEnvelope } from '../../receipt/bundle.ts';
import { IN_TOTO, PREDICATE_TYPES, parseReceiptLeaf, rawSignature, receiptDigest, receiptPae } from '../../receipt.ts';
import { type LineFault, lineFault } from './fault.ts';
import type { DsseEnvelope, ExportDecision } from './format.ts';

/** The event that a receipt belongs to, as its skeleton says it. */
export interface Decided {
  id: string;
  object: string;
  type: string;
  skeleton: JsonObject;
}

const bad = (field: string, detail: string): LineFault => lineFault('receipt', `/decision/${field}`, detail);

export class ExportReceipts {
  readonly #crypto: EvidenceCrypto;
  /** Base64 SubjectPublicKeyInfo; null: none is pinned, and each leaf's own key is taken. */
  readonly #keys: readonly string[] | null;
  readonly #kind: string;
  readonly #count = { owed: 0, signed: 0, erased: 0 };

  constructor(crypto: EvidenceCrypto, keys: readonly string[] | null, kind: string) {
    this.#crypto = crypto;
    this.#keys = keys;
    this.#kind = kind;
  }

  /** Counts what an event names. */
  owe({ receipt }: JsonObject): void {
    if (typeof receipt === 'string') this.#count.owed += 1;
  }

  /** Takes the receipt of an event whose leaf was found. @returns the first thing that does not hold */
  async take({ leaf: text, envelope }: ExportDecision, of: Decided): Promise<LineFault | null> {
    const leaf = parseReceiptLeaf(text);
    if (leaf === null || leaf.digest !== of.skeleton.receipt)
      return bad('leaf', `${of.id} names another receipt than this one`);
    if (this.#keys !== null && !this.#keys.includes(base64(leaf.public_key)))
      return bad('leaf', 'no pinned receipt key is in the leaf');
    if (envelope === undefined) return null;
    if (envelope === null) {
      this.#count.erased += 1;
      return null;
    }
    const payload = payloadOf(envelope);
    if (payload === null || receiptDigest(payload) !== leaf.digest)
      return bad('envelope/payload', `the statement is not the one that ${of.id} names`);
    if (!sameJson(receiptEnvelope(payload, leaf), envelope))
      return bad('envelope', 'the envelope is not the one that the leaf holds the signature of');
    const [key, signature] = [keyOfSpki(leaf.public_key), rawSignature(leaf.signature)];
    const signed = key && signature && (await this.#crypto.verify(key, receiptPae(payload), signature));
    if (!signed) return bad('envelope/signatures/0/sig', 'the signature is not of the receipt key over this statement');
    this.#count.signed += 1;
    return this.#faultOfStatement(JSON.parse(payload) as Statement, of);
  }

  /** The statement is about this decision, and calls itself what it is. */
  #faultOfStatement({ predicateType, predicate, subject }: Statement, { id, object, type, skeleton }: Decided) {
    const [name, decision] = this.#nameOf(type, skeleton);
    const digest = skeleton.effective_action_digest ?? skeleton.action_digest;
    const about = predicate.request === object && predicate.action_digest === digest;
    const same = about && predicate.decision === decision && `sha256:${subject[0]?.digest.sha256}` === digest;
    return same && predicateType === PREDICATE_TYPES[name]
      ? null
      : bad('envelope/payload', `the statement is no ${name} of ${object}, which ${id} is about`);
  }

  /** What a statement about such an event must call itself, and the decision in it. */
  #nameOf(type: string, skeleton: JsonObject): [keyof typeof PREDICATE_TYPES, string | undefined] {
    if (type === 'break_glass.used') return ['break-glass', undefined];
    if (skeleton.decision === 'reject') return ['human-rejection', 'reject'];
    return [this.#kind === 'live' ? 'human-approval' : 'test-approval', 'approve'];
  }

  /** What is so of all receipts; none where no event names one. */
  claims(): EvidenceClaim[] {
    const { owed, signed, erased } = this.#count;
    const claim = (status: EvidenceClaim['status'], detail: string) => ({ claim: 'receipt', status, detail });
    const whose = this.#keys === null ? 'keys that only this export names: pin one' : 'the pinned receipt key';
    const proved = `${signed} of ${owed} decision receipts are entries, name what their events name, and are signed by ${whose}`;
    const hidden = owed - signed - erased;
    return [
      ...(signed > 0 ? [claim(this.#keys === null ? 'asserted' : 'proved', proved)] : []),
      ...(erased > 0 ? [claim('not-replayable', `the statements of ${erased} decision receipts are erased`)] : []),
      ...(hidden > 0 ? [claim('not-replayable', `${hidden} of ${owed} decision receipts are not shown here`)] : []),
    ];
  }
}

interface Statement {
  predicateType: string;
  subject: [{ digest: { sha256: string } }];
  predicate: JsonObject;
}

function payloadOf({ payload, payloadType }: DsseEnvelope): string | null {
  const bytes = payloadType === IN_TOTO ? fromBase64(String(payload)) : null;
  return bytes && fromUtf8(bytes);
}
