import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CAPABILITY_STATUSES,
  type CapabilityStatus,
  COMMANDS,
  type Command,
  type GuardFacts,
  type Life,
  NO_FACTS,
  STATUSES,
  type Status,
  step,
  TERMINAL,
} from '../../core/lifecycle.ts';
import { lifecyclePage, PAGE } from '../../scripts/lifecycle-page.ts';

// The product's table, written down a second time, by hand and from the document: what the code does must be this.
type When = (f: GuardFacts, l: Life) => boolean;
type Kept = 'same' | 'spent' | 'revokedIfAny' | CapabilityStatus;
type Law = [from: string, on: Command, when: When, to: Status, capability: Kept, emits: string];
const LAW: Law[] = [
  ['-', 'propose', (f) => f.verdict === 'require_approval', 'pending', 'same', 'approval.requested'],
  [
    '-',
    'propose',
    (f) => f.verdict === 'allow',
    'approved',
    'issued',
    'approval.requested approval.decided capability.issued',
  ],
  ['-', 'propose', (f) => f.verdict === 'deny', 'rejected', 'same', 'approval.requested approval.decided'],
  [
    '-',
    'break_glass',
    (f) => f.break_glass_granted,
    'approved',
    'issued',
    'approval.requested break_glass.used capability.issued',
  ],
  [
    'pending',
    'approve',
    (f) => f.reviewer_of_stage && !f.deadline_passed && f.requirement_met,
    'approved',
    'issued',
    'approval.decided capability.issued',
  ],
  [
    'pending',
    'approve',
    (f) => f.reviewer_of_stage && !f.deadline_passed && !f.requirement_met,
    'pending',
    'same',
    'approval.vote_recorded',
  ],
  ['pending', 'edit', (f) => f.reviewer_of_stage && !f.deadline_passed, 'pending', 'same', 'approval.edited'],
  ['pending', 'reject', (f) => f.reviewer_of_stage && !f.deadline_passed, 'rejected', 'same', 'approval.decided'],
  ['pending', 'comment', () => true, 'pending', 'same', 'approval.commented'],
  ['pending', 'escalate', () => true, 'pending', 'same', 'approval.escalated'],
  ['pending', 'remind', () => true, 'pending', 'same', 'approval.reminded'],
  ['pending', 'expire', (f) => f.deadline_passed || f.has_right, 'expired', 'same', 'approval.expired'],
  ['pending approved', 'cancel', (f) => f.by_requester, 'canceled', 'revokedIfAny', 'approval.canceled'],
  ['approved', 'revoke', (f) => f.has_right, 'canceled', 'revoked', 'capability.revoked'],
  ['approved', 'lapse', (f) => !f.lifetime_left, 'expired', 'expired', 'capability.expired'],
  [
    'approved',
    'exchange',
    (f, l) => f.lifetime_left && /issued|returned/.test(`${l.capability}`),
    'executing',
    'exchanged',
    'capability.exchanged',
  ],
  [
    'executing',
    'exchange',
    (f, l) => f.same_exchange && f.lifetime_left && l.capability === 'exchanged',
    'executing',
    'same',
    '',
  ],
  ['executing', 'consume', (_, l) => l.capability === 'exchanged', 'executing', 'consumed', 'capability.consumed'],
  [
    'executing',
    'revoke',
    (f, l) => f.has_right && l.capability === 'exchanged',
    'executing',
    'revoked',
    'capability.revoked',
  ],
  ['executing', 'report_executed', (f) => f.by_requester, 'executed', 'spent', 'execution.executed'],
  ['executing', 'report_failed', (f) => f.by_requester, 'failed', 'spent', 'execution.failed'],
  [
    'executing',
    'report_not_started',
    (f, l) => f.by_requester && l.capability === 'exchanged' && f.lifetime_left && l.returned_count < 2,
    'approved',
    'returned',
    'capability.returned',
  ],
  [
    'executing',
    'report_not_started',
    (f, l) =>
      f.by_requester &&
      l.capability !== 'consumed' &&
      !(l.capability === 'exchanged' && f.lifetime_left && l.returned_count < 2),
    'expired',
    'expired',
    'capability.expired',
  ],
  ['executing', 'overdue', (f) => f.outcome_overdue, 'indeterminate', 'same', 'execution.indeterminate'],
  ['indeterminate', 'report_executed', (f) => f.by_requester || f.has_right, 'executed', 'spent', 'execution.executed'],
  ['indeterminate', 'report_failed', (f) => f.by_requester || f.has_right, 'failed', 'spent', 'execution.failed'],
];
const KEPT: Record<string, (was: CapabilityStatus | null) => CapabilityStatus | null> = {
  same: (was) => was,
  spent: (was) => (was === 'revoked' ? was : 'consumed'),
  revokedIfAny: (was) => was && 'revoked',
};
const BY_PLACE = new Map<string, Law[]>();
for (const law of LAW)
  for (const from of law[0].split(' '))
    BY_PLACE.set(`${from} ${law[1]}`, [...(BY_PLACE.get(`${from} ${law[1]}`) ?? []), law]);

