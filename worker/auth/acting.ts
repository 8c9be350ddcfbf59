// Hands a call on to the caller's organisation, with the credential that the organisation itself judges.
import type { Client } from '../../core/authority.ts';
import type { Result } from '../../core/problems.ts';
import type { Ctx } from '../context.ts';
import { type Acting, type OrganizationPort, organizationOf } from '../organization.ts';
import { type Caller, callerOf, sessionOf } from './caller.ts';

/** Where the call came from: kept in the erasable part of an event. */
export function clientOf(c: Ctx): Client {
  const ip = c.req.header('cf-connecting-ip');
  const agent = c.req.header('user-agent');
  return {
    ...(ip === undefined ? {} : { ip: ip.slice(0, 64) }),
    ...(agent === undefined ? {} : { user_agent: agent.toWellFormed().slice(0, 256) }),
  };
}

type Ask<T> = (organization: OrganizationPort, acting: Acting) => Promise<Result<T>>;

async function hand<T>(c: Ctx, caller: Result<Caller>, ask: Ask<T>): Promise<Result<T>> {
  if (!caller.ok) return caller;
  const { organization, credential } = caller.value;
  return ask(organizationOf(c.env, organization), { credential, client: clientOf(c) });
}

/** For what only a person does. */
export const bySession = <T>(c: Ctx, ask: Ask<T>): Promise<Result<T>> => hand(c, sessionOf(c), ask);

/** For what a key may do too; the organisation knows its scopes. */
export const byAnyone = <T>(c: Ctx, ask: Ask<T>): Promise<Result<T>> => hand(c, callerOf(c), ask);
