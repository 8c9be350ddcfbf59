// What newcomers write in a policy, and what they are told: where it is, what was probably meant, and how it is written.
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../core/policy.ts';

const told = (source: string): string => {
  const parsed = parsePolicy(source);
  if (parsed.ok) throw new Error('the policy was accepted');
  const [first] = parsed.problem.errors!;
  return `${first!.line}:${first!.column} ${first!.detail}`;
};
const rule = (line: string) => `rules:\n  - id: a\n    verdict: require_approval\n    ${line}\n`;
const schema = (type: string) => `parameters:\n  - action: a\n    schema: { properties: { x: { type: ${type} } } }`;

/** What is written, where the message points, and the part of it that says how to write it. */
type Mistake = [written: string, place: string, ...says: string[]];

const YAML: Mistake[] = [
  [rule('when: !has(param.x) || param.x > 1'), '4:11', 'a tag to YAML', '`when: "!has(param.x) || param.x > 1"`'],
  [rule('message: Refund: ask finance'), '4:14', 'colon', '`message: "Refund: ask finance"`'],
  [rule('match: { action: *.delete }'), '4:22', 'an alias', '`action: "*.delete"`'],
  [rule('match:\n      action: *'), '5:15', 'an alias', '`action: "*"`'],
  [rule('match: { action: &prod.delete }'), '4:22', 'an anchor', '`action: "&prod.delete"`'],
  [rule('message: &team Ask finance'), '4:14', 'an anchor', '`message: "&team Ask finance"`'],
  [rule('message: @finance must approve'), '4:14', 'a reserved sign', '`message: "@finance must approve"`'],
  [rule('when: `param.x` > 1'), '4:11', 'a reserved sign', '`when: "`param.x` > 1"`'],
  [rule('message: %5 of it'), '4:14', 'a directive', '`message: "%5 of it"`'],
  [rule('when: {x} > 1'), '4:11', 'an object', '`when: "{x} > 1"`'],
  [rule('when: [1, 2].exists(x, x == param.a)'), '4:11', 'a list', '`when: "[1, 2].exists(x, x == param.a)"`'],
  [rule('when: > 5'), '4:11', 'a text over several lines', '`when: "> 5"`'],
  [rule('when: "a" in param.x'), '4:11', 'ends at the next one', `\`when: '"a" in param.x'\``],
  [rule("when: 'a' in param.x"), '4:11', 'ends at the next one', `\`when: "'a' in param.x"\``],
  [rule('when: param.a ? true : false'), '4:11', 'colon', '`when: "param.a ? true : false"`'],
  [rule("message: 'Don't do it'"), '4:14', 'apostrophe', '`message: "Don\'t do it"`'],
  [rule('message: "C:\\path"'), '4:17', 'begins an escape', '`\\\\`'],
  [rule('when: "param.a > 5'), '4:11', 'never closed'],
  [rule('when: "param.a > 5\n    timeout: 1h'), '4:11', 'The quote that opens `when` is never closed'],
  [rule("message: 'ask first\n    timeout: 1h"), '4:14', 'The quote that opens `message` is never closed'],
  [rule("when: 'param.x == 'y''"), '4:11', `\`when: 'param.x == "y"'\``],
  [rule('when: "param.x == "y" || param.a > 5"'), '4:11', '`when: "param.x == \'y\' || param.a > 5"`'],
  [rule('match: { action: a'), '5:1', 'never closed'],
  [rule('match: { action: a resource: b }'), '4:5', 'comma', '{ action: a, resource: b }'],
  ['rules:\n\t- id: a\n', '2:1', 'no tabs', 'indent with blanks'],
  ['rules:\n  - id: a\n   verdict: deny\n', '3:1', 'same column'],
  ['rules:\n  - id: a\n      verdict: deny\n', '2:9', 'same column'],
  ['rules:\n  - id:a\n    verdict: deny\n', '2:3', 'Behind the colon', '`id: a`'],
  ['rules:\u00a0\n  - id: a\n', '1:1', 'no-break space'],
  ['version: 1\nversion: 1\n', '2:1', 'unique'],
  ['version: 1\n---\nversion: 1\n', '2:1', 'a policy is one'],
  [schema('[array, null]'), '3:48', 'YAML reads null without quotes as nothing', '"null"'],
  [schema('null'), '3:34', 'YAML reads null without quotes as nothing', '"null"'],
];

