// The counters of proposals and the news of requests: nobody slips through together, nothing is counted twice, and an
// eviction forgets nothing.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { FeedItem } from '../../core/authority.ts';
import { newId } from '../../core/ids.ts';
import type { Organization } from '../../durable-objects/organization.ts';
import {
  asking,
  changed,
  env,
  type Founded,
  founded,
  invited,
  owner,
  random,
  refusal,
  refusalCode,
  value,
} from './support/organization.ts';

const stubOf = (org: Founded) => env.ORGANIZATION.getByName(org.id) as never;

const news = (request: string, more: Partial<FeedItem> = {}): FeedItem => ({
  request,
  actor: 'service-account:release-bot',
  status: 'pending',
  rejected_fingerprint: null,
  events: [
    { id: newId('evt', Date.now(), random(10)), type: 'approval.requested', seq: 1, at: new Date().toISOString() },
  ],
  ...more,
});

const BUDGET = { pattern: 'small-exports', count: 10, per_seconds: 3600 };
const draws = { verdict: 'allow' as const, draw: BUDGET };

describe('a budget', () => {
  it('lets exactly its count through out of a hundred at once', async () => {
    const org = await founded();
    const answers = await Promise.all(Array.from({ length: 100 }, () => value(org.object.admit(asking(org, draws)))));
    const admitted = answers.map((answer) => answer.admitted);
    expect([
      admitted.filter((one) => one === 'yes').length,
      admitted.filter((one) => one === 'exhausted').length,
    ]).toEqual([10, 90]);
  });

  it('counts a request once, however often it is asked about, and survives an eviction', async () => {
    const org = await founded();
    const same = asking(org, { verdict: 'allow', draw: { ...BUDGET, count: 1 } });
    expect((await value(org.object.admit(same))).admitted).toBe('yes');
    await evictDurableObject(env.ORGANIZATION.getByName(org.id));
    expect((await value(org.object.admit(same))).admitted).toBe('yes');
    const other = asking(org, { verdict: 'allow', draw: same.draw });
    expect((await value(org.object.admit(other))).admitted).toBe('exhausted');
  });

  it('has room again when draws have aged out of its window', async () => {
    const org = await founded();
    const draw = { pattern: 'p', count: 1, per_seconds: 60 };
    await value(org.object.admit(asking(org, { verdict: 'allow', draw })));
    await runInDurableObject(stubOf(org), (_object, state: DurableObjectState) => {
      state.storage.sql.exec('UPDATE org_draws SET drawn_at = drawn_at - 60001');
    });
    expect((await value(org.object.admit(asking(org, { verdict: 'allow', draw })))).admitted).toBe('yes');
  });
});

describe('pending requests of one actor', () => {
  it('are as many as the limit, out of a hundred at once', async () => {
    const org = await founded();
    const answers = await Promise.all(Array.from({ length: 100 }, () => org.object.admit(asking(org))));
    expect(answers.filter((answer) => answer.ok).length).toBe(50);
    const refused = answers.find((answer) => !answer.ok);
    expect(refused).toMatchObject({ problem: { code: 'too-many-pending', retry_after_seconds: expect.any(Number) } });
  });

  it('leave room for a higher risk, however many of a lower one wait', async () => {
    const org = await founded();
    const of = (risk: 'low' | 'medium' | 'high' | 'critical') =>
      org.object.admit(asking(org, { risk, pending_limit: 2 }));
    for (const risk of ['low', 'medium', 'high', 'critical'] as const) {
      expect((await of(risk)).ok).toBe(true);
      expect((await of(risk)).ok).toBe(true);
      expect(await refusalCode(of(risk))).toBe('too-many-pending');
    }
    expect(await refusalCode(of('low'))).toBe('too-many-pending');
  });

  it('give their place back when they end, once', async () => {
    const org = await founded();
    const [one, two] = [asking(org, { pending_limit: 2 }), asking(org, { pending_limit: 2 })];
    for (const question of [one, two, one]) await value(org.object.admit(question));
    const ended = news(one.request, { status: 'approved' });
    await value(org.object.deliver(ended));
    await value(org.object.deliver(ended));
    await value(org.object.admit(asking(org, { pending_limit: 2 })));
    expect(await refusalCode(org.object.admit(asking(org, { pending_limit: 2 })))).toBe('too-many-pending');
  });

  it('that never came to be give it back after a minute; one that was heard of keeps it', async () => {
    const org = await founded();
    const [lost, kept] = [asking(org, { pending_limit: 2 }), asking(org, { pending_limit: 2 })];
    await value(org.object.admit(lost));
    await value(org.object.admit(kept));
    await value(org.object.deliver(news(kept.request)));
    await runInDurableObject(stubOf(org), (_object, state: DurableObjectState) => {
      state.storage.sql.exec('UPDATE org_reservations SET reserved_at = reserved_at - 61000');
    });
    expect(await runDurableObjectAlarm(env.ORGANIZATION.getByName(org.id))).toBe(true);
    const left = await runInDurableObject(stubOf(org), (_object, state: DurableObjectState) =>
      state.storage.sql.exec<{ request: string }>('SELECT request FROM org_reservations').toArray(),
    );
    expect(left).toEqual([{ request: kept.request }]);
  });
});

