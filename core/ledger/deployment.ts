// The deployment's own chain in the log: what belongs to no organisation, such as the rotation of a key. Its events are
// public, salts and all, and so is the key of its links: everybody can audit it as an organisation audits its own.
import { sha256 } from '#sha256';
import { utf8 } from '../encoding.ts';

/** Organisation and object of the chain; no id of ours has this form. */
export const DEPLOYMENT = 'deployment';

/** K_org of the chain, known to everybody. */
export const deploymentLinkKey = (): Uint8Array => sha256(utf8('assentry/deployment/v1'));

/** `signs`: the first of its purpose; `verifies`: published beside it; `retired`: no longer published. */
export type KeyState = 'signs' | 'verifies' | 'retired';

/** One public key of the deployment. */
export interface DeploymentKey {
  purpose: 'log' | 'receipt' | 'capability';
  kid: string;
  /** `sha256:<hex>` of the 32 bytes (Ed25519) or of the SubjectPublicKeyInfo (P-256). */
  public_key_digest: string;
  state: KeyState;
}

const same = (one: DeploymentKey, other: DeploymentKey): boolean =>
  one.purpose === other.purpose && one.public_key_digest === other.public_key_digest;

/** What changed from one configuration to the next, the keys as they are from now on; those that went are `retired`. */
export function rotations(before: readonly DeploymentKey[], now: readonly DeploymentKey[]): DeploymentKey[] {
  const changed = now.filter((key) => before.find((known) => same(known, key))?.state !== key.state);
  const gone = before.filter((key) => !now.some((left) => same(left, key)));
  return [...changed, ...gone.map((key) => ({ ...key, state: 'retired' as const }))];
}
