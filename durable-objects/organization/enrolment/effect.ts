// A sealed enrolment: the person is a member and the key is one of theirs, with the ledger's entry that decisions cite.
import type { Passkey } from '../../../core/authority.ts';
import type { Effect } from '../effects.ts';
import { refreshSources } from '../people.ts';
import type { LinkRecord } from '../records.ts';
import { bumpConfig, nowInstant, type Room } from '../room.ts';

export const enrolEffect: Effect = (room, { body }, receipt) => {
  const key = body.key as unknown as Passkey;
  const link = body.link === null ? null : room.store.links.get(String(body.link));
  if (link && !room.store.members.get(link.user)) join(room, link);
  // Whoever was removed between the ceremony and its sealing stays removed.
  const standing = room.store.members.get(key.user)?.status ?? 'removed';
  room.store.passkeys.put({ ...key, status: standing === 'removed' ? 'revoked' : 'active', entry: receipt.index });
  refreshSources(room);
  bumpConfig(room);
};

function join(room: Room, link: LinkRecord): void {
  const { user: id, name, email, roles } = link;
  room.store.members.put({ id, name, email, roles, status: 'active', sources: {}, created_at: nowInstant() });
  for (const group of link.groups.map((wanted) => room.store.groups.get(wanted)))
    if (group) room.store.groups.put({ ...group, members: [...group.members, id] });
}
