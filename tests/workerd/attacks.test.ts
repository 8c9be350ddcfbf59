// What an attacker would try in the gaps: between a step and its seal, between two calls, after a key was taken away,
// through a lying D1. Each of these got through once.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Facts, Machine, Person } from '../../core/authority.ts';
import { credentialDigest, parseSession } from '../../core/credential.ts';
import { type MacSecret, macKeys } from '../../core/mac.ts';
import type { Result } from '../../core/problems.ts';
import type { Organization } from '../../durable-objects/organization.ts';
import { type RequestPort, requestOf } from '../../worker/requests/request-object.ts';
import { env, get, post, success } from './support/house.ts';
import { founded, organizationNamed, value } from './support/organization.ts';
import {
  approved,
  found,
  type Key,
  type Member,
  member,
  offered,
  owner,
  propose,
  type World,
} from './support/world.ts';

let world: World;
let boss: Member;
beforeAll(async () => {
  world = await found('live');
  boss = await owner(world);
});

const keyOf = ({ id, text }: Key) => ({ kind: 'api_key', key: id, digest: credentialDigest(text) }) as const;

/** What the Worker gathers before a call on a request. */
async function gathered(by: Key, users: string[]) {
  const question = { credential: keyOf(by), config_version: null, users, owners_of: world.service_account };
  const { facts, principal } = await value(organizationNamed(world.organization).authorize(question));
  return { gathered: { facts, asked: users, denied: null }, machine: principal as Machine };
}

const objectOf = (id: string): RequestPort => requestOf(env, world.organization, id);
const hand = () => ({ organization: world.organization, idempotency: null, by: boss.user, name: 'x', ip: null });

describe('between a step and its seal', () => {
  it('an exchange that is revoked while it is being sealed hands out no token', async () => {
    const { id } = await approved(boss);
    const { gathered: facts, machine } = await gathered(world.agent, [boss.user]);
    const call = { actor: world.actor, nonce: 'n', params: null, precondition: null, jkt: null, machine };
    const object = objectOf(id);
    const [exchanged, revoked] = await Promise.all([
      object.exchange({ organization: world.organization, idempotency: null, ...facts, issuer: 'https://x/o/y', call }),
      object.revoke({ ...hand(), reason: null, stop: null }),
    ]);
    expect(revoked.ok).toBe(true);
    expect(exchanged).toMatchObject({ ok: false, problem: { code: 'capability-revoked' } });
  });
});

describe('what widens, many at once', () => {
  it('is taken one at a time: no two changes are made from the same base', async () => {
    const org = await founded('test');
    const sources = Array.from({ length: 8 }, (_, n) => `version: 1\nlimits: { pending_per_actor: ${n + 1} }\n`);
    const answers = await Promise.all(
      sources.map((source) => org.object.proposeChange({ credential: org.admin, kind: 'policy', value: { source } })),
    );
    const versions = answers.flatMap((answer) =>
      answer.ok ? [(answer.value.change.after as { version: number }).version] : [],
    );
    expect(versions.length).toBe(8);
    expect(new Set(versions).size).toBe(8);
  });
});