const KEYS: Mistake[] = [
  [rule('limit: { count: 5, per: 1h }'), '4:5', 'A rule has no budget', '`trusted`'],
  [rule('expires: 2027-01-01'), '4:5', 'no end', '`trusted`'],
  ['lists: { vip: [a] }', '1:1', 'no names for values', 'param.to in ["a", "b"]'],
  ['groups: { finance: [dana] }', '1:1', 'no part of a policy', '*People*'],
  ['tools: [a]', '1:1', 'under `approval:`'],
  ['deny: [a]', '1:1', 'Rules stand under `rules`'],
  ['name: ours', '1:1', 'in a comment'],
  ['x: 1', '1:1', 'Known here: version, defaults'],
  [rule('match: { param: { amount: 5 } }'), '4:14', 'by a condition', '`when: param.amount > 5`'],
  [rule('match: { params.amount: 5 }'), '4:14', 'by a condition', '`when: param.amount > 5`'],
  [rule('match: { context: { a: 1 } }'), '4:14', 'by a condition'],
  [rule('match: { metadata.team: web }'), '4:14', '`metadata: { team: … }`'],
  [rule('match: { tool: a }'), '4:14', 'The tool is `action`'],
  [rule('match: { environment: prod }'), '4:14', '`metadata: { environment: production }`'],
  [rule('if: param.a > 5'), '4:5', '`when: param.amount > 5`'],
  [rule('condition: param.a > 5'), '4:5', '`when: param.amount > 5`'],
  [rule('effect: deny'), '4:5', '`verdict: allow`'],
  [rule('action: a.b'), '4:5', '`match: { action: a.b }`'],
  [rule('approvers: [group:x]'), '4:5', '`approvals: [{ from: "group:finance", count: 1 }]`'],
  [rule('approvals: [{ group: finance }]'), '4:19', '`from: "group:finance"`'],
  [rule('approvals: [{ from: "group:x", min: 2 }]'), '4:36', '`count: 2`'],
  [rule('severity: high'), '4:5', '`risk: low`'],
  [rule('description: why'), '4:5', '`message`'],
  [rule('enabled: false'), '4:5', 'no switch'],
  [rule('ttl: 5m'), '4:5', '`capability: { ttl: 10m }`'],
  ['trusted: [{ id: t, match: { action: a }, verdict: allow }]', '1:42', 'does nothing else'],
  ['trusted: [{ id: t, match: { action: a }, until: 2027-01-01 }]', '1:42', '`expires: 2027-01-01`'],
];

const VALUES: Mistake[] = [
  [rule('timeout: 1h30m'), '4:5', 'Write 90m'],
  [rule('timeout: 2 hours'), '4:5', 'Write 2h'],
  [rule('timeout: 1w'), '4:5', 'Write 7d'],
  [rule('timeout: PT1H'), '4:5', 'Write 1h'],
  [rule('approvals: group:x'), '4:5', '`approvals: [{ from: "group:finance", count: 1 }]`'],
  [rule('approvals: [group:x]'), '4:17', '`{ from: "group:finance", count: 1 }`'],
  [rule('approvals: [{ from: finance }]'), '4:19', '"group:finance"'],
  [rule('approvals: [{ from: dana@example.com }]'), '4:19', '"user:dana@example.com"'],
  [rule('approvals: [{ from: admins }]'), '4:19', '"role:admin"'],
  [rule('capability: { dpop: yes }'), '4:19', 'Write true, without quotes'],
  [rule('capability: { dpop: off }'), '4:19', 'Write false, without quotes'],
  [rule('edits: true'), '4:5', '`narrow` or `any`'],
  [rule('require: comment'), '4:5', '`require: [comment]`'],
  [rule('match: a.b'), '4:5', '`match: { action: a.b }`'],
  [rule('message:'), '4:5', 'Nothing stands behind the colon'],
  [rule('when:'), '4:5', 'leaves `when` out'],
  [rule('when: true'), '4:5', 'leaves `when` out'],
  [rule('when: [a, b]'), '4:5', '&& or ||'],
  ['rules: [{ id: a, verdict: ask }]', '1:18', '"require_approval"'],
  ['rules: [{ id: a, verdict: block }]', '1:18', '"deny"'],
  ['rules: [{ id: a, verdict: Require-Approval }]', '1:18', '"require_approval"'],
  ['rules: [{ id: 5, verdict: deny }]', '1:11', '"5"'],
  ['rules: { a: { verdict: deny } }', '1:1', '`rules: [{ id: a'],
  ['rules:', '1:1', 'Nothing stands behind the colon'],
  ['defaults: deny', '1:1', '`defaults: { verdict: deny }`'],
  ['risk: high', '1:1', '`risk: { high: { timeout: 4h } }`'],
  ['version: "1"', '1:1', 'a number without quotes'],
  ['hello', '1:1', '`version: 1`'],
  ['trusted: [{ id: t, match: { action: a }, limit: 5 }]', '1:42', '`limit: { count: 5, per: 1h }`'],
  [schema('str'), '3:34', '"string"'],
];

