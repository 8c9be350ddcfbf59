// The verifier's own signatures, for who audits: the same function that the server asks before it accepts anything.
export { canVerify, webCrypto } from '../../../core/evidence/web-crypto.ts';
