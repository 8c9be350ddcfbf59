// The invariants of reliability.md, I1 to I9, as one checker over the public API: what was acknowledged, what the
// objects say, what the ledger holds, what D1 lists, what receivers got. It trusts none of them and compares all. It
// answers with what does not hold, in words; an empty list is the good case.
import { equalBytes, fromHex, hex } from '../core/encoding.ts';
import type { RecordedEvent } from '../core/events.ts';
import { leafHash, parseEventLeaf } from '../core/ledger.ts';
import { TERMINAL } from '../core/lifecycle.ts';
import { replay } from '../core/replay.ts';
import type { ApprovalRequest } from '../sdk/src/wire.ts';
import { fetchLedger, type LedgerCopy, ledgerFault, ledgerKey } from './ledger-copy.ts';

interface Receipt {
  index: number;
  org_seq: number;
  leaf_hash: string;
}

/** An event as its object tells it. */
export type ToldEvent = RecordedEvent & { receipt: Receipt | null };

export interface Observed {
  requests: Map<string, { exact: ApprovalRequest; listed: ApprovalRequest | null; events: ToldEvent[] }>;
  /** Ids of events that D1 lists. */
  listed_events: Set<string>;
  ledger: LedgerCopy;
  ledger_key: string;
  /** Deliveries by event id, as D1 lists them. */
  deliveries: { event: string; event_type: string; status: string }[];
  now_ms: number;
}

/** What callers were told: request id → event types that an answer of 2xx promised. */
export type Acknowledged = Map<string, Set<string>>;

export interface Question {
  base_url: string;
  /** A key that reads all requests and events. */
  api_key: string;
  acknowledged: Acknowledged;
}

const AT_ONCE = 8;

