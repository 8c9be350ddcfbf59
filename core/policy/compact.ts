// The compact form: a list of tools, each asked about always or under a condition, as rules behind the others
// (policy.md: "a conditional tool becomes two (asks when true, allowed when false)").
import type { RiskLevel, Rule, Verdict } from './model.ts';
import type { Compact, Tool } from './schema.ts';

type Common = Pick<Rule, 'message' | 'timeout_seconds' | 'business' | 'on_rejection' | 'risk'>;

const ruleFor = (id: string, { action, when }: Tool, verdict: Verdict, common: Common): Rule => ({
  id,
  match: { action: [action], resource: null, actor: null, metadata: {} },
  when,
  verdict,
  approvals: [],
  verify: null,
  require: { approve: [], reject: [] },
  edits: 'none',
  capability: null,
  separation: null,
  escalate: [],
  remind_seconds: null,
  notify: [],
  ...common,
});

/** `approval:TOOL`, and `approval:TOOL:otherwise` for what a condition lets through. Written ids hold no colon. */
export function compactRules(block: Compact | null, risk: RiskLevel): Rule[] {
  if (!block) return [];
  const { message, timeout, on_rejection } = block;
  const business = timeout?.business ? { business: timeout.business } : {};
  const common: Common = { message, timeout_seconds: timeout?.seconds ?? null, ...business, on_rejection, risk };
  const seen = new Map<string, number>();
  return block.tools.flatMap((tool) => {
    const count = (seen.get(tool.action) ?? 0) + 1;
    seen.set(tool.action, count);
    const id = `approval:${tool.action}${count > 1 ? `#${count}` : ''}`;
    const asks = ruleFor(id, tool, 'require_approval', common);
    // Reached only when the condition was false: when it is an error, the first rule counts as matched and asks.
    const allows = ruleFor(`${id}:otherwise`, { ...tool, when: null }, 'allow', { ...common, message: null });
    return tool.when === null ? [asks] : [asks, allows];
  });
}
