// One state for a decision. Over generated lives (typing, votes and edits of others, failures, lost answers) what stands on
// the page, what its button names and what it signs are the same; and nothing that was typed is ever lost by itself.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moneyText } from '../../../core/money.ts';
import type { Session } from '../../../dashboard/src/api/types.ts';
import { answersOf, type Circumstances } from '../../../dashboard/src/decision/answers.ts';
import { type Entry, readField } from '../../../dashboard/src/decision/read-field.ts';
import { begun, type Decision, isBusy, NotArrived, reduce, type Step } from '../../../dashboard/src/decision/state.ts';
import { intentShown } from '../../../dashboard/src/passkey/shown.ts';
import { ASKED, editedBy, requestOf, SCHEMA, votedBy } from './decision-fixtures.ts';

const ME = 'usr_me';
const session = { organization: { id: 'org_a' }, user: { id: ME } } as Session;
const here: Circumstances = { online: true, refused: { approve: null, reject: null }, edits: true, unopened: [] };
const start = (editable: 'none' | 'narrow' | 'any' = 'narrow') => begun(requestOf({ editable }), ME);
const run = (state: Decision, ...steps: Step[]): Decision => steps.reduce(reduce, state);
const enter = (text: string, pointer = '/amount', unit: string | null = 'EUR'): Step => ({
  step: 'enter',
  pointer,
  entry: { text, unit },
});
const press: Step = { step: 'start', act: 'approve', now_ms: 0 };
const given = {
  rp_id: 'localhost',
  nonce: 'n'.repeat(43),
  checkpoint: { size: 7, root: 'AAAA' },
  stage: 0,
  issued_at: '2026-11-20T10:00:00.000Z',
  expires_at: '2026-11-20T10:02:00.000Z',
};

/** What a page would show and sign, held against each other. */
function holds(state: Decision, of: Circumstances): void {
  const { shown, approve, draft, edit } = answersOf(state, of);
  const { params } = shown.effective;
  if (approve.ballot === null && edit === null) return;
  // Everything that is typed is understood, and is what stands on the page.
  for (const [pointer, entry] of Object.entries(state.entries)) {
    const field = draft.fields.find((one) => one.pointer === pointer)!;
    const read = readField(field, entry);
    expect(read.ok).toBe(true);
    const at = field.keys.reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], params);
    if (read.ok) expect(at).toEqual(read.value);
  }
  if (edit !== null) expect(edit.params).toEqual(params);
  if (approve.ballot === null) return;
  // The button names the amount that is signed, and the page shows what is signed.
  expect(approve.label).toContain(moneyText(params.amount as number, params.currency as string)!);
  expect(approve.ballot.params ?? state.latest.effective.params).toEqual(params);
  const intent = intentShown(state.latest, approve.ballot, session, given);
  expect(intent.edited?.params ?? state.latest.params).toEqual(params);
  expect(draft.faults.size).toBe(0);
  expect(state.latest.editable === 'any' && draft.params !== null).toBe(false);
}

const typing = fc.oneof(
  fc.constantFrom('900', '900.00', '900,00', '1500', '0', '-1', '1,292.00', '1.292', '', 'x', '12.5', '129200'),
  fc.string({ maxLength: 6 }),
  fc.integer({ min: -5, max: 200_000 }).map(String),
  fc.double({ min: 0, max: 1_500, noNaN: true }).map(String),
);
const entry: fc.Arbitrary<Entry | null> = fc.oneof(
  typing.map((text) => ({ text, unit: 'EUR' })),
  typing.map((text) => ({ text, unit: null })),
  fc.boolean().map((flag) => ({ flag })),
  fc.constantFrom('removed' as const, null),
);
const pointer = fc.constantFrom('/amount', '/currency', '/order_id', '/notify', '/dry', '/rows', '/nowhere');

