// What a forger does with time shards, and no key: the same tree under two numbers, so that entries get an order that they
// never had; two logs in one file; a first line that is no list of shards.
import { describe, expect, it } from 'vitest';
import { hex } from '../../../core/encoding.ts';
import { verifyExport } from '../../../core/ledger/export.ts';
import { faultOfOrigins, SHARD_SPAN } from '../../../core/ledger.ts';
import { exportOf, history, LINK_KEY, LOG_KEY, nodeCrypto, relined } from '../../support/ledger-export.ts';
import { ANCHORS, EDITED_ANCHORS, failuresOf, forged, type Loose, textOf } from './samples.ts';

const PINNED = { log_key: LOG_KEY, link_key: hex(LINK_KEY) };

describe('origins', () => {
  it('are of one log where only the last part differs', () => {
    expect(faultOfOrigins(['example.com/log/2026h2', 'example.com/log/2027h1'])).toBeNull();
    expect(faultOfOrigins(['one'])).toBeNull();
    expect(faultOfOrigins(['example.com/log/2026h2', 'example.com/other/2027h1'])).toMatch(/shards of 2 logs/);
    expect(faultOfOrigins(['example.com/log/2026h2', 'example.com/log/2026h2'])).toMatch(/two numbers/);
  });
});

describe('an evidence bundle', () => {
  const shard = (number: number, { checkpoint, hints }: Loose) => ({
    ...{ shard: number, checkpoint, log_key: hints.log_key },
  });

  it('with one tree under two numbers is refused', async () => {
    const text = forged('approval', (bundle) => {
      bundle.shards = [shard(0, bundle), shard(3, bundle)];
      bundle.events.at(-1).receipt.index += 3 * SHARD_SPAN;
      bundle.request.ledger.entries.at(-1).receipt.index += 3 * SHARD_SPAN;
    });
    expect(await failuresOf(text)).toMatchObject([{ claim: 'checkpoint', field: '/shards' }]);
  });

  it('with a shard of another log of the same name is refused, though that log’s key is pinned too', async () => {
    const other: Loose = JSON.parse(textOf('edited'));
    const text = forged('approval', (bundle) => {
      bundle.shards = [shard(0, bundle), shard(1, other)];
      bundle.checkpoint = other.checkpoint;
    });
    const log_key = [ANCHORS.log_key, EDITED_ANCHORS.log_key].flat();
    expect(await failuresOf(text, { ...ANCHORS, log_key })).toMatchObject([{ claim: 'checkpoint', field: '/shards' }]);
  });
});

describe('an export', () => {
  it('with one tree under two numbers is refused: its order would be anybody’s', async () => {
    const { lines } = await exportOf(history(2, { receipts: true }));
    const doubled = relined(lines, (record) => {
      const { export: head, tile } = record;
      if (head) head.shards = [0, 7].map((shard) => ({ shard, checkpoint: head.checkpoint }));
      return tile ? [record, { tile: { ...tile, shard: 7 } }] : record;
    });
    const { valid, claims } = await verifyExport(doubled, PINNED, nodeCrypto);
    expect([valid, claims]).toMatchObject([false, [{ claim: 'inclusion', field: '/export/shards' }]]);
  });

  const NONE: [string, (note: string) => unknown][] = [
    ['an object', () => ({})],
    ['a text', () => 'x'],
    ['null', () => null],
    ['empty', () => []],
    ['a list with null in it', (checkpoint) => [{ shard: 0, checkpoint }, null]],
    ['a list with a shard below 0', (checkpoint) => [{ shard: -1, checkpoint }]],
    ['a list with half a shard', (checkpoint) => [{ shard: 0.5, checkpoint }]],
    ['a list with a shard beyond all numbers', (checkpoint) => [{ shard: 1e300, checkpoint }]],
    [
      'a list with a note that is none',
      (checkpoint) => [
        { shard: 0, checkpoint },
        { shard: 1, checkpoint: {} },
      ],
    ],
  ];
  it.each(NONE)('whose shards are %s is not valid, and says why', async (_, shards) => {
    const { lines } = await exportOf(history(1));
    const odd = relined(lines, (record) => {
      if (record.export) record.export.shards = shards(record.export.checkpoint);
      return record;
    });
    const { valid, claims } = await verifyExport(odd, PINNED, nodeCrypto);
    expect([valid, claims]).toMatchObject([false, [{ status: 'failed', field: expect.stringMatching(/^.export/) }]]);
  });
});
