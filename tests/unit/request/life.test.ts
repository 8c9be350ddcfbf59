import { describe, expect, it } from 'vitest';
import type { Passkey } from '../../../core/authority.ts';
import { type RecordedEvent, recordEvent } from '../../../core/events.ts';
import { replay } from '../../../core/replay.ts';
import type { Advance } from '../../../core/request/advance.ts';
import { present } from '../../../core/request/present.ts';
import type { RequestRecord } from '../../../core/request/record.ts';
import { lifetimeEnd, nextDeadline, outcomeDue, settle, tokenTimes } from '../../../core/request/settle.ts';
import { exchange, liveClaims, stopFor } from '../../../core/request/use.ts';
import { decide } from '../../../core/request/vote.ts';
import { cancel, comment, expireNow, report, revoke } from '../../../core/request/withdraw.ts';
import { ACCOUNT, ALICE, at, BOB, birth, born, call, facts, MACHINE, must, ORG, standing } from './fixtures.ts';

const HAND = { by: ALICE, name: 'Alice', ip: null };
const AGENT = { by: ACCOUNT, name: 'release-bot', ip: null };
/** Everything is sealed one second after the request was made. */
const SEALED = () => at(1_000);
const NOTHING_SEALED = () => null;
const swap = {
  actor: 'service-account:release-bot',
  nonce: 'n1',
  params: null,
  precondition: null,
  jkt: null,
  machine: MACHINE,
};

const approved = (): RequestRecord =>
  must(decide(born('deploy').record, call(born('deploy').record, ALICE), at(500))).record;
const executing = (): RequestRecord => must(exchange(approved(), swap, SEALED, at(2_000))).record;
const code = (result: { ok: boolean }) => (result as { problem?: { code: string } }).problem?.code;

describe('a proposal', () => {
  it('waits for a person where policy asks for one', () => {
    const { record, drafts } = born('deploy');
    expect([record.life.status, record.capability, record.decided_at]).toEqual(['pending', null, null]);
    expect(drafts.map((draft) => draft.type)).toEqual(['approval.requested']);
  });

  it('is approved with a capability where policy allows, and rejected with its message where policy denies', () => {
    const allowed = born('read.all');
    expect(allowed.drafts.map((draft) => draft.type)).toEqual([
      'approval.requested',
      'approval.decided',
      'capability.issued',
    ]);
    expect(allowed.record).toMatchObject({ life: { status: 'approved', capability: 'issued' }, decided_by: 'policy' });
    expect(allowed.record.capability?.issued_seq).toBe(3);
    expect(born('iam.grant').record).toMatchObject({ life: { status: 'rejected' }, rejection_reason: 'Never.' });
  });

  it('takes a shorter deadline from the caller and never a longer one', () => {
    expect(born('deploy', { expires_in: 60 }).record.expires_at).toBe(at(60_000));
    expect(born('deploy', { expires_in: 10 ** 8 }).record.expires_at).toBe(at(12 * 3_600_000));
  });
});

