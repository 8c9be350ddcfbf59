// The decision receipts that an export's events name, fetched request by request, a few at a time.
import type { ExportDecision } from '../../../core/ledger/export.ts';
import type { Context } from '../context.ts';

const AT_ONCE = 8;

/** All of these requests' receipts that are sealed; in no order. */
export async function receiptsOf({ client, signal }: Context, requests: Iterable<string>): Promise<ExportDecision[]> {
  const waiting = [...new Set(requests)];
  const found: ExportDecision[] = [];
  const worker = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const path = `/v1/approval-requests/${encodeURIComponent(id)}/receipts`;
      const { data } = await client().call<{ data: ExportDecision[] }>('GET', path, undefined, { signal });
      found.push(...data);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return found;
}
