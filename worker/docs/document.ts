// The OpenAPI 3.1 document, generated from the schemas that validate.
import { SESSION_COOKIE } from '../auth/caller.ts';
import type { App } from '../context.ts';

const DESCRIPTION = `Assentry puts a person's passkey between an agent and a risky action.

Send JSON; unknown fields are refused. Errors are RFC 9457 problems. Ids, cursors and tokens are opaque.`;

/** Declares how callers authenticate; once, before the document is made. */
export function declareSecurity(app: App): void {
  const { openAPIRegistry: registry } = app;
  registry.registerComponent('securitySchemes', 'api_key', { type: 'http', scheme: 'bearer', bearerFormat: 'asn_…' });
  registry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE });
  registry.registerComponent('securitySchemes', 'internal', {
    ...{ type: 'apiKey', in: 'header', name: 'X-Assentry-Internal' },
    description: "A MAC of the deployment's own scripts over method, path, time and body.",
  });
}

export type OpenApiDocument = ReturnType<App['getOpenAPI31Document']>;

/** The document of everything that is mounted. `base_url` of this deployment. */
export const openApiDocument = (app: App, base_url: string): OpenApiDocument =>
  app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Assentry', version: '1', description: DESCRIPTION, license: { name: 'Apache-2.0' } },
    servers: [{ url: base_url }],
  });
