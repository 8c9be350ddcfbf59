// A log and an organisation's export of it, made in memory by the same core functions that the server runs.
import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { sha256 } from '#sha256';
import { base64, concatBytes, fromBase64Url, hex, utf8 } from '../../core/encoding.ts';
import type { EventType } from '../../core/event-fields.ts';
import { type EventDraft, type RecordedEvent, recordEvent } from '../../core/events.ts';
import type { EvidenceCrypto } from '../../core/evidence/forms.ts';
import type { JsonObject } from '../../core/json.ts';
import { FIRST_SUM, writeLine } from '../../core/ledger/export/format.ts';
import { type ExportDecision, exportLines } from '../../core/ledger/export.ts';
import {
  acrossShards,
  eventLeaf,
  leafHash,
  linkOf,
  NOTHING_BEFORE,
  rootOfHashes,
  signCheckpoint,
  TILE_WIDTH,
  verifierKey,
} from '../../core/ledger.ts';
import { type Command, type GuardFacts, type Life, NO_FACTS, step } from '../../core/lifecycle.ts';
import {
  derSignature,
  type P256Key,
  receiptDigest,
  receiptEnvelope,
  receiptLeaf,
  receiptPae,
  receiptStatement,
  spkiOf,
} from '../../core/receipt.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const log = {
  name: 'example.com/assentry/2026h2',
  public_key: fromBase64Url(publicKey.export({ format: 'jwk' }).x!)!,
  sign: async (message: Uint8Array) => new Uint8Array(sign(null, message, privateKey as KeyObject)),
};
export const LOG_KEY = verifierKey(log);
export const ORGANIZATION = 'org_1';
export const LINK_KEY = sha256(utf8('K_org'));

/** Ed25519 and ES256 by Node alone. */
export const nodeCrypto: EvidenceCrypto = {
  verify: async (jwk, message, signature) => {
    const key = { key: jwk as unknown as import('node:crypto').JsonWebKey, format: 'jwk' as const };
    return verify(jwk.kty === 'EC' ? 'sha256' : null, message, { ...key, dsaEncoding: 'ieee-p1363' }, signature);
  },
};

const receipts = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const RECEIPT_JWK = receipts.publicKey.export({ format: 'jwk' }) as unknown as P256Key;
export const RECEIPT_KEY = base64(spkiOf(RECEIPT_JWK));

const DIGEST = `sha256:${'a'.repeat(64)}`;
const VOTE = {
  ...{ reviewer: 'usr_1', decision: 'approve' as const, stage: 0, passkey: 'pk_1', passkey_entry: null },
  ...{ eligibility_digest: DIGEST, decided_at: '2026-11-20T10:00:00.000Z', intent: {}, assertion: {} },
};
/** What a request's one reviewer signed, as the server would say it. */
const statementOf = (request: string): string =>
  receiptStatement({
    ...{ decision: 'approve', organization: { id: ORGANIZATION, kind: 'live' }, request, decided_at: AT },
    ...{ action_digest: DIGEST, request_digest: DIGEST, policy: { version: 1, digest: DIGEST, rule: null } },
    ...{ requirement: { verify: 'passkey', stages: [{ from: ['role:owner'], count: 1 }] }, votes: [VOTE] },
  });

/** The receipt of a decided request, without a place. */
function receiptOf(request: string): Pick<ExportDecision, 'leaf' | 'envelope'> {
  const payload = statementOf(request);
  const key = { key: receipts.privateKey, dsaEncoding: 'ieee-p1363' as const };
  const signature = derSignature(new Uint8Array(sign('sha256', receiptPae(payload), key)));
  const envelope = receiptEnvelope(payload, { signature, public_key: spkiOf(RECEIPT_JWK) });
  return { leaf: receiptLeaf(payload, signature, RECEIPT_JWK), envelope: envelope as never };
}

export type Move = [Command, Partial<GuardFacts>];
/** Propose, approve, exchange, consume, report: five events or more. */
export const WHOLE_LIFE: Move[] = [
  ['propose', { verdict: 'require_approval' }],
  ['approve', { reviewer_of_stage: true, requirement_met: true }],
  ['exchange', { lifetime_left: true }],
  ['consume', {}],
  ['report_executed', { by_requester: true }],
];

const AT = '2026-11-20T10:00:00.000Z';