const FLAGS = Object.keys(NO_FACTS).filter((name) => name !== 'verdict') as Exclude<keyof GuardFacts, 'verdict'>[];
const FACTS: GuardFacts[] = [null, 'allow', 'require_approval', 'deny'].flatMap((verdict) =>
  Array.from({ length: 2 ** FLAGS.length }, (_, bits) => {
    const flags = Object.fromEntries(FLAGS.map((flag, at) => [flag, (bits & (1 << at)) !== 0]));
    return { ...flags, verdict } as GuardFacts;
  }),
);
const LIVES: Life[] = [null, ...STATUSES].flatMap((status) =>
  [null, ...CAPABILITY_STATUSES].flatMap((capability) =>
    [0, 1, 2].map((returned_count) => ({ status, capability, returned_count })),
  ),
);

/** What differs between the law and the code for one life and command, over all facts. */
function contradictions(life: Life, command: Command): string[] {
  const laws = BY_PLACE.get(`${life.status ?? '-'} ${command}`) ?? [];
  const found: string[] = [];
  for (const facts of FACTS) {
    const [law, ...more] = laws.filter((one) => one[2](facts, life));
    const taken = step(life, command, facts);
    if (more.length > 0) found.push('two rows of the law');
    if (!law || !taken) {
      if (law || taken)
        found.push(`${JSON.stringify(life)} ${command} ${JSON.stringify(facts)}: ${law?.[3]} / ${taken?.life.status}`);
      continue;
    }
    const capability = KEPT[law[4]] ? KEPT[law[4]]!(life.capability) : law[4];
    const returned_count = life.returned_count + (law[4] === 'returned' ? 1 : 0);
    const is = taken.life;
    const right = is.status === law[3] && is.capability === capability && is.returned_count === returned_count;
    if (!right || taken.row.emits.join(' ') !== law[5])
      found.push(`${JSON.stringify(life)} ${command} gives ${JSON.stringify(is)}`);
  }
  return found;
}

describe('the lifecycle table', () => {
  for (const command of COMMANDS) {
    it(`does for ${command} in every state and under all facts what the product's table says, and nothing else`, () => {
      expect(LIVES.flatMap((life) => contradictions(life, command)).slice(0, 3)).toEqual([]);
    });
  }

  it('never leaves a terminal state', () => {
    const left = LIVES.filter(({ status }) => status !== null && TERMINAL.includes(status)).flatMap((life) =>
      COMMANDS.filter((command) => FACTS.some((facts) => step(life, command, facts) !== null)),
    );
    expect(left).toEqual([]);
  });

  it('never changes the life that it is given', () => {
    const life = Object.freeze({ status: 'approved', capability: 'issued', returned_count: 0 } as const);
    expect(step(life, 'exchange', { ...NO_FACTS, lifetime_left: true })?.life.status).toBe('executing');
    expect(life.status).toBe('approved');
  });

  it('returns a capability twice and not a third time', () => {
    let life: Life = { status: 'approved', capability: 'issued', returned_count: 0 };
    const facts = { ...NO_FACTS, lifetime_left: true, by_requester: true };
    for (const expected of ['returned', 'returned', 'expired']) {
      life = step(step(life, 'exchange', facts)!.life, 'report_not_started', facts)!.life;
      expect(life.capability).toBe(expected);
    }
  });

  it('is what the reference page prints', () => {
    expect(readFileSync(PAGE, 'utf8'), 'stale: run node scripts/lifecycle-page.ts --write').toBe(lifecyclePage());
  });
});

