import { describe, expect, it } from 'vitest';
import { overridden } from '../../../core/break-glass.ts';
import type { JsonObject } from '../../../core/json.ts';
import { newRecord } from '../../../core/request/birth.ts';
import { type BreakGlassCall, breakGlass, intentOf } from '../../../core/request/break-glass.ts';
import { withoutPersonal } from '../../../core/request/erase.ts';
import { ALICE, at, birth, facts, must, standing } from './fixtures.ts';

const FIRE = standing(ALICE, 1, { roles: ['break_glass'] });
const INTENT = {
  ...{ nonce: 'n'.repeat(43), issued_at: at(0), expires_at: at(120_000) },
  checkpoint: { size: 7, root: 'cm9vdA==' },
};

/** A use as the Worker hands it over, an hour long unless said otherwise. */
function used(
  seconds: number | null = 3_600,
  more: Partial<BreakGlassCall> = {},
  bent: JsonObject = {},
  reason = 'down',
) {
  const ordinary = birth('deployment.rollback', { expires_at: at(3_600_000) });
  const made = { ...ordinary, judgement: overridden(ordinary.judgement, seconds) };
  const of = { rp_id: 'localhost', reason, external_ref: null, reviewer: ALICE };
  const intent = { ...intentOf(newRecord(made, at(0)), of, INTENT), ...bent } as BreakGlassCall['intent'];
  const call: BreakGlassCall = {
    ...{ rp_id: 'localhost', intent, assertion: {}, reason: 'down', passkey: FIRE.passkeys[0]!.id, new_counter: 0 },
    ...{ facts: facts({ standings: { [ALICE]: FIRE } }), ip: null, user_agent: null, ...more },
  };
  return breakGlass(made, call, at(5_000));
}

const code = (result: ReturnType<typeof used>) => (result.ok ? 'ok' : result.problem.code);

describe('an emergency use', () => {
  it('takes the row of the table, and its capability lives as long as was signed', () => {
    const { record, drafts, statements } = must(used(1_200));
    expect(record).toMatchObject({ life: { status: 'approved', capability: 'issued' }, votes: [] });
    expect(record).toMatchObject({ break_glass: { user: ALICE, seq: 2 }, decided_by: 'break_glass' });
    expect(drafts.map(({ type }) => type)).toEqual(['approval.requested', 'break_glass.used', 'capability.issued']);
    expect(record.capability).toMatchObject({ scope: { ttl_seconds: 1_200 }, issued_seq: 3 });
    expect(JSON.parse(statements[0]!.payload).predicateType).toContain('/break-glass/v1');
    expect(statements[0]!.draft).toBe(1);
  });

  it('never outlives an hour, whatever is asked for', () => {
    expect(must(used(86_400)).record.capability!.scope.ttl_seconds).toBe(3_600);
  });

  it.each(['action_digest', 'request_digest', 'reason_digest', 'policy_digest', 'scope', 'reviewer'])(
    'is refused where the signed %s is another',
    (field) => {
      const bent = field === 'scope' ? { ttl_seconds: 1, enforce: 'offline' } : 'sha256:00';
      expect(['intent-mismatch', 'not-eligible']).toContain(code(used(3_600, {}, { [field]: bent })));
    },
  );

  it('is refused with a reason that was not signed, or none', () => {
    expect(code(used(3_600, { reason: 'another' }))).toBe('intent-mismatch');
    expect(code(used(3_600, { reason: ' ' }, {}, ' '))).toBe('intent-mismatch');
  });

  it('is refused after its two minutes', () => {
    expect(code(used(3_600, {}, { expires_at: at(4_000) }))).toBe('intent-expired');
  });

  it('is refused without the role, without standing, and with a key that is revoked or rests', () => {
    const as = (more: Parameters<typeof standing>[2]) =>
      code(used(3_600, { facts: facts({ standings: { [ALICE]: { ...FIRE, ...more } } }) }));
    expect(as({ roles: ['owner', 'admin'] })).toBe('not-eligible');
    expect(as({ active: false })).toBe('not-eligible');
    expect(as({ passkeys: [{ ...FIRE.passkeys[0]!, status: 'revoked' }] })).toBe('not-eligible');
    expect(as({ passkeys: [{ ...FIRE.passkeys[0]!, restricted_until: at(9_000) }] })).toBe('passkey-too-new');
    expect(as({})).toBe('ok');
  });

  it('leaves neither name, reason nor reference behind when it is erased', () => {
    const { record } = must(used());
    expect(withoutPersonal(record, at(9_000)).break_glass).toMatchObject({ name: '', reason: '', external_ref: null });
  });
});
