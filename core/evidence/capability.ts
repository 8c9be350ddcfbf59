// What the approval released: the capability's scope is the strictest that counted votes signed, and no exchange or use
// was of anything else.
import { sameJson } from '../canonical.ts';
import { authorizationOf, scopeOf, strictest } from '../capability.ts';
import { digestOf } from '../digest.ts';
import type { Scope } from '../intent.ts';
import { type Case, lineOf, pointerTo } from './case.ts';
import type { EvidenceLine } from './forms.ts';
import { type Held, heldBefore } from './held.ts';
import { atLine } from './tally.ts';

/** The widest scope that policy computed; null once the action is erased. */
export function baseScopeOf(of: Case, held: Held = heldBefore(of, Number.POSITIVE_INFINITY)): Scope | null {
  const { birth } = of;
  if (birth.personal === null) return null;
  const { action, resource } = birth.personal as { action: string; resource: string };
  return scopeOf(action, resource, held.params_digest, held.capability);
}

/**
 * @param counted the votes that made the approval; empty where policy did, null where they cannot be counted again
 */
export function checkCapability(of: Case, counted: readonly EvidenceLine[] | null): void {
  const issued = lineOf(of, 'capability.issued');
  if (issued === undefined) return;
  const scope = (issued.event.personal?.scope ?? null) as Scope | null;
  const { skeleton } = issued.event;
  const { action_digest, params_digest } = heldBefore(of, issued.event.seq);
  const own = skeleton.action_digest === action_digest && skeleton.params_digest === params_digest;
  of.tally.holds(own, 'capability', 'The capability is for another action than was asked or edited.', atLine(issued));
  checkScope(of, issued, scope, counted);
  for (const line of of.bundle.events) checkUse(of, line, issued, scope);
}

function checkScope(
  of: Case,
  issued: EvidenceLine,
  scope: Scope | null,
  counted: readonly EvidenceLine[] | null,
): void {
  const at = atLine(issued);
  const scopes = counted?.map(({ event }) => (event.personal?.intent as { scope?: Scope } | undefined)?.scope) ?? [];
  const whole = counted !== null && scope !== null && scopes.every((one) => one !== undefined);
  const expected = whole
    ? scopes.length > 0
      ? strictest(scopes as Scope[])
      : baseScopeOf(of, heldBefore(of, issued.event.seq))
    : null;
  if (scope === null || expected === null) {
    of.tally.say('capability', 'not-replayable', 'The scope, or what was signed of it, is erased.', at);
    return;
  }
  const { enforce, dpop, ttl_seconds } = issued.event.skeleton;
  const told = enforce === scope.enforce && dpop === scope.dpop && ttl_seconds === scope.ttl_seconds;
  const field = pointerTo(of, issued, '/event/personal/scope');
  const fits = told && sameJson(scope, expected);
  if (of.tally.holds(fits, 'capability', 'The capability releases something else than was signed.', { ...at, field }))
    of.tally.say('capability', 'proved', `The capability releases exactly ${released(of, scopes.length)}.`, at);
}

/** What the capability releases, in words. A vote signs a scope, and so does an emergency use; policy alone signs none. */
const released = (of: Case, signed: number): string =>
  signed > 0 || lineOf(of, 'break_glass.used') !== undefined
    ? 'the strictest scope that was signed'
    : 'the scope that policy’s settings give, which nobody signed';

/** Exchange and consumption name the one capability; the claims of the token are what it releases. */
function checkUse(of: Case, line: EvidenceLine, issued: EvidenceLine, scope: Scope | null): void {
  const { type, skeleton, personal } = line.event;
  if (!type.startsWith('capability.') || line === issued) return;
  const at = atLine(line);
  const one = skeleton.capability === issued.event.skeleton.capability;
  of.tally.holds(one, 'capability', 'It names another capability than was issued.', at);
  if (type !== 'capability.exchanged') return;
  const claims = personal?.claims;
  if (claims === undefined || scope === null || of.birth.personal === null) {
    of.tally.say('claims', 'not-replayable', 'What the token said is erased or withheld.', at);
    return;
  }
  const { action_digest } = heldBefore(of, line.event.seq);
  const expected = authorizationOf({ ...(of.birth.personal as never as object), scope, action_digest } as never);
  const holds = sameJson(claims, [expected]) && digestOf(claims) === skeleton.claims_digest;
  const field = pointerTo(of, line, '/event/personal/claims');
  if (!of.tally.holds(holds, 'claims', 'The token allowed something else than was released.', { ...at, field })) return;
  of.tally.say('claims', 'proved', 'The action that the token authorized is exactly the one that was released.', at);
  const word = 'The token’s audience, actor, times and key are in no event: the operator’s word.';
  of.tally.say('token', 'asserted', word, at);
}
