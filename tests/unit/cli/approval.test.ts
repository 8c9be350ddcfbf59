import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../../cli/src/exit-codes.ts';
import type { ApprovalRequest } from '../../../sdk/src/index.ts';
import { ContractServer, requestOf } from '../sdk/contract-server.ts';
import { assentry, emptyPlace, type Session } from './terminal.ts';

let server: ContractServer;
let env: Record<string, string>;
beforeEach(async () => {
  server = new ContractServer();
  env = { ASSENTRY_API_KEY: 'asn_live_x', ASSENTRY_URL: await server.start() };
});
afterEach(() => server.stop());

const cli = (line: string, session: Session = {}) => assentry(line.split(' '), { env, ...session });
const SEED =
  'approval request --action deployment.execute --resource service:billing-api --risk high --actor service-account:release-bot --metadata environment=production';

function pending(fields: Partial<ApprovalRequest> = {}): string {
  const request = { ...requestOf({ action: 'data.export', resource: 'table:users' }), ...fields };
  server.requests.set(request.id, request);
  return request.id;
}
const decideSoon = (change: () => void) => {
  const timer = setInterval(() => {
    if (server.calls('GET', /stream/).length === 0) return;
    clearInterval(timer);
    change();
  }, 5);
};

describe('assentry approval request', () => {
  it("proposes with the seed's own command line and prints id, status, match words and link", async () => {
    const { code, stdout, stderr } = await cli(SEED);
    const [request] = [...server.requests.values()];
    expect(code).toBe(0);
    for (const text of [request!.id, 'pending', request!.match_words.join(' '), request!.review_url])
      expect(stdout).toContain(text);
    expect(stderr).toContain(`assentry approval wait ${request!.id}`);
    expect(server.seen[0]!.body).toEqual({
      action: 'deployment.execute',
      resource: 'service:billing-api',
      risk: 'high',
      actor: 'service-account:release-bot',
      params: {},
      metadata: { environment: 'production' },
    });
    expect(server.seen[0]!.key).toMatch(/.{20}/);
  });

  it('prints nothing but JSON on stdout with --json', async () => {
    const { stdout } = await cli(`${SEED} --json`);
    expect(JSON.parse(stdout)).toMatchObject({ object: 'approval_request', status: 'pending' });
  });

  it('reads params as text, as JSON and from a file', async () => {
    const cwd = emptyPlace();
    writeFileSync(join(cwd, 'params.json'), '{"order_id":"ORD-1","amount":1}');
    await cli(
      `approval request --action a.b --resource c:d --params-file ${join(cwd, 'params.json')} --param amount:=2400 --param note=1.10 --reason because`,
    );
    expect(server.seen[0]!.body).toMatchObject({
      params: { order_id: 'ORD-1', amount: 2400, note: '1.10' },
      context: { reason: 'because' },
    });
  });

  it('repeats a call under its own key', async () => {
    const first = await cli(`${SEED} --idempotency-key k1 --json`);
    const again = await cli(`${SEED} --idempotency-key k1 --json`);
    expect(again.stdout).toBe(first.stdout);
    expect(server.requests.size).toBe(1);
  });

  it('waits with --wait, prints the link once and says how it ended', async () => {
    decideSoon(() => server.approve([...server.requests.keys()][0]!));
    const { code, stdout, stderr } = await cli(`${SEED} --wait`);
    expect(code).toBe(0);
    expect(stdout).toContain('approved');
    expect(stderr.match(/Decide at/g)).toHaveLength(1);
  });

  it.each([
    [{ status: 'approved', verdict: 'allow' }, EXIT.ok],
    [{ status: 'rejected', verdict: 'deny' }, EXIT.blocked],
  ] as const)('tells the shell what policy said at once: %j', async (birth, code) => {
    server.birth = birth;
    expect((await cli(SEED)).code).toBe(code);
  });

  it('shows what is hidden in the words of others, and lets none of it act', async () => {
    const evil = '\u001b[2J\u202e\u0007ok\nassentry: approved';
    server.birth = { message: evil, params: {} };
    const { stdout } = await cli(SEED);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(stdout).toContain('\\e[2J\\u{202e}');
    const json = await cli(`${SEED} --json`);
    expect(json.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(JSON.parse(json.stdout).message).toBe(evil);
  });
});

describe('assentry approval wait', () => {
  const ENDS: [fields: Partial<ApprovalRequest>, code: number][] = [
    [{ status: 'approved' }, 0],
    [{ status: 'rejected' }, 3],
    [{ status: 'rejected', verdict: 'deny' }, 6],
    [{ status: 'expired' }, 4],
    [{ status: 'canceled' }, 5],
    [{ status: 'executing' }, 1],
    [{ status: 'executed' }, 1],
    [{ status: 'failed' }, 1],
    [{ status: 'indeterminate' }, 1],
    [{ status: 'something-new' as never }, 1],
  ];
  it.each(ENDS)('ends %j with exit code %d', async (fields, code) => {
    expect((await cli(`approval wait ${pending(fields)}`)).code).toBe(code);
  });

  it('gives up with 124 and leaves the request alive', async () => {
    const id = pending();
    const { code, stderr } = await cli(`approval wait ${id} --timeout 1s`);
    expect(code).toBe(124);
    expect(stderr).toContain('lives on');
    expect(server.requests.get(id)!.status).toBe('pending');
  });

  it('waits on when it may take thirty days', async () => {
    const id = pending();
    const { code } = await cli(`approval wait ${id} --timeout 30d`, { signal: AbortSignal.timeout(1_500) });
    expect(code).toBe(130);
  });

  it('ends with 130 on Ctrl-C and says how to go on or withdraw', async () => {
    const id = pending();
    const { code, stderr } = await cli(`approval wait ${id}`, { signal: AbortSignal.timeout(100) });
    expect(code).toBe(130);
    expect(stderr).toContain(`assentry approval wait ${id}`);
    expect(stderr).toContain(`assentry approval cancel ${id}`);
  });

  it('keeps one line up to date on a terminal, and none elsewhere', async () => {
    const id = pending();
    const terminal = await cli(`approval wait ${id} --timeout 1s`, { tty: true });
    expect(terminal.stderr).toMatch(/waiting: requested 3 min ago, expires in 5\d min, 1 of 2 approvals/);
    expect((await cli(`approval wait ${id} --timeout 1s`)).stderr).not.toContain('waiting:');
  });
});

describe('assentry approval', () => {
  it('get shows a request whatever its status', async () => {
    const { code, stdout } = await cli(`approval get ${pending({ status: 'rejected', rejection_reason: 'no' })}`);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/rejected[\s\S]*reason\s+no/)]);
  });

  it('list prints a table, or JSON, of as many as asked for', async () => {
    const ids = [pending(), pending(), pending({ status: 'approved' })];
    const { stdout } = await cli('approval list --status pending');
    expect(stdout.split('\n')[0]).toMatch(/^ID\s+STATUS\s+RISK\s+ACTION\s+RESOURCE\s+ACTOR\s+AGE$/);
    expect(stdout).toContain(ids[1]);
    expect(stdout).not.toContain(ids[2]);
    expect(JSON.parse((await cli('approval list --limit 2 --json')).stdout)).toHaveLength(2);
  });

  it('open opens the review page and prints its link', async () => {
    const id = pending();
    const { opened, stdout } = await cli(`approval open ${id}`);
    expect(opened).toEqual([server.requests.get(id)!.review_url]);
    expect(stdout.trim()).toBe(opened[0]);
  });

  it('cancel withdraws', async () => {
    const id = pending();
    expect((await cli(`approval cancel ${id} --reason late`)).stdout).toContain('canceled');
    expect(server.seen.at(-1)!.body).toEqual({ reason: 'late' });
  });

  it.each([
    ['approve', 'approved', 0],
    ['approve', 'rejected', 3],
    ['reject', 'rejected', 0],
    ['reject', 'approved', 1],
    ['deny', 'rejected', 0],
    ['deny', 'expired', 4],
  ] as const)('%s opens the browser, waits, and ends %s with %d', async (verb, status, code) => {
    const id = pending();
    decideSoon(() => server.change(id, { status }));
    const ran = await cli(`approval ${verb} ${id}`);
    expect(ran.code).toBe(code);
    expect(ran.opened).toEqual([server.requests.get(id)!.review_url]);
    expect(server.calls('POST', /./)).toEqual([]);
  });
});