/** Steps as functions of the state: what others do is done to what stands. */
const step: fc.Arbitrary<(state: Decision, second: number) => Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ pointer, entry }).map((one) => () => ({ step: 'enter' as const, ...one })) },
  typing.map((comment) => () => ({ step: 'note' as const, note: { comment, external_ref: '' } })),
  typing.map((reason) => () => ({ step: 'reject' as const, rejection: { open: true, reason } })),
  fc.constantFrom<Step>({ step: 'have-read' }, press, { step: 'sealing' }, { step: 'lost' }).map((one) => () => one),
  fc.constant(() => ({ step: 'failed' as const, error: new Error('refused') })),
  fc.boolean().map((asked) => (state: Decision) => ({
    step: 'server' as const,
    request: state.latest,
    ...(asked ? { asked: { now_ms: 1 } } : {}),
  })),
  fc.constantFrom('usr_b', ME).map((who) => (state: Decision, second: number) => ({
    step: 'server' as const,
    request: votedBy(state.latest, who, 'approve', second),
  })),
  fc.integer({ min: 1, max: 129_199 }).map((amount) => (state: Decision, second: number) => ({
    step: 'server' as const,
    request: editedBy(state.latest, 'usr_b', { ...state.latest.effective.params, amount }, second),
  })),
  fc.constantFrom<'none' | 'narrow' | 'any'>('none', 'narrow', 'any').map((editable) => (state: Decision) => ({
    step: 'server' as const,
    request: { ...state.latest, editable },
  })),
);

/** Whose doing may take typed text away. */
const mayClear = (before: Decision, done: Step, after: Decision): boolean =>
  ['enter', 'note', 'reject', 'type', 'done'].includes(done.step) ||
  (before.phase.at === 'unknown' && after.phase.at === 'reading');

describe('one state for a decision', () => {
  it('shows, names and signs the same, whatever happens', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 25 }),
        fc.constantFrom<'narrow' | 'any'>('narrow', 'any'),
        (steps, mode) => {
          let state = start(mode);
          steps.forEach((make, second) => {
            const done = make(state, second + 1);
            const next = reduce(state, done);
            holds(next, here);
            if (!mayClear(state, done, next)) {
              expect(next.entries).toEqual(state.entries);
              expect([next.note, next.typed, next.rejection]).toEqual([state.note, state.typed, state.rejection]);
            }
            if (isBusy(state) && isBusy(next)) expect(next.entries).toBe(state.entries);
            state = next;
          });
        },
      ),
      { numRuns: 600 },
    );
  });

  it('never lets anything be pressed that is offline, under way, unread, refused or unopened', () => {
    const typed = run(start(), enter('900'));
    expect(answersOf(typed, here).approve.ballot).toMatchObject({ params: { ...ASKED, amount: 90_000 } });
    const moved = run(typed, {
      step: 'server',
      request: editedBy(typed.latest, 'usr_b', { ...ASKED, amount: 100_000 }, 5),
    });
    const closed: [Decision, Partial<Circumstances>][] = [
      [typed, { online: false }],
      [run(typed, press), {}],
      [moved, {}],
      [typed, { refused: { approve: 'You may not.', reject: null } }],
      [typed, { unopened: ['params.command'] }],
    ];
    for (const [state, of] of closed) expect(answersOf(state, { ...here, ...of }).approve.ballot).toBeNull();
    expect(answersOf(run(moved, { step: 'have-read' }), here).approve.ballot).toMatchObject({
      params: { amount: 90_000 },
    });
  });
});

describe('the button', () => {
  it('names the amount as it stands, and as it is typed', () => {
    expect(answersOf(start(), here).approve.label).toBe('Approve €1,292.00 with passkey');
    expect(answersOf(run(start(), enter('900.00')), here).approve.label).toBe('Approve €900.00 with passkey');
  });

  it.each(['900,00', '150000', '', 'nine'])(
    'names nothing and can not be pressed while %j stands in the form',
    (text) => {
      const { approve, shown } = answersOf(run(start(), enter(text)), here);
      expect([approve.label, approve.ballot]).toEqual(['Approve', null]);
      expect(approve.why).toMatch(/\w/);
      expect(shown.effective.params).toEqual(ASKED);
    },
  );

  it('is closed to whoever changes freely what is asked', () => {
    const { approve, edit } = answersOf(run(start('any'), enter('900')), here);
    expect(approve.ballot).toBeNull();
    expect(edit?.params.amount).toBe(90_000);
  });

  it('names no amount where there is none, or more than one', () => {
    const labelOf = (params: object, schema: object | null) =>
      answersOf(begun(requestOf({ params: { ...params }, schema: schema as never }), ME), here).approve.label;
    expect(labelOf({ amount: 1292 }, null)).toBe('Approve with passkey');
    const two = { type: 'object', properties: { a: SCHEMA.properties!.amount, b: SCHEMA.properties!.amount } };
    expect(labelOf({ a: 1, b: 2, currency: 'EUR' }, two)).toBe('Approve with passkey');
  });
});

