// `approval create FILE` and `approval route FILE` as the CAVRA seed types them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../../cli/src/exit-codes.ts';
import { ContractServer } from '../sdk/contract-server.ts';
import { assentry, emptyPlace } from './terminal.ts';

const DECISION = {
  ...{ decision_id: 'dec_1', decision: 'require_approval', tool: 'write_file', path: 'iam/admin-role.tf' },
  ...{ rule_id: 'iam.write', risk: 'high', reason: 'A privileged role.' },
};
let server: ContractServer;
let env: Record<string, string>;
let place: string;
beforeEach(async () => {
  server = new ContractServer();
  env = { ASSENTRY_API_KEY: 'asn_live_x', ASSENTRY_URL: await server.start() };
  place = emptyPlace();
});
afterEach(() => server.stop());

const file = (document: object): string => {
  writeFileSync(join(place, 'cavra-decision.json'), JSON.stringify(document));
  return join(place, 'cavra-decision.json');
};
const cli = (...args: string[]) => assentry(args, { env, cwd: place });

describe('assentry approval create', () => {
  it('makes a request of a decision and prints what the other commands print', async () => {
    const { code, stdout } = await cli('approval', 'create', file(DECISION), '--requested-by', 'developer');
    const [request] = [...server.requests.values()];
    expect(code).toBe(0);
    for (const text of [request!.id, 'pending', request!.review_url]) expect(stdout).toContain(text);
    expect(server.seen[0]!.body).toMatchObject({
      ...{ action: 'write_file', resource: 'path:iam/admin-role.tf', actor: 'agent:developer', risk: 'high' },
      ...{ metadata: { rule_id: 'iam.write' }, context: { reason: 'A privileged role.', decision_id: 'dec_1' } },
    });
  });

  it('makes the same request of the same decision', async () => {
    const first = await cli('approval', 'create', file(DECISION), '--json');
    expect((await cli('approval', 'create', file(DECISION), '--json')).stdout).toBe(first.stdout);
    expect([server.requests.size, server.seen[0]!.key]).toEqual([1, 'decision:dec_1']);
  });

  it('sends nothing of a file that is no decision, and names what is missing', async () => {
    const path = file({ verdict: 'ask' });
    const { code, stderr } = await cli('approval', 'create', path);
    expect([code, server.seen]).toEqual([EXIT.usage, []]);
    for (const missing of ['decision_id is missing', 'decision is missing', 'tool, command or path is missing'])
      expect(stderr).toContain(`${path}: ${missing}`);
  });

  it('asks nobody about what the other tool denied', async () => {
    expect(await cli('approval', 'create', file({ ...DECISION, decision: 'deny' }))).toMatchObject({
      code: EXIT.blocked,
    });
    expect(server.seen).toEqual([]);
  });
});

describe('assentry approval route', () => {
  const POLICY = `rules:
  - { id: iam, match: { resource: "path:iam/**" }, verdict: require_approval }
routing:
  - { match: { resource: "db:**" }, to: "group:data" }
  - { match: { resource: "path:iam/**" }, to: "group:iam" }
`;
  const judged = (verdict: string) => ({
    ...{ verdict, rule: 'iam', risk: { level: 'high' }, timeout_seconds: 3600, trace: [] },
    requirement: { verify: 'passkey', stages: [{ from: ['group:iam'], count: 2 }] },
  });
  const serving = (verdict: string, readable = true) => {
    server.before = ({ path }) => {
      if (path === '/v1/policy/evaluate') return { status: 200, body: judged(verdict) };
      if (path !== '/v1/policy') return undefined;
      return readable
        ? { status: 200, body: { source: POLICY } }
        : { status: 403, body: { code: 'forbidden', detail: 'no' } };
    };
  };

  it('says whom it would ask, by which rule and which route, and makes no request', async () => {
    serving('require_approval');
    const { code, stdout } = await cli('approval', 'route', file(DECISION));
    expect(code).toBe(0);
    expect(stdout).toContain('write_file on path:iam/admin-role.tf would ask a person.');
    expect(stdout).toContain('rule iam, people from routing 2');
    expect(stdout).toContain('2 of group:iam');
    expect([server.requests.size, server.seen[0]!.body]).toMatchObject([0, { action: 'write_file' }]);
    const json = JSON.parse((await cli('approval', 'route', file(DECISION), '--json')).stdout);
    expect(json).toMatchObject({ route: 1, judgement: { verdict: 'require_approval' } });
  });

  it('says it without the route when the key may not read the policy', async () => {
    serving('require_approval', false);
    const { code, stdout } = await cli('approval', 'route', file(DECISION));
    expect([code, stdout.includes('routing')]).toEqual([0, false]);
  });

  it('ends as blocked when policy denies', async () => {
    serving('deny');
    expect((await cli('approval', 'route', file(DECISION))).code).toBe(EXIT.blocked);
  });
});
