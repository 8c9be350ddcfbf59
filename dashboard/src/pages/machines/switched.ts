// Whether a switch is set in the policy in force: its rule is named after action and actor.
import type { Policy } from '../../../../core/policy/model.ts';
import { switchId } from '../../../../core/policy/switch-id.ts';
import type { Json } from '../../api/types.ts';

/** true: a person must approve; false: none needs to; null: no switch is set. */
export function switchedOn(policy: Json | undefined, action: string, actor: string | null): boolean | null {
  const rules = (policy as unknown as Policy | undefined)?.rules ?? [];
  const rule = rules.find(({ id }) => id === switchId({ action, actor }));
  return rule ? rule.verdict === 'require_approval' : null;
}