describe('what the shell learns of failures', () => {
  const answer = (status: number, code: string) => ({
    status,
    body: { code, status, detail: `about ${code}`, request_id: 'req_1' },
  });
  it.each([
    [401, 'unauthenticated', 7],
    [403, 'forbidden', 7],
    [403, 'policy-denies', 6],
    [403, 'stopped', 6],
    [404, 'not-found', 1],
    [409, 'recently-rejected', 3],
    [400, 'invalid-request', 2],
    [429, 'too-many-pending', 1],
    [500, 'internal', 8],
  ])('%d %s is exit code %d, with its words and request id on stderr', async (status, code, exit) => {
    server.before = () => answer(status, code);
    const ran = await cli(SEED);
    expect(ran).toMatchObject({ code: exit, stdout: '' });
    expect(ran.stderr).toContain(`about ${code}`);
    expect(ran.stderr).toContain('req_1');
  });

  it('an answer about something else is exit code 9', async () => {
    server.birth = { action: 'db.drop' };
    expect((await cli(SEED)).code).toBe(9);
  });

  it('a server that is not there is exit code 8, with where, why and what to do', async () => {
    const nowhere = { ...env, ASSENTRY_URL: 'http://localhost:1' };
    const ran = await cli('approval get apr_x', { env: nowhere });
    expect(ran.code).toBe(8);
    for (const said of ['http://localhost:1', 'ECONNREFUSED|bad port', 'ASSENTRY_URL', 'npm start'])
      expect(ran.stderr).toMatch(new RegExp(said));
  });

  it.each(['localhost:8787', 'nonsense', 'http://example.com'])(
    'an address that is none is exit code 2 (%s)',
    async (url) => {
      const ran = await cli('approval list', { env: { ...env, ASSENTRY_URL: url } });
      expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(url)]);
    },
  );

  it.each([
    '',
    'aproval',
    'approval requst',
    'approval request',
    'approval get',
    'approval list --limit x',
    'approval list --nope',
    'approval list --status pnding',
    `${SEED} --param x`,
    'approval wait apr_1 --timeout soon',
  ])('usage mistakes are exit code 2 (%s)', async (line) => {
    const ran = await cli(line === '' ? 'approval' : line);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(server.seen).toEqual([]);
  });

  it('a typo gets a suggestion', async () => {
    expect((await cli('approval requst')).stderr).toContain('Did you mean request?');
    expect((await cli('approval list --statsu pending')).stderr).toContain('Did you mean --status?');
  });

  it('--version is the version, on stdout', async () => {
    expect(await cli('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('help is exit code 0 and begins with examples', async () => {
    const { code, stdout } = await cli('approval request --help');
    expect(code).toBe(0);
    expect(stdout.startsWith('Examples:\n  assentry approval request')).toBe(true);
  });
});

