// What a request carries through the Worker, and the type of the router. `body` is the strict value: digests are computed
// from it, never from a validator's output.
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Json } from '../core/json.ts';
import type { Env } from '../durable-objects/env.ts';

export interface AppEnv {
  Bindings: Env;
  Variables: {
    request_id: string;
    /** The body as strict JSON; undefined where there is none. */
    body: Json | undefined;
    /** The body as it came: what an internal call's MAC is over. */
    raw_body: Uint8Array;
  };
}

export type App = OpenAPIHono<AppEnv>;
// biome-ignore lint/suspicious/noExplicitAny: the helpers serve every route, whatever its path and input.
export type Ctx = Context<AppEnv, any, any>;
