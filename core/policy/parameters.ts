// Parameter schemas: what the params of an action must look like, and what a reviewer may take away from them. The front
// door of core/policy/parameters; a policy names them under `parameters:`, the first whose action matches counts.
//
// Why a part of JSON Schema of our own and no library: the usual one compiles to code, which a Worker refuses; the
// interpreting ones ignore keywords that they do not know, run patterns with backtracking, and know `$ref`. Here every
// keyword is judged or refused at publication, each value meets exactly one schema, and patterns run in linear time.
export { faultsOfCall } from './parameters/call.ts';
export { fieldsOf, type ParameterField } from './parameters/fields.ts';
export { parametersFor } from './parameters/for-action.ts';
export type { Narrowing, ParameterRule, ParameterSchema } from './parameters/model.ts';
export { narrows } from './parameters/narrow.ts';
export { type Call, faultsOfTie, faultsOfTiedEdit, tiedIn } from './parameters/tie.ts';
