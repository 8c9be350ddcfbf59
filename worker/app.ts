// The router: what every request passes, in order, and every resource's routes. A resource is one file that registers its
// `createRoute` definitions on the app; the OpenAPI document and the table of routes come from the same registrations.
import { OpenAPIHono } from '@hono/zod-openapi';
import type { App, AppEnv } from './context.ts';
import { declareSecurity } from './docs/document.ts';
import { etag } from './edge/etag.ts';
import { refuseInvalid } from './edge/invalid.ts';
import { knownRoute, unknownRoute } from './edge/known-route.ts';
import { rateLimit } from './edge/rate-limit.ts';
import { requestId } from './edge/request-id.ts';
import { sameOrigin } from './edge/same-origin.ts';
import { securityHeaders } from './edge/security-headers.ts';
import { strictBody } from './edge/strict-body.ts';
import { thrownAnswer } from './problem.ts';
import { apiKeys } from './routes/api-keys.ts';
import { approvalRequests } from './routes/approval-requests.ts';
import { authzen } from './routes/authzen.ts';
import { breakGlass } from './routes/break-glass.ts';
import { capabilities } from './routes/capabilities.ts';
import { changes } from './routes/changes.ts';
import { decisions } from './routes/decisions.ts';
import { delegations } from './routes/delegations.ts';
import { docs } from './routes/docs.ts';
import { edits } from './routes/edits.ts';
import { evidence } from './routes/evidence.ts';
import { followUp } from './routes/follow-up.ts';
import { groups } from './routes/groups.ts';
import { internal } from './routes/internal.ts';
import { invitations } from './routes/invitations.ts';
import { issuer } from './routes/issuer.ts';
import { ledger } from './routes/ledger.ts';
import { live } from './routes/live.ts';
import { members } from './routes/members.ts';
import { oauth2 } from './routes/oauth2.ts';
import { oidcIssuers } from './routes/oidc-issuers.ts';
import { organization } from './routes/organization.ts';
import { passkeys } from './routes/passkeys.ts';
import { policy } from './routes/policy.ts';
import { policyLife } from './routes/policy-life.ts';
import { rebuild } from './routes/rebuild.ts';
import { records } from './routes/records.ts';
import { serviceAccounts } from './routes/service-accounts.ts';
import { session } from './routes/session.ts';
import { shards } from './routes/shards.ts';
import { stops } from './routes/stops.ts';
import { webhookEndpoints } from './routes/webhook-endpoints.ts';
import { witness } from './routes/witness.ts';

/** In the order in which a request meets them; each can end it. */
const EDGE = [requestId, securityHeaders, rateLimit, knownRoute(() => app), sameOrigin, strictBody, etag];

/** Every resource, in the order of the reference. */
const RESOURCES = [
  ...[approvalRequests, evidence, decisions, edits, capabilities, breakGlass, followUp],
  ...[session, passkeys, changes, stops, policy, authzen],
  ...[members, groups, delegations, invitations, serviceAccounts, apiKeys, oidcIssuers],
  ...[webhookEndpoints, organization],
  ...[policyLife, records, live, ledger, witness, issuer, oauth2, internal, rebuild, shards, docs],
];

export const app: App = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });
declareSecurity(app);
for (const middleware of EDGE) app.use('*', middleware);
for (const resource of RESOURCES) resource(app);
app.notFound((c) => unknownRoute(c, app));
app.onError(thrownAnswer);
