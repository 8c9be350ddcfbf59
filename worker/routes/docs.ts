// The OpenAPI document and the pages printed from it. No scripts, no assets from elsewhere.
import type { App, Ctx } from '../context.ts';
import { openApiDocument } from '../docs/document.ts';
import { STYLE } from '../docs/html.ts';
import { problemsPage, referencePage } from '../docs/reference.ts';

const POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

function shown(c: Ctx, text: string, type: string): Response {
  c.header('Content-Security-Policy', POLICY);
  c.header('Cache-Control', 'public, max-age=300');
  return c.body(text, 200, { 'Content-Type': `${type}; charset=utf-8` });
}

export function docs(app: App): void {
  app.get('/v1/openapi.json', (c) =>
    shown(c, JSON.stringify(openApiDocument(app, c.env.BASE_URL)), 'application/json'),
  );
  app.get('/docs', (c) => shown(c, referencePage(openApiDocument(app, c.env.BASE_URL)), 'text/html'));
  app.get('/docs/problems', (c) => shown(c, problemsPage(), 'text/html'));
  app.get('/docs/style.css', (c) => shown(c, STYLE, 'text/css'));
}
