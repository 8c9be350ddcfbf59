// A command by hand: who does it, from where, and how a repeat of the same call is recognised.

import type { Principal } from '../../core/authority.ts';
import { digestOf } from '../../core/digest.ts';
import type { JsonObject } from '../../core/json.ts';
import { ok, type Result } from '../../core/problems.ts';
import type { HandQuestion, Idempotency } from '../../durable-objects/request/calls.ts';
import type { Ctx } from '../context.ts';
import { idempotencyKey } from '../edge/idempotency.ts';
import { nameOf, type Seen } from './access.ts';

/** The key as the object keeps it: bound to who calls and what for, never the caller's own text. */
export function idempotencyOf(c: Ctx, principal: Principal, purpose: string): Result<Idempotency | null> {
  const key = idempotencyKey(c);
  if (!key.ok || key.value === null) return key as Result<null>;
  const body = digestOf((c.get('body') ?? {}) as JsonObject);
  return ok({ key: digestOf({ purpose, by: nameOf(principal).by, key: key.value }), body });
}

/** What a command by hand is asked with. */
export function handOf(c: Ctx, seen: Seen, purpose: string, reason: string | null): Result<HandQuestion> {
  const idempotency = idempotencyOf(c, seen.principal, purpose);
  if (!idempotency.ok) return idempotency;
  return ok({
    organization: seen.organization,
    idempotency: idempotency.value,
    ...nameOf(seen.principal),
    ip: c.req.header('cf-connecting-ip') ?? null,
    reason,
  });
}
