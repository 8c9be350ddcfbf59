// An emergency use, proved for what it is: one person with the role of its own signed exactly this action, reason and
// scope. It is no approval, and every word here says so. Who had the role is the operator's word, committed to.
import { BREAK_GLASS_ROLE, breakGlassIntent } from '../break-glass.ts';
import { sameJson } from '../canonical.ts';
import type { BreakGlassIntent } from '../intent.ts';
import type { Instant, Json, JsonObject } from '../json.ts';
import { MAX_BREAK_GLASS_SECONDS } from '../limits.ts';
import { breakGlassStatement } from '../receipt.ts';
import { assuranceAllows } from '../requirement.ts';
import { baseScopeOf } from './capability.ts';
import { type Case, pointerTo } from './case.ts';
import type { Snapshot } from './eligibility.ts';
import type { EvidenceLine } from './forms.ts';
import { checkReviews } from './review.ts';
import { checkSigned, type Signed, signedOf } from './signature.ts';
import { atLine } from './tally.ts';

interface SignedUse extends Signed<BreakGlassIntent> {
  reason: string;
}

const useOf = (line: EvidenceLine): SignedUse | null => signedOf(line) as unknown as SignedUse | null;

export async function checkBreakGlass(of: Case, line: EvidenceLine): Promise<void> {
  const { tally, birth } = of;
  const { skeleton } = line.event;
  const at = atLine(line);
  const own =
    skeleton.by === skeleton.reviewer &&
    birth.skeleton.risk === 'critical' &&
    (['action_digest', 'request_digest', 'policy_digest'] as const).every((f) => skeleton[f] === birth.skeleton[f]);
  tally.holds(own, 'break-glass', 'The use is of something else than was asked, or by somebody else.', at);
  await checkSigned(of, line, 'this emergency use', () => checkUseIntent(of, line));
  checkUser(of, line);
  tally.say('break-glass', 'asserted', `Nobody approved this: ${skeleton.reviewer} broke the glass.`, at);
  await checkReviews(of, line);
}

/** The intent, field by field, is what this use would have asked to be signed. */
function checkUseIntent(of: Case, line: EvidenceLine): boolean {
  const { intent, reason, external_ref } = useOf(line)!;
  const { skeleton, object, organization } = line.event;
  const expected = breakGlassIntent(
    {
      ...{ organization, rp_id: of.pinned.rp_id, request: object, reason, external_ref },
      action_digest: skeleton.action_digest as string,
      request_digest: skeleton.request_digest as string,
      policy_digest: skeleton.policy_digest as string,
      scope: baseScopeOf(of) ?? intent.scope,
      reviewer: skeleton.reviewer as string,
    },
    intent,
  ) as unknown as JsonObject;
  const given = intent as unknown as JsonObject;
  const names = [...new Set([...Object.keys(expected), ...Object.keys(given)])];
  const wrong = names.filter((name) => !sameJson(given[name] ?? null, expected[name] ?? null));
  if (intent.scope.ttl_seconds > MAX_BREAK_GLASS_SECONDS) wrong.push('scope');
  for (const name of wrong) {
    const field = pointerTo(of, line, `/event/personal/intent/${name}`);
    of.tally.say('intent', 'failed', `The signed ${name} is not that of this use.`, { ...atLine(line), field });
  }
  if (wrong.length === 0)
    of.tally.say('intent', 'proved', 'Every field of what was signed is this use’s.', atLine(line));
  return wrong.length === 0;
}

/** The role, the membership and the key, by the snapshot that the event commits to. */
function checkUser(of: Case, line: EvidenceLine): void {
  const { tally } = of;
  const signed = useOf(line);
  const { reviewer, passkey } = line.event.skeleton;
  if (signed === null) {
    tally.say('eligibility', 'not-replayable', 'Who could break glass then is erased.', atLine(line));
    return;
  }
  const at = { ...atLine(line), field: pointerTo(of, line, '/event/personal/eligibility') };
  const snapshot = signed.eligibility as unknown as Snapshot;
  const own = snapshot.people.find(({ user }) => user === reviewer);
  const key = own?.passkeys.find(({ id, status }) => id === passkey && status === 'active');
  tally.holds(snapshot.nonce === signed.intent.nonce, 'eligibility', 'The snapshot is of another ceremony.', at);
  const may = own?.active === true && own.roles.includes(BREAK_GLASS_ROLE) && key !== undefined;
  if (!tally.holds(may, 'eligibility', `${reviewer} had not the role, or not this key, in the snapshot.`, at)) return;
  const assured = assuranceAllows(key!, 'critical', line.event.at as Instant);
  if (tally.holds(assured.ok, 'eligibility', 'The passkey was too new to break glass.', at))
    tally.say('eligibility', 'proved', `${reviewer} could break glass, by the committed snapshot.`, atLine(line));
}

/** The statement of the use's receipt again, from the events; null once what was signed is erased. */
export function breakGlassPayload({ bundle, birth }: Case, line: EvidenceLine): string | null {
  const signed = useOf(line);
  if (signed === null) return null;
  const { policy_version, policy_digest, rule, action_digest, request_digest } = birth.skeleton as Record<
    string,
    string
  >;
  const { reviewer, passkey, eligibility_digest } = line.event.skeleton as Record<string, string>;
  const enrolled = bundle.organization_events.find(
    ({ event }) => event.type === 'passkey.registered' && event.skeleton.passkey === passkey,
  );
  const { intent, assertion } = signed as unknown as Record<'intent' | 'assertion', Json>;
  return breakGlassStatement({
    ...{ organization: bundle.organization, request: line.event.object, used_at: line.event.at },
    ...{ action_digest: action_digest!, request_digest: request_digest! },
    policy: { version: policy_version!, digest: policy_digest!, rule: rule ?? null },
    use: { reviewer: reviewer!, passkey: passkey!, eligibility_digest: eligibility_digest!, intent, assertion },
    passkey_entry: enrolled?.event.id ?? null,
  });
}
