// What a key was probably meant to be that stands where policy knows none of that name: by section, because the same word
// means something else in each. Words only; an unknown key stays refused.
import type { Path } from '../source.ts';

const each = (names: string, says: string): [string, string][] => names.split(' ').map((name) => [name, says]);

const PEOPLE =
  'Groups and people are no part of a policy: they are under *People*, and a stage names them, `from: "group:finance"`.';
const NO_NAMES =
  'A policy has no names for values, and includes nothing: write them where they count, such as `param.to in ["a", "b"]`.';
const BY_CONDITION =
  'A match is about action, resource, actor and metadata. Anything else is decided by a condition beside it: `when: param.amount > 5`.';
const IN_TRUSTED =
  'A rule has no budget and no end. A pattern under `trusted` has: `trusted: [{ id: small, match: { action: a }, limit: { count: 5, per: 1h }, expires: 2027-01-01 }]`.';
const CONDITION = 'The condition of a rule is `when: param.amount > 5`.';
const VERDICT = 'What a rule says is `verdict: allow`, `require_approval` or `deny`.';
const STAGES = 'Who approves stands in stages: `approvals: [{ from: "group:finance", count: 1 }]`.';
const IN_MATCH = 'What a rule is about stands under `match`: `match: { action: a.b }`.';
const IN_CAPABILITY = 'This stands under `capability`: `capability: { ttl: 10m }`.';
const ALWAYS = 'A trusted pattern lets through and does nothing else: leave this out, or write a rule.';

