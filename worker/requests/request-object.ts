// The object of one approval request, as the edge sees it, and the three ways in which the edge reaches it: by its name,
// with facts (as often as the object finds them too old), and to have its outbox delivered after the answer.
import { fail, type Result } from '../../core/problems.ts';
import type { Birth } from '../../core/request/birth.ts';
import type { BreakGlassCall } from '../../core/request/break-glass.ts';
import type { RequestRecord } from '../../core/request/record.ts';
import type { Env } from '../../durable-objects/env.ts';
import type {
  DecideQuestion,
  EditQuestion,
  EventLine,
  EvidenceParts,
  Exchanged,
  ExchangeQuestion,
  FollowQuestion,
  HandQuestion,
  Look,
  NeedsFacts,
  Reply,
  ReportQuestion,
  RevokeQuestion,
  View,
} from '../../durable-objects/request/calls.ts';
import type { Ctx } from '../context.ts';

/** In plain types; RPC stubs of the platform rewrite them so deeply that they stop helping. */
export interface RequestPort {
  create(birth: Birth, as_of: number): Promise<Result<View>>;
  breakGlass(birth: Birth, call: BreakGlassCall): Promise<Result<View>>;
  recall(birth: Pick<Birth, 'id' | 'organization' | 'idempotency'>): Promise<Result<View>>;
  read(organization: string): Promise<Result<View>>;
  look(organization: string): Promise<Result<Look>>;
  inspect(organization: string): Promise<Result<RequestRecord>>;
  decide(question: DecideQuestion): Promise<Reply<View>>;
  edit(question: EditQuestion): Promise<Reply<View>>;
  cancel(question: HandQuestion): Promise<Reply<View>>;
  revoke(question: RevokeQuestion): Promise<Reply<View>>;
  expire(question: HandQuestion): Promise<Reply<View>>;
  comment(question: HandQuestion): Promise<Reply<View>>;
  escalate(question: FollowQuestion): Promise<Reply<View>>;
  claim(question: FollowQuestion): Promise<Reply<View>>;
  release(question: FollowQuestion): Promise<Reply<View>>;
  report(question: ReportQuestion): Promise<Reply<View>>;
  exchange(question: ExchangeQuestion): Promise<Reply<Exchanged>>;
  events(organization: string): Promise<Result<EventLine[]>>;
  evidence(organization: string): Promise<Result<EvidenceParts>>;
  deliver(): Promise<void>;
  retell(): Promise<void>;
  fetch(url: string, init: RequestInit): Promise<Response>;
}

/** The organisation always comes from the caller's credential: a foreign id addresses an object that never existed. */
export const requestOf = (env: Pick<Env, 'APPROVAL_REQUEST'>, organization: string, id: string): RequestPort =>
  env.APPROVAL_REQUEST.getByName(`${organization}/${id}`) as unknown as RequestPort;

/** After the answer, tell everybody else; if this isolate ends first, the object's alarm does it. */
export function deliverLater(c: Ctx, organization: string, id: string): void {
  const delivered = requestOf(c.env, organization, id)
    .deliver()
    .catch((error: unknown) =>
      console.warn(JSON.stringify({ message: 'deliver: left to the alarm', reason: String(error) })),
    );
  c.executionCtx.waitUntil(delivered);
}

/** How often the object may find our facts too old before we say that we cannot (architecture.md, step 3). */
const MAX_ROUNDS = 3;

/**
 * Gathers facts and asks, until the object accepts the facts.
 *
 * @param round gathers for these people and asks once
 */
export async function withFacts<T>(round: (users: string[]) => Promise<Reply<T>>): Promise<Result<T>> {
  let needs: NeedsFacts = { users: [] };
  for (let i = 0; i < MAX_ROUNDS; i++) {
    const reply = await round(needs.users);
    if (reply.ok || 'problem' in reply) return reply;
    needs = reply.needs;
  }
  return fail('unavailable', 'The facts that this needs keep moving. Repeat the same call.', {
    retry_after_seconds: 1,
  });
}

/** A reply of a command that never asks for facts. */
export function settled<T>(reply: Reply<T>): Result<T> {
  if (reply.ok || 'problem' in reply) return reply;
  throw new Error('a command that needs no facts asked for facts');
}
