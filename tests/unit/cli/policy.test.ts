// `assentry policy …` as people run it: cases that hold or say where they do not, and differences in words.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContractServer } from '../sdk/contract-server.ts';
import { assentry, emptyPlace } from './terminal.ts';

const POLICY = `version: 1
rules:
  - { id: deploys, match: { action: "deployment.*" }, verdict: require_approval, timeout: 1h }
`;
const CASES = `- name: deployments ask
  request: { action: deployment.execute, resource: "service:a" }
  expect: { verdict: require_approval, rule: deploys }
`;

let server: ContractServer;
let env: Record<string, string>;
let place: string;
beforeEach(async () => {
  server = new ContractServer();
  env = { ASSENTRY_API_KEY: 'asn_live_x', ASSENTRY_URL: await server.start() };
  place = emptyPlace();
});
afterEach(() => server.stop());

const file = (name: string, text: string): string => {
  writeFileSync(join(place, name), text);
  return join(place, name);
};
const cli = (...args: string[]) => assentry(args, { env, cwd: place });
const inForce = (source: string) => {
  server.before = ({ path }) =>
    path === '/v1/policy'
      ? {
          status: 200,
          body: { version: 3, digest: `sha256:${'1'.repeat(64)}`, source, published_at: 't', published_by: 'u' },
        }
      : undefined;
};

describe('assentry policy test', () => {
  it('runs the cases beside the policy without a key or a server', async () => {
    const policy = file('policy.yaml', POLICY);
    file('policy.test.yaml', CASES);
    const ran = await assentry(['policy', 'test', policy]);
    expect(ran).toMatchObject({ code: 0, stdout: '1 of 1 cases hold.\n', stderr: '' });
  });

  it('ends with 1 and names file, line, column, what was expected and what came', async () => {
    const policy = file('policy.yaml', POLICY.replace('require_approval, timeout: 1h', 'allow'));
    const cases = file('policy.test.yaml', CASES);
    const ran = await cli('policy', 'test', policy);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toBe(`${cases}:3:13: "deployments ask": expected verdict require_approval, got allow.\n`);
    expect(ran.stderr).toContain('0 of 1 cases hold.');
    const told = JSON.parse((await cli('policy', 'test', policy, '--tests', cases, '--json')).stdout);
    expect(told).toMatchObject({ passed: 0, failed: 1, outcomes: [{ failures: [{ field: 'verdict', line: 3 }] }] });
  });

  it('says where it looked when there are no cases, and what is wrong with cases that are none', async () => {
    const policy = file('policy.yaml', POLICY);
    expect(await cli('policy', 'test', policy)).toMatchObject({ code: 2, stdout: '' });
    const cases = file('policy.test.yaml', CASES.replace('expect:', 'expects:'));
    const ran = await cli('policy', 'test', policy);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`${cases}:3:3: Unknown key "expects". Did you mean "expect"?`);
  });
});

describe('assentry policy diff', () => {
  const LONGER = POLICY.replace('1h', '2h');
  const SENTENCE = 'Rule "deploys": the time to decide is now 2 h; before, 1 h.';

  it('compares a document with the policy in force', async () => {
    inForce(POLICY);
    const ran = await cli('policy', 'diff', file('policy.yaml', LONGER));
    expect(ran).toMatchObject({ code: 0, stdout: `Widens · ${SENTENCE}\n` });
    expect(ran.stderr).toContain('version 3');
  });

  it('compares two documents from the first to the second, without a server', async () => {
    const [old, fresh] = [file('old.yaml', POLICY), file('new.yaml', LONGER)];
    expect((await assentry(['policy', 'diff', fresh, old])).stdout).toContain('Narrows');
    const ran = await assentry(['policy', 'diff', old, fresh, '--json']);
    expect(JSON.parse(ran.stdout)).toEqual([{ pointer: '/rules/0/timeout_seconds', effect: 'widens', text: SENTENCE }]);
  });
});

