// The decision of another tool as a proposal: one mapping, strict, and the same decision is the same request.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIELDS, proposalFrom } from '../../core/foreign/decision.ts';
import type { JsonObject } from '../../core/json.ts';

const DECISION: JsonObject = {
  ...{ decision_id: 'dec_1', decision: 'require_approval', tool: 'write_file', target: 'iam/admin-role.tf' },
  ...{ rule_id: 'iam.write', risk: 'high', reason: 'It changes a privileged role.', repository: 'payments/api' },
};
const mapped = (document: JsonObject, by: string | null = null) => {
  const read = proposalFrom(document, by);
  if (!read.ok) throw new Error(read.problem.detail);
  return read.value;
};
const refused = (document: JsonObject, by: string | null = null) => {
  const read = proposalFrom(document, by);
  if (read.ok) throw new Error('it was taken');
  return read.problem;
};

describe('a decision of another tool', () => {
  it('becomes action, resource, params, metadata and context, and names the call', () => {
    expect(mapped(DECISION, 'developer')).toEqual({
      key: 'dec_1',
      proposal: {
        ...{ action: 'write_file', resource: 'target:iam/admin-role.tf', actor: 'agent:developer', risk: 'high' },
        params: { target: 'iam/admin-role.tf' },
        metadata: { rule_id: 'iam.write', repository: 'payments/api' },
        context: { reason: 'It changes a privileged role.', decision_id: 'dec_1' },
      },
    });
  });

  it.each([
    [{ command: 'terraform apply' }, 'command.run', 'command:terraform apply', { command: 'terraform apply' }],
    [
      { path: '.github/workflows/ci.yml' },
      'file.change',
      'path:.github/workflows/ci.yml',
      { path: '.github/workflows/ci.yml' },
    ],
    [{ tool: 'mcp.call' }, 'mcp.call', 'tool:mcp.call', {}],
    [{ tool: 'mcp.call', target: 'service:billing' }, 'mcp.call', 'service:billing', { target: 'service:billing' }],
    [{ tool: 'sql', arguments: { rows: 5 }, path: 'db' }, 'sql', 'path:db', { rows: 5, path: 'db' }],
  ])('%j is %s on %s', (what, action, resource, params) => {
    const { proposal } = mapped({ decision_id: 'd', decision: 'require_approval', ...what } as JsonObject);
    expect(proposal).toMatchObject({ action, resource });
    expect(proposal.params).toEqual(params);
  });

  it('of the guide is taken as the guide says', () => {
    const guide = readFileSync('docs/policy-life.md', 'utf8');
    const { proposal } = mapped(JSON.parse(/```json\n([\s\S]*?)```/.exec(guide)![1]!) as JsonObject, 'developer');
    expect(proposal).toMatchObject({ action: 'write_file', resource: 'target:iam/admin-role.tf', risk: 'high' });
    for (const field of Object.keys(FIELDS)) expect(guide).toContain(`\`${field}\``);
  });

  it.each(['command', 'path', 'target'])(
    'that names another %s than its arguments hides neither: it is refused',
    (field) => {
      const both = (argument: string) => ({ ...DECISION, [field]: 'one', arguments: { [field]: argument } });
      expect(refused(both('another'))).toMatchObject({ errors: [{ pointer: `/arguments/${field}` }] });
      expect(mapped(both('one')).proposal.params).toMatchObject({ [field]: 'one' });
    },
  );

  it('shows the reviewer what the mapping does not use', () => {
    const { proposal } = mapped({ ...DECISION, matched: ['a', 'b'], score: 7 });
    expect(proposal.preview).toEqual({ decision: { matched: ['a', 'b'], score: 7 } });
  });

  it.each([
    ['nothing', {}, ['decision_id is missing', 'decision is missing', 'tool, command or path is missing']],
    ['no id', { ...DECISION, decision_id: undefined }, ['decision_id is missing']],
    ['a number for an id', { ...DECISION, decision_id: 5 }, ['decision_id must be']],
    ['another scale of risk', { ...DECISION, risk: 'severe' }, ['risk must be low, medium, high, critical']],
    ['text for arguments', { ...DECISION, arguments: 'x' }, ['arguments must be an object']],
    ['a tool with capitals', { ...DECISION, tool: 'Write File' }, ['action']],
    ['a hidden character in its target', { ...DECISION, target: 'a\u202eb' }, ['resource']],
  ])('with %s is refused, and what is wrong is named', (_what, document, says) => {
    const { code, errors } = refused(JSON.parse(JSON.stringify(document)) as JsonObject);
    expect(code).toBe('invalid-request');
    expect(errors!.map(({ detail }) => detail)).toEqual(says.map((one) => expect.stringContaining(one)));
  });

  it.each(['allow', 'deny', 'warn'])('that says %s asks nobody', (decision) => {
    expect(refused({ ...DECISION, decision })).toMatchObject({ code: 'policy-denies' });
  });

  it('is asked for by an actor, or by a name that is an agent', () => {
    expect(mapped(DECISION, 'service-account:ci').proposal.actor).toBe('service-account:ci');
    expect(mapped(DECISION).proposal).not.toHaveProperty('actor');
    expect(refused(DECISION, 'Dev Eloper').code).toBe('invalid-request');
  });
});

describe('a proposal of our own', () => {
  it('is taken as it is, with who asks', () => {
    const own = { action: 'a.b', resource: 'c:d', params: { x: 1 } };
    expect(mapped(own)).toEqual({ key: null, proposal: own });
    expect(mapped({ ...own, actor: 'agent:x' }, 'agent:y').proposal.actor).toBe('agent:y');
  });
});
