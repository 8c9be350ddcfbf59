// What a schema refused, for people: one place per fault, as JSON Pointers (RFC 6901), unknown fields by their own name.
import type { Hook } from '@hono/zod-openapi';
import type { ZodError } from 'zod';
import { pointerOf } from '../../core/json-place.ts';
import type { ProblemPlace } from '../../core/problems.ts';
import type { AppEnv, Ctx } from '../context.ts';
import { problemAnswer } from '../problem.ts';

/** As many places as a person reads at once. */
const MAX_PLACES = 20;

/** Zod's issues → places. A union tells what each of its branches missed, at the place of the union's own fault. */
export function placesOf(error: Pick<ZodError, 'issues'>): ProblemPlace[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path as (string | number)[];
    if (issue.code !== 'unrecognized_keys') return [{ pointer: pointerOf(path), detail: issue.message }];
    return issue.keys.map((key) => ({ pointer: pointerOf([...path, key]), detail: 'This field is not known here.' }));
  });
}

// biome-ignore lint/suspicious/noExplicitAny: the hook serves every route's input.
export const refuseInvalid: Hook<any, AppEnv, any, any> = (result, c) => {
  if (result.success) return undefined;
  const errors = placesOf(result.error).slice(0, MAX_PLACES);
  const where = result.target === 'json' ? 'body' : result.target;
  const [first] = errors;
  const detail = `The ${where} does not fit: ${first?.pointer || 'as a whole'}: ${first?.detail}`;
  return problemAnswer(c as Ctx, { code: 'invalid-request', detail, errors });
};
