// A guarded call that a reviewer edited: it runs with what was approved, or not at all.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Assentry, type EditedCall, MismatchError, NotApprovedError, type Permit } from '../../../sdk/src/index.ts';
import { ContractServer } from './contract-server.ts';

let server: ContractServer;
let assentry: Assentry;
let ran: unknown[];
beforeEach(async () => {
  server = new ContractServer();
  assentry = new Assentry({ apiKey: 'asn_live_x', url: await server.start(), maxRetries: 1 });
  ran = [];
});
afterEach(() => server.stop());

const ASKED = { order_id: 'A-1', amount: 2_400 };
const LESS = { ...ASKED, amount: 1_200 };
const refund = (order: typeof ASKED) => {
  ran.push(order);
  return order.amount;
};

/** Lets the request come, then edits and approves it. */
async function edited(params: object, edits?: []): Promise<void> {
  while (server.seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  server.approveEdited([...server.requests.keys()][0]!, params as never, edits);
}
const exchanges = () => server.calls('POST', /exchange/).map(({ body }) => body.params);
const outcomes = () => server.calls('POST', /outcome/).map(({ body }) => body.status);

describe('guard, when a reviewer edited,', () => {
  it('runs with the effective params, and shows both to the function', async () => {
    let permit: Permit | undefined;
    const guarded = assentry.guard('refund', function (this: Permit, order: typeof ASKED) {
      permit = this;
      return refund(order);
    });
    const result = guarded({ ...ASKED });
    await edited(LESS);
    expect(await result).toBe(1_200);
    expect(ran).toEqual([LESS]);
    expect(exchanges()).toEqual([LESS]);
    expect(outcomes()).toEqual(['executed']);
    expect(permit!.request).toMatchObject({
      params: ASKED,
      effective: { params: LESS },
      edits: [{ diff: [{ pointer: '/amount', kind: 'changed', from: 2_400, to: 1_200 }] }],
    });
  });

  it('gives the first argument as it was edited, and the others as they are', async () => {
    const handed = { toolCallId: 'call_3' };
    const result = assentry.guard('refund', (id: string, options: object) => ran.push([id, options]))('A-1', handed);
    await edited({ args: ['A-2'] });
    await result;
    expect(ran).toEqual([['A-2', handed]]);
  });

  it('runs nothing where the edit makes more arguments than were asked for', async () => {
    const result = assentry.guard('refund', (id: string) => ran.push(id))('A-1');
    result.catch(() => undefined);
    await edited({ args: ['A-1', 600] });
    await expect(result).rejects.toBeInstanceOf(MismatchError);
    expect(ran).toEqual([]);
  });

  it('asks the caller with both, where it wants to be asked', async () => {
    const seen: EditedCall[] = [];
    const onEdit = (edit: EditedCall, order: typeof ASKED): [typeof ASKED] => {
      seen.push(edit);
      return [{ ...order, amount: edit.effective.amount as number }];
    };
    const result = assentry.guard('refund', refund, { onEdit })({ ...ASKED });
    await edited(LESS);
    expect(await result).toBe(1_200);
    expect(seen).toMatchObject([{ original: ASKED, effective: LESS, edits: [{ editor: { name: 'Dana' } }] }]);
  });

  it('runs nothing where the caller refuses the edit, and takes no capability', async () => {
    const onEdit = () => {
      throw new RangeError('not worth it');
    };
    const result = assentry.guard('refund', refund, { onEdit })({ ...ASKED });
    result.catch(() => undefined);
    await edited(LESS);
    await expect(result).rejects.toThrow('not worth it');
    expect([ran, exchanges()]).toEqual([[], []]);
  });

  it('runs nothing with arguments that are not those that were approved', async () => {
    const onEdit = (): [typeof ASKED] => [{ ...ASKED, amount: 1_201 }];
    const result = assentry.guard('refund', refund, { onEdit })({ ...ASKED });
    result.catch(() => undefined);
    await edited(LESS);
    await expect(result).rejects.toBeInstanceOf(MismatchError);
    expect([ran, exchanges()]).toEqual([[], []]);
  });

  it('runs nothing where arguments are richer than params and nobody says how they change', async () => {
    const request = { params: (order: Map<string, number>) => ({ amount: order.get('amount')! }) };
    const order = new Map([['amount', 2_400]]);
    const result = assentry.guard('refund', (it: typeof order) => ran.push(it), { request })(order);
    result.catch(() => undefined);
    await edited({ amount: 1 });
    await expect(result).rejects.toBeInstanceOf(NotApprovedError);
    await expect(result).rejects.toMatchObject({ code: 'edited' });
    expect([ran, exchanges()]).toEqual([[], []]);
  });

  it('runs nothing on other params that no person edited', async () => {
    const result = assentry.guard('refund', refund)({ ...ASKED });
    result.catch(() => undefined);
    await edited(LESS, []);
    await expect(result).rejects.toBeInstanceOf(MismatchError);
    expect(ran).toEqual([]);
  });

  it('runs nothing on edited params whose digests do not fit', async () => {
    const result = assentry.guard('refund', refund)({ ...ASKED });
    result.catch(() => undefined);
    while (server.seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    const [id, request] = [...server.requests][0]!;
    server.change(id, { status: 'approved', effective: { ...request.effective, params: LESS } as never });
    await expect(result).rejects.toMatchObject({ code: 'digest-mismatch' });
    expect([ran, exchanges()]).toEqual([[], []]);
  });

  it('runs nothing when the exchange gives the params that were asked', async () => {
    server.exchanged = { params: ASKED };
    const result = assentry.guard('refund', refund)({ ...ASKED });
    result.catch(() => undefined);
    await edited(LESS);
    await expect(result).rejects.toMatchObject({ code: 'digest-mismatch' });
    expect(ran).toEqual([]);
  });
});
