// The platform's own signatures for the evidence verifier: WebCrypto, in Node, browsers and workers alike. It verifies
// and nothing else.
import { canVerifyBy, evidenceCrypto } from '../../../core/evidence/web-crypto.ts';

/** WebCrypto behind the verifier's one question. A key that is none verifies nothing. */
export const webCrypto = evidenceCrypto(() => crypto.subtle);

/** Whether this platform verifies at all; ask it before `verifyEvidence`, where genuine evidence would look forged. */
export const canVerify = (): Promise<boolean> => canVerifyBy(webCrypto);
