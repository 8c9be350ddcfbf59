// What a schema refused, for people: one place per fault, as JSON Pointers (RFC 6901), unknown fields by their own name.
import type { Hook } from '@hono/zod-openapi';
import type { ZodError } from 'zod';
import { pointerOf } from '../../core/json/place.ts';
import type { ProblemPlace } from '../../core/problems.ts';
import type { AppEnv, Ctx } from '../context.ts';
import { problemAnswer } from '../problem.ts';

/** As many places as a person reads at once. */
const MAX_PLACES = 20;

type Issue = ZodError['issues'][number];

/** Zod's issues → places. Of a union, what its nearest branch missed: that is most likely what was meant. */
export function placesOf(issues: readonly Issue[], base: readonly PropertyKey[] = []): ProblemPlace[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path] as (string | number)[];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) return placesOf(nearest(issue.errors), path);
    if (issue.code !== 'unrecognized_keys') return [{ pointer: pointerOf(path), detail: said(issue) }];
    return issue.keys.map((key) => ({ pointer: pointerOf([...path, key]), detail: 'This field is not known here.' }));
  });
}

/** An absent field is missing, not "undefined": JSON has no such thing. */
const said = (issue: Issue): string =>
  issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    ? `This is missing: ${issue.expected} is expected here.`
    : issue.message;

/** Unknown fields tell shapes apart before faults in known ones do. */
const distance = (branch: readonly Issue[]): number =>
  branch.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length * 100 : 1), 0);

const nearest = (branches: readonly (readonly Issue[])[]): readonly Issue[] =>
  branches.reduce((best, branch) => (distance(branch) < distance(best) ? branch : best));

// biome-ignore lint/suspicious/noExplicitAny: the hook serves every route's input.
export const refuseInvalid: Hook<any, AppEnv, any, any> = (result, c) => {
  if (result.success) return undefined;
  const errors = placesOf(result.error.issues).slice(0, MAX_PLACES);
  const where = result.target === 'json' ? 'body' : result.target;
  const [first] = errors;
  const detail = `The ${where} does not fit: ${first?.pointer || 'as a whole'}: ${first?.detail}`;
  return problemAnswer(c as Ctx, { code: 'invalid-request', detail, errors });
};
