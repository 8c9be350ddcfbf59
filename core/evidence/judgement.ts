// The verifier judges again: the policy that the request pins over what the request holds must give the verdict, the rule,
// the risk and the requirement that were sealed. Without a judge it is the operator's word, and said so; what is erased or
// withheld is not replayable. Edits are judgement-edits.ts's.
import { instantAt, instantMs } from '../duration.ts';
import type { Instant } from '../json.ts';
import { MAX_BREAK_GLASS_SECONDS } from '../limits.ts';
import type { Judgement, Policy, TraceStep } from '../policy/model.ts';
import type { Case } from './case.ts';
import type { EvidenceLine } from './forms.ts';
import { checkEditsJudged } from './judgement-edits.ts';
import {
  compare,
  type Expected,
  inputOf,
  isOfSize,
  JUDGED_WITHIN_MS,
  momentOf,
  type PolicyJudge,
  semanticsOfEvent,
  spentBy,
  useIn,
} from './judging.ts';
import { policyIn } from './policy-document.ts';
import { atLine } from './tally.ts';
import { checkTied } from './tied.ts';
import { isWithheld, WITHHELD } from './withheld.ts';

export function checkJudgement(of: Case): void {
  const { judge, tally, birth } = of;
  const policy = policyIn(of);
  const missing = judge === undefined ? null : whatIsMissing(of, judge, policy);
  if (judge !== undefined && missing === null) {
    const judged = judgedAgain(of, judge, policy!);
    if (judged !== null) checkEditsJudged(of, judge, policy!, judged);
  } else
    tally.say(
      'judgement',
      judge === undefined ? 'asserted' : 'not-replayable',
      missing ?? 'That policy was applied as its trace says is the operator’s word: this verifier does not judge.',
      atLine(birth.line),
    );
}

/** Why it cannot be judged again; null: it can. */
function whatIsMissing(of: Case, judge: PolicyJudge, policy: Policy | null): string | null {
  const { birth } = of;
  if (policy === null) return 'The policy is not here: it cannot be judged again.';
  if (birth.personal === null) return 'What policy read is erased: it cannot be judged again.';
  if (useIn(of)?.event.personal === null) return 'When the use was signed is erased: it cannot be judged again.';
  const semantics = semanticsOfEvent(birth.line);
  if (!judge.semantics.includes(semantics))
    return `It was judged by semantics ${semantics}, which this verifier does not know.`;
  return isOfSize(policy, inputOf(birth)) ? null : 'It is larger than anything that policy judges.';
}

/** The proposal; null, and said, where it was judged at no moment near its record. */
function judgedAgain(of: Case, judge: PolicyJudge, policy: Policy): Judgement | null {
  const { birth, tally } = of;
  const trace = birth.personal!.trace as unknown as TraceStep[];
  const use = useIn(of);
  const now = use ? signedAt(of, use) : momentOf(trace, birth.line.event.at);
  const at = atLine(birth.line, '/events/0/event/personal/trace');
  const said = 'Its conditions read a moment that is not the one at which it was recorded.';
  if (!tally.holds(now !== null, 'judgement', said, at)) return null;
  const input = inputOf(birth);
  const semantics = semanticsOfEvent(birth.line);
  const judgedBut = (exhausted_patterns: string[]) =>
    judge.judge(policy, input, { now: now!, exhausted_patterns, semantics });
  const unlimited = judgedBut([]);
  const passed = spentBy(policy, trace, now!);
  const spent = unlimited.rule !== null && passed.includes(unlimited.rule) ? passed : [];
  const judged = spent.length === 0 ? unlimited : judgedBut(spent);
  const fits = checkParams(of, judge, policy) && checkTied(of, judge, policy);
  const expected = { ...ofProposal(of, policy, judged), ...(use ? ofUse(of, judged, now!) : {}) };
  const same = compare(of, birth.line, expected);
  const denied = use === undefined ? null : judge.denies(policy, input, now!, semantics);
  const allowed = tally.holds(denied === null, 'judgement', `Glass was broken over a deny (${denied?.rule}).`, at);
  if (fits && same && allowed) sayProved(of, judged, spent);
  return judged;
}

