// A word in every field that an agent or a person can fill, looked for in everything that is stored once the request is
// erased. What stays is what says who, when and how: ids, digests, the actor, the reason of the erasure itself.
import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { until } from '../support/until.ts';
import { breakGlass, edit, reviewUse } from './support/acts.ts';
import { type Cast, ENDS_POLICY } from './support/ends.ts';
import { examined } from './support/evidence.ts';
import { env, get, post, success } from './support/house.ts';
import { everythingStored, placesOf, plantedWord } from './support/stored.ts';
import { change, decide, exchange, found, member, owner } from './support/world.ts';

let cast: Cast & { auditor: Cast['boss'] };
beforeAll(async () => {
  const world = await found('live', ENDS_POLICY);
  const boss = await owner(world);
  const other = await member(boss, 'second@example.com', ['reviewer']);
  const fire = await member(boss, 'fire@example.com', ['break_glass']);
  const auditor = await member(boss, 'audit@example.com', ['auditor']);
  await change(boss, 'webhook_endpoint', { url: 'https://receiver.invalid/hook', events: ['*'] });
  cast = { world, boss, other, fire, auditor };
});

/** All that can be asked, the word in each of it. */
const asked = (word: string, action = `take.any`): JsonObject => ({
  action,
  resource: `customer:${word}`,
  params: { amount: 50, [word]: word, deep: { list: [word] } },
  metadata: { [word]: word, environment: word },
  context: { reason: word, [word]: [word] },
  preview: { diff: word, [word]: word },
  run: { id: word, tool_call_id: word },
});
/** Headers and keys hold it, too. */
const said = (word: string) => ({ idempotency: `${word}-key`, headers: { 'user-agent': `agent ${word}` } });

async function propose(word: string, more: JsonObject = {}): Promise<string> {
  const body = { ...asked(word), ...more };
  return (await success(post('/v1/approval-requests', { key: cast.world.agent.text, body, ...said(word) }))).id;
}
const act = (by: Cast['boss'], id: string, what: string, body: JsonObject, word: string) =>
  success(post(`/v1/approval-requests/${id}/${what}`, { cookie: by.cookie, body, ...said(word) }));
const report = (id: string, body: JsonObject, word: string) =>
  success(post(`/v1/approval-requests/${id}/outcome`, { key: cast.world.agent.text, body, ...said(`${word}-o`) }));

const LIVES: Record<string, (word: string) => Promise<string>> = {
  'commented on, claimed, edited, approved, exchanged and reported': async (word) => {
    const id = await propose(word);
    await act(cast.boss, id, 'comments', { comment: word }, word);
    await act(cast.other, id, 'claim', {}, word);
    await edit(cast.boss, id, { amount: 40, [word]: `${word} less`, deep: {} });
    await success(decide(cast.other, id, { comment: word, external_ref: word }));
    await success(exchange(cast.world, id, { nonce: word }));
    await report(id, { status: 'failed', detail: word, evidence: { [word]: word } }, word);
    return id;
  },
  'handed back and canceled': async (word) => {
    const id = await propose(word);
    await success(decide(cast.boss, id, { comment: word }));
    await success(exchange(cast.world, id, { nonce: word }));
    await report(id, { status: 'not_started', detail: word }, word);
    const body = { reason: word };
    await success(post(`/v1/approval-requests/${id}/cancel`, { key: cast.world.agent.text, body, ...said(word) }));
    return id;
  },
  escalated: async (word) => {
    const id = await propose(word, { action: 'two.people' });
    await act(cast.boss, id, 'escalate', { reason: word }, word);
    await success(decide(cast.other, id, { comment: word }));
    await success(decide(cast.boss, id, { decision: 'reject', comment: word, external_ref: word }));
    return id;
  },
  revoked: async (word) => {
    const id = await propose(word);
    await success(decide(cast.boss, id));
    await act(cast.boss, id, 'revoke', { reason: word }, word);
    return id;
  },
  'expired by hand': async (word) => {
    const id = await propose(word);
    await act(cast.boss, id, 'expire', {}, word);
    return id;
  },
  'denied by policy': (word) => propose(word, { action: `iam.${word}` }),
  'let through by policy for what its metadata says, and canceled': async (word) => {
    const id = await propose(word, { action: `read.${word}`, metadata: { environment: 'staging', [word]: word } });
    const body = { reason: word };
    await success(post(`/v1/approval-requests/${id}/cancel`, { key: cast.world.agent.text, body, ...said(word) }));
    return id;
  },
  'asked about because policy erred, and rejected': async (word) => {
    const id = await propose(word, { action: `read.${word}`, metadata: { [word]: word } });
    await success(decide(cast.boss, id, { decision: 'reject', comment: word }));
    return id;
  },
  'approved with a value that policy hides': async (word) => {
    const id = await propose(word, { action: 'rotate.secret', params: { name: word, value: word } });
    await success(decide(cast.boss, id));
    await success(exchange(cast.world, id, { nonce: word }));
    await report(id, { status: 'executed', detail: word }, word);
    return id;
  },
  'an emergency use that was reviewed': async (word) => {
    const { action, resource, params } = asked(word) as Record<string, JsonObject>;
    const ask = { action: action!, resource: resource!, params: params!, actor: 'service-account:release-bot' };
    const { id } = await breakGlass(cast.fire, { ...ask, reason: word, external_ref: word });
    await reviewUse(cast.auditor, id, 'justified', word);
    await success(exchange(cast.world, id, { nonce: word }));
    await report(id, { status: 'executed', detail: word }, word);
    return id;
  },
};

