import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Line, type Waiting } from '../../durable-objects/ledger/line.ts';

let made = 0;
function waiting(organization: string, object: string, type = 'approval.requested', events = 1): Waiting {
  const list = Array.from({ length: events }, (_, at) => ({ id: `evt_${++made}`, seq: at + 1, type, commit: '' }));
  return {
    request: { organization, kind: 'request', object, events: list, receipts: [] },
    signed: Promise.resolve([]),
    settle: () => undefined,
  };
}
const names = (taken: Waiting[]) => taken.map(({ request }) => `${request.organization}/${request.object}`);

function lineOf(...all: Waiting[]): Line {
  const line = new Line();
  for (const one of all) line.join(one);
  return line;
}

describe('the line before the ledger', () => {
  it('lets organisations take turns, so that a flood of one does not hold up another', () => {
    const flood = Array.from({ length: 100 }, (_, at) => waiting('flood', `apr_${at}`));
    const line = lineOf(...flood, waiting('small', 'apr_a'), waiting('small', 'apr_b'));
    expect(names(line.take(4))).toEqual(['flood/apr_0', 'small/apr_a', 'flood/apr_1', 'small/apr_b']);
    expect(line.length).toBe(98);
  });

  it('lets decisions and capabilities go before proposals, whoever came first', () => {
    const line = lineOf(
      waiting('a', 'apr_1'),
      waiting('b', 'apr_2', 'approval.decided'),
      waiting('a', 'apr_3', 'capability.exchanged'),
      waiting('b', 'apr_4'),
    );
    expect(names(line.take(3))).toEqual(['a/apr_3', 'b/apr_2', 'a/apr_1']);
    expect(names(line.take(3))).toEqual(['b/apr_4']);
  });

  it('never lets a decision overtake what its own object handed over before', () => {
    const line = lineOf(
      waiting('a', 'apr_0'),
      waiting('a', 'apr_1'),
      waiting('a', 'apr_1', 'approval.decided'),
      waiting('a', 'apr_1'),
    );
    expect(names(line.take(3))).toEqual(['a/apr_1', 'a/apr_1', 'a/apr_1']);
    expect(names(line.take(3))).toEqual(['a/apr_0']);
  });

  it('takes whole requests up to the limit, but at least one', () => {
    const line = lineOf(
      waiting('a', 'apr_1', 'approval.requested', 300),
      waiting('a', 'apr_2', 'approval.requested', 2),
    );
    expect(line.leaves).toBe(302);
    expect(names(line.take(256))).toEqual(['a/apr_1']);
    expect(line.leaves).toBe(2);
    expect(names(line.take(256))).toEqual(['a/apr_2']);
    expect([line.leaves, line.length]).toEqual([0, 0]);
    expect(line.take(256)).toEqual([]);
  });

  it('serves everyone once and each object in its own order, whatever comes between', () => {
    const step = fc.record({
      organization: fc.constantFrom('a', 'b', 'c'),
      object: fc.constantFrom('apr_1', 'apr_2'),
      type: fc.constantFrom('approval.requested', 'approval.decided', 'capability.issued'),
      take: fc.nat(4),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const line = new Line();
        const joined: Waiting[] = [];
        const served: Waiting[] = [];
        for (const { organization, object, type, take } of steps) {
          const one = waiting(organization, object, type);
          joined.push(one);
          line.join(one);
          if (take > 2) served.push(...line.take(take));
        }
        while (line.length > 0) served.push(...line.take(5));
        expect(new Set(served)).toEqual(new Set(joined));
        expect(served.length).toBe(joined.length);
        for (const object of new Set(names(joined))) {
          const order = (all: Waiting[]) => all.filter((one) => names([one])[0] === object);
          expect(order(served)).toEqual(order(joined));
        }
      }),
      { numRuns: 300 },
    );
  });
});
