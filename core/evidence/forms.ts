// The evidence bundle `assentry-evidence/v1` and what a verifier says about it: only shapes. Everything in a bundle is a
// claim; trust anchors come from outside (Anchors), and no word of a bundle replaces one silently.
import type { RecordedEvent } from '../events.ts';
import type { Instant, JsonObject } from '../json.ts';
import type { PolicyJudge } from './judging.ts';
import type { EvidenceKind } from './needed.ts';

export const EVIDENCE_FORMAT = 'assentry-evidence/v1';

/** An event, where its leaf stands, and the leaf's inclusion under the checkpoint of its shard. */
export interface EvidenceLine {
  event: RecordedEvent;
  receipt: { index: number; org_seq: number; link: string; leaf_hash: string; sealed_at: Instant };
  /** Hex, from the leaf's sibling up. */
  proof: string[];
}

/** A decision's receipt. `bundle` is Sigstore's v0.3, for stock verifiers; null once the statement is erased. */
export interface EvidenceReceipt {
  /** Id of the decision's event. */
  event: string;
  index: number;
  /** The leaf body's text. */
  leaf: string;
  proof: string[];
  bundle: JsonObject | null;
}

/** That a head which somebody signed over is the beginning of the checkpoint's tree. */
export interface EvidenceHead {
  size: number;
  /** Base64, as in the intent. */
  root: string;
  /** Hex: consistency from this size to the checkpoint's of its shard. */
  proof: string[];
}

/** One shard of the log that holds something of the bundle. */
export interface EvidenceShard {
  /** Entries with an index of this shard (core/ledger/shard.ts) are proved under its checkpoint. */
  shard: number;
  /** C2SP signed note. */
  checkpoint: string;
  /** Hint, like those of the bundle. */
  log_key: string;
}

export interface EvidenceBundle {
  format: typeof EVIDENCE_FORMAT;
  organization: { id: string; kind: 'live' | 'test' };
  /** What the server says that a verifier should pin. Hints: used only where no anchor is given, and then said so. */
  hints: { origin: string; rp_id: string; log_key: string; receipt_key: string };
  /** C2SP signed note, with whatever cosignatures it has. */
  checkpoint: string;
  /** Where not all of it is in the first shard: every shard of it, the newest (whose checkpoint is the bundle's) last. */
  shards?: EvidenceShard[];
  /** The wire form, as `GET /v1/approval-requests/{id}` answers it. */
  request: JsonObject;
  /** The request's own chain, from its first event. */
  events: EvidenceLine[];
  /** What it rests on: enrolments of the passkeys that signed, publication of the policy in force. */
  organization_events: EvidenceLine[];
  receipts: EvidenceReceipt[];
  heads: EvidenceHead[];
  /** `sha256:<hex>` over RFC 8785 of all the rest: catches damage, proves nothing. */
  digest: string;
}

/** What the verifier believes before it reads. Whatever is missing is taken from the bundle with a warning. */
export interface Anchors {
  /** C2SP verifier keys of the log, `name+hint+base64`; more than one while a key is being rotated. */
  log_key?: string | readonly string[];
  organization?: string;
  /** The request that the bundle must be about. Without it, `valid` says nothing of which one that is. */
  request?: string;
  /** Where passkeys sign: `https://approve.example.com`. */
  origin?: string;
  rp_id?: string;
  /** SubjectPublicKeyInfo, base64 DER, of the receipt key; or several. */
  receipt_key?: string | readonly string[];
  /** C2SP verifier keys of witnesses (cosignature/v1). */
  witnesses?: readonly string[];
}

/** A public key as a JWK of one of the three kinds that passkeys, logs and receipts use. */
export type EvidenceKey =
  | { kty: 'EC'; crv: 'P-256'; x: string; y: string }
  | { kty: 'OKP'; crv: 'Ed25519'; x: string }
  | { kty: 'RSA'; n: string; e: string; alg?: 'PS256' };

export interface EvidenceCrypto {
  /**
   * ES256 (signature r ‖ s), Ed25519, or RSA with SHA-256, by the key's kind: PKCS1-v1_5, or PSS where `alg` says so.
   *
   * @returns false, never an error, for a key or a signature that is none
   */
  verify(key: EvidenceKey, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

export type ClaimStatus = 'proved' | 'asserted' | 'as-of-checkpoint' | 'not-replayable' | 'failed';

export interface EvidenceClaim {
  /** Name of the check, `lifecycle`, `signature`, …: stable, for programs. */
  claim: string;
  status: ClaimStatus;
  /** For people: what holds or does not, and why. */
  detail: string;
  /** Ledger index. */
  entry?: number;
  /** Id of the event. */
  event?: string;
  /** JSON Pointer into the bundle. */
  field?: string;
  /** Offset in the file, where it is no JSON. */
  byte?: number;
}

/** How a claim that evidence may need stands in this file. */
export interface EvidenceNeed {
  claim: string;
  /**
   * `erased`, `hidden` (policy hides a value from everybody) and `not-applicable` are named, and keep nothing from being
   * complete; everything but `proved` else does.
   */
  status: 'proved' | 'failed' | 'withheld' | 'asserted' | 'missing' | 'erased' | 'hidden' | 'not-applicable';
}

export interface EvidenceReport {
  /** Nothing failed. Not that anything is proved: see `complete`. */
  valid: boolean;
  /** Valid, and all that evidence of this kind of end needs is proved here, but for what is erased. */
  complete: boolean;
  /** How the request ended (needed.ts); null where the file could not be examined. */
  kind: EvidenceKind | null;
  needs: EvidenceNeed[];
  claims: EvidenceClaim[];
  /** What was asked, or what a reviewer made of it, as pages say it; absent where that is erased or withheld. */
  sentence?: string;
  /** An anchor was taken from the bundle itself: right only if the bundle is. */
  first_use?: boolean;
}

/** `verifyEvidence` of core/evidence.ts. Never throws for a bundle, whatever it holds. */
export type VerifyEvidence = (
  text: string,
  anchors: Anchors,
  crypto: EvidenceCrypto,
  options?: { judge?: PolicyJudge },
) => Promise<EvidenceReport>;