/** A life as the server would write it. */
export function draftsOf(moves: readonly Move[], receipt_of?: string): EventDraft[] {
  let life: Life = { status: null, capability: null, returned_count: 0 };
  return moves.flatMap(([command, some], at) => {
    const facts = { ...NO_FACTS, ...some };
    const { life: after, row } = step(life, command, facts)!;
    const said = { step: at + 1, command, facts: { ...facts }, from: life.status, to: after.status };
    const shared = { ...said, capability_status: after.capability, returned_count: after.returned_count };
    life = after;
    return row.emits.map((type) => ({
      ...{ type: type as EventType, at: AT, by: 'usr_1' },
      skeleton: { ...shared, ...saidBy(type as EventType, facts, receipt_of) } as JsonObject,
      personal: command === 'propose' ? { params: { amount: 5, to: 'Zoë' }, requester_name: 'bot' } : null,
    }));
  });
}

const saidBy = (type: EventType, { verdict }: GuardFacts, request: string | undefined): object => {
  if (type === 'approval.requested') return { verdict };
  if (type !== 'approval.decided' || request === undefined) return {};
  const who = { reviewer: VOTE.reviewer, passkey: VOTE.passkey, passkey_entry: PASSKEY_ENTRY };
  return { decision: 'approve', action_digest: DIGEST, receipt: receiptDigest(statementOf(request)), ...who };
};

/** Gives an object's drafts their places. */
export function chained(object: string, drafts: readonly EventDraft[]): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const [at, draft] of drafts.entries()) {
    const place = { id: `evt_${object}_${at + 1}`, organization: ORGANIZATION, object, seq: at + 1 };
    const salt = (part: string) => sha256(utf8(`${object} ${at} ${part}`));
    const salts = { salt_skeleton: salt('skeleton'), salt_personal: salt('personal') };
    events.push(recordEvent(draft, { ...place, ...salts, prev: events.at(-1)?.commit ?? null }));
  }
  return events;
}

/** Seals events with foreign leaves between them, and receipts after what names them. */
function sealed(events: readonly RecordedEvent[]) {
  const leaves: Uint8Array[] = [];
  const decisions: ExportDecision[] = [];
  let previous = NOTHING_BEFORE;
  const placed = events.map((event, at) => {
    const commit = Uint8Array.from(Buffer.from(event.commit, 'hex'));
    const link = linkOf(LINK_KEY, { seq: at + 1, previous, commit });
    const receipt = { index: leaves.length, link: hex(link), org_seq: at + 1, sealed_at: AT };
    leaves.push(eventLeaf(commit, link));
    previous = leafHash(leaves.at(-1)!);
    if (typeof event.skeleton.receipt === 'string') {
      const made = receiptOf(event.object);
      decisions.push({ event: event.id, index: leaves.length, ...made });
      leaves.push(utf8(made.leaf));
    }
    if (at % 3 === 0) leaves.push(utf8(`foreign ${at}`));
    return { event, receipt };
  });
  return { leaves, placed, decisions };
}

/** Hashes of each tile level. */
function levelsOf(leaves: readonly Uint8Array[]): Uint8Array[][] {
  const levels = [leaves.map(leafHash)];
  for (let below = levels[0]!; below.length >= TILE_WIDTH; below = levels.at(-1)!)
    levels.push(
      Array.from({ length: Math.floor(below.length / TILE_WIDTH) }, (_, at) =>
        rootOfHashes(below.slice(at * TILE_WIDTH, (at + 1) * TILE_WIDTH)),
      ),
    );
  return levels;
}

export interface MadeExport {
  lines: string[];
  leaves: Uint8Array[];
  placed: ReturnType<typeof sealed>['placed'];
  decisions: ExportDecision[];
}

/** An export of these events, in this order. */
export async function exportOf(events: readonly RecordedEvent[]): Promise<MadeExport> {
  const { leaves, placed, decisions } = sealed(events);
  const { checkpoint, read_tile } = await treeOf(leaves, log);
  const lines = [
    ...exportLines({
      ...{ organization: { id: ORGANIZATION, kind: 'live' as const }, checkpoint, log_key: LOG_KEY },
      ...{ events: placed, decisions, read_tile },
    }),
  ];
  return { lines, leaves, placed, decisions };
}

async function treeOf(leaves: readonly Uint8Array[], signer: typeof log) {
  const levels = levelsOf(leaves);
  const checkpoint = await signCheckpoint({ size: leaves.length, root: rootOfHashes(levels[0]!) }, signer);
  const read_tile = (level: number, number: number, width: number) =>
    concatBytes(...levels[level]!.slice(number * TILE_WIDTH, number * TILE_WIDTH + width));
  return { checkpoint, read_tile };
}