/** Runs over many, a few at a time, in order of the input. */
export async function mapLimited<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await run(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

async function read<T>({ base_url, api_key }: Question, path: string): Promise<T> {
  const response = await fetch(base_url + path, { headers: { authorization: `Bearer ${api_key}` } });
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

async function readAll<T>(question: Question, path: string): Promise<T[]> {
  const rows: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { data: T[]; next_cursor?: string | null } = await read(question, `${path}?limit=100${after}`);
    rows.push(...page.data);
    cursor = page.next_cursor ?? null;
  }
  return rows;
}

/** Reads everything that can be read about an organisation. */
export async function observe(question: Question): Promise<Observed> {
  const listed = await readAll<ApprovalRequest>(question, '/v1/approval-requests');
  const events = await readAll<{ id: string }>(question, '/v1/events');
  const deliveries = await readAll<Observed['deliveries'][0]>(question, '/v1/deliveries');
  const ids = [...new Set([...question.acknowledged.keys(), ...listed.map(({ id }) => id)])];
  const requests = await mapLimited(ids, async (id) => {
    const exact = await read<ApprovalRequest>(question, `/v1/approval-requests/${id}`);
    const told = await read<{ data: ToldEvent[] }>(question, `/v1/approval-requests/${id}/events`);
    return [id, { exact, listed: listed.find((row) => row.id === id) ?? null, events: told.data }] as const;
  });
  return {
    requests: new Map(requests),
    listed_events: new Set(events.map(({ id }) => id)),
    ledger: await fetchLedger(question.base_url, question.api_key),
    ledger_key: await ledgerKey(question.base_url),
    deliveries,
    now_ms: Date.now(),
  };
}

type Check = (observed: Observed, acknowledged: Acknowledged) => string[] | Promise<string[]>;

const perRequest =
  (check: (of: { exact: ApprovalRequest; listed: ApprovalRequest | null; events: ToldEvent[] }) => string[]): Check =>
  ({ requests }) =>
    [...requests].flatMap(([id, of]) => check(of).map((fault) => `${id}: ${fault}`));

const count = (events: ToldEvent[], type: string): number => events.filter((event) => event.type === type).length;

const everyAcknowledged: Check = ({ requests }, acknowledged) =>
  [...acknowledged].flatMap(([id, types]) => {
    const events = requests.get(id)?.events ?? [];
    return [...types].filter((type) => count(events, type) === 0).map((type) => `${id}: acknowledged ${type} is lost`);
  });

const everySealed: Check = perRequest(({ events }) =>
  events.filter(({ receipt }) => receipt === null).map(({ id, type }) => `${type} ${id} is not sealed`),
);

/** The leaf at an event's index commits to that event, and no two events share an index. */
const onceInLedger: Check = async ({ requests, ledger, ledger_key }) => {
  const fault = await ledgerFault(ledger, ledger_key);
  const faults = fault === null ? [] : [fault];
  const owners = new Map<number, string>();
  for (const event of [...requests.values()].flatMap(({ events }) => events)) {
    if (event.receipt === null) continue;
    const { index } = event.receipt;
    if (owners.has(index)) faults.push(`${event.id} and ${owners.get(index)} share index ${index}`);
    owners.set(index, event.id);
    if (!commitsTo(ledger.leaves[index], event)) faults.push(`leaf ${index} is not of ${event.id}`);
  }
  return [...faults, ...repeatedCommits(ledger)];
};

function commitsTo(leaf: Uint8Array | undefined, event: ToldEvent): boolean {
  const parsed = leaf && parseEventLeaf(leaf);
  const commit = fromHex(event.commit);
  if (!leaf || !parsed || !commit) return false;
  return equalBytes(parsed.commit, commit) && hex(leafHash(leaf)) === event.receipt!.leaf_hash;
}

function repeatedCommits({ leaves }: LedgerCopy): string[] {
  const seen = new Map<string, number>();
  return leaves.flatMap((leaf, index) => {
    const parsed = parseEventLeaf(leaf);
    const commit = parsed ? hex(parsed.commit) : `leaf ${index}`;
    const before = seen.get(commit);
    seen.set(commit, index);
    return before === undefined ? [] : [`leaves ${before} and ${index} seal the same event`];
  });
}

const sameOrder: Check = perRequest(({ events }) => {
  const sealed = events.flatMap(({ receipt }) => (receipt === null ? [] : [receipt]));
  const disorder = sealed.findIndex(({ index, org_seq }, at) => {
    const before = sealed[at - 1];
    return before !== undefined && (index <= before.index || org_seq <= before.org_seq);
  });
  return disorder === -1 ? [] : [`event ${disorder + 1} stands before its predecessor in the ledger`];
});

const projected: Check = ({ requests, listed_events }) =>
  [...requests].flatMap(([id, { exact, listed, events }]) => {
    if (listed === null) return [`${id}: D1 does not list it`];
    const missing = events
      .filter((event) => !listed_events.has(event.id))
      .map((event) => `${id}: D1 lacks ${event.id}`);
    const stale = listed.status === exact.status && listed.updated_at === exact.updated_at;
    return stale ? missing : [`${id}: D1 says ${listed.status}, its object ${exact.status}`, ...missing];
  });

const usedOnce: Check = perRequest(({ events }) => {
  const live = count(events, 'capability.exchanged') - count(events, 'capability.returned');
  const consumed = count(events, 'capability.consumed');
  return [
    ...(live > 1 ? [`${live} live exchanges`] : []),
    ...(consumed > 1 ? [`consumed ${consumed} times`] : []),
    ...(count(events, 'capability.issued') > 1 ? ['issued twice'] : []),
  ];
});

const decidedOnce: Check = perRequest(({ events, exact }) => {
  const decided = count(events, 'approval.decided');
  const ends = events
    .filter(({ skeleton }) => TERMINAL.includes(skeleton.to as never))
    .map(({ skeleton }) => skeleton.step);
  return [
    ...(decided > 1 ? [`${decided} terminal decisions`] : []),
    ...(new Set(ends).size > 1 ? [`ended ${new Set(ends).size} times`] : []),
    ...(exact.ledger.pending ? ['something of it is not in the ledger yet'] : []),
  ];
});

/** Illegal steps, approvals after expiry or cancel among them, do not replay. */
const legal: Check = perRequest(({ events, exact }) => {
  const replayed = replay(events);
  if (!replayed.ok) return [`event ${replayed.at_seq}: ${replayed.reason}`];
  return replayed.life.status === exact.status
    ? []
    : [`replays to ${replayed.life.status}, its object says ${exact.status}`];
});

/** An alarm may be a second late; a deadline that passed while the server was down is kept when it is back. */
const EXPIRY_GRACE_MS = 2_000;

const expired: Check = ({ requests, now_ms }) =>
  [...requests].flatMap(([id, { exact }]) => {
    const overdue = exact.status === 'pending' && now_ms - Date.parse(exact.expires_at) > EXPIRY_GRACE_MS;
    return overdue ? [`${id}: overdue since ${exact.expires_at} and still pending`] : [];
  });

const delivered: Check = ({ deliveries }) =>
  deliveries
    .filter(({ status }) => status === 'due')
    .map(({ event, event_type }) => `${event_type} ${event} is still due`);

/** Invariant → its check. */
export const INVARIANTS: readonly (readonly [name: string, check: Check])[] = [
  ['I1 acknowledged', everyAcknowledged],
  ['I1 sealed', everySealed],
  ['I2', onceInLedger],
  ['I3', sameOrder],
  ['I4', projected],
  ['I5', usedOnce],
  ['I6', decidedOnce],
  ['I7', legal],
  ['I8', expired],
  ['I9', delivered],
];

/** Everything that does not hold now, each with the name of its invariant. */
export async function broken(question: Question): Promise<string[]> {
  const observed = await observe(question);
  const faults = await Promise.all(
    INVARIANTS.map(async ([name, check]) => {
      const found = await check(observed, question.acknowledged);
      return found.map((fault) => `${name}: ${fault}`);
    }),
  );
  return faults.flat();
}
