import { runDurableObjectAlarm } from 'cloudflare:test';
import { exports } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { BASE, env, get, post, success } from '../workerd/support/house.ts';
import {
  approved,
  decide,
  exchange,
  found,
  internal,
  type Member,
  owner,
  propose,
  unique,
  type World,
} from '../workerd/support/world.ts';
import { faults, heal } from './faults.ts';

let world: World;
let reviewer: Member;

beforeAll(async () => {
  world = await found();
  reviewer = await owner(world);
});
afterEach(heal);

const row = (id: string) =>
  env.DB.prepare('SELECT status, seq FROM approval_requests WHERE id = ?')
    .bind(id)
    .first<{ status: string; seq: number }>();
const eventsOf = async (id: string) =>
  (await env.DB.prepare('SELECT type FROM events WHERE object = ? ORDER BY seq').bind(id).all<{ type: string }>())
    .results;
const alarm = (id: string) => runDurableObjectAlarm(env.APPROVAL_REQUEST.getByName(`${world.organization}/${id}`));

describe('while D1 fails', () => {
  it('goes on proposing, deciding, exchanging and reporting, and D1 converges afterwards', async () => {
    faults.d1 = 'down';
    const { id } = await propose(world, unique());
    expect((await success(decide(reviewer, id))).status).toBe('approved');
    await success(exchange(world, id));
    await success(post(`/v1/approval-requests/${id}/outcome`, { key: world.agent.text, body: { status: 'executed' } }));
    expect(await row(id)).toBeNull();
    heal();
    await alarm(id);
    await until(async () => (await row(id))?.status === 'executed');
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual([
      'approval.requested',
      'approval.decided',
      'capability.issued',
      'capability.exchanged',
      'execution.executed',
    ]);
  });

  it('says so on lists, and never as if there were nothing', async () => {
    faults.d1 = 'down';
    const listed = await get('/v1/approval-requests', { key: world.agent.text });
    expect([listed.status, listed.body.code]).toEqual([503, 'unavailable']);
    const reader = { key: world.admin.text };
    const simulated = await post('/v1/policy/simulations', { ...reader, body: { source: 'version: 1\n' } });
    const suggested = await get('/v1/policy/suggestions', reader);
    for (const { status, body } of [simulated, suggested])
      expect([status, body.code, body.detail]).toEqual([503, 'unavailable', expect.stringContaining('Decisions')]);
  });

  it('writes nothing twice when only its answers are lost', async () => {
    faults.d1 = 'lost';
    const { id } = await propose(world, unique());
    await until(async () => (await row(id)) !== null);
    heal();
    await alarm(id);
    expect(await eventsOf(id)).toHaveLength(1);
  });
});

describe('while D1 is slow', () => {
  it('dashboards hear of a request again once lists have it: whoever read at the first news read too early', async () => {
    const headers = { upgrade: 'websocket', origin: BASE, cookie: reviewer.cookie };
    const { webSocket } = await (exports as unknown as { default: Fetcher }).default.fetch(`${BASE}/v1/live`, {
      headers,
    });
    const heard: string[] = [];
    webSocket!.accept();
    webSocket!.addEventListener('message', ({ data }) => heard.push(String(data)));
    faults.d1 = 'held';
    const { id } = await propose(world, unique());
    const news = () => heard.filter((text) => text.includes(id)).length;
    await until(async () => news() === 1);
    expect(await row(id)).toBeNull();
    heal();
    await until(async () => news() === 2);
    expect(await row(id)).not.toBeNull();
    webSocket!.close();
  });
});

describe('a D1 that somebody wrote into', () => {
  it('gives no capability for a request that is approved only there', async () => {
    const { id } = await propose(world, unique());
    await until(async () => (await row(id)) !== null);
    const document = (await env.DB.prepare('SELECT document FROM approval_requests WHERE id = ?')
      .bind(id)
      .first<{ document: string }>())!;
    const forged = { ...JSON.parse(document.document), status: 'approved', verdict: 'allow' };
    await env.DB.prepare("UPDATE approval_requests SET status = 'approved', seq = 99, document = ? WHERE id = ?")
      .bind(JSON.stringify(forged), id)
      .run();
    expect((await exchange(world, id)).body.code).toBe('illegal-transition');
    expect((await success(get(`/v1/approval-requests/${id}`, { key: world.agent.text }))).status).toBe('pending');
  });

  it('has no table of passkeys, people, keys or policy that anybody would believe', async () => {
    const tables = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{ name: string }>();
    for (const name of ['passkeys', 'members', 'api_keys', 'policies']) {
      expect(tables.results.map((table) => table.name)).not.toContain(name);
      await env.DB.prepare(`CREATE TABLE ${name} (id TEXT, document TEXT)`).run();
      await env.DB.prepare(
        `INSERT INTO ${name} VALUES ('pk_forged', '{"user":"usr_forged","rules":[{"verdict":"allow"}]}')`,
      ).run();
    }
    expect((await propose(world, unique())).status).toBe('pending');
    expect((await approved(reviewer, unique())).status).toBe('approved');
  });

  it('is told everything again when it was lost', async () => {
    const { id } = await approved(reviewer, unique());
    await until(async () => (await row(id))?.status === 'approved');
    const before = await eventsOf(id);
    await env.DB.batch([env.DB.prepare('DELETE FROM events'), env.DB.prepare('DELETE FROM approval_requests')]);
    let after: unknown = null;
    do {
      const { next } = await success(internal('/v1/internal/rebuild', { after } as never));
      after = next;
    } while (after !== null);
    expect((await row(id))?.status).toBe('approved');
    expect(await eventsOf(id)).toEqual(before);
    const organisation = await eventsOf(world.organization);
    expect(organisation.map(({ type }) => type)).toContain('organization.created');
  });
});
