// What was sent against what was answered. A server (or whatever sits in between) that would have people approve one
// action while the agent runs another is caught here, before anything runs: every digest is computed again.
import { canonicalize, sameJson } from '../../core/canonical.ts';
import type { AuthorizationDetail } from '../../core/claims.ts';
import { actionDigest, paramsDigest } from '../../core/digest.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { unmasked } from '../../core/policy/parameters/unmasked.ts';
import { parseStrictJson } from '../../core/strict-json.ts';
import { AssentryError, MismatchError, RecentlyRejectedError } from './errors.ts';
import type { ApprovalRequest, Exchanged, Proposal } from './wire.ts';

/** An object that is nothing but its members; without a prototype is one, too. */
export const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value));

/** Members that are `undefined` are left out, as JSON does; everything else must be JSON already. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (value === null || typeof value !== 'object' || !isPlain(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutUndefined(member)]));
}

/** A private copy of a JSON value, exactly as it goes over the wire; throws `invalid-request` on what JSON cannot hold. */
export function asJson(value: unknown, what: string): Json {
  try {
    const result = parseStrictJson(canonicalize(withoutUndefined(value) as Json));
    if (result.ok) return result.value;
    throw new TypeError(result.problem.detail);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new AssentryError('invalid-request', `${what} cannot be sent as JSON: ${detail}`, { cause: error });
  }
}

/** The proposal as it goes over the wire. */
export const asProposal = (proposal: Proposal): Proposal => asJson(proposal, 'The proposal') as unknown as Proposal;

function refuse(what: string): never {
  throw new MismatchError(
    'digest-mismatch',
    `The server's answer is about another ${what} than was sent. Nothing may run on it.`,
  );
}

/** Runs a comparison; an answer that lacks what is compared is as wrong as one that differs. */
function comparing<T>(compare: () => T): T {
  try {
    return compare();
  } catch (error) {
    if (error instanceof AssentryError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new MismatchError('malformed-answer', `The server's answer cannot be checked: ${detail}`, { cause: error });
  }
}

/** Throws a `MismatchError` unless the answer is the request that was proposed, digests included. */
export const assertAnswers = (sent: Proposal, answer: ApprovalRequest): ApprovalRequest =>
  comparing(() => answers(sent, answer));

/** The earlier rejection of the same action, where the server's refusal holds it; throws the refusal otherwise. */
export function rejectionBefore(sent: Proposal, refusal: unknown): ApprovalRequest {
  const before = refusal instanceof RecentlyRejectedError ? refusal.request : null;
  // The server remembers rejections without the precondition; the answer must be about this one.
  const same = before?.status === 'rejected' && sameJson(before.precondition, sent.precondition ?? null);
  if (before && same) return before;
  throw refusal;
}

/** Throws unless the request's own digests are those of its own contents. */
export const assertConsistent = (request: ApprovalRequest): ApprovalRequest => comparing(() => consistent(request));

/** Throws unless the capability is for one action, with the params that it names. @param params as the caller has them */
export const assertFits = (exchanged: Exchanged, params: JsonObject = exchanged.params): AuthorizationDetail =>
  comparing(() => fits(exchanged, params));

function answers(sent: Proposal, answer: ApprovalRequest): ApprovalRequest {
  // The one thing that the server may write otherwise (core/actor.ts): `agent.NAME` comes back as `agent:NAME`.
  const actor = sent.actor?.replace(/^agent\./, 'agent:') ?? answer.actor;
  if (answer.action !== sent.action) refuse('action');
  if (answer.resource !== sent.resource) refuse('resource');
  if (answer.actor !== actor) refuse('actor');
  if (!sameJson(ownParams(answer, answer.params, sent.params ?? {}), sent.params ?? {})) refuse('set of params');
  if (!sameJson(answer.metadata, sent.metadata ?? {})) refuse('set of metadata');
  if (!sameJson(answer.precondition, sent.precondition ?? null)) refuse('precondition');
  return consistent(answer);
}

/** Params as the server shows them, with the caller's own values in the places of those that policy hides. */
export const ownParams = ({ hidden }: ApprovalRequest, shown: JsonObject, own: JsonObject): JsonObject =>
  hidden?.length ? (unmasked(shown, own) as JsonObject) : shown;

function consistent(request: ApprovalRequest): ApprovalRequest {
  // Only the exchange's answer has what these digests are over; it is compared then (assertExchanged).
  if (request.hidden?.length) return request;
  const asked = { ...request, salt: request.salt as string };
  // As it was asked, and as it may run.
  for (const { params, params_digest, action_digest } of [request, request.effective]) {
    if (paramsDigest(asked.salt, params) !== params_digest) refuse('params_digest');
    if (actionDigest({ ...asked, params }) !== action_digest) refuse('action_digest');
  }
  return request;
}

function fits(exchanged: Exchanged, params: JsonObject): AuthorizationDetail {
  const [detail, ...more] = exchanged.authorization_details;
  if (detail === undefined || more.length > 0) refuse('number of actions');
  if (!sameJson(exchanged.params, params)) refuse('set of params');
  if (detail.params_digest !== paramsDigest(detail.salt, params)) refuse('params_digest');
  return detail;
}

/** Throws unless the capability is for exactly this request's effective action with these params. */
export function assertExchanged(request: ApprovalRequest, params: JsonObject, exchanged: Exchanged): void {
  const detail = assertFits(exchanged, params);
  const { salt, action_digest } = detail;
  const own = actionDigest({ ...request, salt, params });
  if (action_digest !== own || action_digest !== request.effective.action_digest) refuse('action_digest');
  if (detail.action !== request.action || detail.resource !== request.resource) refuse('action');
}