describe('a decision', () => {
  it('approves with one vote where one is asked for, and states it for the ledger to sign', () => {
    const { record } = born('deploy');
    const done = must(decide(record, call(record, ALICE), at(500)));
    expect(done.drafts.map((draft) => draft.type)).toEqual(['approval.decided', 'capability.issued']);
    expect(JSON.parse(done.statements[0]!.payload).predicateType).toContain('human-approval/v1');
    expect(done.record).toMatchObject({
      life: { status: 'approved' },
      decided_by: 'person',
      capability: { issued_seq: 3 },
    });
  });

  it('counts two different people for a quorum of two, and never the same one twice', () => {
    const { record } = born('two.people');
    const first = must(decide(record, call(record, ALICE), at(500)));
    expect(first.drafts.map((draft) => draft.type)).toEqual(['approval.vote_recorded']);
    expect([first.record.life.status, first.statements]).toEqual(['pending', []]);
    expect(code(decide(first.record, call(first.record, ALICE), at(600)))).toBe('not-eligible');
    const second = must(decide(first.record, call(first.record, BOB), at(700)));
    expect(second.record.life.status).toBe('approved');
  });

  it('takes the shortest lifetime over all counted votes', () => {
    const { record } = born('two.people');
    const first = must(decide(record, call(record, ALICE, 'approve', { ttl_seconds: 60 }), at(500)));
    const second = must(decide(first.record, call(first.record, BOB), at(700)));
    expect(second.record.capability?.scope.ttl_seconds).toBe(60);
  });

  it('drops the vote of somebody who was removed before the quorum was met', () => {
    const { record } = born('two.people');
    const first = must(decide(record, call(record, ALICE), at(500)));
    const gone = facts({ standings: { [BOB]: standing(BOB, 2) } });
    const second = must(decide(first.record, call(first.record, BOB, 'approve', { facts: gone }), at(700)));
    expect(second.record.life.status).toBe('pending');
  });

  it('answers a recorded nonce as before, and refuses it to anyone else', () => {
    const { record } = born('two.people');
    const signed = call(record, ALICE);
    const first = must(decide(record, signed, at(500)));
    expect(must(decide(first.record, signed, at(999_000))).replayed).toBe(true);
    const stolen = { ...signed, intent: { ...signed.intent, reviewer: BOB } };
    expect(code(decide(first.record, stolen, at(600)))).toBe('nonce-used');
  });

  it('refuses an intent of which any one field is another', () => {
    const { record } = born('deploy');
    const { intent } = call(record, ALICE);
    for (const field of Object.keys(intent).filter(
      (key) => !['nonce', 'issued_at', 'expires_at', 'checkpoint', 'reviewer', 'scope', 'external_ref'].includes(key),
    )) {
      const bent = { ...intent, [field]: field === 'stage' ? 3 : 'other' };
      const answer = decide(record, { ...call(record, ALICE), intent: bent as never }, at(500));
      expect([field, answer.ok]).toEqual([field, false]);
    }
  });

  it('refuses an expired intent, a wider scope, a passkey that is revoked or still rests, and a missing comment', () => {
    const { record } = born('deploy');
    expect(code(decide(record, call(record, ALICE), at(120_000)))).toBe('intent-expired');
    expect(code(decide(record, call(record, ALICE, 'approve', { ttl_seconds: 10 ** 6 }), at(500)))).toBe(
      'scope-exceeded',
    );
    expect(code(decide(record, call(record, ALICE, 'approve', { passkey: 'pk_other' }), at(500)))).toBe('not-eligible');
    const [key] = standing(ALICE, 1).passkeys;
    const withKey = (of: Passkey) => facts({ standings: { [ALICE]: standing(ALICE, 1, { passkeys: [of] }) } });
    const revoked = withKey({ ...key!, status: 'revoked' });
    expect(code(decide(record, call(record, ALICE, 'approve', { facts: revoked }), at(500)))).toBe('not-eligible');
    const resting = withKey({ ...key!, restricted_until: at(60_000) });
    expect(decide(record, call(record, ALICE, 'approve', { facts: resting }), at(500)).ok).toBe(true);
    const grave = born('deploy', {
      judgement: { ...record.judgement, risk: { ...record.judgement.risk, level: 'high' } },
    });
    expect(code(decide(grave.record, call(grave.record, ALICE, 'approve', { facts: resting }), at(500)))).toBe(
      'passkey-too-new',
    );
    const reasons = born('with.reasons').record;
    expect(code(decide(reasons, call(reasons, ALICE), at(500)))).toBe('invalid-request');
    expect(decide(reasons, call(reasons, ALICE, 'approve', { comment: 'seen' }), at(500)).ok).toBe(true);
  });

  it('rejects at once, with the reason, and nothing decides after that', () => {
    const { record } = born('deploy');
    const done = must(decide(record, call(record, ALICE, 'reject', { comment: 'wrong version' }), at(500)));
    expect(done.record).toMatchObject({
      life: { status: 'rejected' },
      rejection_reason: 'wrong version',
      capability: null,
    });
    expect(JSON.parse(done.statements[0]!.payload).predicateType).toContain('human-rejection/v1');
    expect(code(decide(done.record, call(done.record, BOB), at(600)))).toBe('already-decided');
  });
});

