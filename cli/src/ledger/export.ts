// Gathers an export over HTTP: the checkpoint, every event of the organisation below it, the receipts that they name, and
// the tiles that prove them all.
// It believes the server: `assentry verify` does not.
import { exportLines, tilesOfExport } from '../../../core/ledger/export.ts';
import { parseCheckpoint, parseNote, tilePath } from '../../../core/ledger.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { gapless } from './events-listed.ts';
import { receiptsOf } from './receipts.ts';

/** The export's lines, each with its line feed, and how many events it has. */
export async function exportOf(context: Context): Promise<{ events: number; lines: Iterable<string> }> {
  const { client, signal } = context;
  const checkpoint = new TextDecoder().decode(await client().file('/ledger/checkpoint', { signal }));
  const size = parseCheckpoint(parseNote(checkpoint)?.text ?? '')?.size;
  if (size === undefined) throw new CliError(EXIT.error, 'The server answered with something that is no checkpoint.');
  const { verifier_key } = await client().call<{ verifier_key: string }>('GET', '/v1/ledger/key', undefined, {
    signal,
  });
  const sealed = await gapless(context, size);
  const decided = sealed.filter(({ skeleton }) => typeof skeleton.receipt === 'string').map(({ object }) => object);
  const decisions = (await receiptsOf(context, decided)).filter(({ index }) => index < size);
  const indices = [...sealed.map(({ receipt }) => receipt.index), ...decisions.map(({ index }) => index)];
  const tiles = await tilesFor(context, indices, size);
  const { organization: id, kind } = sealed[0]!.skeleton as { organization: string; kind: 'live' | 'test' };
  const lines = exportLines({
    ...{ organization: { id, kind }, checkpoint, log_key: verifier_key },
    ...{ events: sealed.map((event) => ({ event, receipt: event.receipt })), decisions },
    read_tile: (level, number, width) => tiles.get(tilePath({ level, number, width }))!,
  });
  return { events: sealed.length, lines: ended(lines) };
}

function* ended(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

async function tilesFor({ client, signal }: Context, indices: number[], size: number) {
  const tiles = new Map<string, Uint8Array>();
  for (const tile of tilesOfExport(indices, size)) {
    const path = tilePath(tile);
    tiles.set(path, await client().file(`/ledger/${path}`, { signal }));
  }
  return tiles;
}
