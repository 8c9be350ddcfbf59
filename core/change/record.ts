// A change as the organisation keeps and answers it: the one door for policy, people, machines and settings. Only shapes;
// what a change says in words is core/change.ts, what its value may be core/change/value.ts.
import type { LinkClaims } from '../credential.ts';
import type { Digest, Instant, Json, JsonObject } from '../json.ts';

export const CHANGE_KINDS = [
  'policy',
  'invitation',
  'member',
  'recovery',
  'group',
  'service_account',
  'api_key',
  'webhook_endpoint',
  'organization',
  'stop_lift',
  'erasure',
  'oidc_issuer',
  'delegation',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export interface Change {
  id: string;
  kind: ChangeKind;
  /** Id of what is changed; for something new, the id that it will have. */
  target: string;
  status: 'proposed' | 'applied' | 'rejected' | 'expired';
  value: JsonObject;
  /** The target before and after, alone. */
  before: Json;
  after: Json;
  before_digest: Digest;
  after_digest: Digest;
  /** The change in words. */
  diff: string[];
  warnings: { pointer: string; detail: string; line?: number; column?: number }[];
  proposed_by: string;
  proposed_at: Instant;
  expires_at: Instant;
  signatures_needed: number;
  signatures: { signer: string; passkey: string; signed_at: Instant }[];
  applied_at: Instant | null;
}

/**
 * What applying a change brings forth and is shown for ten minutes or until its first use, then never. The text of a
 * link is the Worker's to make from its claims.
 */
export type ChangeSecret =
  | { kind: 'api_key'; key: string; text: string }
  | { kind: 'webhook_secret'; endpoint: string; text: string }
  | { kind: 'link'; claims: LinkClaims };