const next = generateKeyPairSync('ed25519');
const second = {
  name: 'example.com/assentry/2027h1',
  public_key: fromBase64Url(next.publicKey.export({ format: 'jwk' }).x!)!,
  sign: async (message: Uint8Array) => new Uint8Array(sign(null, message, next.privateKey)),
};
/** Of the first shard and of the second. */
export const SHARD_KEYS: [string, string] = [LOG_KEY, verifierKey(second)];

/** The same in a log that went on in a second shard after `cut` leaves. */
export async function exportAcross(events: readonly RecordedEvent[], cut: number) {
  const { leaves, placed, decisions } = sealed(events);
  const moved = (index: number) => (index < cut ? index : acrossShards(1, index - cut));
  const trees = [await treeOf(leaves.slice(0, cut), log), await treeOf(leaves.slice(cut), second)];
  const shards = trees.map(({ checkpoint }, shard) => ({ shard, checkpoint, log_key: SHARD_KEYS[shard]! }));
  const made = {
    placed: placed.map(({ event, receipt }) => ({ event, receipt: { ...receipt, index: moved(receipt.index) } })),
    decisions: decisions.map((one) => ({ ...one, index: moved(one.index) })),
  };
  const lines = [
    ...exportLines({
      organization: { id: ORGANIZATION, kind: 'live' },
      ...{ checkpoint: shards[1]!.checkpoint, log_key: SHARD_KEYS[1], shards },
      ...{ events: made.placed, decisions: made.decisions },
      read_tile: (level, number, width, shard) => trees[shard]!.read_tile(level, number, width),
    }),
  ];
  return { lines, leaves, ...made };
}

/** Where `sealed` puts the organisation's second event: the first has a foreign leaf after it. */
const PASSKEY_ENTRY = 2;
const ours = (type: EventType, skeleton: JsonObject, at = AT): EventDraft => ({
  ...{ type, at, by: 'usr_1', skeleton, personal: null },
});
export const ended = (type: EventType, at?: string): EventDraft =>
  ours(type, type.startsWith('passkey') ? { user: VOTE.reviewer, passkey: VOTE.passkey } : { user: VOTE.reviewer }, at);

interface HistoryOptions {
  /** Decisions are people's, with a receipt each; their passkey is enrolled before. */
  receipts?: boolean;
  /** Further events of the organisation, before and after the requests'. */
  before?: readonly EventDraft[];
  after?: readonly EventDraft[];
}

/** `count` requests with whole lives, interleaved two by two, after the organisation's own first events. */
export function history(count: number, options: HistoryOptions = {}): RecordedEvent[] {
  const { receipts = false, before = [], after = [] } = options;
  const skeleton = { kind: 'live' };
  const personal = { name: 'Ours', policy: { '10': 'x', '9': 'y' } };
  const created: EventDraft = { type: 'organization.created', at: AT, by: 'setup', skeleton, personal };
  const registered = receipts ? [ended('passkey.registered')] : [];
  const own = chained(ORGANIZATION, [created, ...registered, ...before, ...after]);
  const first = own.length - after.length;
  const draftsFor = (request: string) => draftsOf(WHOLE_LIFE, receipts ? request : undefined);
  const lives = Array.from({ length: count }, (_, at) => chained(`apr_${at}`, draftsFor(`apr_${at}`)));
  const pairs = lives.flatMap((life, at) =>
    at % 2 === 1 ? [] : life.flatMap((event, seq) => [event, ...(lives[at + 1]?.slice(seq, seq + 1) ?? [])]),
  );
  return [...own.slice(0, first), ...pairs, ...own.slice(first)];
}

// biome-ignore lint/suspicious/noExplicitAny: what a forger makes of a record is not typed
type Loose = any;

/** The lines again with their records changed (null: left out), each sum made to fit: what needs no key. */
export function relined(lines: readonly string[], change: (record: Loose) => Loose | null): string[] {
  let sum = FIRST_SUM;
  return lines.flatMap((line) => {
    const { sum: _, ...record } = JSON.parse(line);
    return [change(record)].flat().flatMap((changed) => {
      if (changed === null) return [];
      const written = writeLine(sum, changed);
      sum = written.sum;
      return [written.line];
    });
  });
}
