// The object of a request, asked beside the Worker: what it refuses by itself, should the edge in front of it ever err.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Facts, Machine } from '../../core/authority.ts';
import { FACTS_MAX_AGE_MS } from '../../core/limits.ts';
import { requestOf } from '../../worker/requests/request-object.ts';
import { env } from './support/house.ts';
import { approved, found, type Member, owner, type World } from './support/world.ts';

let world: World;
let member: Member;
let id: string;
beforeAll(async () => {
  world = await found('live');
  member = await owner(world);
  id = (await approved(member)).id;
});

const hand = { idempotency: null, by: 'usr_somebody', name: 'somebody', ip: null, reason: null };
const object = () => requestOf(env, world.organization, id);

/** Facts in which nothing speaks against anything, as old as that. */
const facts = (age_ms = 0): Facts => ({
  ...{ as_of: Date.now() - age_ms, config_version: 1, stops: [], standings: {}, owners: [] },
});

/** An exchange as the Worker would hand it over for `world.agent`. */
function exchange(organization: string, asked: string[], age_ms = 0) {
  const machine = { kind: 'machine', service_account: world.service_account, key: world.agent.id } as Machine;
  const call = { actor: world.actor, nonce: 'direct', params: null, precondition: null, jkt: null, machine };
  const gathered = { facts: facts(age_ms), asked, denied: null };
  return object().exchange({ organization, idempotency: null, ...gathered, call, issuer: 'https://issuer' });
}

describe('asked for another organisation, the object', () => {
  const organization = 'org_another';
  const asks: Record<string, () => Promise<unknown>> = {
    read: () => object().read(organization),
    inspect: () => object().inspect(organization),
    events: () => object().events(organization),
    cancel: () => object().cancel({ organization, ...hand }),
    revoke: () => object().revoke({ organization, ...hand, stop: null }),
    expire: () => object().expire({ organization, ...hand }),
    comment: () => object().comment({ organization, ...hand, reason: 'hello' }),
    report: () =>
      object().report({
        ...{ organization, ...hand },
        report: { status: 'executed', detail: null, evidence: null, has_right: true },
      }),
    exchange: () => exchange(organization, [member.user]),
  };

  it.each(Object.keys(asks))('answers %s as if the request were not there', async (method) => {
    expect(await asks[method]!()).toMatchObject({ ok: false, problem: { code: 'not-found' } });
    expect(await object().read(world.organization)).toMatchObject({
      value: { request: { status: 'approved', comments: [] } },
    });
  });
});

describe('facts', () => {
  it('that are older than two seconds are asked for again, and nothing is exchanged on them', async () => {
    const stale = await exchange(world.organization, [member.user], FACTS_MAX_AGE_MS + 1_000);
    expect(stale).toEqual({ ok: false, needs: { users: [member.user] } });
    expect(await object().read(world.organization)).toMatchObject({ value: { request: { status: 'approved' } } });
  });

  it('that leave out somebody who voted are asked for again', async () => {
    expect(await exchange(world.organization, [])).toEqual({ ok: false, needs: { users: [member.user] } });
  });

  it('that are fresh and whole are taken', async () => {
    expect(await exchange(world.organization, [member.user])).toMatchObject({ ok: true });
  });
});
