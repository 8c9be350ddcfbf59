// Gathers an export over HTTP: the checkpoint, every event of the organisation below it, the receipts that they name, and
// the tiles that prove them all.
// It believes the server: `assentry verify` does not.
import { exportLines, tilesOfExport } from '../../../core/ledger/export.ts';
import { parseCheckpoint, parseNote, placeInShard, shardOf, tilePath } from '../../../core/ledger.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { gapless } from './events-listed.ts';
import { receiptsOf } from './receipts.ts';

interface Tree {
  shard: number;
  /** Where its checkpoint and tiles are. */
  path: string;
  checkpoint: string;
  size: number;
  log_key: string;
}

/** The export's lines, each with its line feed, and how many events it has. */
export async function exportOf(context: Context): Promise<{ events: number; lines: Iterable<string> }> {
  const trees = await treesOf(context);
  const { checkpoint, log_key } = trees.at(-1)!;
  const isIn = (index: number) => placeInShard(index) < (trees[shardOf(index)]?.size ?? 0);
  const sealed = await gapless(context, isIn);
  const decided = sealed.filter(({ skeleton }) => typeof skeleton.receipt === 'string').map(({ object }) => object);
  const decisions = (await receiptsOf(context, decided)).filter(({ index }) => isIn(index));
  const indices = [...sealed.map(({ receipt }) => receipt.index), ...decisions.map(({ index }) => index)];
  const tiles = await tilesFor(context, indices, trees);
  const { organization: id, kind } = sealed[0]!.skeleton as { organization: string; kind: 'live' | 'test' };
  const lines = exportLines({
    ...{ organization: { id, kind }, checkpoint, log_key, ...(trees.length > 1 && { shards: trees }) },
    ...{ events: sealed.map((event) => ({ event, receipt: event.receipt })), decisions },
    read_tile: (level, number, width, shard) => tiles.get(`${shard}/${tilePath({ level, number, width })}`)!,
  });
  return { events: sealed.length, lines: ended(lines) };
}

interface Keys {
  verifier_key: string;
  shards?: { shard: number; verifier_key: string }[];
}

/** The checkpoint of every shard, the newest last. */
async function treesOf(context: Context): Promise<Tree[]> {
  const { client, signal } = context;
  const keys = await client().call<Keys>('GET', '/v1/ledger/key', undefined, { signal });
  const { shards = [{ shard: 0, verifier_key: keys.verifier_key }] } = keys;
  return Promise.all(
    shards.map(async ({ shard, verifier_key: log_key }) => {
      const path = shards.length === 1 ? '/ledger' : `/ledger/shards/${shard}`;
      const checkpoint = new TextDecoder().decode(await client().file(`${path}/checkpoint`, { signal }));
      const size = parseCheckpoint(parseNote(checkpoint)?.text ?? '')?.size;
      if (size === undefined)
        throw new CliError(EXIT.error, 'The server answered with something that is no checkpoint.');
      return { shard, path, checkpoint, size, log_key };
    }),
  );
}

function* ended(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

async function tilesFor({ client, signal }: Context, indices: number[], trees: Tree[]) {
  const tiles = new Map<string, Uint8Array>();
  for (const { shard, path, size } of trees) {
    const own = indices.filter((index) => shardOf(index) === shard);
    for (const tile of tilesOfExport(own.map(placeInShard), size)) {
      const name = tilePath(tile);
      tiles.set(`${shard}/${name}`, await client().file(`${path}/${name}`, { signal }));
    }
  }
  return tiles;
}
