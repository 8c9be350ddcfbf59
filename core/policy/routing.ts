// Who is asked: the stages of the rules that ask, else where routing sends the request, else the default approvers.
import { matchFits } from './match.ts';
import type { Policy, PolicyInput, Rule, Stage } from './model.ts';
import { withRepositoryRights } from './repositories.ts';
import { type Manner, manner, NEWEST } from './semantics.ts';
import { DEFAULT_STAGE } from './strictest.ts';

interface Routed {
  stages: Stage[];
  errors: { rule: string; detail: string }[];
}

/** The first route that matches. One that cannot be told adds its people and the search goes on: more eyes, not fewer. */
function routed(policy: Policy, input: PolicyInput, how: Manner): Routed {
  const found: Routed = { stages: [], errors: [] };
  for (const [index, { match, to }] of policy.routing.entries()) {
    const { fit, error } = matchFits(match, input, how);
    if (fit === 'not-matched') continue;
    found.stages.push({ from: to, count: 1 });
    if (fit === 'matched') return found;
    found.errors.push({ rule: `routing/${index}`, detail: error ?? 'could not be evaluated' });
  }
  return { ...found, stages: [...found.stages, DEFAULT_STAGE] };
}

/** Which route, from 0, names the people of a request whose rule names none; null: none matches, or one cannot be told. */
export function routeOf(policy: Policy, input: PolicyInput): number | null {
  const how = manner(NEWEST, policy.resources);
  const fits = policy.routing.map(({ match }) => matchFits(match, input, how).fit);
  const first = fits.findIndex((fit) => fit !== 'not-matched');
  return first >= 0 && fits[first] === 'matched' ? first : null;
}

/**
 * Stages of the rules that could not be evaluated, then those of the rule that really matches or of the default. A rule
 * that asks without naming anybody, and the default, are routed; one that allows adds nobody.
 */
export function stagesFor(
  policy: Policy,
  input: PolicyInput,
  { failed, matched }: { failed: Rule[]; matched: Rule | null },
  how: Manner,
): Routed {
  const own = [...failed.flatMap((rule) => rule.approvals), ...(matched?.approvals ?? [])];
  const needsRoute = own.length === 0 || (matched?.verdict !== 'allow' && (matched?.approvals.length ?? 0) === 0);
  if (!needsRoute) return { stages: own, errors: [] };
  const route = routed(policy, input, how);
  return { stages: [...own, ...withRepositoryRights(policy, input, route.stages, how)], errors: route.errors };
}