describe('a rejection', () => {
  it('refuses the same request for ten minutes, keeps no word of it, and lets a repeat of the rejected one pass', async () => {
    const org = await founded();
    const question = asking(org, { fingerprint: '{"action":"secret.thing"}' });
    await value(org.object.admit(question));
    const said = { status: 'rejected', rejected_fingerprint: question.fingerprint };
    await value(org.object.deliver(news(question.request, said)));
    await evictDurableObject(env.ORGANIZATION.getByName(org.id));
    const again = await refusal(org.object.admit(asking(org, { fingerprint: question.fingerprint })));
    expect(again.code).toBe('recently-rejected');
    expect(again.retry_after_seconds).toBeGreaterThan(590);
    expect((await value(org.object.admit(question))).admitted).toBe('yes');
    const stored = await runInDurableObject(stubOf(org), (_object, state: DurableObjectState) =>
      state.storage.sql.exec<{ document: string }>('SELECT document FROM org_rejected').one(),
    );
    expect(stored.document).not.toContain('secret.thing');
  });
});

describe('an admission', () => {
  it('reserves nothing when the verdict was judged by another configuration, and answers with the new one', async () => {
    const org = await founded();
    const stale = await value(org.object.admit(asking(org, { judged_by: 0, config_version: 0 })));
    expect([stale.admitted, stale.snapshot?.config_version]).toEqual(['stale', 1]);
    const count = await runInDurableObject(stubOf(org), (_object, state: DurableObjectState) =>
      state.storage.sql.exec<{ n: number }>('SELECT count(*) AS n FROM org_reservations').one(),
    );
    expect(count.n).toBe(0);
  });

  it('is of the actors that the key lists', async () => {
    const org = await founded();
    expect(await refusalCode(org.object.admit(asking(org, { actor: 'agent:other' })))).toBe('forbidden');
  });

  it('is refused under a stop of the actor, the account or everything, and only under those', async () => {
    const org = await founded();
    const person = await owner(org);
    const current = async () => ({ judged_by: await version(), config_version: null });
    const version = async () =>
      (await value(org.object.authorize({ credential: person.session, config_version: null }))).facts.config_version;
    const stop = (target_kind: 'actor' | 'organization', target: string) =>
      value(org.object.stop({ credential: person.session, target_kind, target, reason: 'odd' }));
    await stop('actor', 'agent:other');
    expect((await value(org.object.admit(asking(org, await current())))).admitted).toBe('yes');
    const set = await stop('actor', 'service-account:release-bot');
    expect(await refusalCode(org.object.admit(asking(org, await current())))).toBe('stopped');
    await changed(person, 'stop_lift', {}, set.id);
    expect((await value(org.object.admit(asking(org, await current())))).admitted).toBe('yes');
    await stop('organization', org.id);
    expect(await refusalCode(org.object.admit(asking(org, await current())))).toBe('stopped');
  });
});

describe('the news of a request', () => {
  it('name the endpoints that want them, by type, by family and by everything', async () => {
    const person = await owner(await founded());
    const wants = async (events: string[]) =>
      (await changed(person, 'webhook_endpoint', { url: 'https://receiver.invalid/h', events })).change.target;
    const [decided, family, all] = [await wants(['approval.decided']), await wants(['approval.*']), await wants(['*'])];
    const asked = await value(person.org.object.deliver(news('apr_x')));
    expect(asked.wanted.map(({ endpoint }) => endpoint).toSorted()).toEqual([family, all].toSorted());
    await value(person.org.object.disableEndpoint({ credential: person.session, id: all }));
    const item = news('apr_x', { events: [{ ...news('apr_x').events[0]!, type: 'approval.decided' }] });
    const heard = await value(person.org.object.deliver(item));
    expect(heard.wanted.map(({ endpoint }) => endpoint).toSorted()).toEqual([decided, family].toSorted());
  });

  it('reach the dashboards, and nobody whose session ended', async () => {
    const person = await owner(await founded());
    const other = await invited(person, 'o@example.com', ['reviewer']);
    const [mine, theirs] = [await listen(person), await listen(other)];
    await value(person.org.object.deliver(news('apr_one')));
    const first = { type: 'approval.updated', id: 'apr_one', status: 'pending' };
    const updates = ({ heard }: Heard) => heard.filter(({ type }) => type === 'approval.updated');
    await expect.poll(() => [updates(mine), updates(theirs)]).toEqual([[first], [first]]);
    await value(person.org.object.lockMember({ credential: person.session, id: other.user }));
    await value(person.org.object.deliver(news('apr_two')));
    await expect.poll(() => mine.heard.map((one) => one.id)).toContain('apr_two');
    expect(theirs.heard.map((one) => one.id)).not.toContain('apr_two');
    await expect.poll(() => theirs.closed).toBe(true);
    await expect.poll(() => mine.heard.some((one) => one.type === 'config')).toBe(true);
  });

  it('are heard by nobody without a session', async () => {
    const person = await owner(await founded());
    for (const digest of ['', 'a'.repeat(64)]) {
      const headers = { upgrade: 'websocket', 'x-assentry-session-digest': digest };
      expect((await person.org.object.fetch('https://organization/live', { headers })).status).toBe(401);
    }
  });
});

