import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../core/canonical.ts';
import { fromHex } from '../../core/encoding.ts';
import type { EventType } from '../../core/event-fields.ts';
import { type EventDraft, type RecordedEvent, recordEvent } from '../../core/events.ts';
import type { JsonObject } from '../../core/json.ts';
import { COMMANDS, type Command, type GuardFacts, type Life, NO_FACTS, step } from '../../core/lifecycle.ts';
import { replay } from '../../core/replay.ts';

const EXPIRES = '2026-03-01T13:00:00.000Z';
const AT = '2026-03-01T12:00:00.000Z';
const LATE = '2026-03-01T13:00:00.001Z';

/** Gives drafts their places, as the journal does. */
function chain(
  drafts: readonly EventDraft[],
  bend: (event: RecordedEvent) => RecordedEvent = (event) => event,
): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const [at, draft] of drafts.entries()) {
    const place = { id: `evt_${at + 1}`, organization: 'org_1', object: 'org_1/apr_1', seq: at + 1 };
    const salts = { salt_skeleton: new Uint8Array(32).fill(at), salt_personal: new Uint8Array(32).fill(255 - at) };
    events.push(bend(recordEvent(draft, { ...place, ...salts, prev: events.at(-1)?.commit ?? null })));
  }
  return events;
}

type Move = [Command, Partial<GuardFacts>, at?: string, policy_erred?: boolean];

/** A life as the server would write it: moves without a row leave nothing. */
function live(moves: readonly Move[]): { drafts: EventDraft[]; life: Life } {
  let life: Life = { status: null, capability: null, returned_count: 0 };
  let steps = 0;
  const drafts: EventDraft[] = [];
  for (const [command, some, at = AT, policy_erred = false] of moves) {
    const facts = { ...NO_FACTS, ...some };
    const taken = step(life, command, facts);
    if (taken === null || taken.row.emits.length === 0) continue;
    steps += 1;
    const said = { from: life.status, to: taken.life.status, capability_status: taken.life.capability };
    const shared: JsonObject = {
      step: steps,
      command,
      facts: { ...facts },
      ...said,
      returned_count: taken.life.returned_count,
    };
    const types = [...taken.row.emits, ...(policy_erred ? ['policy.error'] : [])] as EventType[];
    for (const type of types) {
      const birth: JsonObject = type === 'approval.requested' ? { verdict: facts.verdict, expires_at: EXPIRES } : {};
      const personal = type === 'approval.requested' ? { params: { amount: 5 }, requester_name: 'release-bot' } : null;
      drafts.push({ type, at, by: 'usr_1', skeleton: { ...shared, ...birth }, personal });
    }
    life = taken.life;
  }
  return { drafts, life };
}

const RIGHT = { reviewer_of_stage: true };
const STORY: Move[] = [
  ['propose', { verdict: 'require_approval' }],
  ['comment', {}],
  ['approve', RIGHT],
  ['approve', { ...RIGHT, requirement_met: true }],
  ['exchange', { lifetime_left: true }],
  ['report_not_started', { lifetime_left: true, by_requester: true }],
  ['exchange', { lifetime_left: true }],
  ['consume', {}],
  ['report_executed', { by_requester: true }],
];
const told = live(STORY);
const EVENTS = chain(told.drafts);
const broken = (events: readonly RecordedEvent[]): { at_seq: number; reason: string } => {
  const result = replay(events);
  if (result.ok) throw new Error('it was accepted');
  return result;
};
const redraft = (at: number, change: JsonObject, personal?: JsonObject): EventDraft[] =>
  told.drafts.map((draft, index) =>
    index === at
      ? { ...draft, skeleton: { ...draft.skeleton, ...change }, personal: personal ?? draft.personal }
      : draft,
  );

