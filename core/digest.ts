// What is hashed of an approval request, exactly as contract.md "Digests" says. The server's random salt keeps guessable
// contents from being confirmed by whoever sees a digest. Each function picks its fields by name: what else an object
// carries never changes its digest, and a missing field throws.
import { sha256 } from '#sha256';
import { canonicalBytes } from './canonical.ts';
import { hex } from './encoding.ts';
import type { Digest, Instant, Json, JsonObject } from './json.ts';

/** `sha256:<hex>` over the RFC 8785 form of a JSON value. */
export const digestOf = (value: Json | object): Digest => `sha256:${hex(sha256(canonicalBytes(value)))}`;

/** Of `{salt, params}`: what a resource compares with the call it got. `salt` is base64url of 16 random bytes. */
export const paramsDigest = (salt: string, params: JsonObject): Digest => digestOf({ salt, params });

/** What may run. */
export interface ActionParts {
  organization: string;
  salt: string;
  action: string;
  resource: string;
  actor: string;
  params: JsonObject;
  metadata: JsonObject;
  constraints: JsonObject;
  precondition: Json;
}

/** Of `{v: 1, organization, salt, action, resource, actor, params, metadata, constraints, precondition}`. */
export function actionDigest(parts: ActionParts): Digest {
  const { organization, salt, action, resource, actor, params, metadata, constraints, precondition } = parts;
  return digestOf({ v: 1, organization, salt, action, resource, actor, params, metadata, constraints, precondition });
}

/** What a reviewer is shown, beside the action itself. Richer objects fit: only what is named here is hashed. */
export interface ShownParts {
  action_digest: Digest;
  context: Json;
  preview: Json;
  message: string | null;
  risk: { level: string; claimed: string | null; reasons: Json };
  policy: { version: number | string; digest: Digest; rule: string | null };
  requirement: { verify: string; stages: readonly { from: Json; count: number; actions?: object }[] } | null;
  on_rejection: string;
  on_behalf_of: Json;
  expires_at: Instant | null;
}

/** Of the shown parts, fixed at creation: counts of votes and the trace are left out, they change or are derived. */
export function requestDigest(shown: ShownParts): Digest {
  const { action_digest, context, preview, message, on_rejection, on_behalf_of, expires_at } = shown;
  const { level, claimed, reasons } = shown.risk;
  const { version, digest, rule } = shown.policy;
  return digestOf({
    ...{ action_digest, context, preview, message, on_rejection, on_behalf_of, expires_at },
    risk: { level, claimed, reasons },
    policy: { version, digest, rule },
    requirement: shown.requirement && shownRequirement(shown.requirement),
  });
}

const shownRequirement = ({ verify, stages }: NonNullable<ShownParts['requirement']>): Json => ({
  verify,
  // Who may only reject is part of what was shown; without such a limit the form is the first one.
  stages: stages.map(({ from, count, actions }) => ({ from, count, ...(actions ? { actions: actions as Json } : {}) })),
});
