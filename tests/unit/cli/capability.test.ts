import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../../../core/claims.ts';
import { base32, concatBytes } from '../../../core/encoding.ts';
import { idBytes, newId } from '../../../core/ids.ts';
import type { ApprovalRequest } from '../../../sdk/src/index.ts';
import { ContractServer, requestOf } from '../sdk/contract-server.ts';
import { assentry, emptyPlace, type Session } from './terminal.ts';

const ORGANIZATION = newId('org', 1_790_000_000_000, new Uint8Array(10));
/** As core/credential.ts lays it out; the rest of a real key is a MAC that only the server can check. */
const API_KEY = `asn_live_${base32(concatBytes(Uint8Array.of(1), idBytes(ORGANIZATION), new Uint8Array(48)))}`;
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] };

let server: ContractServer;
let env: Record<string, string>;
let request: ApprovalRequest;
beforeEach(async () => {
  server = new ContractServer();
  env = { ASSENTRY_API_KEY: API_KEY, ASSENTRY_URL: await server.start() };
  const made = requestOf({
    action: 'deployment.execute',
    resource: 'service:billing-api',
    params: { version: 'v2.1.0', replicas: 3 },
  });
  server.requests.set(made.id, made);
  server.approve(made.id);
  request = server.requests.get(made.id)!;
  server.exchanged = { access_token: await token(request) };
  server.before = ({ path }) =>
    path === `/o/${ORGANIZATION}/.well-known/jwks.json` ? { status: 200, body: jwks } : undefined;
});
afterEach(() => server.stop());

const cli = (line: string, session: Session = {}) => assentry(line.split(' '), { env, ...session });

function token(
  { id, actor, capability, action_digest, salt }: ApprovalRequest,
  constraints: Record<string, string> = {},
): Promise<string> {
  const issuer = `${env.ASSENTRY_URL}/o/${ORGANIZATION}`;
  const { scope } = capability!;
  const claimed = { issuer, request: id, capability: capability!.id, actor, scope, action_digest, salt: salt! };
  const claims = claimsOf({ ...claimed, constraints, precondition: null, receipt: 'evt_1', jkt: null });
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ ...claims, iat: now, nbf: now, exp: now + 300 })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' })
    .sign(privateKey);
}
const NAMED = '--action deployment.execute --resource service:billing-api';
const PARAMS = '--param version=v2.1.0 --param replicas:=3';