describe('a replay', () => {
  it('arrives where the server was', () => {
    expect(told.life).toEqual({ status: 'executed', capability: 'consumed', returned_count: 1 });
    expect(replay(EVENTS)).toEqual({ ok: true, life: told.life });
  });

  it('arrives there with every personal part erased', () => {
    const erased = EVENTS.map((event) => ({ ...event, personal: null, salt_personal: null }));
    expect(replay(erased)).toEqual({ ok: true, life: told.life });
  });

  it('takes a policy error beside a proposal of any verdict, and nowhere else', () => {
    for (const verdict of ['allow', 'require_approval', 'deny'] as const) {
      const { drafts, life } = live([['propose', { verdict }, AT, true]]);
      expect(replay(chain(drafts))).toEqual({ ok: true, life });
    }
    const late = live([...STORY.slice(0, 2), ['approve', RIGHT, AT, true]]).drafts;
    expect(broken(chain(late))).toMatchObject({
      at_seq: 4,
      reason: expect.stringMatching(/only said beside a proposal/),
    });
    const [born, erred] = live([['propose', { verdict: 'deny' }, AT, true]]).drafts.filter((_, at) => at !== 1);
    expect(broken(chain([erred!, born!]))).toMatchObject({ at_seq: 1 });
  });

  it('takes what stands beside a life, but not in the middle of a step', () => {
    const erasure: EventDraft = {
      type: 'erasure.performed',
      at: AT,
      by: 'usr_1',
      skeleton: { events: [] },
      personal: null,
    };
    expect(replay(chain([...told.drafts, erasure])).ok).toBe(true);
    expect(broken(chain([...told.drafts.slice(0, 4), erasure]))).toMatchObject({
      at_seq: 5,
      reason: expect.stringMatching(/lacks its capability.issued/),
    });
    const foreign: EventDraft = { ...erasure, type: 'stop.set', skeleton: {} };
    expect(broken(chain([...told.drafts, foreign])).reason).toMatch(/no part of a request's life/);
  });

  it('is never made of nothing', () => {
    expect(broken([])).toEqual({ ok: false, at_seq: 0, reason: 'there is no event' });
  });
});

describe('a replay names', () => {
  const DECIDED = 3;
  const faults: [what: string, events: () => RecordedEvent[], at_seq: number, reason: RegExp][] = [
    [
      'an event that is missing',
      () => EVENTS.filter((_, at) => at !== 1),
      2,
      /event 2 is missing: this one is number 3/,
    ],
    ['two that changed places', () => [EVENTS[1]!, EVENTS[0]!, ...EVENTS.slice(2)], 1, /event 1 is missing/],
    [
      'an altered skeleton',
      () => EVENTS.map((event, at) => (at === 2 ? { ...event, skeleton: { ...event.skeleton, by: 'usr_2' } } : event)),
      3,
      /commits to \(commit\)/,
    ],
    [
      'an altered personal part',
      () => EVENTS.map((event, at) => (at === 0 ? { ...event, personal: { params: { amount: 6 } } } : event)),
      1,
      /\(personal\)/,
    ],
    ['a cut-off last step', () => EVENTS.slice(0, DECIDED + 1), 4, /lacks its capability.issued/],
    [
      'a rewritten event, even with its own commitment',
      () => [...chain(told.drafts).slice(0, 2), ...chain(redraft(1, {}, { comment: 'x' })).slice(2)],
      3,
      /prev/,
    ],
    [
      'another object',
      () =>
        chain(told.drafts, (event) =>
          event.seq === 2 ? resealed({ ...event, object: 'org_1/apr_2' }, { object: 'org_1/apr_2' }) : event,
        ),
      2,
      /another object/,
    ],
    [
      'a step that the table does not know',
      () => chain(redraft(1, { command: 'exchange', to: 'executing' })),
      2,
      /exchange is not legal while the request is pending/,
    ],
    ['a command that there is not', () => chain(redraft(1, { command: 'bless' })), 2, /"bless" is no command/],
    [
      'facts under which it is illegal',
      () => chain(redraft(DECIDED, { facts: { ...NO_FACTS, requirement_met: true } })),
      4,
      /approve is not legal while the request is pending/,
    ],
    ['facts that lack one', () => chain(redraft(1, { facts: { verdict: null } })), 2, /guard facts/],
    [
      'facts of another kind',
      () => chain(redraft(1, { facts: { ...NO_FACTS, has_right: 1 } as unknown as JsonObject })),
      2,
      /guard facts/,
    ],
    [
      'facts with one more',
      () => chain(redraft(1, { facts: { ...NO_FACTS, more: true } as unknown as JsonObject })),
      2,
      /guard facts/,
    ],
    ['a false from', () => chain(redraft(1, { from: 'approved' })), 2, /gives from "pending", not "approved"/],
    ['a false to', () => chain(redraft(1, { to: 'approved' })), 2, /gives to "pending", not "approved"/],
    [
      'a false capability',
      () => chain(redraft(1, { capability_status: 'issued' })),
      2,
      /gives capability_status null, not "issued"/,
    ],
    ['a false count of returns', () => chain(redraft(1, { returned_count: 2 })), 2, /gives returned_count 0, not 2/],
    ['a step left out', () => chain(redraft(1, { step: 3 })), 2, /step 2 is missing: this is 3/],
    [
      'a table that never ran',
      () => EVENTS.map((event, at) => (at === 0 ? resealed(event, { table: 99 }) : event)),
      1,
      /table 99 is not known/,
    ],
    [
      'an event that its row does not emit',
      () => chain(told.drafts.map((draft, at) => (at === 2 ? { ...draft, type: 'approval.edited' } : draft))),
      3,
      /approve emits approval.vote_recorded: approval.edited/,
    ],
    [
      'one event too many',
      () => chain([...told.drafts.slice(0, 2), told.drafts[1]!]),
      3,
      /approval.commented is not its event 2/,
    ],
    [
      'a second event that says another step',
      () => chain(redraft(DECIDED + 1, { to: 'pending' })),
      5,
      /another to than the first event/,
    ],
    [
      'a second event of another time',
      () => chain(told.drafts.map((draft, at) => (at === DECIDED + 1 ? { ...draft, at: LATE } : draft))),
      5,
      /another time/,
    ],
    ['a verdict that is not the one judged', () => chain(redraft(0, { verdict: 'allow' })), 1, /verdict/],
    [
      'an approval after the deadline',
      () => chain(live([STORY[0]!, ['approve', { ...RIGHT, requirement_met: true }, LATE]]).drafts),
      2,
      /after its deadline/,
    ],
    [
      'a rejection after the deadline',
      () => chain(live([STORY[0]!, ['reject', RIGHT, LATE]]).drafts),
      2,
      /after its deadline/,
    ],
  ];
  for (const [what, events, at_seq, reason] of faults)
    it(what, () => {
      expect(broken(events())).toMatchObject({ at_seq, reason: expect.stringMatching(reason) });
    });
});

/** The event with other common fields, committed to anew: what an operator could do. */
function resealed(event: RecordedEvent, change: JsonObject): RecordedEvent {
  const skeleton = { ...event.skeleton, ...change };
  const commit = createHmac('sha256', fromHex(event.salt_skeleton)!).update(canonicalize(skeleton)).digest('hex');
  return { ...event, skeleton, commit };
}

const arbitraryMove: fc.Arbitrary<Move> = fc
  .record({
    command: fc.constantFrom(...COMMANDS),
    verdict: fc.constantFrom('allow' as const, 'require_approval' as const, 'deny' as const),
    bits: fc.nat(511),
    erred: fc.boolean(),
  })
  .map(({ command, verdict, bits, erred }) => {
    const flags = Object.keys(NO_FACTS).filter((name) => name !== 'verdict');
    const facts = Object.fromEntries(flags.map((flag, at) => [flag, (bits & (1 << at)) !== 0]));
    return [command, { ...facts, verdict }, AT, erred && command === 'propose'] as Move;
  });
const lives = fc.array(arbitraryMove, { minLength: 20, maxLength: 120, size: 'max' }).map((moves) => {
  const born: Move = ['propose', { verdict: 'require_approval' }];
  return live([born, ...moves]);
});

describe('a replay of any life that the table allows', () => {
  it('arrives where the table did', () => {
    fc.assert(
      fc.property(lives, ({ drafts, life }) => {
        expect(replay(chain(drafts))).toEqual({ ok: true, life });
      }),
      { numRuns: 200 },
    );
  });

  it('names the event when one says that its step was another, with its own good commitment', () => {
    const lie = fc.record({
      field: fc.constantFrom('command', 'from', 'to', 'capability_status', 'returned_count', 'step', 'facts'),
      at: fc.nat(),
    });
    fc.assert(
      fc.property(lives, lie, ({ drafts }, { field, at }) => {
        const index = at % drafts.length;
        const was = drafts[index]!.skeleton[field];
        const other =
          field === 'command' ? (was === 'lapse' ? 'overdue' : 'lapse') : typeof was === 'number' ? was + 1 : 'x';
        const lying = drafts.map((draft, place) =>
          place === index ? { ...draft, skeleton: { ...draft.skeleton, [field]: other } } : draft,
        );
        expect(broken(chain(lying)).at_seq).toBe(index + 1);
      }),
      { numRuns: 300 },
    );
  });

  it('names the event when any one event is left out of the middle', () => {
    fc.assert(
      fc.property(lives, fc.nat(), ({ drafts }, at) => {
        const events = chain(drafts);
        const without = events.filter((_, index) => index !== at % events.length);
        if (at % events.length < events.length - 1) expect(broken(without).at_seq).toBe((at % events.length) + 1);
      }),
      { numRuns: 100 },
    );
  });
});
