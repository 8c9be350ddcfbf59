// The operator's door: another set-up link as long as there is no owner, a recovery link for the owner afterwards. Who
// may call is the Worker's to prove. A recovery is an event, and every dashboard hears it.
import type { LinkClaims } from '../../core/credential.ts';
import { instantAt } from '../../core/duration.ts';
import { ENROL_TOKEN_LIFETIME_SECONDS } from '../../core/limits.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { claimsOf, giveLink } from './links.ts';
import { activeWith, hasOwner } from './people.ts';
import { draft, mintId, organizationOf, type Room, record } from './room.ts';

/** Claims for the Worker to sign. Only inside `transact`. */
export function operatorLink(room: Room, exp: number | null): Result<LinkClaims> {
  const { id: organization } = organizationOf(room);
  if (!hasOwner(room)) return ok({ jti: mintId('inv'), purpose: 'setup', organization, exp, roles: ['owner'] });
  const [owner] = activeWith(room, ['owner']);
  if (!owner) return fail('forbidden', 'The owner is locked. Another administrator must unlock the owner first.');
  const { id: user, name, email, roles } = owner;
  const expires_at = Date.now() + ENROL_TOKEN_LIFETIME_SECONDS * 1000;
  const link = giveLink(room, {
    id: mintId('inv'),
    purpose: 'recovery',
    user,
    name,
    email,
    roles,
    groups: [],
    expires_at,
  });
  const skeleton = { user, token: link.id, change: null, expires_at: instantAt(expires_at) };
  record(room, [draft('member.recovery_started', 'setup', skeleton)]);
  return ok(claimsOf(room, link));
}