/** When the use was offered to be signed, which is when policy was asked; the intent's times are checked elsewhere. */
function signedAt({ birth }: Case, use: EvidenceLine): Instant | null {
  const { issued_at } = use.event.personal!.intent as { issued_at: Instant };
  const near = Math.abs(instantMs(issued_at) - instantMs(birth.line.event.at)) <= JUDGED_WITHIN_MS;
  return near ? issued_at : null;
}

function checkParams({ birth, tally }: Case, judge: PolicyJudge, policy: Policy): boolean {
  const { action, params } = inputOf(birth);
  const [wrong] = judge.misfits(policy, action, params);
  const field = '/events/0/event/personal/params';
  const said = `Params that do not fit their schema are never asked: ${wrong?.pointer} ${wrong?.detail}`;
  const fits = tally.holds(wrong === undefined, 'judgement', said, atLine(birth.line, field));
  return (
    tally.holds(isWithheld(judge, policy, birth.line, action), 'judgement', WITHHELD, atLine(birth.line, field)) && fits
  );
}

/** By the fields of `approval.requested`. An event without escalations lets nobody further in. */
function ofProposal({ birth }: Case, policy: Policy, judged: Judgement): Expected {
  const { skeleton } = birth;
  const { verdict, rule, risk, requirement, capability, constraints, message, on_rejection } = judged;
  return {
    'skeleton/verdict': verdict,
    'skeleton/rule': rule,
    'skeleton/risk': risk.level,
    'skeleton/requirement': verdict === 'require_approval' ? requirement : null,
    'skeleton/capability_settings': capability,
    'skeleton/escalate': skeleton.escalate === undefined ? undefined : (judged.escalate ?? []),
    'skeleton/expires_at': isInTime(birth.line, policy, judged) ? undefined : `${judged.timeout_seconds} s at most`,
    'personal/constraints': constraints,
    'personal/message': message,
    'personal/on_rejection': on_rejection,
  };
}

/** The agent may ask for less time than policy gives. Working time counts from the very moment, which is not recorded. */
function isInTime({ event }: EvidenceLine, { calendars }: Policy, { timeout_seconds }: Judgement): boolean {
  const ms = instantMs(event.skeleton.expires_at as Instant) - instantMs(event.at);
  return ms <= timeout_seconds * 1_000 + (calendars === undefined ? 0 : JUDGED_WITHIN_MS);
}

/** What an emergency use overrides (core/break-glass.ts): the risk, and how long the capability lives. */
function ofUse({ birth }: Case, { capability }: Judgement, now: Instant): Expected {
  const { ttl_seconds } = birth.skeleton.capability_settings as { ttl_seconds: number };
  const seconds = Math.min(ttl_seconds, MAX_BREAK_GLASS_SECONDS);
  const expires_at = instantAt(instantMs(now) + seconds * 1_000);
  return {
    'skeleton/risk': 'critical',
    'skeleton/capability_settings': { ...capability, ttl_seconds: seconds },
    'skeleton/expires_at': expires_at,
  };
}

function sayProved({ birth, tally }: Case, { verdict, rule, draws_on }: Judgement, spent: string[]): void {
  const at = atLine(birth.line);
  const by = `by semantics ${semanticsOfEvent(birth.line)}`;
  const said = `Judged again ${by}, policy says the same: ${verdict} (rule ${rule ?? 'default'}), with this level of risk, requirement, capability settings, escalations, constraints, message and deadline.`;
  tally.say('judgement', 'proved', said, at);
  tally.say(
    'trace',
    'asserted',
    'The trace of policy and the reasons for the risk are the operator’s explanation.',
    at,
  );
  for (const pattern of spent)
    tally.say('judgement', 'asserted', `That the budget of ${pattern} was spent is the operator’s word.`, at);
  if (draws_on)
    tally.say('judgement', 'asserted', `That ${draws_on.pattern} had budget left is the operator’s word.`, at);
}