describe('the capability', () => {
  it('begins to live when its issue is sealed', () => {
    expect(lifetimeEnd(approved(), NOTHING_SEALED)).toBeNull();
    expect(lifetimeEnd(approved(), SEALED)).toBe(at(601_000));
  });

  it('is exchanged once: the same call gives the same claims, any other is refused', () => {
    const once = executing();
    const claims = must(liveClaims(once, 'https://x/o/1', SEALED, (seq) => `evt_${seq}`));
    expect(must(exchange(once, swap, SEALED, at(3_000))).replayed).toBe(true);
    expect(must(liveClaims(once, 'https://x/o/1', SEALED, (seq) => `evt_${seq}`))).toEqual(claims);
    expect(claims).toMatchObject({ jti: once.capability_id, exp: claims.iat + 300, receipt: 'evt_4' });
    expect(code(exchange(once, { ...swap, nonce: 'n2' }, SEALED, at(3_000)))).toBe('capability-spent');
  });

  it('fits neither another actor nor other params nor another account', () => {
    const record = approved();
    for (const bent of [
      { actor: 'agent:x' },
      { params: { amount: 6 } },
      { machine: { ...MACHINE, service_account: 'sa_x' } },
    ])
      expect(code(exchange(record, { ...swap, ...bent }, SEALED, at(2_000)))).toBe('capability-mismatch');
    expect(exchange(record, { ...swap, params: { amount: 5 } }, SEALED, at(2_000)).ok).toBe(true);
  });

  it('is gone after its lifetime, and the clock says so', () => {
    const lapsed = settle(approved(), SEALED, at(601_000));
    expect(lapsed?.record.life).toMatchObject({ status: 'expired', capability: 'expired' });
    expect(code(exchange(lapsed!.record, swap, SEALED, at(601_001)))).toBe('capability-expired');
    expect(settle(approved(), SEALED, at(600_999))).toBeNull();
    expect(settle(approved(), NOTHING_SEALED, at(10 ** 9))).toBeNull();
  });

  it('is revoked by a person or a stop, exchanged or not', () => {
    const record = must(revoke(approved(), HAND, null, null, at(2_000))).record;
    expect(record.life).toMatchObject({ status: 'canceled', capability: 'revoked' });
    expect(code(exchange(record, swap, SEALED, at(3_000)))).toBe('capability-revoked');
    const out = must(revoke(executing(), HAND, null, null, at(3_000))).record;
    expect(out.life).toMatchObject({ status: 'executing', capability: 'revoked' });
    expect(code(exchange(out, swap, SEALED, at(3_000)))).toBe('capability-revoked');
  });

  it('is handed back twice at most, and waits for the earlier token where nobody can be asked', () => {
    const said = { status: 'not_started' as const, detail: null, evidence: null, has_right: false };
    const back = must(report(executing(), AGENT, said, SEALED, at(3_000))).record;
    expect(back.life).toMatchObject({ status: 'approved', capability: 'returned', returned_count: 1 });
    expect(code(exchange(back, { ...swap, nonce: 'n2' }, SEALED, at(4_000)))).toBe('capability-spent');
    const again = must(exchange(back, { ...swap, nonce: 'n2' }, SEALED, at(301_001))).record;
    expect(code(exchange(again, swap, SEALED, at(301_002)))).toBe('nonce-used');
  });
});