describe.each(Object.keys(LIVES))('the erasure of a request that was %s', (life) => {
  it('leaves no word of it anywhere, and every proof valid', async () => {
    const word = plantedWord();
    const id = await LIVES[life]!(word);
    const asRead = () => success(get(`/v1/approval-requests/${id}`, { cookie: cast.boss.cookie }));
    await until(async () => (await asRead()).ledger.pending === false);
    const before = placesOf(await everythingStored(), word);
    expect(before.some((place) => place.startsWith('request '))).toBe(true);
    expect(before).toEqual(expect.arrayContaining(['d1: approval_requests', 'd1: deliveries', 'd1: events']));
    await change(cast.boss, 'erasure', { reason: 'asked for it' }, id);
    await until(async () => (await asRead()).erased_at !== null);
    await expect.poll(async () => placesOf(await everythingStored(), word), { timeout: 10_000 }).toEqual([]);
    const { report: verdict } = await examined(cast.world.organization, id, { cookie: cast.boss.cookie });
    expect(verdict.claims.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(verdict).toMatchObject({ valid: true, complete: true });
  });
});

describe('an erasure that was done when it took less', () => {
  it('is finished by itself, without another event: the audience and a review’s words go, too', async () => {
    const word = plantedWord();
    const id = await LIVES['an emergency use that was reviewed']!(word);
    await change(cast.boss, 'erasure', { reason: 'asked for it' }, id);
    const asRead = () => success(get(`/v1/approval-requests/${id}`, { cookie: cast.boss.cookie }));
    await until(async () => (await asRead()).erased_at !== null);
    await expect.poll(async () => placesOf(await everythingStored(), word), { timeout: 10_000 }).toEqual([]);
    const { organization } = cast.world;
    const request = env.APPROVAL_REQUEST.getByName(`${organization}/${id}`);
    const events = (await asRead()).ledger.entries.length;
    // As it was left before: the resource in the capability's audience, the review's words, and the older mark.
    await runInDurableObject(request, (_object, { storage }) => {
      const rows = storage.sql.exec<{ n: number; state: string }>(
        'SELECT n, state FROM journal WHERE state IS NOT NULL',
      );
      for (const { n, state } of rows.toArray()) {
        const kept = JSON.parse(state);
        kept.capability.scope.audience = `customer:${word}`;
        storage.sql.exec('UPDATE journal SET state = ? WHERE n = ?', JSON.stringify(kept), n);
      }
    });
    const whole = env.ORGANIZATION.getByName(organization);
    await runInDurableObject(whole, (_object, { storage }) => {
      const [use] = storage.sql.exec<{ document: string }>(
        'SELECT document FROM org_break_glass WHERE request = ?',
        id,
      );
      const kept = JSON.parse(use!.document);
      kept.review.comment = word;
      storage.sql.exec('UPDATE org_break_glass SET document = ? WHERE request = ?', JSON.stringify(kept), id);
    });
    expect(placesOf(await everythingStored(), word)).toHaveLength(2);
    await runInDurableObject(whole, (_object, { storage }) => {
      const [older, newer] = [`erased ${id}`, `forgotten ${id}`];
      const renamed = 'UPDATE org_marks SET name = ?, document = replace(document, ?, ?) WHERE name = ?';
      storage.sql.exec(renamed, older, newer, older, newer);
    });
    // Anything that the organisation does brings it on.
    await change(cast.boss, 'erasure', { reason: 'of another' }, await LIVES['expired by hand']!(plantedWord()));
    await expect.poll(async () => placesOf(await everythingStored(), word), { timeout: 10_000 }).toEqual([]);
    const left = await asRead();
    expect([left.ledger.entries.length, left.erased_at]).toEqual([events, left.updated_at]);
  });
});
