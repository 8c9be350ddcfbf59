// WebAuthn's JSON forms (level 3, section 5.1) and the bodies of ceremonies. Sizes are bounded; which fields a browser
// may add is in the lists, the rest is refused.
import { z } from '@hono/zod-openapi';
import { JsonObjectSchema } from './common.ts';

/** base64url of up to 16 KiB: authenticators of post-quantum keys need several. */
const Bytes = z
  .string()
  .regex(/^[A-Za-z0-9_-]*$/, 'This is not base64url.')
  .max(22_000);

const common = {
  id: Bytes,
  rawId: Bytes,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: JsonObjectSchema,
};

export const RegistrationResponse = z
  .strictObject({
    ...common,
    response: z.strictObject({
      clientDataJSON: Bytes,
      attestationObject: Bytes,
      transports: z.array(z.string().max(32)).max(8).optional(),
      authenticatorData: Bytes.optional(),
      publicKey: Bytes.optional(),
      publicKeyAlgorithm: z.int().optional(),
    }),
  })
  .openapi('RegistrationResponseJSON');

export const AuthenticationResponse = z
  .strictObject({
    ...common,
    response: z.strictObject({
      clientDataJSON: Bytes,
      authenticatorData: Bytes,
      signature: Bytes,
      userHandle: Bytes.nullable().optional(),
      attestationObject: Bytes.optional(),
    }),
  })
  .openapi('AuthenticationResponseJSON');

export const IntentSchema = JsonObjectSchema.openapi('Intent', {
  description: 'What the passkey signs; the challenge is SHA-256("assentry/" kind "/v1" 0x00 RFC8785(intent)).',
});
export const IntentToken = z.string().max(8_192).openapi({ description: "The server's MAC over the intent." });

const signed = { intent: IntentSchema, intent_token: IntentToken };

export const AssertionBody = z.strictObject({ ...signed, assertion: AuthenticationResponse });

export const PasskeyName = z.string().trim().min(1).max(64);

export const RegistrationBody = z.strictObject({
  ...signed,
  response: RegistrationResponse,
  name: PasskeyName.optional(),
});

/** Enrolment's second call: the new passkey, or the assertion of an existing one that vouches for it. */
export const EnrolBody = z.union([RegistrationBody, AssertionBody]);

export const CeremonySchema = z
  .object({ intent: IntentSchema, intent_token: IntentToken, public_key: JsonObjectSchema })
  .openapi('Ceremony');
