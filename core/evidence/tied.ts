// That the resource is what the params say, where policy ties the two: computed again from what the request holds.
import type { Policy } from '../policy/model.ts';
import type { Case } from './case.ts';
import { inputOf, type PolicyJudge } from './judging.ts';
import { atLine } from './tally.ts';

/** Says so, or that it is another resource. @returns whether it holds */
export function checkTied({ birth, tally }: Case, judge: PolicyJudge, policy: Policy): boolean {
  const input = inputOf(birth);
  const names = judge.ties(policy, input.action);
  const [wrong] = judge.untied(policy, input);
  const at = atLine(birth.line, '/events/0/event/personal/resource');
  const no = `The resource is not the one that its params make: ${wrong?.pointer} ${wrong?.detail}`;
  const holds = tally.holds(wrong === undefined, 'judgement', no, at);
  const said = `The resource is the one that its params make (${names.join(', ')}), as policy ties them.`;
  if (holds && names.length > 0) tally.say('judgement', 'proved', said, at);
  return holds;
}