describe('assentry policy simulate', () => {
  const said = (verdict: string, rule: string) => ({ verdict, rule, risk: 'low', stages: null });
  const none = { count: 0, fates: {}, examples: [] };
  const ANSWER = {
    ...{ digest: 'd', warnings: [], in_force: { version: 3, digest: 'e' }, complete: false },
    ...{ considered: 12, judged: 11, erased: 1, from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' },
    rules: { deploys: 11 },
    verdicts: {
      recorded: { allow: 1, require_approval: 10, deny: 0, refused: 0 },
      draft: { allow: 3, require_approval: 8, deny: 0, refused: 0 },
    },
    differences: {
      newly_allowed: {
        count: 2,
        fates: { approved: 1, rejected: 1, expired: 0, failed: 0, other: 0 },
        examples: [
          {
            ...{
              id: 'apr_1',
              created_at: '2026-11-02T00:00:00.000Z',
              action: 'deployment.execute',
              resource: 'service:a',
            },
            ...{ actor: 'agent:x', fate: 'rejected' },
            ...{ recorded: said('require_approval', 'deploys'), draft: said('allow', 'quick') },
          },
        ],
      },
      ...{ newly_asked: none, newly_denied: none, newly_refused: none, risk_changed: none, people_changed: none },
    },
  };

  it('sends the document and shows counts, what people said to them, and examples', async () => {
    server.before = ({ path }) => (path === '/v1/policy/simulations' ? { status: 200, body: ANSWER } : undefined);
    const ran = await cli('policy', 'simulate', file('policy.yaml', POLICY), '--last', '12');
    expect(ran.code).toBe(0);
    expect(server.seen[0]!.body).toEqual({ source: POLICY, limit: 12 });
    for (const text of [
      /let through +1 +3/,
      /ask a person +10 +8/,
      'Newly let through: 2 (1 approved, 1 rejected)',
      /apr_1 .*deployment.execute on service:a .*deploys → quick/,
    ])
      expect(ran.stdout).toMatch(text);
    expect(ran.stderr).toContain('1 is erased');
    expect(ran.stderr).toContain('Time was up');
    const json = await cli('policy', 'simulate', file('policy.yaml', POLICY), '--json');
    expect(JSON.parse(json.stdout)).toEqual(ANSWER);
  });

  it('sends nothing that check refuses', async () => {
    expect(await cli('policy', 'simulate', file('policy.yaml', 'version: 2'))).toMatchObject({ code: 1 });
    expect(server.seen).toEqual([]);
  });
});

describe('assentry policy check', () => {
  it('says what each trusted pattern frees, at its place', async () => {
    const source =
      'version: 1\ntrusted:\n  - { id: mails, match: { action: mail.send, actor: "agent:x" }, when: param.to == "a" }\n';
    const { stdout, stderr } = await cli('policy', 'check', file('policy.yaml', source));
    expect(stdout).toMatch(/policy.yaml is valid\.\n$/);
    expect(stderr).toContain('policy.yaml:3:5: Trusted pattern "mails": let through without a person when');
    expect(stderr).toContain('Not bounded: the resource; every parameter but to; every metadata value;');
    const json = JSON.parse((await cli('policy', 'check', file('policy.yaml', source), '--json')).stdout);
    expect(json).toMatchObject({ valid: true, warnings: [], notes: [{ line: 3 }] });
  });
});

describe('assentry policy check --people', () => {
  it('says what the server knows beside what the file shows, once', async () => {
    const source = 'version: 1\nunlisted: allow\n';
    const own = {
      pointer: '/unlisted',
      detail: 'Everything that no rule names is allowed without a person.',
      line: 2,
      column: 1,
    };
    const asked = { pointer: '/rules/0', detail: 'Rule "a" needs somebody.', line: 3, column: 5 };
    server.before = ({ path }) =>
      path === '/v1/policy/checks' ? { status: 200, body: { warnings: [own, asked], notes: [] } } : undefined;
    const { stdout, stderr } = await cli('policy', 'check', file('policy.yaml', source), '--people');
    expect(stdout).toMatch(/policy.yaml is valid, with 2 warnings\.\n$/);
    expect(stderr.match(/allowed without a person/g)).toHaveLength(1);
    expect(stderr).toContain('policy.yaml:3:5: Rule "a" needs somebody. (warning)');
    expect(server.seen.map(({ body }) => body)).toEqual([{ source }]);
  });
});

describe('assentry policy suggest, require and allow', () => {
  const DRAFT = {
    source: POLICY,
    rule: 'switch-a',
    base_digest: `sha256:${'2'.repeat(64)}`,
    differences: [{ text: 'It asks.' }],
  };
  const CHANGE = { id: 'chg_1', status: 'proposed', diff: ['Policy version 3 becomes 4.'], warnings: [] };

  it('suggest prints each pattern as an entry that a policy takes', async () => {
    const yaml = '- id: trusted-mail-send\n  match: { action: mail.send }\n';
    const simulation = { would_let_through: 21, fates: {} };
    const one = { action: 'mail.send', actor: 'agent:x', rule: 'mails', approved: 21, people: 2 };
    const bounds = ['param.to: "a"'];
    const not_suggested = [{ ...one, kind: 'list', reason: '`param.body` had more.' }];
    const data = [{ ...one, resources: ['list:a', 'list:b'], bounds, yaml, simulation }];
    const answer = { considered: 90, complete: true, data, not_suggested };
    server.before = ({ path }) =>
      path.startsWith('/v1/policy/suggestions') ? { status: 200, body: answer } : undefined;
    const { stdout, stderr } = await cli('policy', 'suggest', '--last', '90');
    expect(stdout).toContain('approved 21 of 21 times by 2 people');
    expect(stdout).toContain(
      '# It lets through, without a person, these values in any combination:\n#   param.to: "a"\n',
    );
    expect(stderr).toContain('and nothing is suggested. `param.body` had more.');
    expect(
      stdout
        .split('\n')
        .filter((line) => !line.startsWith('#'))
        .join('\n'),
    ).toContain(yaml);
    expect(server.seen[0]!.path).toBe('/v1/policy/suggestions?limit=90');
  });

  it.each([
    ['require', true],
    ['allow', false],
  ])('%s proposes the draft on the very policy that it was written into', async (verb, requires_approval) => {
    server.before = ({ path }) =>
      path === '/v1/policy/drafts'
        ? { status: 200, body: DRAFT }
        : path === '/v1/changes'
          ? { status: 201, body: CHANGE }
          : undefined;
    const ran = await cli('policy', verb, 'mail.send', '--actor', 'agent:x');
    expect(ran).toMatchObject({ code: 0, stdout: 'Policy version 3 becomes 4.\nchg_1  proposed\n' });
    expect(server.seen.map(({ body }) => body)).toEqual([
      { action: 'mail.send', actor: 'agent:x', requires_approval },
      { kind: 'policy', value: { source: POLICY }, base_digest: DRAFT.base_digest },
    ]);
  });

  it('with --dry-run prints the policy that it would be, and proposes nothing', async () => {
    server.before = ({ path }) => (path === '/v1/policy/drafts' ? { status: 200, body: DRAFT } : undefined);
    const ran = await cli('policy', 'require', 'mail.send', '--dry-run');
    expect([ran.stdout, ran.stderr, server.seen.length]).toEqual([POLICY, 'It asks.\n', 1]);
  });
});
