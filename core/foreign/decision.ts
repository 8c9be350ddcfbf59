// A decision of another tool ("this needs a person") as a proposal of ours: one strict mapping. What is missing, unknown
// in its form or says something else than "ask" is refused with its place; nothing is guessed. Everything that the
// mapping does not use is shown to the reviewer as it stands, in the preview, as the agent's word.
import { parseAction, parseActor, parseResource } from '../actor.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { RISK_LEVELS, type RiskLevel } from '../policy/model.ts';
import { fail, ok, type ProblemPlace, type Result } from '../problems.ts';

export interface Mapped {
  /** A body of `POST /v1/approval-requests`. */
  proposal: JsonObject;
  /** Names the call: the same decision is the same request. Null: it has no name of its own. */
  key: string | null;
}

/** Fields of a decision that the mapping uses, and what each must be. */
export const FIELDS: { [field: string]: { form: string; fits: (value: Json) => boolean } } = {
  decision_id: text('the id of the decision'),
  decision: text('require_approval'),
  tool: text('the name of the tool'),
  command: text('the command line'),
  path: text('the path that is written or read'),
  target: text('what it is about'),
  rule_id: text('the rule of the other tool'),
  risk: { form: RISK_LEVELS.join(', '), fits: (value) => RISK_LEVELS.includes(value as RiskLevel) },
  reason: text('why, in a sentence'),
  repository: text('OWNER/NAME'),
  environment: text('such as production'),
  arguments: { form: 'an object', fits: isObject },
};

function text(form: string) {
  return { form, fits: (value: Json) => typeof value === 'string' && value !== '' };
}

/**
 * A document → the proposal that it stands for. A proposal of our own (`action` and `resource`) is taken as it is.
 *
 * @param requested_by who asks: an actor, or a name, which is an agent's
 * @returns `invalid-request` naming what is missing or wrong; `policy-denies` for a decision that asks nobody
 */
export function proposalFrom(document: JsonObject, requested_by: string | null = null): Result<Mapped> {
  const actor = requested_by === null ? ok(null) : actorOf(requested_by);
  if (!actor.ok) return actor;
  const by: JsonObject = actor.value === null ? {} : { actor: actor.value };
  if ('action' in document && 'resource' in document) return ok({ proposal: { ...document, ...by }, key: null });
  const errors = faultsOf(document);
  if (errors.length > 0)
    return fail('invalid-request', `This is no decision that a request can be made of: ${errors[0]!.detail}`, {
      errors,
    });
  if (document.decision !== 'require_approval')
    return fail('policy-denies', `The other tool said "${String(document.decision)}": there is nobody to ask.`);
  return mapped(document, by);
}

/** `developer` → `agent:developer`; what names its kind stays. */
function actorOf(name: string): Result<string> {
  return parseActor(/^(service-account|agent|user)[:.]/.test(name) ? name : `agent:${name}`);
}

function faultsOf(document: JsonObject): ProblemPlace[] {
  const wrong = Object.entries(FIELDS)
    .filter(([field, { fits }]) => document[field] !== undefined && !fits(document[field]!))
    .map(([field, { form }]) => ({ pointer: `/${field}`, detail: `${field} must be ${form}.` }));
  const lacks = (field: string, form: string) =>
    document[field] === undefined ? [{ pointer: '', detail: `${field} is missing: ${form}.` }] : [];
  const named = ['tool', 'command', 'path'].some((field) => document[field] !== undefined);
  return [
    ...wrong,
    ...(wrong.length > 0 ? [] : contradictions(document)),
    ...lacks('decision_id', 'the id of the decision, which names the request'),
    ...lacks('decision', '"require_approval"'),
    ...(named ? [] : [{ pointer: '', detail: 'tool, command or path is missing: what is to be done.' }]),
  ];
}

/** Fields that say what is done, and stand among the params. */
const SAID = ['command', 'path', 'target'] as const;

/** Who is asked about one command must not let another one run: what the arguments say otherwise is not overwritten. */
function contradictions(document: JsonObject): ProblemPlace[] {
  const given = (document.arguments ?? {}) as JsonObject;
  const differs = (field: string) =>
    document[field] !== undefined && Object.hasOwn(given, field) && given[field] !== document[field];
  return SAID.filter(differs).map((field) => ({
    pointer: `/arguments/${field}`,
    detail: `${field} stands twice, and says two things.`,
  }));
}

/** What is done: the tool's name, else what a bare command or path means. */
const actionOf = ({ tool, command }: JsonObject): string =>
  tool === undefined ? (command === undefined ? 'file.change' : 'command.run') : String(tool);

/** On what: the target, else the path, else the command itself. A target that names its kind stays. */
function resourceOf({ target, path, command, tool }: JsonObject): string {
  if (target !== undefined) return parseResource(target).ok ? String(target) : `target:${String(target)}`;
  if (path !== undefined) return `path:${String(path)}`;
  return command === undefined ? `tool:${String(tool)}` : `command:${String(command)}`;
}

const picked = (document: JsonObject, fields: readonly string[]): JsonObject =>
  Object.fromEntries(fields.filter((field) => document[field] !== undefined).map((field) => [field, document[field]!]));

function mapped(document: JsonObject, by: JsonObject): Result<Mapped> {
  const [action, resource] = [actionOf(document), resourceOf(document)];
  const named = parseAction(action);
  if (!named.ok) return at('/tool', named);
  const about = parseResource(resource);
  if (!about.ok) return at(document.target === undefined ? '/path' : '/target', about);
  const params = {
    ...(document.arguments as JsonObject | undefined),
    ...picked(document, SAID),
  };
  const rest = Object.fromEntries(Object.entries(document).filter(([field]) => !Object.hasOwn(FIELDS, field)));
  return ok({
    key: String(document.decision_id),
    proposal: {
      ...{ action, resource, ...by, ...picked(document, ['risk']), params },
      metadata: picked(document, ['rule_id', 'repository', 'environment']),
      context: picked(document, ['reason', 'decision_id']),
      ...(Object.keys(rest).length === 0 ? {} : { preview: { decision: rest } }),
    },
  });
}

const at = (pointer: string, { problem }: { problem: { detail: string } }): Result<never> =>
  fail('invalid-request', `This is no decision that a request can be made of: ${problem.detail}`, {
    errors: [{ pointer, detail: problem.detail }],
  });
