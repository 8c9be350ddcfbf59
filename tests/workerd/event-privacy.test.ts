import { beforeAll, expect, it } from 'vitest';
import { faultOfEvent } from '../../core/events.ts';
import { replay } from '../../core/replay.ts';
import { get, success } from './support/house.ts';
import { approved, found, type Member, owner, type World } from './support/world.ts';

let world: World;
let reviewer: Member;
let id: string;

beforeAll(async () => {
  world = await found();
  reviewer = await owner(world);
  id = (await approved(reviewer)).id;
});

const events = async (caller: { key?: string; cookie?: string }) =>
  (await success(get(`/v1/approval-requests/${id}/events`, caller))).data;

it("tells an agent's key that somebody decided, and not from where, with what and in which words", async () => {
  const [asked, decided] = await events({ key: world.agent.text });
  expect(asked.personal.action).toBe('deployment.execute');
  expect([decided.type, decided.personal, decided.salt_personal]).toEqual(['approval.decided', null, null]);
  const seen = (await events({ key: world.agent.text })).map(({ receipt: _, ...event }: { receipt: unknown }) => event);
  expect(seen.map(faultOfEvent)).toEqual(seen.map(() => null));
  expect(replay(seen)).toMatchObject({ ok: true });
});

it('tells people and keys that read everything', async () => {
  for (const caller of [{ key: world.admin.text }, { cookie: reviewer.cookie }])
    expect((await events(caller))[1].personal.assertion.id).toBe(reviewer.passkey.credentialId);
});
