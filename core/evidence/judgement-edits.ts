// Every edit judged again, in order: policy let it be edited so, the edited params fit and under `narrow` only reduce, and
// what is in force since is the strictest of what held and what policy says of the edited action. Signatures are edit.ts's.
import type { Instant } from '../json.ts';
import type { Judgement, Policy, TraceStep } from '../policy/model.ts';
import { type InForce, rejudged } from '../policy/rejudge.ts';
import { type Case, pointerTo } from './case.ts';
import type { EvidenceLine } from './forms.ts';
import { editsOf, heldBefore } from './held.ts';
import { compare, inputOf, isOfSize, momentOf, type PolicyJudge, semanticsOfEvent } from './judging.ts';
import { atLine } from './tally.ts';
import { isWithheld, WITHHELD } from './withheld.ts';

export function checkEditsJudged(of: Case, judge: PolicyJudge, policy: Policy, asked: Judgement): void {
  let held: InForce = asked;
  for (const line of editsOf(of)) {
    const found = editJudged(of, judge, policy, line);
    if (found === null) return;
    held = checkOne(of, line, held, found);
  }
}

/** What policy says of the action as this edit left it; null, and said, where that cannot be judged. */
function editJudged(of: Case, judge: PolicyJudge, policy: Policy, line: EvidenceLine): Judgement | null {
  const { tally, birth } = of;
  const { seq, at: recorded, personal } = line.event;
  const [before, after] = [heldBefore(of, seq).params, heldBefore(of, seq + 1).params];
  if (before === null || after === null || personal === null) {
    tally.say('judgement', 'not-replayable', 'The edit is erased: it cannot be judged again.', atLine(line));
    return null;
  }
  const at = (field: string) => atLine(line, pointerTo(of, line, `/event/personal/${field}`));
  const input = { ...inputOf(birth), params: after };
  const now = momentOf(personal.trace as unknown as TraceStep[], recorded as Instant);
  const said = 'Its conditions read a moment that is not the one at which it was recorded.';
  if (!tally.holds(now !== null && isOfSize(policy, input), 'judgement', said, at('trace'))) return null;
  const narrow = line.event.skeleton.edits === 'narrow';
  const wider = narrow ? judge.widens(policy, input.action, before, after) : [];
  const tied = [...judge.untying(policy, input.action, before, after), ...judge.untied(policy, input)];
  const [wrong] = [...judge.misfits(policy, input.action, after), ...tied, ...wider];
  const no = `Policy takes no such edit: ${wrong?.pointer} ${wrong?.detail}`;
  tally.holds(wrong === undefined, 'judgement', no, at('params'));
  tally.holds(isWithheld(judge, policy, line, input.action), 'judgement', WITHHELD, at('params'));
  // The pinned version judges an edit without budgets (worker/requests/edited.ts).
  const semantics = semanticsOfEvent(birth.line);
  return judge.judge(policy, input, { now: now!, exhausted_patterns: [], semantics });
}

/** @returns what holds after it */
function checkOne(of: Case, line: EvidenceLine, held: InForce, found: Judgement): InForce {
  const { tally } = of;
  const at = atLine(line);
  const failed = tally.claims.length;
  tally.holds(held.edits !== 'none', 'judgement', 'Policy lets nobody edit this request.', at);
  tally.holds(found.verdict !== 'deny', 'judgement', `Policy denies the edited action (rule ${found.rule}).`, at);
  const after = rejudged(held, found);
  const same = compare(of, line, {
    // Policy is pinned with what it meant when people were asked: an edit is judged by the version of its request.
    'skeleton/semantics': of.birth.skeleton.semantics ?? null,
    'skeleton/edits': held.edits,
    'skeleton/rule': found.rule,
    'skeleton/risk': after.risk.level,
    'skeleton/requirement': after.requirement,
    'skeleton/capability_settings': after.capability,
  });
  if (same && tally.claims.length === failed)
    tally.say('judgement', 'proved', 'The edit, judged again, is one that policy takes, and the strictest holds.', at);
  return after;
}
