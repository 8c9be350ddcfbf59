// OpenID providers that are trusted: made, altered and removed by signed changes alone.
import type { App } from '../context.ts';
import { OidcIssuerSchema } from '../schema/identity.ts';
import { listRoute } from './listing.ts';

export function oidcIssuers(app: App): void {
  listRoute(app, {
    path: '/v1/oidc-issuers',
    kind: 'oidc-issuers',
    summary: 'Lists the OpenID providers whose tokens are trusted.',
    schema: OidcIssuerSchema,
  });
}