describe('the end', () => {
  const done = { status: 'executed' as const, detail: 'ok', evidence: null, has_right: false };

  it('is what the actor reports, and only the requester or a person with the right may', () => {
    const record = must(report(executing(), AGENT, done, SEALED, at(3_000))).record;
    expect(record).toMatchObject({
      life: { status: 'executed', capability: 'consumed' },
      outcome: { reported_by: ACCOUNT },
    });
    expect(report(executing(), HAND, done, SEALED, at(3_000)).ok).toBe(false);
  });

  it('is indeterminate when nobody says, until somebody does', () => {
    const record = executing();
    expect(tokenTimes(record, SEALED)).toEqual({ from: at(1_000), until: at(301_000) });
    expect(outcomeDue(record, SEALED)).toBe(at(1_201_000));
    expect(nextDeadline(record, SEALED)).toBe(at(1_201_000));
    const overdue = settle(record, SEALED, at(1_201_000))!.record;
    expect(overdue).toMatchObject({ life: { status: 'indeterminate' }, outcome: { status: 'indeterminate' } });
    expect(must(report(overdue, HAND, { ...done, has_right: true }, SEALED, at(1_300_000))).record.life.status).toBe(
      'executed',
    );
  });

  it('comes by the deadline, by cancel of the requester alone, and by a person with the right', () => {
    const { record } = born('deploy', { expires_in: 60 });
    expect(settle(record, SEALED, at(60_000))?.record).toMatchObject({
      life: { status: 'expired' },
      decided_by: 'clock',
    });
    expect(must(cancel(record, AGENT, 'not needed', at(500))).record).toMatchObject({
      ...{ life: { status: 'canceled' }, decided_at: null, decided_by: null },
    });
    expect(cancel(record, HAND, null, at(500)).ok).toBe(false);
    expect(must(expireNow(record, HAND, at(500))).record.life.status).toBe('expired');
    expect(must(comment(record, HAND, 'hm', at(500))).record.comments).toHaveLength(1);
  });

  it('is met by a stop on the actor, on its account or on everything', () => {
    const stop = { id: 'stop_1', reason: 'fire', set_by: ALICE, set_at: at(0) };
    for (const [target_kind, target] of [
      ['actor', MACHINE.actors[0]!],
      ['service_account', ACCOUNT],
      ['organization', ORG],
    ] as const)
      expect(stopFor(approved(), [{ ...stop, target_kind, target }])?.target).toBe(target);
    expect(stopFor(approved(), [{ ...stop, target_kind: 'actor', target: 'agent:other' }])).toBeNull();
  });
});

describe('what is recorded', () => {
  it('replays to where the record is', () => {
    const said = { status: 'failed' as const, detail: null, evidence: null, has_right: false };
    const first = born('two.people');
    const second = must(decide(first.record, call(first.record, ALICE), at(100)));
    const third = must(decide(second.record, call(second.record, BOB), at(200)));
    const fourth = must(exchange(third.record, swap, SEALED, at(2_000)));
    const fifth = must(report(fourth.record, AGENT, said, SEALED, at(3_000)));
    const events = chain([first, second, third, fourth, fifth]);
    expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(replay(events)).toMatchObject({ ok: true, life: fifth.record.life });
    const shown = present(fifth.record, {
      base_url: 'http://localhost',
      sealedAt: SEALED,
      receipts: [],
      ledger_pending: false,
    });
    expect(shown).toMatchObject({
      status: 'failed',
      requirement: { stages: [{ count: 2, approved: 2 }] },
      match_words: [expect.any(String), expect.any(String), expect.any(String)],
    });
    expect(Object.values(shown)).not.toContain(undefined);
  });

  it('keeps what can be erased out of the skeletons', () => {
    const { record, drafts } = born('deploy', birth('deploy', {}, { iban: 'DE89SECRET' }));
    const decided = must(decide(record, call(record, ALICE, 'approve', { comment: 'my SECRET words' }), at(500)));
    for (const draft of [...drafts, ...decided.drafts]) {
      expect(JSON.stringify(draft.skeleton)).not.toContain('SECRET');
    }
    expect(JSON.stringify(drafts[0]!.personal)).toContain('DE89SECRET');
  });
});

/** The events of these steps as a journal would record them. */
function chain(steps: Advance[]): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const draft of steps.flatMap((step) => step.drafts)) {
    const salt = new Uint8Array(32).fill(events.length + 1);
    const prev = events.at(-1)?.commit ?? null;
    const place = { id: `evt_${events.length}`, organization: ORG, object: 'apr_1', seq: events.length + 1, prev };
    events.push(recordEvent(draft, { ...place, salt_skeleton: salt, salt_personal: salt }));
  }
  return events;
}
