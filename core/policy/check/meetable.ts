// Whether the people of an organisation can meet what a policy asks: a stage from an empty group, a count above its members,
// owners who are kept apart from what they own. Everybody who may is counted as if they would; who is unknown by name is
// check/people.ts's. Pure: the organisation says who is there.
import { globMatches } from '../../glob.ts';
import type { ProblemPlace } from '../../problems.ts';
import { impossibleStages } from '../../requirement/possible.ts';
import { both, either } from '../diff/words.ts';
import { mayAnswerAs, type Policy, type Rule, type Stage, type Verify } from '../model.ts';
import { type Path, readSource } from '../source.ts';
import { DEFAULT_STAGE } from '../strictest.ts';

/** A person who could decide. */
export interface Approver {
  user: string;
  /** The sources that they are: `role:admin`, `group:finance`, `user:…`. Locked members are left out. */
  sources: readonly string[];
  /** Whether a passkey of theirs signs. */
  passkey: boolean;
  /** Groups that a token of theirs can prove; null: they have no identity at a provider. */
  token: readonly string[] | null;
}
/** A service account, as far as `separation: owners` goes. */
export interface Account {
  name: string;
  actors: readonly string[];
  /** Ids of its owners and of the people who made its keys. */
  owners: readonly string[];
}
export interface Unmet {
  path: Path;
  detail: string;
}

interface Asked {
  path: (stage: number) => Path;
  subject: string;
  stages: readonly Stage[];
  verify: Verify;
}

const canAnswer = ({ sources, passkey, token }: Approver, stage: Stage, verify: Verify): boolean => {
  const byToken = verify === 'oidc' && token !== null;
  const own = [...(passkey || byToken ? sources : []), ...(byToken ? token : [])];
  return stage.from.some((source) => own.includes(source) && mayAnswerAs(stage, source, 'approve'));
};

/** What each stage lacks, if these people are kept apart. */
function lacking({ stages, verify }: Asked, people: readonly Approver[], apart: readonly string[] = []) {
  const able = stages.map((stage) =>
    people.filter((one) => !apart.includes(one.user) && canAnswer(one, stage, verify)).map(({ user }) => user),
  );
  return impossibleStages({ stages }, able).map((lack) => ({ ...lack, alone: able[lack.stage]!.length }));
}

const verifyOf = (policy: Policy, rule: Rule): Verify =>
  rule.verify ?? policy.risk[rule.risk].verify ?? policy.defaults.verify;

/** Everything that a policy asks people for, by the entry that asks. */
function asksOf(policy: Policy): Asked[] {
  const { rules, routing, defaults } = policy;
  const fallback = { path: () => ['defaults'], subject: 'Without `approvals` and a route', stages: [DEFAULT_STAGE] };
  return [
    ...rules.flatMap((rule, at) => rulesAsks(policy, rule, at)),
    ...routing.map(({ to }, at) => ({
      path: () => ['routing', at, 'to'],
      subject: `Route ${at + 1}`,
      stages: [{ from: to, count: 1 }],
      verify: defaults.verify,
    })),
    { ...fallback, verify: defaults.verify },
  ];
}

function rulesAsks(policy: Policy, rule: Rule, at: number): Asked[] {
  const verify = verifyOf(policy, rule);
  const subject = `Rule "${rule.id}"`;
  const own = { path: (stage: number) => ['rules', at, 'approvals', stage], subject, stages: rule.approvals, verify };
  const later = rule.escalate.map(({ to }, step) => ({
    path: () => ['rules', at, 'escalate', step],
    subject: `${subject}, escalation ${step + 1}`,
    stages: [{ from: to, count: 1 }],
    verify,
  }));
  return [...(rule.approvals.length > 0 ? [own] : []), ...later];
}

const people = (count: number): string => `${count} different ${count === 1 ? 'person' : 'people'}`;

function saidOf({ subject, stages, path }: Asked, lack: ReturnType<typeof lacking>[number], why = ''): Unmet {
  const { stage, count, able, alone } = lack;
  const which = stages.length > 1 ? `, stage ${stage + 1}` : '';
  const left = alone > able ? ' once the stages before have theirs' : '';
  const can = able === 0 ? `nobody can give it${left}` : `only ${able} can give it${left}`;
  const detail = `${subject}${which} needs the approval of ${people(count)} out of ${either(stages[stage]!.from)}, and ${can}${why}: nothing that it asks about is ever approved.`;
  return { path: path(stage), detail };
}

/** A rule under which the owners of what asks decide nothing. */
const keepsApart = (policy: Policy, rule: Rule): boolean =>
  (rule.separation ?? policy.risk[rule.risk].separation) === 'owners';

const actsUnder = ({ match }: Rule, { actors }: Account): boolean =>
  match.actor === null || actors.some((actor) => match.actor!.some((glob) => globMatches(glob, actor)));

/** Requests of accounts whose owners are all who could decide them. */
function ofOwners(policy: Policy, approvers: readonly Approver[], accounts: readonly Account[]): Unmet[] {
  return policy.rules.flatMap((rule, at) => {
    if (rule.verdict !== 'require_approval' || !keepsApart(policy, rule)) return [];
    const [asked] = rulesAsks(policy, { ...rule, escalate: [], approvals: stagesOr(policy, rule) }, at);
    if (!asked || lacking(asked, approvers).length > 0) return [];
    return accounts
      .filter((account) => actsUnder(rule, account))
      .flatMap((account) => {
        const [lack] = lacking(asked, approvers, account.owners);
        const why = ` for requests of ${account.name}, because its owners are kept apart`;
        const path = rule.approvals.length > 0 ? asked.path : () => ['rules', at];
        return lack ? [saidOf({ ...asked, path }, lack, why)] : [];
      });
  });
}

const stagesOr = ({ routing }: Policy, { approvals }: Rule): Stage[] =>
  approvals.length > 0 || routing.length > 0 ? approvals : [DEFAULT_STAGE];

/**
 * The stages of a policy that the people, as they stand, cannot fill.
 *
 * @returns one sentence for each stage, at the place in the document that asks; none: everything can be met
 */
export function unmetBy(policy: Policy, approvers: readonly Approver[], accounts: readonly Account[] = []): Unmet[] {
  const plain = asksOf(policy).flatMap((asked) => lacking(asked, approvers).map((lack) => saidOf(asked, lack)));
  return [...plain, ...ofOwners(policy, approvers, accounts)];
}

/** The same at their lines and columns. @param source a document that parsed before */
export function unmetPlaces(source: string, unmet: readonly Unmet[]): ProblemPlace[] {
  const read = readSource(source);
  return 'problems' in read ? [] : unmet.map(({ path, detail }) => read.source.place(path, detail));
}

/** What could be met before a change of people and cannot after it, in one sentence; null: nothing of the kind. */
export function newlyUnmet(before: readonly Unmet[], after: readonly Unmet[]): string | null {
  const lost = after.filter(({ path }) => !before.some((one) => `${one.path}` === `${path}`));
  if (lost.length === 0) return null;
  const shown = lost.slice(0, 3).map(({ detail }) => detail.replace(/: nothing that it asks about.*$/, ''));
  const more = lost.length > shown.length ? [`${lost.length - shown.length} more`] : [];
  return `After this, the policy in force asks for what nobody can give. ${both([...shown, ...more])}.`;
}
