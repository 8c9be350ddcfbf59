// `@assentry/sdk/evidence`: for who audits. Evidence bundles verified with WebCrypto alone, without a server and without
// an API key; what it trusts is what you pin. Apart from `@assentry/sdk/verify`, which stays small for who is called.
export {
  type Anchors,
  type ClaimStatus,
  EVIDENCE_FORMAT,
  type EvidenceBundle,
  type EvidenceClaim,
  type EvidenceCrypto,
  type EvidenceKey,
  type EvidenceKind,
  type EvidenceNeed,
  type EvidenceReport,
  NEEDED,
  needsInWords,
  type PolicyJudge,
  verifyEvidence,
} from '../../core/evidence.ts';
export { canVerify, webCrypto } from './verify/evidence-crypto.ts';
