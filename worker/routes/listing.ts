// A list out of the organisation's object: the one shape that all of them share.
import { createRoute } from '@hono/zod-openapi';
import type { z } from 'zod';
import type { JsonObject } from '../../core/json.ts';
import { byAnyone } from '../auth/acting.ts';
import type { App } from '../context.ts';
import type { ListKind } from '../organization.ts';
import { answer } from '../problem.ts';
import { answers, BY_KEY_OR_SESSION, PageQuery, pageOf } from '../schema/common.ts';

interface Listed {
  path: string;
  kind: ListKind;
  summary: string;
  schema: z.ZodType;
  /** What of a row is answered; all of it if absent. */
  shown?: (row: JsonObject) => JsonObject;
}

/** Registers `GET path` → `{data, next_cursor}`. */
export function listRoute(app: App, { path, kind, summary, schema, shown = (row) => row }: Listed): void {
  const route = createRoute({
    method: 'get',
    path,
    summary,
    description: 'Newest first.',
    tags: [path.split('/')[2]!],
    security: BY_KEY_OR_SESSION,
    request: { query: PageQuery },
    responses: answers(200, 'The page.', pageOf(schema)),
  });
  app.openapi(route, async (c) => {
    const page = c.req.valid('query');
    const listed = await byAnyone(c, (organization, acting) => organization.list({ ...acting, kind, ...page }));
    if (!listed.ok) return answer(c, listed);
    const { data, next_cursor = null } = listed.value;
    return c.json({ data: data.map((row) => shown(row as JsonObject)), next_cursor });
  });
}
