// Passkeys: made by a link or by a session with another passkey's word, revoked at once.
import { createRoute } from '@hono/zod-openapi';
import type { Passkey } from '../../core/authority.ts';
import { standingOfKey } from '../../core/passkey/enrolled-key.ts';
import { offerFirst, offerFurther, takeRegistration, takeVouching } from '../auth/enrolment.ts';
import { setSession } from '../auth/session.ts';
import type { App } from '../context.ts';
import { answer } from '../problem.ts';
import { CeremonySchema, EnrolBody } from '../schema/ceremony.ts';
import { answers, BY_NOBODY, jsonBody } from '../schema/common.ts';
import { EnrolOptionsBody, PasskeySchema } from '../schema/people.ts';
import { narrowingRoute } from './narrowing.ts';

const options = createRoute({
  method: 'post',
  path: '/v1/passkeys/options',
  summary: 'Offers to make a passkey: with the token of a link, or {} in a session.',
  tags: ['passkeys'],
  security: BY_NOBODY,
  request: { body: jsonBody(EnrolOptionsBody) },
  responses: answers(200, 'What to make.', CeremonySchema),
});

const enrol = createRoute({
  method: 'post',
  path: '/v1/passkeys',
  summary: 'Enrols a passkey.',
  description:
    'With the token of a set-up link or an invitation: enrols and opens a session (201). Else answers 202 with a second ceremony, to be sent here as {intent, intent_token, assertion}, which answers 201: in a session an existing passkey signs it; with the token of a recovery the new passkey itself does, and only then the old ones end.',
  tags: ['passkeys'],
  security: BY_NOBODY,
  request: { body: jsonBody(EnrolBody) },
  responses: { ...answers(201, 'The passkey.', PasskeySchema), ...answers(202, 'Vouch for it.', CeremonySchema) },
});

export function passkeys(app: App): void {
  app.openapi(options, async (c) => {
    const { token } = c.req.valid('json');
    return answer(c, await (token === undefined ? offerFurther(c) : offerFirst(c, token)));
  });
  app.openapi(enrol, async (c) => {
    const body = c.req.valid('json');
    const taken = await ('assertion' in body ? takeVouching(c, body) : takeRegistration(c, body));
    if (!taken.ok) return answer(c, taken);
    if (taken.value.step === 'vouch') return c.json(taken.value.ceremony as object, 202);
    const { enrolled, session } = taken.value;
    const shown = shownPasskey(enrolled.passkey);
    if (session === null) return c.json(shown, 201);
    setSession(c, session);
    return c.json({ ...shown, user: enrolled.user, expires_at: session.expires_at }, 201);
  });
  narrowingRoute(app, {
    method: 'delete',
    path: '/v1/passkeys/{id}',
    does: 'revokePasskey',
    summary: 'Revokes a passkey: your own, or as an administrator anybody’s.',
  });
}

/** A passkey as people see it: no key material. `fault` says why it signs nothing any more. */
export const shownPasskey = ({ id, name, status, public_key, ...passkey }: Passkey) => {
  const { device_type, backed_up, created_at, last_used_at } = passkey;
  const { fault } = standingOfKey(public_key);
  return { id, name, status, device_type, backed_up, created_at, last_used_at, fault };
};
