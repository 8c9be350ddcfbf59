// The one door for policy, people, keys and settings: proposed, shown as a diff, signed with a passkey, applied.
import { createRoute } from '@hono/zod-openapi';
import type { Change, ChangeSecret } from '../../core/authority.ts';
import type { Digest } from '../../core/json.ts';
import { ok, type Result } from '../../core/problems.ts';
import { byAnyone, bySession } from '../auth/acting.ts';
import { offerChange, signedChange } from '../auth/change-ceremony.ts';
import { linkUrl } from '../auth/link.ts';
import type { App, Ctx } from '../context.ts';
import { idempotencyKey } from '../edge/idempotency.ts';
import { answer } from '../problem.ts';
import { AssertionBody, CeremonySchema } from '../schema/ceremony.ts';
import { ChangeQuery, ChangeSchema, ProposeChangeBody } from '../schema/changes.ts';
import { answers, BY_KEY_OR_SESSION, BY_SESSION, IdParams, jsonBody, pageOf } from '../schema/common.ts';
import { EmptyBody, ReasonBody } from '../schema/people.ts';

const tags = ['changes'];
const one = answers(200, 'The change.', ChangeSchema);

const list = createRoute({
  ...{ method: 'get', path: '/v1/changes', summary: 'Lists changes, newest first.', tags, security: BY_KEY_OR_SESSION },
  request: { query: ChangeQuery },
  responses: answers(200, 'The page.', pageOf(ChangeSchema)),
});
const get = createRoute({
  ...{ method: 'get', path: '/v1/changes/{id}', summary: 'Shows a change.', tags, security: BY_KEY_OR_SESSION },
  request: { params: IdParams },
  responses: one,
});
const propose = createRoute({
  ...{ method: 'post', path: '/v1/changes', summary: 'Proposes a change; answers with its diff.', tags },
  description:
    'It waits for a passkey for 24 hours. In a test organisation a key with changes:propose applies it at once. If-Match with the ETag of what was read stands for base_digest.',
  security: BY_KEY_OR_SESSION,
  request: { body: jsonBody(ProposeChangeBody) },
  responses: answers(201, 'The change.', ChangeSchema),
});
const options = createRoute({
  ...{ method: 'post', path: '/v1/changes/{id}/options', summary: 'Offers a change to be signed.', tags },
  security: BY_SESSION,
  request: { params: IdParams, body: jsonBody(EmptyBody) },
  responses: answers(200, 'What to sign.', CeremonySchema),
});
const sign = createRoute({
  ...{ method: 'post', path: '/v1/changes/{id}/sign', summary: 'Signs a change; applies it when signed enough.', tags },
  security: BY_SESSION,
  request: { params: IdParams, body: jsonBody(AssertionBody) },
  responses: one,
});
const reject = createRoute({
  ...{ method: 'post', path: '/v1/changes/{id}/reject', summary: 'Rejects a change.', tags },
  security: BY_SESSION,
  request: { params: IdParams, body: jsonBody(ReasonBody) },
  responses: one,
});

export function changes(app: App): void {
  app.openapi(list, async (c) =>
    answer(c, await byAnyone(c, (object, acting) => object.listChanges({ ...acting, ...c.req.valid('query') }))),
  );
  app.openapi(get, async (c) =>
    answer(c, await byAnyone(c, (object, acting) => object.getChange({ ...acting, ...c.req.valid('param') }))),
  );
  app.openapi(propose, async (c) => {
    const idempotency = idempotencyKey(c);
    if (!idempotency.ok) return answer(c, idempotency);
    const { base_digest = ifMatch(c), ...proposal } = c.req.valid('json');
    const key = idempotency.value === null ? {} : { idempotency: idempotency.value };
    const proposed = await byAnyone(c, (object, acting) =>
      object.proposeChange({ ...acting, ...proposal, ...key, ...(base_digest === undefined ? {} : { base_digest }) }),
    );
    if (proposed.ok && proposed.value.replayed) c.header('Idempotent-Replayed', 'true');
    return answer(c, shown(c, proposed), 201);
  });
  app.openapi(options, async (c) => answer(c, await offerChange(c, c.req.valid('param').id)));
  app.openapi(sign, async (c) => {
    const { id } = c.req.valid('param');
    const signed = await signedChange(c, id, c.req.valid('json'));
    if (!signed.ok) return answer(c, signed);
    const call = { id, verified: signed.value };
    return answer(c, shown(c, await bySession(c, (object, acting) => object.signChange({ ...acting, ...call }))));
  });
  app.openapi(reject, async (c) => {
    const call = { ...c.req.valid('param'), ...c.req.valid('json') };
    return answer(c, await bySession(c, (object, acting) => object.rejectChange({ ...acting, ...call })));
  });
}

/** RFC 9110 section 13.1.1: the ETag of a policy is its digest. */
function ifMatch(c: Ctx): Digest | undefined {
  return /^"(sha256:[0-9a-f]{64})"$/.exec(c.req.header('if-match') ?? '')?.[1];
}

/** A change with its secret in words: a link's text is made here, from the claims that the organisation keeps. */
function shown(c: Ctx, result: Result<{ change: Change; secret?: ChangeSecret | null }>): Result<object> {
  if (!result.ok) return result;
  const { change, secret } = result.value;
  return ok(secret ? { ...change, secret: secretText(c, secret) } : change);
}

const secretText = (c: Ctx, secret: ChangeSecret): string =>
  secret.kind === 'link' ? linkUrl(c, secret.claims) : secret.text;
