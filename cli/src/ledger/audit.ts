// The organisation's completeness audit, over all leaves of the log: none of its sealed events is missing from what the
// server lists, and none that the server lists is missing from the log. The leaves are checked against the signed head
// first. Where this key may not run it, that is an answer of its own, never a pass.
import { AssentryError } from '@assentry/sdk';
import { equalBytes, fromHex } from '../../../core/encoding.ts';
import { faultOfEvent } from '../../../core/events.ts';
import {
  type AuditFault,
  auditOrganization,
  decodeEntries,
  growFrontier,
  leafHash,
  placeInShard,
  rootOfFrontier,
  shardOf,
  TILE_WIDTH,
  tilePath,
} from '../../../core/ledger.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { patiently, type Sealed, sealedBelow } from './events-listed.ts';
import type { Heads, VerifiedHead } from './head.ts';

/** `places` of the organisation that were found among `size` leaves. */
export type Audit = { ran: true; places: number; size: number; faults: AuditFault[] } | { ran: false; reason: string };

const FORBIDDEN: readonly number[] = [401, 403, 404];

/** @param known K_org as hex, from a profile; null asks the server for it */
export async function auditOf(context: Context, heads: Heads, known: string | null): Promise<Audit> {
  try {
    const { organization, link_key } = await linkKey(context, known);
    return { ran: true, ...(await audited(context, heads, { organization, link_key })) };
  } catch (error) {
    if (!(error instanceof AssentryError) || !FORBIDDEN.includes(error.status)) throw error;
    return { ran: false, reason: `it needs an API key of scope admin:read (${error.message})` };
  }
}

interface Link {
  /** Null where nobody says it: then events say it themselves. */
  organization: string | null;
  link_key: Uint8Array;
}

async function linkKey({ client, settings, signal }: Context, known: string | null): Promise<Link> {
  const path = '/v1/organization/link-key';
  const said =
    known === null
      ? await client().call<{ organization: string; link_key: string }>('GET', path, undefined, { signal })
      : { organization: settings().organization, link_key: known };
  const link_key = fromHex(said.link_key);
  if (link_key?.length === 32) return { organization: said.organization, link_key };
  throw new CliError(EXIT.usage, 'The link key is not 32 bytes of lower-case hex.');
}

async function audited(context: Context, heads: Heads, link: Link) {
  const all = await heads.all();
  const leaves: Uint8Array[][] = [];
  for (const head of all) leaves.push(await leavesOf(context, head, head === heads.newest));
  const isIn = (index: number) => placeInShard(index) < (all[shardOf(index)]?.size ?? 0);
  const once = async () => reportOn(await sealedBelow(context, isIn), leaves, link);
  // What the list lacks may only be late: D1 follows the ledger.
  const settled = await patiently(context, async () => {
    const report = await once();
    return report.faults.some(({ kind }) => kind === 'unknown') ? null : report;
  });
  return settled ?? (await once());
}

function reportOn(events: Sealed[], [leaves = [], ...later_shards]: Uint8Array[][], { link_key, organization }: Link) {
  const altered = events.flatMap((event): AuditFault[] => {
    const whole = { ...event, organization: organization ?? String(event.skeleton.organization) };
    const fault = faultOfEvent(whole);
    const { org_seq, index } = event.receipt;
    const detail = `event ${event.id} does not hold what it commits to (${fault})`;
    return fault === null ? [] : [{ kind: 'unlinked', org_seq, index, event: event.id, detail }];
  });
  const own = events.map(({ id, commit, receipt: { index, org_seq } }) => ({ event: id, commit, index, org_seq }));
  const { faults, org_seq: places, size } = auditOrganization({ link_key, leaves, later_shards, own });
  return { places, size, faults: [...altered, ...faults] };
}

/** All leaves of the head's tree; they give its root, or it fails with exit code 9. */
async function leavesOf(
  { client, signal }: Context,
  { shard, size, root }: VerifiedHead,
  newest: boolean,
): Promise<Uint8Array[]> {
  const prefix = newest ? '/ledger' : `/ledger/shards/${shard}`;
  const leaves: Uint8Array[] = [];
  for (let number = 0; number * TILE_WIDTH < size; number++) {
    const width = Math.min(TILE_WIDTH, size - number * TILE_WIDTH);
    const bundle = await client().file(`${prefix}/${tilePath({ level: 'entries', number, width })}`, { signal });
    const entries = decodeEntries(bundle) ?? [];
    if (entries.length < width)
      throw new CliError(EXIT.verification, `The bundle of entries ${number} has ${entries.length}, not ${width}.`);
    for (const leaf of entries.slice(0, width)) leaves.push(leaf);
  }
  let frontier: Uint8Array[] = [];
  leaves.forEach((leaf, at) => {
    frontier = growFrontier(frontier, at, leafHash(leaf));
  });
  if (equalBytes(rootOfFrontier(frontier), root)) return leaves;
  throw new CliError(EXIT.verification, 'The leaves that the log shows do not give the root that it signed.');
}
