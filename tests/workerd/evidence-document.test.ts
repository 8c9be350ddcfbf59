// The request's document in fresh bundles of every kind of end, as people and as an agent's key get them: genuine as it
// is, and no member of it can be changed unseen (tests/support/request-loop.ts).
import { beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceKind } from '../../core/evidence.ts';
import { unnoticed } from '../support/request-loop.ts';
import { type Cast, ENDS, ENDS_POLICY } from './support/ends.ts';
import { type Examined, examined } from './support/evidence.ts';
import { change, found, member, owner } from './support/world.ts';

const KINDS: Record<string, EvidenceKind> = {
  'pending, commented and claimed': 'pending',
  'pending after an edit that voids a vote': 'pending',
  'allowed by policy': 'policy-allow',
  'denied by policy with a message': 'policy-deny',
  'denied by policy without one': 'policy-deny',
  'approved and waiting': 'approval',
  'approved with a hidden value and exchanged': 'approval',
  executed: 'approval',
  failed: 'approval',
  'handed back': 'approval',
  revoked: 'approval',
  rejected: 'rejection',
  'rejected without a word': 'rejection',
  'expired by hand': 'expiry',
  canceled: 'cancellation',
  'edited and approved': 'approval',
  'broken glass': 'break-glass',
};

let cast: Cast;
beforeAll(async () => {
  const world = await found('live', ENDS_POLICY);
  const boss = await owner(world);
  const other = await member(boss, 'second@example.com', ['reviewer']);
  const fire = await member(boss, 'fire@example.com', ['break_glass']);
  cast = { world, boss, other, fire };
});

function isGenuine({ bundle, report }: Examined): void {
  expect(report.claims.filter(({ status }) => status === 'failed')).toEqual([]);
  expect(unnoticed(bundle)).toEqual([]);
}

describe.each(Object.keys(ENDS))('the document of a request that is %s', (end) => {
  let id: string;
  beforeAll(async () => {
    id = await ENDS[end]!(cast);
  });
  const asSeenBy = (caller: { key?: string; cookie?: string }) => examined(cast.world.organization, id, caller);

  it('is what its events say, member by member, and its file proves all that its kind needs', async () => {
    const seen = await asSeenBy({ cookie: cast.boss.cookie });
    isGenuine(seen);
    expect(seen.report).toMatchObject({ complete: true, kind: KINDS[end] });
    const hidden = seen.report.needs.filter(({ status }) => status === 'hidden');
    expect(hidden.length > 0).toBe(end.includes('hidden'));
  });

  it('is so for the agent’s key, too, whose file proves no signature and does not say that it does', async () => {
    const seen = await asSeenBy({ key: cast.world.agent.text });
    isGenuine(seen);
    expect(seen.report).toMatchObject({ complete: false, kind: KINDS[end] });
    expect(seen.report.needs).toContainEqual({ claim: 'judgement', status: 'withheld' });
  });

  it('is so once it is erased, where it can be', async () => {
    const { status } = (await asSeenBy({ cookie: cast.boss.cookie })).bundle.request;
    if (!['rejected', 'expired', 'canceled', 'executed', 'failed'].includes(status as string)) return;
    await change(cast.boss, 'erasure', { reason: 'asked for it' }, id);
    await expect
      .poll(async () => (await asSeenBy({ cookie: cast.boss.cookie })).bundle.request.erased_at, { timeout: 10_000 })
      .not.toBeNull();
    isGenuine(await asSeenBy({ cookie: cast.boss.cookie }));
  });
});
