// Members, passkeys, sessions, groups, invitations, stops: as answered, and what calls about them may say.
import { z } from '@hono/zod-openapi';
import { MAX_COMMENT_CHARS } from '../../core/limits.ts';
import { InstantSchema } from './common.ts';

export const PasskeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.string(),
    device_type: z.string(),
    backed_up: z.boolean(),
    created_at: InstantSchema,
    last_used_at: InstantSchema.nullable(),
    fault: z.string().nullable().openapi({
      description:
        'Why the evidence verifier refuses its signatures: then it signs the enrolment of another passkey and nothing else. Null for a sound key.',
    }),
  })
  .openapi('Passkey');

const account = { id: z.string(), name: z.string(), email: z.string() };

const named = z.object({ id: z.string(), name: z.string() });
const bound = z.array(z.string()).nullable();
const scope = z.object({ actions: bound, resources: bound, sources: bound, max_risk: z.string().nullable() });

/** What others lent whoever is signed in, and as what these are asked. */
const lent = z.object({
  ...{ id: z.string(), scope, since: InstantSchema, until: InstantSchema },
  from: z.object({ ...account, roles: z.array(z.string()), groups: z.array(z.string()) }),
});

export const SessionSchema = z
  .object({
    organization: z.object({ id: z.string(), kind: z.enum(['live', 'test']), name: z.string() }),
    user: z.object({
      ...{ ...account, roles: z.array(z.string()), groups: z.array(z.string()) },
      delegations: z.array(lent),
    }),
    expires_at: InstantSchema,
    passkeys: z.array(PasskeySchema),
  })
  .openapi('Session');

export const MemberSchema = z
  .object({ ...account, roles: z.array(z.string()), status: z.string(), passkeys: z.array(PasskeySchema) })
  .openapi('Member');

export const GroupSchema = z
  .object({ id: z.string(), name: z.string(), members: z.array(z.string()) })
  .openapi('Group');

export const DelegationSchema = z
  .object({
    ...{ id: z.string(), from: named, to: named },
    scope,
    status: z.enum(['planned', 'active', 'expired', 'ended']),
    starts_at: InstantSchema.openapi({ description: 'In force since then: for no request that was made before.' }),
    ...{ expires_at: InstantSchema, created_at: InstantSchema, ended_at: InstantSchema.nullable() },
    ...{ ended_by: z.string().nullable(), change: z.string() },
  })
  .openapi('Delegation');

export const InvitationSchema = z
  .object({ ...account, roles: z.array(z.string()), status: z.string(), expires_at: InstantSchema })
  .openapi('Invitation');

export const StopSchema = z
  .object({
    id: z.string(),
    target_kind: z.string(),
    target: z.string(),
    reason: z.string(),
    set_by: z.string(),
    set_at: InstantSchema,
  })
  .openapi('Stop');

export const Reason = z.string().trim().min(1).max(MAX_COMMENT_CHARS);
/** A reason helps whoever reads the log; what only narrows must not wait for one. */
export const ReasonBody = z.strictObject({ reason: Reason.optional() });

export const StopBody = z.strictObject({
  target_kind: z.enum(['actor', 'service_account', 'organization']),
  target: z.string().min(1).max(256),
  reason: Reason,
});

export const EnrolOptionsBody = z.strictObject({
  token: z.string().max(2_048).optional().openapi({ description: 'Of a set-up, invitation or recovery link.' }),
});
export const EmptyBody = z.strictObject({});
