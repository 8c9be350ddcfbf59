// The sentence of what may run, made again from what the events hold and from the policy that they pin: what pages said to
// whoever signed. It is no claim of its own; the claims say how much of it is proved.
import type { JsonObject } from '../json.ts';
import { parametersFor } from '../policy/parameters/for-action.ts';
import { sentenceText } from '../sentence.ts';
import type { Case } from './case.ts';
import { heldBefore } from './held.ts';
import { policyIn } from './policy-document.ts';
import { withheldIn } from './withheld.ts';

/** Null where contents or policy are erased or withheld: then nobody can say what pages said. */
export function sentenceOf(of: Case): string | null {
  const { params } = heldBefore(of, Number.POSITIVE_INFINITY);
  const policy = policyIn(of);
  if (of.birth.personal === null || params === null || policy === null) return null;
  const { action, resource, metadata } = of.birth.personal as {
    action: string;
    resource: string;
    metadata: JsonObject;
  };
  const parameters = parametersFor(policy, action);
  return sentenceText({ action, resource, metadata, params, parameters, hidden: withheldIn(of.birth.line) });
}
