// Events of the organisation that other objects' proofs cite: its founding, a policy's publication, passkeys' enrolments.
// Found by scanning its journal's text: evidence is asked for rarely, and an index would be written with every event.
import type { RecordedEvent } from '../../core/events.ts';
import type { LedgerReceipt } from '../ledger/forms.ts';
import type { Room } from './room.ts';

export interface EntriesQuestion {
  passkeys: string[];
  policy_version: number;
  /** `iss_… sha256:…`: providers whose tokens signed, with the digest of their settings then. */
  issuers?: string[];
  /** The request itself: reviews of its break-glass use. */
  request?: string;
  /** Under which votes were given: each comes with the enrolment of the key that signed it. */
  delegations?: string[];
}

export interface Entry {
  event: RecordedEvent;
  /** Null while it is not sealed. */
  receipt: LedgerReceipt | null;
}

/** Type → whether the question is about this event of it. */
const ASKED: Partial<Record<string, (event: RecordedEvent, question: EntriesQuestion) => boolean>> = {
  'organization.created': () => true,
  'policy.published': ({ skeleton }, { policy_version }) => skeleton.version === policy_version,
  'break_glass.reviewed': ({ skeleton }, { request }) => skeleton.request === request,
  'delegation.created': ({ skeleton }, { delegations = [] }) => delegations.includes(String(skeleton.delegation)),
  'oidc_issuer.updated': ({ skeleton }, { issuers }) =>
    issuers?.includes(`${skeleton.issuer} ${skeleton.settings_digest}`) === true,
  'passkey.registered': ({ skeleton }, { passkeys }) => passkeys.includes(String(skeleton.passkey)),
};

/** The asked events, in the order in which they happened; of a review, the enrolment of the key that signed it too. */
export function entriesFor(room: Room, asked: EntriesQuestion): Entry[] {
  const made = (asked.delegations ?? []).map((id) => room.store.delegations.get(id)?.passkey ?? '');
  const all = entriesOf(room, Object.keys(ASKED));
  const reviews = all.filter(({ event }) => event.type === 'break_glass.reviewed' && isAsked(event, asked));
  const reviewed = reviews.map(({ event }) => String(event.skeleton.passkey));
  const question = { ...asked, passkeys: [...asked.passkeys, ...made, ...reviewed] };
  return all.filter(({ event }) => isAsked(event, question));
}

const isAsked = (event: RecordedEvent, question: EntriesQuestion): boolean =>
  ASKED[event.type]?.(event, question) === true;

/** Every entry that was written together with one of these types. */
function entriesOf(room: Room, types: string[]): Entry[] {
  const rows = room.ctx.storage.sql.exec<{ events: string; sealed: string | null }>(
    `SELECT events, sealed FROM journal WHERE ${types.map(() => 'instr(events, ?) > 0').join(' OR ')} ORDER BY n`,
    ...types.map((type) => `"type":"${type}"`),
  );
  return rows.toArray().flatMap(({ events, sealed }) => {
    const { receipts } = (sealed === null ? { receipts: [] } : JSON.parse(sealed)) as { receipts: LedgerReceipt[] };
    return (JSON.parse(events) as RecordedEvent[]).map((event) => ({
      event,
      receipt: receipts.find((receipt) => receipt.event === event.id) ?? null,
    }));
  });
}
