// The projection's rows: a repeat writes none, a newer state moves its row, and two events at one place of the ledger are
// an error rather than a choice.
import { describe, expect, it } from 'vitest';
import { newId } from '../../core/ids.ts';
import { type Projection, project, type SealedEvent } from '../../durable-objects/projection.ts';
import { env } from './support/house.ts';

const random = () => crypto.getRandomValues(new Uint8Array(10));
const mint = (prefix: 'org' | 'evt' | 'apr') => newId(prefix, Date.now(), random());

/** As much of a sealed event as a row of D1 takes. */
function sealed(organization: string, index: number, id = mint('evt')): SealedEvent {
  const event = {
    id,
    organization,
    object: organization,
    seq: 1,
    type: 'member.updated',
    at: '2026-11-20T10:00:00.000Z',
  };
  return { event: { ...event, skeleton: { by: 'usr_1' } }, receipt: { event: id, index } } as unknown as SealedEvent;
}

const told = (events: SealedEvent[]): Projection => ({
  ...{ sealed: events, request: null, wanted: [], now: '2026-11-20T10:00:00.000Z' },
});

const rowsOf = async (organization: string) =>
  (await env.DB.prepare('SELECT id, ledger_index FROM events WHERE organization = ?').bind(organization).all()).results;

describe('an event in the projection', () => {
  it('is written once, however often it is told', async () => {
    const organization = mint('org');
    const event = sealed(organization, 7);
    await project(env, told([event]));
    await project(env, told([event, sealed(organization, 8)]));
    await project(env, told([event]));
    expect((await rowsOf(organization)).map(({ ledger_index }) => ledger_index)).toEqual([7, 8]);
  });

  it('is never put over, or left out for, another event at its place in the ledger', async () => {
    const organization = mint('org');
    const event = sealed(organization, 7);
    await project(env, told([event]));
    await expect(project(env, told([sealed(organization, 8), sealed(organization, 7)]))).rejects.toThrow();
    expect(await rowsOf(organization)).toEqual([{ id: event.event.id, ledger_index: 7 }]);
  });

  it('may stand at a place of the ledger where another organisation has one too, as a later shard makes it', async () => {
    const [one, other] = [mint('org'), mint('org')];
    await project(env, told([sealed(one, 7)]));
    await project(env, told([sealed(other, 7)]));
    expect(await rowsOf(other)).toHaveLength(1);
  });
});
