// The operator's door for an owner who lost every passkey: a recovery link. Who may call is the Worker's to prove (the
// set-up secret). It is an event of its own, sealed before the link is answered, and every dashboard hears it.
import type { Client } from '../../core/authority.ts';
import type { LinkClaims } from '../../core/credential.ts';
import { instantAt } from '../../core/duration.ts';
import { ENROL_TOKEN_LIFETIME_SECONDS } from '../../core/limits.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { claimsOf, giveLink } from './links.ts';
import { activeWith } from './people.ts';
import { afterSealing, draft, from, mintId, type Room, record } from './room.ts';

/** Claims for the Worker to make the link from. Only inside `transact`. */
export function recoverOwner(room: Room, client: Client | undefined): Result<LinkClaims> {
  const [owner] = activeWith(room, ['owner']);
  if (!owner)
    return fail('forbidden', 'There is no active owner to recover: set up, or let another owner unlock this one.');
  const { id: user, name, email, roles } = owner;
  const expires_at = Date.now() + ENROL_TOKEN_LIFETIME_SECONDS * 1000;
  const about = { id: mintId('inv'), purpose: 'recovery' as const, user, name, email, roles, groups: [], expires_at };
  const link = giveLink(room, about, 'setup');
  const skeleton = { user, token: link.id, change: null, expires_at: instantAt(expires_at) };
  const events = record(room, [draft('member.recovery_started', 'setup', skeleton, from(client))]);
  afterSealing(room, events, 'link', {});
  return ok(claimsOf(room, link));
}
