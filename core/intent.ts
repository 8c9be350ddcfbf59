// What a passkey signs. The page and the server build the same intent, each from what it has; the challenge is a hash
// of it under a prefix of its own kind, so that no ceremony can be used as another.

import { sha256 } from '#sha256';
import { canonicalize } from './canonical.ts';
import { digestOf } from './digest.ts';
import type { Edited } from './edit.ts';
import { base64url, utf8 } from './encoding.ts';
import type { Digest, Instant } from './json.ts';

export const INTENT_KINDS = [
  'decision',
  'edit',
  'change',
  'break-glass',
  'delegation',
  'enrol',
  'sign-in',
  'break-glass-review',
] as const;
export type IntentKind = (typeof INTENT_KINDS)[number];

/** What an approval releases; a reviewer may shorten `ttl_seconds` and strengthen `enforce`, nothing else. */
export interface Scope {
  action: string;
  resource: string;
  params_digest: Digest;
  audience: string;
  enforce: 'offline' | 'introspect' | 'consume';
  dpop: boolean;
  ttl_seconds: number;
}

interface Ceremony<K extends IntentKind> {
  v: 1;
  kind: K;
  organization: string;
  rp_id: string;
  /** 32 random bytes of the server, base64url. */
  nonce: string;
  issued_at: Instant;
  expires_at: Instant;
}

export interface DecisionIntent extends Ceremony<'decision'> {
  request: string;
  /** Index of the stage that this vote counts in, from 0. */
  stage: number;
  decision: 'approve' | 'reject';
  /** Of the action as it was asked. */
  action_digest: Digest;
  request_digest: Digest;
  /** The effective action, once somebody edited it; null before. */
  edited: Edited | null;
  /** Of the effective action. Null for a rejection: it releases nothing. */
  scope: Scope | null;
  policy_digest: Digest;
  comment_digest: Digest;
  external_ref: string | null;
  reviewer: string;
  /** A recent ledger head: the signature cannot be older than it. `root` is base64. */
  checkpoint: { size: number; root: string };
}

/** Only edits: it approves nothing, and whoever votes after it signs the edit as well. */
export interface EditIntent extends Ceremony<'edit'> {
  request: string;
  /** Index of the stage whose reviewer edits, from 0. */
  stage: number;
  /** Of the action as it was asked. */
  action_digest: Digest;
  request_digest: Digest;
  /** Of the effective action that this edit takes the place of. */
  replaces: Digest;
  edited: Edited;
  policy_digest: Digest;
  comment_digest: Digest;
  reviewer: string;
  checkpoint: { size: number; root: string };
}

/** An emergency override of one exact action: what it is, why, and what it releases (policy.md "Break-glass"). */
export interface BreakGlassIntent extends Ceremony<'break-glass'> {
  request: string;
  action_digest: Digest;
  request_digest: Digest;
  scope: Scope;
  policy_digest: Digest;
  /** SHA-256 over RFC 8785 of `{nonce, reason}`. */
  reason_digest: Digest;
  external_ref: string | null;
  /** The person who breaks the glass. */
  reviewer: string;
  checkpoint: { size: number; root: string };
}

/** Somebody who was not part of a break-glass use has looked at it: this ends its debt. */
export interface BreakGlassReviewIntent extends Ceremony<'break-glass-review'> {
  request: string;
  verdict: 'justified' | 'not_justified';
  comment_digest: Digest;
  reviewer: string;
}

export interface ChangeIntent extends Ceremony<'change'> {
  change: string;
  /** What kind of thing is changed: `policy`, `member`, … (core/change/record.ts). */
  change_kind: string;
  target: string;
  before_digest: Digest;
  after_digest: Digest;
  signer: string;
}

/** `user` for a further passkey of a member, `token` (the link's id) for a first one; the other is null. */
export interface EnrolIntent extends Ceremony<'enrol'> {
  user: string | null;
  token: string | null;
  /** Where an existing passkey signs for a further one: what it vouches for. Absent while a passkey is being made. */
  adds?: Digest;
}

/** What an existing passkey vouches for when it signs a new one in; both texts base64url. */
export const addedPasskey = ({ credential_id, public_key }: { credential_id: string; public_key: string }): Digest =>
  digestOf({ credential_id, public_key });

/** `organization` is empty: a discoverable passkey says whose it is only in its answer. */
export interface SignInIntent extends Ceremony<'sign-in'> {
  user: string | null;
}

export type Intent =
  | DecisionIntent
  | EditIntent
  | BreakGlassIntent
  | BreakGlassReviewIntent
  | ChangeIntent
  | EnrolIntent
  | SignInIntent;

/**
 * The WebAuthn challenge for an intent.
 *
 * @returns SHA-256("assentry/" ‖ kind ‖ "/v1" ‖ 0x00 ‖ RFC 8785(intent)), 32 bytes
 */
export function challengeOf(intent: Intent): Uint8Array {
  return sha256(utf8(`assentry/${intent.kind}/v1\u0000${canonicalize(intent)}`));
}

/** The same challenge as WebAuthn's JSON carries it. */
export const challengeText = (intent: Intent): string => base64url(challengeOf(intent));

/** SHA-256 over RFC 8785 of `{nonce, comment}`: the nonce keeps a guessable comment from being confirmed. */
export const commentDigest = (nonce: string, comment: string | null): Digest => digestOf({ nonce, comment });

/** What of a decision's intent the page takes from the server; all else it builds from what it shows. */
export type FromServer = Pick<DecisionIntent, 'nonce' | 'issued_at' | 'expires_at' | 'checkpoint'>;

/** What a decision's intent says about the request, as it is displayed. */
export interface Displayed {
  organization: string;
  rp_id: string;
  request: string;
  stage: number;
  decision: 'approve' | 'reject';
  action_digest: Digest;
  request_digest: Digest;
  scope: Scope | null;
  policy_digest: Digest;
  comment: string | null;
  external_ref: string | null;
  reviewer: string;
  edited?: Edited | null;
}

/**
 * Builds the intent of a decision, on the page from what it displays and on the server from the object's own state.
 *
 * @param shown what is decided about
 * @param given nonce, times and checkpoint, which only the server knows
 */
export function decisionIntent(shown: Displayed, given: FromServer): DecisionIntent {
  const { comment, edited, ...rest } = shown;
  return {
    v: 1,
    kind: 'decision',
    ...rest,
    scope: shown.decision === 'approve' ? shown.scope : null,
    edited: edited ?? null,
    comment_digest: commentDigest(given.nonce, comment),
    nonce: given.nonce,
    issued_at: given.issued_at,
    expires_at: given.expires_at,
    checkpoint: { size: given.checkpoint.size, root: given.checkpoint.root },
  };
}

/** What an edit's intent says, as it is displayed. */
export type DisplayedEdit = Omit<EditIntent, 'v' | 'kind' | 'comment_digest' | keyof FromServer> & {
  comment: string | null;
};

/** Builds the intent of an edit, on both sides as `decisionIntent` is built. */
export function editIntent(shown: DisplayedEdit, given: FromServer): EditIntent {
  const { comment, ...rest } = shown;
  const { nonce, issued_at, expires_at, checkpoint } = given;
  return {
    ...{ v: 1, kind: 'edit', ...rest, comment_digest: commentDigest(nonce, comment), nonce, issued_at, expires_at },
    checkpoint: { size: checkpoint.size, root: checkpoint.root },
  };
}