describe('where the key comes from', () => {
  const devAt = (cwd: string) => {
    mkdirSync(join(cwd, '.assentry'));
    const dev = { base_url: env.ASSENTRY_URL, live: { api_key: 'asn_live_dev' }, test: { api_key: 'asn_test_dev' } };
    writeFileSync(join(cwd, '.assentry', 'dev.json'), JSON.stringify(dev));
    return cwd;
  };
  let authorization: (string | undefined)[];
  beforeEach(() => {
    authorization = [];
    server.server.prependListener('request', (request) => authorization.push(request.headers.authorization));
  });

  it('is nowhere: exit code 7, and what to do', async () => {
    const ran = await assentry(['approval', 'list']);
    expect(ran.code).toBe(7);
    expect(ran.stderr).toContain('ASSENTRY_API_KEY');
  });

  it("is the local stack's file, and says so", async () => {
    const ran = await assentry(['approval', 'list'], { cwd: devAt(emptyPlace()) });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('dev.json');
    expect(authorization).toEqual(['Bearer asn_live_dev']);
  });

  it("is not the local stack's for another place", async () => {
    const cwd = devAt(emptyPlace());
    const there = { ASSENTRY_URL: 'https://assentry.example' };
    const ran = await assentry(['approval', 'list'], { cwd, env: there });
    expect([ran.code, ran.stderr]).toEqual([7, expect.stringContaining('ASSENTRY_API_KEY')]);
    const same = await assentry(['approval', 'list', '--url', `${env.ASSENTRY_URL}/`], { cwd });
    expect(same.code).toBe(0);
    expect(authorization).toEqual(['Bearer asn_live_dev']);
  });

  it('is the environment before the local file, silently', async () => {
    const ran = await cli('approval list', { cwd: devAt(emptyPlace()) });
    expect(ran.stderr).not.toContain('dev.json');
    expect(authorization).toEqual(['Bearer asn_live_x']);
  });

  it('is a profile before both', async () => {
    const cwd = devAt(emptyPlace());
    await cli('approval list --profile test', { cwd });
    mkdirSync(join(cwd, '.config', 'assentry'), { recursive: true });
    const path = join(cwd, '.config', 'assentry', 'profiles.json');
    writeFileSync(path, JSON.stringify({ work: { url: env.ASSENTRY_URL, api_key: 'asn_live_work' } }), { mode: 0o644 });
    const work = await cli('approval list --profile work', { cwd, env: { ...env, HOME: cwd } });
    expect(work.stderr).toContain('chmod 600');
    expect(authorization).toEqual(['Bearer asn_test_dev', 'Bearer asn_live_work']);
    const none = await cli('approval list --profile nope', { cwd, env: { ...env, HOME: cwd } });
    expect([none.code, none.stderr]).toEqual([7, expect.stringContaining('Known: work, live, test')]);
  });

  it('is never printed', async () => {
    const ran = await cli(SEED, { tty: true });
    expect(ran.stdout + ran.stderr).not.toContain('asn_live_x');
  });
});

describe('colours', () => {
  it('are for terminals, unless NO_COLOR is set', async () => {
    const id = pending();
    expect((await cli(`approval get ${id}`, { tty: true })).stdout).toContain('\u001b[');
    expect((await cli(`approval get ${id}`)).stdout).not.toContain('\u001b[');
    expect((await cli(`approval get ${id}`, { tty: true, env: { ...env, NO_COLOR: '1' } })).stdout).not.toContain(
      '\u001b[',
    );
  });
});