describe('assentry capability exchange', () => {
  it("prints the token alone on stdout, with the seed's own command line", async () => {
    const { code, stdout, stderr } = await cli(
      `capability exchange --request ${request.id} --actor service-account:release-bot`,
    );
    expect(code).toBe(0);
    expect(stdout).toBe(`${server.exchanged.access_token}\n`);
    expect(stderr).toContain(`assentry outcome report ${request.id}`);
    expect(server.calls('POST', /exchange/)[0]!.body).toMatchObject({
      request: request.id,
      actor: 'service-account:release-bot',
    });
  });

  it('sends params and a nonce where they are given', async () => {
    const path = join(emptyPlace(), 'params.json');
    writeFileSync(path, JSON.stringify(request.params));
    const { stdout } = await cli(`capability exchange --request ${request.id} --params-file ${path} --nonce n1 --json`);
    expect(JSON.parse(stdout)).toMatchObject({ expires_in: 300, params: request.params });
    expect(server.calls('POST', /exchange/)[0]!.body).toMatchObject({ nonce: 'n1', params: request.params });
  });

  it('refuses a second one with exit code 1', async () => {
    await cli(`capability exchange --request ${request.id}`);
    const again = await cli(`capability exchange --request ${request.id}`);
    expect(again).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('assentry capability verify', () => {
  const verify = async (line: string, stdin?: string) =>
    cli(`capability verify ${line}`.trim(), { stdin: stdin ?? `${server.exchanged.access_token}\n` });

  it("takes the token that exchange printed, for the call that was approved, under the key's own issuer", async () => {
    const { code, stdout, stderr } = await verify(`${NAMED} ${PARAMS}`);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/valid\s+until 20/);
    expect(stdout).toContain('deployment.execute on service:billing-api');
  });

  it.each(['--action deployment.execute', '--resource service:billing-api'])(
    'takes no call that is named in part: %s alone',
    async (line) => expect(await verify(`${line} ${PARAMS}`)).toMatchObject({ code: 2, stdout: '' }),
  );

  it.each([
    [`${NAMED} ${PARAMS} --audience service:other`, 'wrong-audience'],
    [`${NAMED} --param version=v2.1.1 --param replicas:=3`, 'wrong-params'],
    [`${NAMED} --param version=v2.1.0 --param replicas=3`, 'wrong-params'],
    [NAMED, 'wrong-params'],
    [`--action db.drop --resource service:billing-api ${PARAMS}`, 'wrong-action'],
    [`--action deployment.execute --resource db:prod --audience service:billing-api ${PARAMS}`, 'wrong-resource'],
    [`${NAMED} ${PARAMS} --actor agent:other`, 'wrong-actor'],
  ])('ends %j with exit code 9 and the reason', async (line, reason) => {
    const ran = await verify(line);
    expect(ran).toMatchObject({ code: 9, stdout: '' });
    expect(ran.stderr).toContain(reason);
  });

  it('takes a token that rests on metadata only for a call that names the same', async () => {
    const stdin = await token(request, { 'metadata.environment': 'staging' });
    const asked = (more: string) => verify(`${NAMED} ${PARAMS} ${more}`.trim(), stdin);
    expect(await asked('--metadata environment=staging')).toMatchObject({ code: 0 });
    expect(await asked('--metadata environment=production')).toMatchObject({ code: 9 });
    const unnamed = await asked('');
    expect(unnamed).toMatchObject({ code: 9, stderr: expect.stringContaining('--metadata') });
  });

  it('refuses another issuer, a changed token and garbage with exit code 9', async () => {
    const other = await verify(`--issuer ${env.ASSENTRY_URL}/o/org_2 ${NAMED} ${PARAMS}`);
    const changed = await verify(`${NAMED} ${PARAMS}`, `${server.exchanged.access_token}x`);
    const garbage = await verify(`${NAMED} ${PARAMS}`, 'garbage');
    expect([other.code, changed.code, garbage.code]).toEqual([9, 9, 9]);
  });

  it('refuses to wait for a token on a terminal', async () => {
    expect(await cli(`capability verify ${NAMED}`)).toMatchObject({ code: 2 });
  });
});

describe('assentry outcome report', () => {
  it('reports', async () => {
    const { code, stdout } = await assentry(
      ['outcome', 'report', request.id, '--status', 'failed', '--detail', 'no disk'],
      { env },
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('failed')]);
    expect(server.seen.at(-1)!.body).toEqual({ status: 'failed', detail: 'no disk' });
  });

  it('knows no other status', async () => {
    expect(await cli(`outcome report ${request.id} --status done`)).toMatchObject({ code: 2 });
  });
});

describe('assentry policy', () => {
  const GOOD =
    'version: 1\nrules:\n  - id: deploys\n    match: { action: "deployment.*" }\n    verdict: require_approval\n';
  const DIGEST = `sha256:${'1'.repeat(64)}`;
  const fileOf = (text: string) => {
    const path = join(emptyPlace(), 'policy.yaml');
    writeFileSync(path, text);
    return path;
  };
  const serving = (change: object, readable = true) => {
    server.before = ({ method, path }) => {
      if (path === '/v1/changes')
        return { status: 201, body: { id: 'chg_1', diff: ['+ rule deploys'], warnings: [], ...change } };
      if (method !== 'GET' || path !== '/v1/policy') return undefined;
      const body = { version: 3, digest: DIGEST, source: GOOD, published_at: 't', published_by: 'usr_1' };
      return readable ? { status: 200, body } : { status: 403, body: { code: 'forbidden', detail: 'no' } };
    };
  };

  it('check takes a valid document without a key or a server', async () => {
    expect(await assentry(['policy', 'check', fileOf(GOOD)])).toMatchObject({ code: 0, stderr: '' });
  });

  it('check names file, line and column of what is wrong', async () => {
    const path = fileOf(GOOD.replace('require_approval', 'requires_approval'));
    const ran = await assentry(['policy', 'check', path]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`${path}:5:`);
  });

  it('check reads standard input', async () => {
    expect(await assentry(['policy', 'check', '-'], { stdin: GOOD })).toMatchObject({ code: 0 });
  });

  it('show prints the source, and nothing else, on stdout', async () => {
    serving({});
    expect((await cli('policy show')).stdout).toBe(GOOD);
    expect(JSON.parse((await cli('policy show --json')).stdout)).toMatchObject({ version: 3, digest: DIGEST });
  });

  it('apply proposes on what is in force now and says where to sign', async () => {
    serving({ status: 'proposed' });
    const { code, stdout, stderr } = await cli(`policy apply ${fileOf(GOOD)}`);
    expect(code).toBe(0);
    expect(stdout).toBe('+ rule deploys\nchg_1  proposed\n');
    expect(stderr).toContain(`${env.ASSENTRY_URL}/changes`);
    expect(server.seen.at(-1)!.body).toEqual({ kind: 'policy', value: { source: GOOD }, base_digest: DIGEST });
  });

  it('apply says nothing of signing what was applied at once', async () => {
    serving({ status: 'applied' }, false);
    const { code, stderr } = await cli(`policy apply ${fileOf(GOOD)}`);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('passkey')]);
    expect(server.seen.at(-1)!.body).not.toHaveProperty('base_digest');
  });

  it('apply sends nothing that check refuses', async () => {
    serving({ status: 'proposed' });
    expect(await cli(`policy apply ${fileOf('version: 2')}`)).toMatchObject({ code: 1 });
    expect(server.seen).toEqual([]);
  });
});