/** Section (names of keys alone, without places in lists) → unknown key → what to do. */
const HINTS: { [section: string]: [string, string][] } = {
  '': [
    ...each(
      'lists list sets variables vars values constants definitions defs include includes import imports extends anchors macros functions',
      NO_NAMES,
    ),
    ...each('groups members users people roles approvers reviewers teams', PEOPLE),
    ...each(
      'tools tool',
      'Tools stand under `approval:`, or each in a rule of its own: `rules: [{ id: a, match: { action: a.b }, verdict: require_approval }]`.',
    ),
    ...each(
      'policy policies allow deny require_approval permissions statements actions',
      'Rules stand under `rules`, each with an id and a verdict: `rules: [{ id: a, match: { action: a.b }, verdict: deny }]`.',
    ),
    ...each(
      'allowlist whitelist exceptions except',
      'What needs no person is a rule with `verdict: allow`, or a pattern under `trusted`.',
    ),
    ...each(
      'schema schemas params',
      'Schemas of params stand under `parameters`: `parameters: [{ action: a.b, schema: { … } }]`.',
    ),
    ...each('timeout timeouts', 'Times to decide stand under `risk` or in a rule: `risk: { high: { timeout: 4h } }`.'),
    ...each(
      'name title description id kind apiVersion metadata author date organization',
      'A policy has no such field: say it in a comment, `# …`.',
    ),
    ...each('escalate escalation notify remind', 'This stands in a rule.'),
    ...each('edits separation verify', 'This stands in a rule, or under `defaults` or `risk` where those have it.'),
  ],
  rules: [
    ...each('limit limits budget expires expiry count per rate quota rate_limit', IN_TRUSTED),
    ...each('if condition conditions where unless expression expr only_if cel', CONDITION),
    ...each('param params parameters args arguments input context', CONDITION),
    ...each('effect decision outcome result then policy do type', VERDICT),
    ...each('allow deny ask approve block', VERDICT),
    ...each(
      'action actions tool tools resource resources actor actors agent agents metadata environment target',
      IN_MATCH,
    ),
    ...each(
      'approvers approver approval reviewers reviewer from to group groups count quorum min_approvals required_approvals',
      STAGES,
    ),
    ...each('name key rule', 'The name of a rule is its `id`.'),
    ...each(
      'description reason comment title note notes text',
      'What a person reads is `message`; anything else is said in a comment, `# …`.',
    ),
    ...each('severity level priority risk_level', 'How grave it is is `risk: low`, `medium`, `high` or `critical`.'),
    ...each('enabled disabled active status', 'There is no switch: take the rule out, or make it a comment with `#`.'),
    ...each('ttl enforce dpop audience', IN_CAPABILITY),
    ...each('deadline expires_in wait expires_after', 'The time to decide is `timeout: 1h`.'),
    ...each('sentence template', 'What a person reads is `message`.'),
    ...each(
      'resource_is tie',
      'A schema ties the resource: `parameters: [{ action: a.b, resource: "channel:{channel}", schema: { … } }]`.',
    ),
    ...each(
      'except not exclude',
      'Exceptions are a rule above this one, or part of its condition: `when: !(param.to == "a")`.',
    ),
  ],
  trusted: [
    ...each(
      'verdict risk approvals message verify require timeout on_rejection edits capability separation escalate remind notify',
      ALWAYS,
    ),
    ...each('count per budget limits rate', 'The budget of a pattern is `limit: { count: 5, per: 1h }`.'),
    ...each('until expiry end ends expires_at', 'Its end is `expires: 2027-01-01`.'),
    ...each('if condition where param params context', 'The condition of a pattern is `when: param.amount < 5`.'),
    ...each(
      'action resource actor metadata tool',
      'What a pattern is about stands under `match`: `match: { action: a.b }`.',
    ),
    ...each('name', 'The name of a pattern is its `id`.'),
  ],
  match: [
    ...each('param params parameters args arguments input context amount when if condition', BY_CONDITION),
    ...each('tool tools method operation name', 'The tool is `action`.'),
    ...each('agent user subject principal by who service_account', 'Who acts is `actor`: `actor: "agent:reporter"`.'),
    ...each('target object on', 'What is acted on is `resource`: `resource: "order:*"`.'),
    ...each(
      'environment env labels tags team',
      'Facts beside the call are metadata: `metadata: { environment: production }`.',
    ),
    ...each('verdict risk approvals', 'This stands beside `match`, not in it.'),
    ...each('repository', 'Rights on repositories stand under `repositories`.'),
  ],
  'rules/approvals': [
    ...each(
      'group groups role roles user users who approvers approver reviewers members',
      'Who approves is `from: "group:finance"`, `"role:admin"` or `"user:dana@example.com"`.',
    ),
    ...each('min quorum number required at_least n of', 'How many different people is `count: 2`.'),
    ...each('timeout after', 'The time to decide is one of the rule, not of a stage.'),
  ],
  'rules/capability': each('expires timeout lifetime expires_in', 'How long it lives is `ttl: 10m`.'),
  parameters: [
    ...each(
      'properties type required',
      'The schema of an entry stands under `schema`: `{ action: a.b, schema: { properties: { … } } }`.',
    ),
    ...each('tool tools actions', 'The tool is `action`.'),
    ...each('ties tie resources', 'The tie is `resource: "channel:{channel}"`.'),
  ],
  approval: [
    ...each('rules when match verdict', 'Rules stand under `rules`, beside `approval`.'),
    ...each(
      'approvers approvals from',
      'The compact form asks the default approvers, or those of `routing`: name others in a rule.',
    ),
  ],
  defaults: each(
    'timeout message approvals separation',
    'Defaults are `verdict`, `risk` and `verify`; times and separation stand under `risk`.',
  ),
};

/** Names of keys on the way, without places in lists; every `match` is one section. */
function sectionOf(path: Path): string {
  const names = path.filter((part) => typeof part === 'string');
  return names.at(-1) === 'match' ? 'match' : names.join('/');
}

/** What was probably meant, as a sentence with a blank in front; nothing where no habit is recognized. */
export function keyHint(section: Path, key: string): string {
  const name = sectionOf(section);
  const written = key.toLowerCase().replaceAll('-', '_');
  if (name === 'match' && /^(params?|context|input|args)\b/.test(written)) return ` ${BY_CONDITION}`;
  if (name === 'match' && written.startsWith('metadata.'))
    return ` Write metadata as an object: \`metadata: { ${key.slice('metadata.'.length)}: … }\`.`;
  const found = (Object.hasOwn(HINTS, name) ? HINTS[name]! : []).find(([one]) => one === written);
  return found ? ` ${found[1]}` : '';
}
