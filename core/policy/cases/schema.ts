// The shape of a file of cases, read with the same readers as a policy: what is unknown or misspelt has its place.
import { parseAction, parseActor, parseResource } from '../../actor.ts';
import { isObject, type Json, type JsonObject } from '../../json.ts';
import { MAX_NAME_CHARS } from '../../limits.ts';
import type { Result } from '../../problems.ts';
import { MAX_ALTERNATIVES, MAX_PARAMETER_FAULTS, MAX_STAGE_COUNT, MAX_STAGES, MAX_TIMEOUT_SECONDS } from '../bounds.ts';
import {
  DECISIONS,
  type PolicyInput,
  RISK_LEVELS,
  type RiskLevel,
  type Stage,
  VERDICTS,
  VERIFICATIONS,
  type Verdict,
  type Verify,
} from '../model.ts';
import { id, message, moment, principals } from '../parts.ts';
import { dictionary, duration, list, type Read, record, refuse, text, whole, word } from '../reader.ts';

const MAX_CASES = 1_000;

/** What must come out; what is left out may be anything. */
export interface Expectation {
  verdict: Verdict | undefined;
  /** null: no rule, the default. */
  rule: string | null | undefined;
  risk: RiskLevel | undefined;
  stages: Stage[] | undefined;
  verify: Verify | undefined;
  constraints: JsonObject | undefined;
  /** Seconds. */
  timeout: number | undefined;
  message: string | null | undefined;
  /** Pointers of params that do not fit the schema of the action: nothing is judged, the call is refused. */
  refused: string[] | undefined;
}
export interface Case {
  name: string;
  request: PolicyInput;
  now: string | null;
  /** Trusted patterns whose budget is spent. */
  exhausted: string[];
  expect: Expectation;
}

const orNothing =
  <T>(read: Read<T>): Read<T | null> =>
  (value, at) =>
    value === null ? null : read(value, at);

const json: Read<JsonObject> = (value, at) => (isObject(value) ? value : refuse(at, 'This must be an object.', {}));

/** A name in the form that a proposal must have: a case about what could never be asked proves nothing. */
const asProposed =
  (parse: (text: unknown) => Result<string>): Read<string> =>
  (value, at) => {
    const parsed = parse(value);
    return parsed.ok ? parsed.value : refuse(at, parsed.problem.detail, '');
  };

const written = record({
  action: [asProposed(parseAction)],
  resource: [asProposed(parseResource)],
  actor: [asProposed(parseActor), 'agent:somebody'],
  params: [json, {}],
  metadata: [json, {}],
  context: [orNothing(json), null],
  risk: [orNothing(word(RISK_LEVELS)), null],
});
const request: Read<PolicyInput> = (value, at) => {
  const { risk, ...input } = written(value, at);
  return { ...input, claimed_risk: risk };
};

/** A field that may be left out: then it says nothing. */
const optional = <T>(read: Read<T>): readonly [Read<T | undefined>, T | undefined] => [read, undefined];

const rights = dictionary(list(word(DECISIONS), DECISIONS.length, 1), MAX_ALTERNATIVES);
const writtenStage = record({ from: [principals], count: [whole(1, MAX_STAGE_COUNT), 1], actions: optional(rights) });
const stage: Read<Stage> = (value, at) => {
  const { actions, ...asked } = writtenStage(value, at);
  return actions === undefined ? asked : { ...asked, actions };
};

const expectation = record<Expectation>({
  verdict: optional(word(VERDICTS)),
  rule: optional(orNothing(text(MAX_NAME_CHARS))),
  risk: optional(word(RISK_LEVELS)),
  stages: optional(list(stage, MAX_STAGES)),
  verify: optional(word(VERIFICATIONS)),
  constraints: optional(json),
  timeout: optional(duration(1, MAX_TIMEOUT_SECONDS)),
  message: optional(orNothing(message)),
  refused: optional(list(text(MAX_NAME_CHARS), MAX_PARAMETER_FAULTS, 1)),
});
const expected: Read<Expectation> = (value, at) => {
  if (isObject(value) && Object.keys(value).length === 0)
    at.report(at.path, 'A case expects at least one thing, such as a verdict.');
  return expectation(value, at);
};

const cases = list(
  record<Case>({
    name: [text(MAX_NAME_CHARS)],
    request: [request],
    now: [moment as Read<string | null>, null],
    exhausted: [list(id, MAX_STAGES), []],
    expect: [expected],
  }),
  MAX_CASES,
  1,
);
const inDocument = record({ tests: [cases] });

/** A list of cases, or a document that holds it under `tests`. */
export const casesDocument: Read<Case[]> = (value: Json, at) =>
  Array.isArray(value) ? cases(value, at) : inDocument(value, at).tests;
