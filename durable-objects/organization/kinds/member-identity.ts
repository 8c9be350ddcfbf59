// Who a member is at OpenID providers: linked beforehand by a signed change, one identity for one member. Identity is
// issuer and subject; a mail address or a name at the provider means nothing here.
import type { Identity } from '../../../core/oidc/issuer.ts';
import { identityIsFree } from '../people.ts';
import type { MemberRecord } from '../records.ts';
import { nowInstant, type Room } from '../room.ts';
import { wrong } from './kind.ts';

/** Those that a change links. */
export const newIdentities = (member: MemberRecord, after: readonly Identity[]): Identity[] =>
  after.filter(
    ({ issuer, subject }) => !member.identities?.some((one) => one.issuer === issuer && one.subject === subject),
  );

/** An identity is of one member, at a provider of people. */
export function faultOfIdentities(room: Room, member: MemberRecord, after: readonly Identity[]) {
  const fresh = newIdentities(member, after);
  const stray = fresh.find(({ issuer }) => room.store.issuers.get(issuer)?.purpose !== 'people');
  if (stray) return wrong('/value/identities', `${stray.issuer} is no identity provider of people`);
  const taken = fresh.find((identity) => !identityIsFree(room, identity, member.id));
  return taken ? wrong('/value/identities', `${taken.subject} at ${taken.issuer} is another member`) : null;
}

type Linked = NonNullable<MemberRecord['identities']>[number];

/** A link keeps the time since when it stands. */
export const linksAfter = (now: MemberRecord, after: readonly Identity[] = []): Linked[] =>
  after.map(({ issuer, subject }) => {
    const known = now.identities?.find((one) => one.issuer === issuer && one.subject === subject);
    return known ?? { issuer, subject, linked_at: nowInstant() };
  });
