// The judge that evidence is verified with: policy's own functions under the names of core/evidence/judging.ts. Apart from
// the verifier, so that whoever bundles that one brings no CEL along.
import type { PolicyJudge } from '../evidence/judging.ts';
import { judgeDenies } from './denies.ts';
import { judge } from './judge.ts';
import { faultsOfParams } from './parameters/faults.ts';
import { hiddenIn } from './parameters/hidden.ts';
import { faultsOfTie, faultsOfTiedEdit, narrows, parametersFor, tiedIn } from './parameters.ts';
import { SEMANTICS } from './semantics.ts';

export const policyJudge: PolicyJudge = {
  semantics: SEMANTICS,
  judge,
  denies: (policy, input, now, semantics) => judgeDenies(policy, input, now, { semantics }),
  // Evidence holds params as readers see them: what policy hides is covered, and held to nothing.
  misfits: (policy, action, params) => faultsOfParams(parametersFor(policy, action), params, true),
  untied: (policy, input) => faultsOfTie(parametersFor(policy, input.action), input),
  untying: (policy, action, before, after) => faultsOfTiedEdit(parametersFor(policy, action), before, after),
  ties: (policy, action) => tiedIn(parametersFor(policy, action)),
  widens: (policy, action, before, after) => narrows(parametersFor(policy, action), before, after, true),
  hidden: (policy, action, params) => hiddenIn(parametersFor(policy, action), params),
};