// A world with one clock, one deadline and one lifetime drives the table with honest facts; a model written apart from
// the table keeps only what the product promises.
interface World {
  life: Life;
  approved_votes: number;
  late: boolean;
  lifetime_left: boolean;
  holder: number | null;
  consumed: number;
  history: Status[];
}
type Move = { command: Command; who: number; flag: boolean; tick: number };
const arbitraryMove: fc.Arbitrary<Move> = fc.record({
  command: fc.constantFrom(...COMMANDS),
  who: fc.nat(2),
  flag: fc.boolean(),
  tick: fc.nat(19),
});

function factsIn(world: World, { command, who, flag }: Move): GuardFacts {
  return {
    verdict: command === 'propose' ? (['allow', 'require_approval', 'deny'] as const)[who]! : null,
    requirement_met: world.approved_votes + 1 >= 2,
    reviewer_of_stage: flag,
    deadline_passed: world.late,
    by_requester: flag,
    has_right: !flag,
    break_glass_granted: flag && who === 0,
    lifetime_left: world.lifetime_left,
    same_exchange: world.holder === who,
    outcome_overdue: world.late && flag,
  };
}

function play(world: World, move: Move): void {
  if (move.tick === 0) world.late = true;
  if (move.tick === 1) world.lifetime_left = false;
  const before = world.life;
  const taken = step(before, move.command, factsIn(world, move));
  if (taken === null) return;
  world.life = taken.life;
  if (taken.row.emits.length === 0) {
    expect(world.holder, 'only the holder of the live exchange gets it again').toBe(move.who);
    return;
  }
  world.history.push(taken.life.status!);
  if (before.status === 'pending' && taken.life.status === 'approved')
    expect(world.late, 'approved too late').toBe(false);
  if (taken.row.emits.includes('approval.vote_recorded')) world.approved_votes += 1;
  if (move.command === 'edit') world.approved_votes = 0;
  if (taken.row.emits.includes('capability.exchanged')) {
    expect(world.holder, 'at most one live exchange').toBeNull();
    expect(world.consumed, 'nothing is exchanged after it was consumed').toBe(0);
    expect(world.lifetime_left).toBe(true);
    world.holder = move.who;
  }
  if (taken.row.emits.includes('capability.returned')) world.holder = null;
  if (taken.row.emits.includes('capability.consumed')) world.consumed += 1;
  expect(world.consumed, 'at most one consume').toBeLessThanOrEqual(1);
  expect(world.life.returned_count).toBeLessThanOrEqual(2);
}

function promises({ history, life }: World): void {
  const ended = history.findIndex((status) => TERMINAL.includes(status));
  expect(ended === -1 || ended === history.length - 1, `${history} goes on after its end`).toBe(true);
  const running = life.status === 'approved' || life.status === 'executing';
  if (running) expect(history.some((status) => ['expired', 'canceled', 'rejected'].includes(status))).toBe(false);
  if (life.status === 'approved') expect(['issued', 'returned']).toContain(life.capability);
  if (life.status === 'pending' || life.status === 'rejected') expect(life.capability).toBeNull();
}

describe('the lifecycle, played at random', () => {
  it('keeps one terminal state, one live exchange, one consume and no approval after expiry', () => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
    const reached = new Set<string>();
    let steps = 0;
    console.info(`lifecycle model: SEED=${seed}`);
    const property = fc.property(fc.array(arbitraryMove, { minLength: 40, maxLength: 120, size: 'max' }), (moves) => {
      const world: World = {
        life: { status: null, capability: null, returned_count: 0 },
        ...{ approved_votes: 0, late: false, lifetime_left: true, holder: null, consumed: 0, history: [] },
      };
      for (const move of moves) {
        play(world, move);
        promises(world);
        steps += 1;
        reached.add(`${world.life.status}`).add(`${world.life.capability}`);
      }
    });
    fc.assert(property, { seed, numRuns: 600 });
    expect(steps).toBeGreaterThanOrEqual(20_000);
    expect(
      [...STATUSES, ...CAPABILITY_STATUSES].filter((state) => !reached.has(state)),
      'never reached',
    ).toEqual([]);
  });
});