const CONDITIONS: Mistake[] = [
  [rule('when: params.amount > 5'), '4:11', 'Did you mean "param"?'],
  [rule('when: input.amount > 5'), '4:11', '`param.amount`'],
  [rule('when: amount > 5'), '4:11', '`param.amount`'],
  [rule('when: tool == "x"'), '4:11', '`action`'],
  [rule('when: param.amount = 5'), '4:24', '`param.amount == 5`'],
  [rule('when: param.amount === 5'), '4:24', 'Equality is `==`'],
  [rule('when: param.amount <> 5'), '4:24', '`!=`'],
  [rule('when: param.a > 5 and param.b'), '4:23', '`&&`'],
  [rule('when: param.a > 5 OR param.b'), '4:23', '`||`'],
  [rule('when: not has(param.a)'), '4:15', '`!has(param.x)`'],
  [rule('when: param.a is null'), '4:19', '`== null`'],
  [rule('when: param.a == None'), '4:22', '`null`'],
  [rule('when: param.a == True'), '4:22', '`true`'],
  [rule('when: param.a like "x"'), '4:19', 'startsWith'],
  [rule('when: param.a =~ "x"'), '4:19', 'matches'],
  [rule('when: param.a between 1 and 5'), '4:19', '>= 1 && '],
  [rule('when: param.a > 1_000'), '4:22', 'without `_`'],
  [rule('when: param.a > $100'), '4:19', 'without a sign'],
  [rule('when: param.a == “x”'), '4:19', 'text program'],
  [rule('when: len(param.a) > 5'), '4:11', '`size(param.x)`'],
  [rule('when: param.a.includes("x")'), '4:18', 'contains'],
  [rule('when: param.a.lower() == "x"'), '4:18', '`parameters`'],
];

describe.each<[string, Mistake[]]>([
  ['a slip of YAML', YAML],
  ['an unknown key', KEYS],
  ['a value of another form', VALUES],
  ['a condition of another language', CONDITIONS],
])('%s', (_what, mistakes) => {
  it.each(mistakes)('%j is told at %s', (written, place, ...says) => {
    const said = told(written);
    expect(said).toMatch(new RegExp(`^${place} `));
    for (const part of says) expect(said).toContain(part);
  });
});

describe('what is told', () => {
  it('is one thing for each line, in the order of the lines', () => {
    const parsed = parsePolicy(`${rule('when: !has(param.x) || param.x > 1')}    message: Refund: ask\n`);
    if (parsed.ok) throw new Error('the policy was accepted');
    expect(parsed.problem.errors!.map(({ line }) => line)).toEqual([4, 5]);
  });

  it('is not made up where a text is as it should be', () => {
    const source = `${rule('when: "!has(param.x) || param.x > 1"')}    message: "Refund: ask finance"\n`;
    expect(parsePolicy(source).ok).toBe(true);
  });

  it('is written so that it is taken as it stands', () => {
    for (const text of ['!has(param.x)', '"a" in param.x', "'a' in param.x", 'param.a ? true : false']) {
      const said = told(rule(`when: ${text}`));
      const mended = /in quotes: `(when: .*)`\./.exec(said)![1]!;
      expect([mended, parsePolicy(rule(mended)).ok]).toEqual([mended, true]);
    }
  });
});

it('a line of thousands of mistakes is read once', () => {
  const started = performance.now();
  expect(told(`a: '${"' ".repeat(20_000)}`)).toMatch(/^1:/);
  expect(performance.now() - started).toBeLessThan(2_000);
});
