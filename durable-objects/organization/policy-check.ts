// A policy draft, checked against the members that there are. It only reads: no change comes of it.
import type { Credential } from '../../core/authority.ts';
import { parsePolicy, policyDifferences, policyDigest } from '../../core/policy.ts';
import { ok, type ProblemPlace, type Result } from '../../core/problems.ts';
import { warningsOfPeople } from './approvers.ts';
import { readerWith } from './principals.ts';
import { organizationOf, type Room } from './room.ts';

export interface PolicyCheck {
  digest: string;
  /** Of the document, and of the people whom it asks. */
  warnings: ProblemPlace[];
  /** What each trusted pattern frees. */
  notes: ProblemPlace[];
  in_force: { version: number; digest: string };
  differences: ReturnType<typeof policyDifferences>;
}

/** @returns `invalid-policy` with its places; else what a proposal of this text would say */
export function checkPolicy(
  room: Room,
  { credential, source }: { credential: Credential; source: string },
): Result<PolicyCheck> {
  const reader = readerWith(room, credential, ['admin:read', 'changes:propose']);
  if (!reader.ok) return reader;
  const parsed = parsePolicy(source);
  if (!parsed.ok) return parsed;
  const { policy, warnings, notes } = parsed.value;
  const { version, digest, policy: before } = room.store.policies.get(organizationOf(room).policy_version)!;
  return ok({
    digest: policyDigest(policy),
    warnings: [...warnings, ...warningsOfPeople(room, source, policy)],
    notes,
    in_force: { version, digest },
    differences: policyDifferences(before, policy),
  });
}
