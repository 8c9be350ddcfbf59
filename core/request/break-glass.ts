// A request that comes to be by breaking glass: approved at once by one person's signature over exactly this action. The
// Worker has verified the signature and the organisation has admitted the use; here every field of the intent must be
// what this record asks to be signed. Invariant: only a grant in full is born, and never as an approval of people.
import type { Facts } from '../authority.ts';
import { BREAK_GLASS_ROLE, breakGlassIntent } from '../break-glass.ts';
import { sameJson } from '../canonical.ts';
import { digestOf } from '../digest.ts';
import { instantMs } from '../duration.ts';
import type { BreakGlassIntent } from '../intent.ts';
import type { Instant, Json, JsonObject } from '../json.ts';
import { CLOCK_SKEW_MS, MAX_BREAK_GLASS_SECONDS } from '../limits.ts';
import { fail, ok, type Result } from '../problems.ts';
import { breakGlassStatement, receiptDigest } from '../receipt.ts';
import { assuranceAllows } from '../requirement.ts';
import { type Advance, advance } from './advance.ts';
import { type Birth, newRecord, requested } from './birth.ts';
import { baseScope, issuedCapability, issuedPart } from './issue.ts';
import type { BrokenGlass, RequestRecord } from './record.ts';
import { eligibilityOf } from './vote-event.ts';

/** A verified use, as the Worker hands it over. */
export interface BreakGlassCall {
  rp_id: string;
  intent: BreakGlassIntent;
  assertion: JsonObject;
  reason: string;
  passkey: string;
  new_counter: number;
  /** As the organisation admitted it. */
  facts: Facts;
  ip: string | null;
  user_agent: string | null;
}

/** What a use asks to be signed about a request that is not there yet. */
export const intentOf = (
  record: RequestRecord,
  of: { rp_id: string; reason: string; external_ref: string | null; reviewer: string },
  given: Pick<BreakGlassIntent, 'nonce' | 'issued_at' | 'expires_at' | 'checkpoint'>,
): BreakGlassIntent =>
  breakGlassIntent(
    {
      ...{ organization: record.organization.id, request: record.id, scope: baseScope(record), ...of },
      ...{ action_digest: record.action_digest, request_digest: record.request_digest },
      policy_digest: record.policy.digest,
    },
    given,
  );

/** Takes the first step of a request by an emergency use. */
export function breakGlass(birth: Birth, call: BreakGlassCall, now: Instant): Result<Advance> {
  const record = newRecord(birth, now);
  const fits = intentFits(record, call, now);
  if (!fits.ok) return fits;
  const used = usedBy(record, call, now);
  if (!used.ok) return used;
  const payload = breakGlassStatement({
    ...{ used_at: now, organization: record.organization, request: record.id },
    ...{ action_digest: record.action_digest, request_digest: record.request_digest },
    policy: { ...record.policy, rule: record.judgement.rule },
    use: { ...signedParts(call), reviewer: used.value.user, passkey: used.value.passkey },
    passkey_entry: keyOf(call)!.event,
  });
  const stepped = advance(record, {
    command: 'break_glass',
    facts: { break_glass_granted: true, lifetime_left: true },
    by: used.value.user,
    now,
    parts: {
      'approval.requested': requested(record, birth),
      'break_glass.used': usedPart(record, call, used.value, receiptDigest(payload)),
      'capability.issued': issuedPart(record, baseScope(record)),
    },
  });
  if (!stepped.ok) return stepped;
  const { drafts } = stepped.value;
  const capability = issuedCapability(record, baseScope(record), drafts);
  const draft = drafts.findIndex(({ type }) => type === 'break_glass.used');
  const decided = { decided_at: now, decided_by: 'break_glass' as const };
  return ok({
    ...stepped.value,
    statements: [{ draft, payload }],
    record: { ...stepped.value.record, ...decided, capability, break_glass: { ...used.value, seq: draft + 1 } },
  });
}

/** Every field of the intent against what this record would have asked to be signed. */
function intentFits(record: RequestRecord, call: BreakGlassCall, now: Instant): Result<null> {
  const { intent, rp_id, reason } = call;
  if (now >= intent.expires_at || instantMs(intent.issued_at) - instantMs(now) > CLOCK_SKEW_MS)
    return fail('intent-expired', 'The intent has expired: fill in the form again and sign anew.');
  if (reason.trim() === '' || intent.scope.ttl_seconds > MAX_BREAK_GLASS_SECONDS) return mismatch();
  const { external_ref, reviewer } = intent;
  const expected = intentOf(record, { rp_id, reason, external_ref, reviewer }, intent);
  const same = sameJson(expected, intent);
  return same ? ok(null) : mismatch();
}

const mismatch = () =>
  fail('intent-mismatch', 'What was signed is not what would be released: policy may have moved. Read and sign anew.');

/** The person and the passkey, by the organisation's own facts. */
function usedBy(record: RequestRecord, call: BreakGlassCall, now: Instant): Result<Omit<BrokenGlass, 'seq'>> {
  const { reviewer, external_ref } = call.intent;
  const standing = call.facts.standings[reviewer];
  const key = keyOf(call);
  if (!standing?.active || !key || !standing.roles.includes(BREAK_GLASS_ROLE))
    return fail('not-eligible', 'Your membership, your role or this passkey is no longer active.');
  const assured = assuranceAllows(key, record.judgement.risk.level, now);
  if (!assured.ok) return assured;
  const { passkey, new_counter, reason } = call;
  return ok({
    ...{ user: reviewer, name: standing.name, reason, external_ref, used_at: now, passkey, new_counter },
    ...{ backed_up: key.backed_up, passkey_entry: key.entry },
  });
}

const keyOf = ({ facts, intent, passkey }: BreakGlassCall) =>
  facts.standings[intent.reviewer]?.passkeys.find((key) => key.id === passkey && key.status === 'active');

const signedParts = (call: BreakGlassCall) => ({
  intent: call.intent as unknown as Json,
  assertion: call.assertion as Json,
  eligibility_digest: digestOf(eligibilityOf(call)),
});

function usedPart(record: RequestRecord, call: BreakGlassCall, used: Omit<BrokenGlass, 'seq'>, receipt: string) {
  const { action_digest, request_digest, policy } = record;
  const { intent, assertion, eligibility_digest } = signedParts(call);
  const { user: reviewer, passkey, passkey_entry, reason, external_ref, name } = used;
  return {
    skeleton: {
      ...{ action_digest, request_digest, policy_digest: policy.digest, reviewer, passkey, passkey_entry },
      ...{ intent_digest: digestOf(intent), assertion_digest: digestOf(assertion), eligibility_digest, receipt },
    },
    personal: {
      ...{ scope: { ...call.intent.scope } as Json, intent, assertion, public_key: keyOf(call)!.public_key },
      ...{ eligibility: eligibilityOf(call), reason, external_ref, comment: null, reviewer_name: name },
      ...{ ip: call.ip, user_agent: call.user_agent },
    },
  };
}
