// What an enrolment binds: the digest of a passkey's public key, as events record it and as an existing passkey signs it
// when a further one is added.
import { sha256 } from '#sha256';
import { fromBase64Url, hex } from './encoding.ts';
import type { Digest } from './json.ts';

/**
 * `sha256:<hex>` over the bytes of a COSE key.
 *
 * @param public_key base64url, as `Registration.public_key`
 * @throws when it is not base64url: then there is no key
 */
export function publicKeyDigest(public_key: string): Digest {
  const bytes = fromBase64Url(public_key);
  if (bytes === null) throw new TypeError('a public key is base64url');
  return `sha256:${hex(sha256(bytes))}`;
}
