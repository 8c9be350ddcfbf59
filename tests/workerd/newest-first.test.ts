// Every list is newest first, and its pages are one list: by the time when a thing was made, whatever its id says. Ids that
// a change gives are derived, and order nothing.
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { env, get, post, success } from './support/house.ts';
import { change, found, type Member, member, owner, type World } from './support/world.ts';

let world: World;
let boss: Member;
const ROWS = 5;

beforeAll(async () => {
  world = await found('live');
  boss = await owner(world);
});

/** The list in pages of two, and in one. */
async function listed(path: string, only = ''): Promise<JsonObject[]> {
  const all = (await success(get(`${path}?limit=100${only}`, { cookie: boss.cookie }))).data as JsonObject[];
  const paged: JsonObject[] = [];
  for (let cursor = ''; ; ) {
    const more = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await success(get(`${path}?limit=2${only}${more}`, { cookie: boss.cookie }));
    paged.push(...page.data);
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  expect(paged.map(({ id, request, version }) => id ?? request ?? version)).toEqual(
    all.map(({ id, request, version }) => id ?? request ?? version),
  );
  return all;
}

const numbers = Array.from({ length: ROWS }, (_, at) => at);
/** A name by which a row is found again. */
const named = (at: number) => `made-${at}`;

const MADE: [path: string, kind: string, value: (at: number) => JsonObject, field: string][] = [
  ['/v1/groups', 'group', (at) => ({ name: named(at), members: [] }), 'name'],
  [
    '/v1/invitations',
    'invitation',
    (at) => ({ name: named(at), email: `${named(at)}@example.com`, roles: [] }),
    'name',
  ],
  ['/v1/service-accounts', 'service_account', (at) => ({ name: named(at) }), 'name'],
  [
    '/v1/webhook-endpoints',
    'webhook_endpoint',
    (at) => ({ url: `https://example.com/${named(at)}`, events: ['approval.expired'] }),
    'url',
  ],
  [
    '/v1/oidc-issuers',
    'oidc_issuer',
    (at) => ({ issuer: `https://${named(at)}.example.com`, name: named(at), purpose: 'people', audience: 'assentry' }),
    'name',
  ],
];

describe('what changes made is listed newest first', () => {
  it.each(MADE)('%s', async (path, kind, value, field) => {
    for (const at of numbers) await change(boss, kind, value(at));
    const shown = (await listed(path)).map((row) => String(row[field])).filter((text) => text.includes('made-'));
    expect(shown.map((text) => Number(/made-(\d)/.exec(text)![1]))).toEqual(numbers.toReversed());
  });

  it('/v1/api-keys', async () => {
    for (const at of numbers)
      await change(boss, 'api_key', {
        service_account: world.service_account,
        name: named(at),
        scopes: ['requests:read'],
      });
    const shown = (await listed('/v1/api-keys'))
      .map(({ name }) => String(name))
      .filter((name) => name.startsWith('made-'));
    expect(shown).toEqual(numbers.toReversed().map(named));
  });

  it('/v1/members', async () => {
    const joined = [boss.user];
    for (const at of numbers) joined.push((await member(boss, `member-${at}@example.com`, ['auditor'])).user);
    expect((await listed('/v1/members')).map(({ id }) => id)).toEqual(joined.toReversed());
  });

  it('/v1/changes and /v1/policy/versions', async () => {
    const times = (await listed('/v1/changes')).map(({ proposed_at }) => String(proposed_at));
    expect(times.length).toBeGreaterThan(2 * ROWS);
    expect(times).toEqual(times.toSorted().reverse());
    expect((await listed('/v1/policy/versions')).length).toBeGreaterThan(0);
  });
});

it('stops and events are listed newest first', async () => {
  const targets = numbers.map((at) => `agent:stopped-${at}`);
  for (const target of targets)
    await success(post('/v1/stops', { cookie: boss.cookie, body: { target_kind: 'actor', target, reason: 'a test' } }));
  expect((await listed('/v1/stops')).map(({ target }) => target)).toEqual(targets.toReversed());
  const set = () => success(get('/v1/events?type=stop.set', { cookie: boss.cookie }));
  await vi.waitUntil(async () => (await set()).data.length === ROWS, { timeout: 5_000 });
  const places = (await listed('/v1/events', '&type=stop.set')).map(
    ({ receipt }) => (receipt as { index: number }).index,
  );
  expect(places).toEqual(places.toSorted((one, other) => other - one));
});

it('deliveries are listed newest first, those of one moment in one order', async () => {
  const at = (second: number) => `2026-11-20T10:00:0${second}.000Z`;
  // In an order of ids that is not that of their times.
  const due = ['c', 'a', 'e', 'b', 'd'].map((letter, second) => ({
    id: `dlv_${letter.repeat(26)}`,
    at: at(second % 4),
  }));
  for (const { id, at } of due)
    await env.DB.prepare(
      `INSERT INTO deliveries (id, organization, endpoint, event, event_type, object, status, attempts, body, created_at)
       VALUES (?, ?, 'whk_1', 'evt_1', 'approval.decided', 'apr_1', 'delivered', 1, '', ?)`,
    )
      .bind(id, world.organization, at)
      .run();
  const shown = await listed('/v1/deliveries', '&endpoint=whk_1');
  const wanted = due.toSorted((one, other) => (one.at + one.id < other.at + other.id ? 1 : -1));
  expect(shown.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
});

it('every list says so where machines read it', async () => {
  const { paths } = await success(get('/v1/openapi.json'));
  const lists = Object.entries(paths as Record<string, { get?: { parameters?: { name: string }[] } & JsonObject }>)
    .map(([path, { get }]) => ({ path, get }))
    .filter(({ get }) => get?.parameters?.some(({ name }) => name === 'cursor'));
  expect(lists.length).toBeGreaterThan(10);
  const silent = lists.filter(({ get }) => !/newest first/i.test(`${get!.summary} ${get!.description}`));
  expect(silent.map(({ path }) => path)).toEqual([]);
});
