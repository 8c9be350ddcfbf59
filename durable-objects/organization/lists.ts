// Reading the organisation: one table, kind of list → rows. Never a secret: no digest, no webhook secret, no link. Every
// member and keys with `admin:read` read; K_org is shown to those keys and to administrators, for their own audit.
import { ADMINISTERS, type Change, type Credential, type Principal, type Snapshot } from '../../core/authority.ts';
import { instantAt } from '../../core/duration.ts';
import { asJson, type Json } from '../../core/json.ts';
import { DEFAULT_LIST_LIMIT, MAX_LIST_LIMIT } from '../../core/limits.ts';
import { standingOfKey } from '../../core/passkey/enrolled-key.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { usesOf } from './break-glass.ts';
import { viewOf } from './changes.ts';
import { delegationView } from './delegations.ts';
import { groupNames } from './people.ts';
import { readerWith } from './principals.ts';
import { organizationOf, type Room } from './room.ts';

export interface ListQuestion {
  credential: Credential;
  kind: ListKind;
  cursor?: string | null;
  limit?: number | null;
}

export interface ListPage {
  data: Json[];
  next_cursor: string | null;
}

/** A row with the text that orders it and that the cursor names. */
type Row = readonly [order: string, row: unknown];
type Lister = (room: Room, reader: Principal) => Row[];

const PASSKEY_FIELDS = [
  'id',
  'name',
  'status',
  'device_type',
  'backed_up',
  'created_at',
  'last_used_at',
  'restricted_until',
  'entry',
] as const;

const pick = <T extends object, K extends keyof T>(from: T, keys: readonly K[]) =>
  Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;

const members: Lister = (room) =>
  room.store.members
    .list()
    .filter((member) => member.status !== 'removed')
    .map((member) => {
      const passkeys = room.store.passkeys
        .list(['user', '=', member.id])
        .map((passkey) => ({ ...pick(passkey, PASSKEY_FIELDS), fault: standingOfKey(passkey.public_key).fault }));
      const shown = pick(member, ['id', 'name', 'email', 'roles', 'status', 'created_at']);
      const { identities = [] } = member;
      return [
        newestFirst(member.created_at, member.id),
        { ...shown, identities, groups: groupNames(room, member.id), passkeys },
      ];
    });

/** A number that orders as text as it does as number. */
const numbered = (n: number): string => String(n).padStart(16, '0');

/** Orders by when a thing was made; its id alone says nothing of that where a change gave it. */
const newestFirst = (at: string, id: string): string => `${numbered(2 ** 43 - Date.parse(at))} ${id}`;

/** When things that keep no time of their own were made: by their first change, else with the organisation. */
function madeBy(room: Room, kind: Change['kind']): (id: string) => string {
  const first = room.store.changes.list().filter((change) => change.kind === kind && change.before === null);
  const at = new Map(first.map(({ target, applied_at, proposed_at }) => [target, applied_at ?? proposed_at]));
  return (id) => at.get(id) ?? organizationOf(room).created_at;
}

const policies: Lister = (room) => {
  const current = organizationOf(room).policy_version;
  return room.store.policies
    .list()
    .map((policy) => [numbered(2 ** 31 - policy.version), { ...policy, current: policy.version === current }]);
};

/** One published version. */
export function policyVersion(room: Room, version: number): Result<Snapshot['policy']> {
  const found = room.store.policies.get(version);
  return found
    ? ok({ version, digest: found.digest, policy: found.policy })
    : fail('not-found', 'There is no such policy version.');
}

const LISTS = {
  members,
  groups: (room) => {
    const made = madeBy(room, 'group');
    return room.store.groups.list().map((group) => [newestFirst(made(group.id), group.id), group]);
  },
  'service-accounts': (room) =>
    room.store.service_accounts.list().map((account) => [newestFirst(account.created_at, account.id), account]),
  'api-keys': (room) =>
    room.store.api_keys.list().map(({ digest: _d, used_at: _u, ...key }) => [newestFirst(key.created_at, key.id), key]),
  'webhook-endpoints': (room) =>
    room.store.endpoints
      .list()
      .filter((endpoint) => endpoint.status !== 'removed')
      .map(({ secret: _s, failing_since, ...endpoint }) => [
        newestFirst(endpoint.created_at, endpoint.id),
        { ...endpoint, failing_since: failing_since === null ? null : instantAt(failing_since) },
      ]),
  'oidc-issuers': (room) => {
    const made = madeBy(room, 'oidc_issuer');
    return room.store.issuers
      .list()
      .map(({ digest: _d, mapped_since: _m, makers: _k, ...issuer }) => [
        newestFirst(made(issuer.id), issuer.id),
        issuer,
      ]);
  },
  policy: (room, reader) => policies(room, reader).filter(([, row]) => (row as { current: boolean }).current),
  'policy-versions': policies,
  'break-glass': (room) =>
    usesOf(room).map(({ open, confirmed: _c, owners: _o, ...use }) => [
      newestFirst(use.used_at, use.request),
      { ...use, open: open === 1 },
    ]),
  delegations: (room) =>
    room.store.delegations.list().map((made) => [newestFirst(made.created_at, made.id), delegationView(room, made)]),
  stops: (room) => room.store.stops.list().map((stop) => [newestFirst(stop.set_at, stop.id), stop]),
  organization: (room, reader) => {
    const { id_key: _i, body_digest: _b, open: _o, link_key, ...shown } = organizationOf(room);
    const audits = reader.kind === 'machine' || reader.roles.some((role) => ADMINISTERS.includes(role));
    return [[shown.id, audits ? { ...shown, link_key } : shown]];
  },
  invitations: (room) =>
    room.store.links
      .list()
      .filter((link) => link.purpose !== 'setup')
      .map(({ credential_id: _c, session: _s, expires_at, ...link }) => [
        newestFirst(link.created_at, link.id),
        { ...link, expires_at: instantAt(expires_at) },
      ]),
} as const satisfies Record<string, Lister>;

export type ListKind = keyof typeof LISTS;

/** One page of a list, newest first. */
export function list(room: Room, question: ListQuestion): Result<ListPage> {
  const reader = readerWith(room, question.credential, ['admin:read']);
  if (!reader.ok) return reader;
  if (!Object.hasOwn(LISTS, question.kind)) return fail('not-found', 'There is no such list.');
  const rows = (LISTS[question.kind] as Lister)(room, reader.value);
  return ok(page(rows, question));
}

/** Changes, newest first. */
export function listChanges(
  room: Room,
  question: { credential: Credential; status?: Change['status'] | null; cursor?: string | null; limit?: number | null },
): Result<ListPage> {
  const reader = readerWith(room, question.credential, ['admin:read']);
  if (!reader.ok) return reader;
  const changes = room.store.changes
    .list()
    .map(viewOf)
    .filter((change) => !question.status || change.status === question.status);
  return ok(
    page(
      changes.map((change) => [newestFirst(change.proposed_at, change.id), change]),
      question,
    ),
  );
}

function page(rows: Row[], { cursor, limit }: { cursor?: string | null; limit?: number | null }): ListPage {
  const size = Math.max(1, Math.min(limit ?? DEFAULT_LIST_LIMIT, MAX_LIST_LIMIT));
  const after = [...rows]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .filter(([order]) => !cursor || order > cursor);
  const shown = after.slice(0, size);
  return {
    data: shown.map(([, row]) => asJson(row)),
    next_cursor: after.length > size ? (shown.at(-1)?.[0] ?? null) : null,
  };
}
