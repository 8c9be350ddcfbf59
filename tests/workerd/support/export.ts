// An organisation's export as the CLI gathers it, out of the house's own front door, and what the verifier says of it.

import { exportOf } from '../../../cli/src/ledger/export.ts';
import { verifyExport } from '../../../core/ledger/export.ts';
import { Assentry } from '../../../sdk/src/client.ts';
import { webCrypto } from '../../../sdk/src/verify/evidence-crypto.ts';
import { BASE, front, get, success } from './house.ts';
import type { World } from './world.ts';

type Context = Parameters<typeof exportOf>[0];

/** The lines of `assentry ledger export` with this world's administrative key. */
export async function exported({ admin }: World): Promise<string[]> {
  const fetch = ((input, init) =>
    front.fetch(new Request(input as string, init as RequestInit))) as typeof globalThis.fetch;
  const client = new Assentry({ apiKey: admin.text, url: BASE, fetch });
  const context = { client: () => client, signal: new AbortController().signal };
  const { lines } = await exportOf(context as unknown as Context);
  return [...lines].map((line) => line.slice(0, -1));
}

/** What a verifier pins who asked the house beforehand. */
export async function pins(world: World) {
  const { shards, verifier_key, receipt_keys } = await success(get('/v1/ledger/key'));
  const { link_key } = await success(get('/v1/organization/link-key', { key: world.admin.text }));
  const log_key: string[] = shards?.map((one: { verifier_key: string }) => one.verifier_key) ?? [verifier_key];
  return { log_key, receipt_key: receipt_keys[0].public_key as string, organization: world.organization, link_key };
}

/** The verifier's report, with what failed and what it says of one claim. */
export async function verified(lines: readonly string[], anchors: Awaited<ReturnType<typeof pins>>) {
  const report = await verifyExport(lines, anchors, webCrypto);
  const failed = report.claims.filter(({ status }) => status === 'failed');
  const said = (wanted: string) =>
    report.claims.filter(({ claim }) => claim === wanted).map(({ status, detail }) => [status, detail]);
  return { ...report, failed, said };
}
