// The bindings and secrets of the deployment (wrangler.toml, `.dev.vars`), as every part of the server sees them.
import type { ApprovalRequest } from './approval-request.ts';
import type { Ledger } from './ledger.ts';
import type { Organization } from './organization.ts';
import type { Witness } from './witness.ts';

/** What the queue carries: a hint that rows in D1 are due. Losing one costs a delay, nothing else. */
export interface Wakeup {
  kind: 'deliveries';
  organization: string;
}

export interface Env {
  ORGANIZATION: DurableObjectNamespace<Organization>;
  APPROVAL_REQUEST: DurableObjectNamespace<ApprovalRequest>;
  LEDGER: DurableObjectNamespace<Ledger>;
  WITNESS: DurableObjectNamespace<Witness>;
  DB: D1Database;
  WAKEUPS: Queue<Wakeup>;

  BASE_URL: string;
  RP_ID: string;
  LEDGER_ORIGIN: string;
  /** "true": tiles and proofs for everybody. Anything else: for every authenticated organisation. */
  LEDGER_PUBLIC: string;
  /** Seconds between public checkpoints: 10 deployed, 1 locally. */
  CHECKPOINT_SECONDS: string;

  /** Ed25519 private key, JWK as JSON text; an array of them while it rotates: the first signs, all are published. */
  LEDGER_KEY: string;
  /** P-256 private key, JWK as JSON text; an array of them while it rotates. */
  RECEIPT_KEY: string;
  /** P-256 private keys with `kid`, JSON array of JWKs; the first signs, all are published. */
  CAPABILITY_KEYS: string;
  /** `[{kid, secret}]`, JSON; the first signs, all verify. */
  MAC_SECRETS: string;

  /** `[{url, verifier_key}]`, JSON: C2SP witnesses that cosign our checkpoints. Absent: the log is operator-trusted. */
  WITNESSES?: string;
  /** Ed25519 private key, JWK as JSON text: this deployment witnesses the logs of others. Absent: it witnesses none. */
  WITNESS_KEY?: string;
  /** `{origin: verifier key}`, JSON: whose logs. */
  WITNESSED_LOGS?: string;
}
