// The sentence of what may run, made again from the events and the policy that they pin: pages showed the same sentence to
// the people who signed. It is no claim of its own; the claims say how much of it is proved.
import type { JsonObject } from '../json.ts';
import { parametersFor } from '../policy/parameters/for-action.ts';
import { sentenceText } from '../sentence.ts';
import type { Case } from './case.ts';
import { heldBefore } from './held.ts';
import { policyIn } from './policy-document.ts';
import { withheldIn } from './withheld.ts';

/** Null where contents or policy are erased or withheld. */
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