describe('a failure', () => {
  const typed = run(start(), enter('900'), { step: 'note', note: { comment: 'Half.', external_ref: '' } });

  it.each(['a cancelled prompt', 'a refusal', 'an ended session'])(
    'such as %s keeps what was typed, and the button',
    () => {
      const after = run(typed, press, { step: 'failed', error: new Error('no') });
      expect(after.entries).toEqual(typed.entries);
      expect(after.note.comment).toBe('Half.');
      expect(answersOf(after, here).approve).toEqual(answersOf(typed, here).approve);
      expect(answersOf(after, here).approve.label).toBe('Approve €900.00 with passkey');
    },
  );

  it('keeps the reason of a rejection, and its dialog', () => {
    const rejection = { open: true, reason: 'Paid already.' };
    const after = run(start(), { step: 'reject', rejection }, { ...press, act: 'reject' } as Step, {
      step: 'failed',
      error: new Error('no'),
    });
    expect(after.rejection).toMatchObject(rejection);
    expect(answersOf(after, here).reject.ballot).toMatchObject({ decision: 'reject', comment: 'Paid already.' });
  });
});

describe('a lost answer', () => {
  const sent = run(start(), enter('900'), press, { step: 'lost' });
  const asked = { now_ms: 1_000 };

  it('is not known, and nothing can be pressed or typed under it', () => {
    expect(sent.phase).toMatchObject({ at: 'unknown', looked: false });
    expect(answersOf(sent, here).approve.ballot).toBeNull();
    expect(run(sent, enter('1')).entries).toEqual(sent.entries);
  });

  it('is a decision once the server shows it', () => {
    const shown = run(sent, { step: 'server', request: votedBy(sent.latest, ME, 'approve', 9) });
    expect(shown.phase.at).toBe('reading');
    expect(shown.latest.decisions).toHaveLength(1);
  });

  it('stays unknown while the server shows nothing of it: it may still arrive, and may be signed again', () => {
    const looked = run(sent, { step: 'server', request: sent.latest, asked });
    expect(looked.phase).toMatchObject({ at: 'unknown', looked: true });
    expect(answersOf(looked, here).approve.label).toBe('Approve €900.00 with passkey');
    expect(answersOf(looked, here).approve.ballot).not.toBeNull();
    const later = run(looked, { step: 'server', request: votedBy(sent.latest, ME, 'approve', 9), asked });
    expect(later.phase.at).toBe('reading');
  });

  it('is none when its time is over, and when somebody else has decided', () => {
    const late = run(sent, { step: 'server', request: sent.latest, asked: { now_ms: 200_000 } });
    const taken = run(sent, { step: 'server', request: votedBy(sent.latest, 'usr_b', 'reject', 9, 'rejected'), asked });
    for (const { phase, entries } of [late, taken]) {
      expect(phase).toMatchObject({ at: 'failed', act: 'approve', error: expect.any(NotArrived) });
      expect(entries).toEqual(sent.entries);
    }
  });

  it('is not taken for an earlier deed of the same person', () => {
    const before = begun(votedBy(requestOf(), ME, 'approve', 1), ME);
    const again = run(before, press, { step: 'lost' }, { step: 'server', request: before.latest, asked });
    expect(again.phase).toMatchObject({ at: 'unknown', looked: true });
  });

  it('is not settled by an older answer that overtook', () => {
    const newer = run(start(), { step: 'server', request: votedBy(requestOf(), 'usr_b', 'approve', 9) });
    expect(run(newer, { step: 'server', request: requestOf() }).latest.decisions).toHaveLength(1);
  });
});
