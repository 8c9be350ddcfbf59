// Sign in, who am I, sign out.
import { createRoute } from '@hono/zod-openapi';
import type { Facts } from '../../core/authority.ts';
import { bySession } from '../auth/acting.ts';
import { authorizedPerson } from '../auth/authorized.ts';
import { clearSession, setSession } from '../auth/session.ts';
import { offerSignIn, takeSignIn } from '../auth/sign-in.ts';
import type { App } from '../context.ts';
import { answer } from '../problem.ts';
import { AssertionBody, CeremonySchema } from '../schema/ceremony.ts';
import { answers, BY_NOBODY, BY_SESSION, jsonBody } from '../schema/common.ts';
import { EmptyBody, SessionSchema } from '../schema/people.ts';
import { shownPasskey } from './passkeys.ts';

const tags = ['session'];
const path = '/v1/session';

const options = createRoute({
  ...{ method: 'post', path: '/v1/session/options', summary: 'Offers to sign in.', tags, security: BY_NOBODY },
  request: { body: jsonBody(EmptyBody) },
  responses: answers(200, 'What to sign, with any discoverable passkey.', CeremonySchema),
});
const open = createRoute({
  ...{ method: 'post', path, summary: 'Signs in with a passkey; sets the cookie.', tags, security: BY_NOBODY },
  request: { body: jsonBody(AssertionBody) },
  responses: answers(201, 'Signed in; GET says as whom.'),
});
const get = createRoute({
  ...{ method: 'get', path, summary: 'Says who is signed in.', tags, security: BY_SESSION },
  responses: answers(200, 'The session.', SessionSchema),
});
const close = createRoute({
  ...{ method: 'delete', path, summary: 'Signs out.', tags, security: BY_SESSION },
  responses: answers(204, 'Signed out.'),
});

export function session(app: App): void {
  app.openapi(options, async (c) => c.json((await offerSignIn(c)) as object));
  app.openapi(open, async (c) => {
    const opened = await takeSignIn(c, c.req.valid('json'));
    if (!opened.ok) return answer(c, opened);
    setSession(c, opened.value);
    return c.json({ expires_at: opened.value.expires_at }, 201);
  });
  app.openapi(get, async (c) => {
    const person = await authorizedPerson(c);
    if (!person.ok) return answer(c, person);
    const { principal, snapshot, passkeys, facts } = person.value;
    const { id, kind, name } = snapshot.organization;
    const { user, email, roles, groups, expires_at } = principal;
    return c.json({
      organization: { id, kind, name },
      user: { id: user, name: principal.name, email, roles, groups, delegations: lentTo(user, facts) },
      expires_at,
      passkeys: passkeys.map(shownPasskey),
    });
  });
  app.openapi(close, async (c) => {
    const closed = await bySession(c, (organization, acting) => organization.closeSession(acting));
    clearSession(c);
    return closed.ok ? c.body(null, 204) : answer(c, closed);
  });
}

/** What others lent this person now, with what the lender is asked as: pages tell by it whether somebody may decide. */
const lentTo = (user: string, { standings }: Facts) =>
  (standings[user]?.delegations ?? []).flatMap(({ from, ...lent }) => {
    const lender = standings[from];
    if (!lender?.active) return [];
    const { name, email, roles, groups } = lender;
    return [{ ...lent, from: { id: from, name, email, roles, groups } }];
  });
