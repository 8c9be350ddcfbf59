// The live feed: a WebSocket of a signed-in page, held by the organisation's object (hibernatable). Browsers send the
// cookie with any page's WebSocket, so the Origin is checked here as for a mutation.
import { fail } from '../../core/problems.ts';
import { sessionOf, UNAUTHENTICATED } from '../auth/caller.ts';
import type { App } from '../context.ts';
import { isSameOrigin } from '../edge/same-origin.ts';
import { organizationOf } from '../organization.ts';
import { answer, refuse } from '../problem.ts';

const UPGRADE = fail('invalid-request', 'Connect here with a WebSocket.');

export function live(app: App): void {
  app.get('/v1/live', async (c) => {
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') return answer(c, UPGRADE);
    if (!isSameOrigin(c, false)) return refuse(c, 'forbidden', 'Only our own pages may listen.');
    const session = sessionOf(c);
    if (!session.ok) return answer(c, session);
    const { organization, credential } = session.value;
    // A new request: nothing that the caller sent reaches the object but the wish to upgrade.
    const headers = { Upgrade: 'websocket', 'x-assentry-session-digest': credential.digest };
    const opened = await organizationOf(c.env, organization).fetch(
      new Request('https://organization/live', { headers }),
    );
    return opened.status === 101 ? opened : answer(c, UNAUTHENTICATED);
  });
}
