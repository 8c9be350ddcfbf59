// The caller with what the organisation says of it, in one call: principal, fresh facts, current snapshot.
import type { AuthorizeQuestion, Facts, Machine, Passkey, Person, Principal, Snapshot } from '../../core/authority.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { ImpossibleStage } from '../../core/requirement.ts';
import type { Ctx } from '../context.ts';
import { organizationOf } from '../organization.ts';
import { type Caller, callerOf } from './caller.ts';
import { confirmSnapshot, keptSnapshot, seePrincipal } from './snapshot.ts';

export interface Authorized {
  caller: Caller;
  principal: Principal;
  facts: Facts;
  snapshot: Snapshot;
  /** Of the request that was asked about: stages that nobody can complete. */
  unmet: ImpossibleStage[] | null;
}

/** Asks the organisation about the caller and, if wanted, earlier voters or a service account's owners. */
export async function authorized(
  c: Ctx,
  more: Pick<AuthorizeQuestion, 'users' | 'owners_of' | 'issuers' | 'reach'> = {},
): Promise<Result<Authorized>> {
  const caller = callerOf(c);
  if (!caller.ok) return caller;
  const { organization, credential } = caller.value;
  const held = keptSnapshot(organization);
  const config_version = held?.config_version ?? null;
  const answer = await organizationOf(c.env, organization).authorize({ credential, config_version, ...more });
  if (!answer.ok) return answer;
  const { principal, facts, snapshot, unmet = null } = answer.value;
  seePrincipal(credential.digest, principal, facts.config_version);
  return ok({ caller: caller.value, principal, facts, unmet, snapshot: confirmSnapshot(snapshot, held, Date.now()) });
}

/** As `authorized`, for what only a signed-in person may do. */
export async function authorizedPerson(
  c: Ctx,
  more: Pick<AuthorizeQuestion, 'users' | 'owners_of'> = {},
): Promise<Result<Authorized & { principal: Person; passkeys: Passkey[] }>> {
  const answer = await authorized(c, more);
  if (!answer.ok) return answer;
  const { principal, facts } = answer.value;
  if (principal.kind !== 'person') return fail('forbidden', 'An API key cannot do this: sign in with a passkey.');
  const passkeys = (facts.standings[principal.user]?.passkeys ?? []).filter(({ status }) => status === 'active');
  return ok({ ...answer.value, principal, passkeys });
}

/** As `authorized`, for the organisation's own records: any member, or a key of scope `admin:read`. */
export async function authorizedReader(c: Ctx): Promise<Result<Authorized>> {
  const answer = await authorized(c);
  if (!answer.ok || mayReadAll(answer.value.principal)) return answer;
  return fail('forbidden', 'This needs a session, or an API key with the scope admin:read.');
}

const mayReadAll = (principal: Person | Machine): boolean =>
  principal.kind === 'person' || principal.scopes.includes('admin:read');
