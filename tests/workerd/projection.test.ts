// What is written to D1 moves only forward, and never puts one event in the place of another.
import { beforeAll, describe, expect, it } from 'vitest';
import { project, type SealedEvent } from '../../durable-objects/projection.ts';
import { requestOf } from '../../worker/requests/request-object.ts';
import { until } from '../support/until.ts';
import { env } from './support/house.ts';
import { approved, found, owner, type World } from './support/world.ts';

let world: World;
let id: string;
beforeAll(async () => {
  world = await found('live');
  id = (await approved(await owner(world))).id;
  await until(async () => (await row())?.status === 'approved');
});

const row = () =>
  env.DB.prepare('SELECT status, seq FROM approval_requests WHERE id = ?')
    .bind(id)
    .first<{ status: string; seq: number }>();

/** What the object itself says: its visible state and its sealed events. */
async function told() {
  const object = requestOf(env, world.organization, id);
  const [view, events] = [await object.read(world.organization), await object.events(world.organization)];
  if (!view.ok || !events.ok) throw new Error('the request is not there');
  return { ...view.value, sealed: events.value as SealedEvent[] };
}
const saying = { sealed: [], wanted: [], now: new Date().toISOString() };

describe("a request's row", () => {
  it('is not set back by news that come late or twice', async () => {
    const { request, seq } = await told();
    const before = await row();
    for (const late of [1, seq])
      await project(env, { ...saying, request: { document: { ...request, status: 'pending' }, seq: late } });
    expect(await row()).toEqual(before);
    await project(env, { ...saying, request: { document: { ...request, status: 'executing' }, seq: seq + 1 } });
    expect(await row()).toEqual({ status: 'executing', seq: seq + 1 });
  });
});

describe('an event', () => {
  const count = async () => (await env.DB.prepare('SELECT count(*) AS n FROM events').first<{ n: number }>())!.n;

  it('that is there already writes nothing', async () => {
    const { sealed } = await told();
    const before = await count();
    expect(sealed.length).toBeGreaterThan(1);
    await project(env, { ...saying, sealed, request: null });
    expect(await count()).toBe(before);
  });

  it('at the place of another is an error, never an answer', async () => {
    const [first] = (await told()).sealed;
    const other = { ...first!, event: { ...first!.event, id: 'evt_another' } };
    await expect(project(env, { ...saying, sealed: [other], request: null })).rejects.toThrow();
  });
});
