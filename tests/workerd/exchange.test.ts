import { beforeAll, describe, expect, it } from 'vitest';
import { count, history } from './support/history.ts';
import { get, post, success } from './support/house.ts';
import { approved, exchange, found, type Member, owner, type World } from './support/world.ts';

let world: World;
let member: Member;
beforeAll(async () => {
  world = await found('live');
  member = await owner(world);
});

/** The answers of many calls at once, counted by status and code. */
function tally(answers: Awaited<ReturnType<typeof exchange>>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const name = status === 200 ? 'won' : `${status} ${body?.code}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
const many = <T>(n: number, make: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: n }, (_, at) => make(at)));

/** As every client does: the same call again where the server says that it cannot answer now (a machine under load). */
async function patient(...call: Parameters<typeof exchange>): Promise<Awaited<ReturnType<typeof exchange>>> {
  const answer = await exchange(...call);
  if (answer.status !== 503) return answer;
  expect(answer.headers.get('retry-after')).not.toBeNull();
  await new Promise((resolve) => setTimeout(resolve, 500));
  return patient(...call);
}

describe('one capability', () => {
  it('is exchanged by exactly one of 1,000 concurrent callers', async () => {
    const { id } = await approved(member);
    const answers = await many(1_000, (at) =>
      patient(world, id, { nonce: `nonce-${at}` }, at % 2 ? world.agent : world.twin),
    );
    expect(tally(answers)).toEqual({ won: 1, '409 capability-spent': 999 });
    const told = await history(world, id);
    expect(count(told, 'capability.exchanged')).toBe(1);
    expect(told.life).toMatchObject({ status: 'executing', capability: 'exchanged' });
  });

  it('gives one caller that repeats itself 200 times at once the same claims each time', async () => {
    const { id } = await approved(member);
    const answers = await many(200, () => patient(world, id, { nonce: 'the same' }));
    expect(tally(answers)).toEqual({ won: 200 });
    const claims = answers.map(({ body }) => claimsIn(body.access_token));
    expect(new Set(claims.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(count(await history(world, id), 'capability.exchanged')).toBe(1);
  });

  it('handed back unused is exchanged by exactly one again, under the same jti', async () => {
    const { id } = await approved(member, { action: 'handed.back' });
    const first = await success(exchange(world, id, { nonce: 'first' }));
    await success(
      post(`/v1/approval-requests/${id}/outcome`, { key: world.agent.text, body: { status: 'not_started' } }),
    );
    const again = await many(50, (at) => patient(world, id, { nonce: `again-${at}` }));
    expect(tally(again)).toEqual({ won: 1, '409 capability-spent': 49 });
    const second = again.find(({ status }) => status === 200)!.body;
    expect(claimsIn(second.access_token).jti).toBe(claimsIn(first.access_token).jti);
    expect((await exchange(world, id, { nonce: 'first' })).body.code).toBe('nonce-used');
    expect(await history(world, id)).toMatchObject({ life: { returned_count: 1, capability: 'exchanged' } });
  });

  it('that verifiers check offline waits, once handed back, for the end of the token that is out', async () => {
    const { id } = await approved(member);
    const first = await success(exchange(world, id, { nonce: 'first' }));
    await success(
      post(`/v1/approval-requests/${id}/outcome`, { key: world.agent.text, body: { status: 'not_started' } }),
    );
    const early = await exchange(world, id, { nonce: 'second' });
    expect([early.status, early.body.code]).toEqual([409, 'capability-spent']);
    const wait_seconds = Number(early.headers.get('retry-after'));
    expect(Math.abs(wait_seconds - first.expires_in)).toBeLessThanOrEqual(2);
  });

  it('reported as executed by 50 at once is executed once', async () => {
    const { id } = await approved(member);
    await success(exchange(world, id));
    const answers = await many(50, () =>
      post(`/v1/approval-requests/${id}/outcome`, { key: world.agent.text, body: { status: 'executed' } }),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBe(1);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect(count(await history(world, id), 'execution.executed')).toBe(1);
  });
});

describe('a token', () => {
  it('says what contract and trust say, and verifies with the key that the issuer publishes', async () => {
    const { id } = await approved(member);
    const answer = await success(exchange(world, id));
    const request = await success(get(`/v1/approval-requests/${id}`, { key: world.agent.text }));
    const [header, claims] = [partOf(answer.access_token, 0), claimsIn(answer.access_token)];
    const { keys } = await success(get(`/o/${world.organization}/.well-known/jwks.json`));
    expect(header).toEqual({ typ: 'at+jwt', alg: 'ES256', kid: keys[0].kid });
    expect(await verifies(answer.access_token, keys[0])).toBe(true);
    expect(claims).toMatchObject({
      ...{ aud: 'service:billing-api', sub: world.actor, jti: request.capability.id, txn: id },
      authorization_details: answer.authorization_details,
    });
    expect(claims.iss).toMatch(new RegExp(`/o/${world.organization}$`));
    expect(claims.exp - claims.iat).toBeLessThanOrEqual(300);
    expect(claims.exp * 1000).toBeLessThanOrEqual(Date.parse(request.capability.expires_at));
    expect(claims.authorization_details).toHaveLength(1);
    expect(claims.authorization_details[0]).toMatchObject({
      ...{ action: request.action, resource: request.resource, salt: request.salt, enforce: 'offline' },
      ...{ params_digest: request.params_digest, action_digest: request.action_digest },
    });
    expect(answer.params).toEqual(request.effective.params);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a JWT part is read by its documented names.
const partOf = (token: string, part: number): any =>
  JSON.parse(atob(token.split('.')[part]!.replaceAll('-', '+').replaceAll('_', '/')));
const claimsIn = (token: string) => partOf(token, 1);

async function verifies(token: string, jwk: JsonWebKey): Promise<boolean> {
  const [head, body, signature] = token.split('.') as [string, string, string];
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']);
  const bytes = Uint8Array.from(atob(signature.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
    char.charCodeAt(0),
  );
  return crypto.subtle.verify(algorithm, key, bytes, new TextEncoder().encode(`${head}.${body}`));
}
