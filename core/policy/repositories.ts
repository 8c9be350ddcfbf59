// Rights of repository owners: who may decide about a repository without deciding anything else. They add people to
// stages that nobody wrote; they never replace written `approvals`, add a stage, or lower a count. Pure.
import { globMatches } from '../glob.ts';
import { matchFits } from './match.ts';
import { DECISIONS, type Decision, type Policy, type PolicyInput, type RepositoryRight, type Stage } from './model.ts';
import type { Manner } from './semantics.ts';

const NAME = /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/;
/** `repository:payments/api`, `repo:payments/api:branch/main`: what follows the name is a place inside it. */
const OF_RESOURCE = /^(?:repository|repo):([A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+)(?=$|[/:@#])/;

/**
 * The repository that a request is about, as `OWNER/NAME`; null: none.
 *
 * The resource says it, because that is what the capability is good for. Only a resource of another kind leaves it to
 * `metadata.repository`; a resource that names a repository in a form that cannot be read is about none.
 */
export function repositoryOf({ resource, metadata }: Pick<PolicyInput, 'resource' | 'metadata'>): string | null {
  if (/^(?:repository|repo):/.test(resource)) return OF_RESOURCE.exec(resource)?.[1] ?? null;
  const named = Object.hasOwn(metadata, 'repository') ? metadata.repository : undefined;
  return typeof named === 'string' && NAME.test(named) ? named : null;
}

/** A match that cannot be told gives no right. */
const applies = ({ match }: RepositoryRight, input: PolicyInput, how: Manner): boolean =>
  match === undefined || matchFits(match, input, how).fit === 'matched';

/** Group → what it may do about this repository: everything that any entry says. */
function rightsOf(policy: Policy, input: PolicyInput, how: Manner): Map<string, Set<Decision>> {
  const repository = repositoryOf(input);
  const rights = new Map<string, Set<Decision>>();
  if (repository === null) return rights;
  for (const entry of policy.repositories) {
    if (!globMatches(entry.repository, repository, how.work) || !applies(entry, input, how)) continue;
    for (const group of entry.groups) rights.set(group, new Set([...(rights.get(group) ?? []), ...entry.actions]));
  }
  return rights;
}

/** Stages that routing or the default supplied, with the owners of the repository beside who is asked there. */
export function withRepositoryRights(policy: Policy, input: PolicyInput, stages: Stage[], how: Manner): Stage[] {
  const rights = [...rightsOf(policy, input, how)];
  return stages.map((stage) => {
    const added = rights.filter(([group]) => !stage.from.includes(group));
    if (added.length === 0) return stage;
    const limited = added.filter(([, actions]) => actions.size < DECISIONS.length);
    const actions = Object.fromEntries(limited.map(([group, allowed]) => [group, [...allowed]]));
    const from = [...stage.from, ...added.map(([group]) => group)];
    return { ...stage, from, ...(limited.length > 0 ? { actions } : {}) };
  });
}