describe('deliveries', () => {
  it('that may be due are swept ever more seldom, until D1 has none', async () => {
    const person = await owner(await founded());
    await changed(person, 'webhook_endpoint', { url: 'https://receiver.invalid/h', events: ['*'] });
    await value(person.org.object.deliver(news('apr_x')));
    const sweepNow = async () => {
      await runInDurableObject(stubOf(person.org), (_object, state: DurableObjectState) => {
        state.storage.sql.exec(
          "UPDATE org_marks SET document = json_set(document, '$.value.at', 1) WHERE name = 'sweep'",
        );
      });
      await runDurableObjectAlarm(env.ORGANIZATION.getByName(person.org.id));
      return runInDurableObject(stubOf(person.org), (_object, state: DurableObjectState) =>
        state.storage.sql
          .exec<{ document: string }>("SELECT document FROM org_marks WHERE name = 'sweep'")
          .toArray()
          .map((row) => JSON.parse(row.document).value.pause_ms),
      );
    };
    await env.DB.prepare(
      `INSERT INTO deliveries (id, organization, endpoint, event, event_type, object, status, attempts, next_attempt_at, body, created_at)
       VALUES ('dlv_sweep', ?, 'whk', 'evt', 't', 'apr_x', 'due', 0, '2999-01-01T00:00:00.000Z', '{}', '2026-01-01T00:00:00.000Z')`,
    )
      .bind(person.org.id)
      .run();
    expect([await sweepNow(), await sweepNow()]).toEqual([[10_000], [20_000]]);
    await env.DB.prepare('DELETE FROM deliveries WHERE organization = ?').bind(person.org.id).run();
    expect(await sweepNow()).toEqual([]);
  });

  it('that are dead are one event each, however often that is said', async () => {
    const person = await owner(await founded());
    const { change } = await changed(person, 'webhook_endpoint', { url: 'https://receiver.invalid/h', events: ['*'] });
    const dead = {
      endpoint: change.target,
      delivery: 'dlv_1',
      event: 'evt_1',
      attempts: 9,
      dead: true,
      reason: 'timeout',
    };
    await value(person.org.object.endpointFailed(dead));
    await value(person.org.object.endpointFailed(dead));
    const events = await runInDurableObject(stubOf(person.org), (_object: Organization, state: DurableObjectState) =>
      state.storage.sql.exec<{ events: string }>('SELECT events FROM journal').toArray(),
    );
    expect(events.filter((row) => row.events.includes('"delivery.failed"')).length).toBe(1);
  });

  it('of an endpoint that failed for five days end', async () => {
    const person = await owner(await founded());
    const { change } = await changed(person, 'webhook_endpoint', { url: 'https://receiver.invalid/h', events: ['*'] });
    const failed = {
      endpoint: change.target,
      delivery: 'dlv_1',
      event: 'evt_1',
      attempts: 1,
      dead: false,
      reason: 'timeout',
    };
    for (let i = 0; i < 10; i++) expect((await value(person.org.object.endpointFailed(failed))).status).toBe('active');
    await runInDurableObject(stubOf(person.org), (_object, state: DurableObjectState) => {
      const ago = Date.now() - 6 * 24 * 3_600_000;
      state.storage.sql.exec("UPDATE org_endpoints SET document = json_set(document, '$.failing_since', ?)", ago);
    });
    expect((await value(person.org.object.endpointFailed(failed))).status).toBe('disabled');
  });
});

interface Heard {
  heard: { type: string; id?: string }[];
  closed: boolean;
}

async function listen(by: Awaited<ReturnType<typeof owner>>): Promise<Heard> {
  const headers = { upgrade: 'websocket', 'x-assentry-session-digest': by.session.digest };
  const response = await by.org.object.fetch('https://organization/live', { headers });
  const socket = response.webSocket!;
  const listener: Heard = { heard: [], closed: false };
  socket.accept();
  socket.addEventListener('message', ({ data }) => {
    listener.heard.push(JSON.parse(String(data)));
  });
  socket.addEventListener('close', () => {
    listener.closed = true;
  });
  return listener;
}
