// `@assentry/sdk/verify`: for who is called. Webhooks (Standard Webhooks) and capabilities (RFC 9068 tokens), with
// WebCrypto alone. It needs no API key; what it trusts is what you pin: a secret, an issuer, an audience.
export { VerificationError } from './errors.ts';
export {
  type CapabilityCall,
  type CapabilityOptions,
  type VerifiedCapability,
  verifyCapability,
} from './verify/capability.ts';
export type { JwkSet } from './verify/jwks.ts';
export { type VerifiedWebhook, verifyWebhook, type WebhookInput } from './verify/webhook.ts';
