// The decision receipts of a request, as exports hold them: what was signed, and the ledger's leaf for it. No proofs: an
// export brings its own. Statements name people: they are for who reads everything.
import type { ExportDecision } from '../../core/ledger/export.ts';
import { ok, type Result } from '../../core/problems.ts';
import { parseReceiptLeaf, receiptEnvelope } from '../../core/receipt.ts';
import type { Ctx } from '../context.ts';
import { readsEverything, type Seen } from './access.ts';
import { requestOf } from './request-object.ts';

/** All that are sealed, in order. */
export async function receiptsFor(
  c: Ctx,
  { organization, id, principal }: Seen,
): Promise<Result<{ data: ExportDecision[] }>> {
  const parts = await requestOf(c.env, organization, id).evidence(organization);
  if (!parts.ok) return parts;
  const full = readsEverything(principal);
  const data = parts.value.decisions.map(({ event, index, leaf, payload }) => ({
    ...{ event, index, leaf },
    envelope: full && payload !== null ? envelopeOf(payload, leaf) : null,
  }));
  return ok({ data });
}

const envelopeOf = (payload: string, leaf: string): ExportDecision['envelope'] =>
  receiptEnvelope(payload, parseReceiptLeaf(leaf)!) as unknown as ExportDecision['envelope'];
