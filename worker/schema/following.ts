// What an approval request says beside its decision: who was asked further, who is on it, what stops it, and the emergency
// use that let it through.
import { z } from '@hono/zod-openapi';
import { InstantSchema } from './common.ts';

const escalations = z
  .array(z.object({ stage: z.int(), to: z.array(z.string()), by: z.string(), at: InstantSchema }))
  .openapi({ description: 'Further people who were asked, in which stage, from when on.' });

const next_escalation = z
  .object({ to: z.array(z.string()), at: InstantSchema })
  .nullable()
  .openapi({ description: 'Who is asked next if nobody decides, and when.' });

const claim = z
  .object({ reviewer: z.object({ id: z.string(), name: z.string() }), until: InstantSchema })
  .nullable()
  .openapi({ description: 'Who said that they are on it. Advisory; it means nothing after `until`.' });

const stopped = z
  .object({ id: z.string(), target_kind: z.string(), target: z.string(), reason: z.string(), set_at: InstantSchema })
  .nullable()
  .openapi({ description: 'The stop that is in force over it now, and why; said where the exact state is read.' });

const break_glass = z
  .object({
    user: z.object({ id: z.string(), name: z.string().nullable() }),
    reason: z.string().nullable(),
    external_ref: z.string().nullable(),
    used_at: InstantSchema,
    passkey: z.string(),
    enrolment_entry: z.int().nullable(),
  })
  .nullable()
  .openapi({ description: 'The emergency use that let it through; null where there was none.' });

export const FOLLOWING = { escalations, next_escalation, claim, stopped, break_glass };
