// Who may decide, a second time: policy.md's "Who may decide" read again by hand, over a model of its own, and compared
// with the core on random organisations, groups, ownerships, delegations and requirements, while people vote in random
// order and are locked, moved, lent to and taken from in between. `ORACLE_SEED=n` repeats a run; each failure names its own.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Standing } from '../../core/authority.ts';
import type { Lent } from '../../core/delegation.ts';
import type { JudgedVote } from '../../core/requirement/judge.ts';
import { judgeReject, judgeVote, type Needed, type RequestPeople, type Vote } from '../../core/requirement.ts';

const RUNS = 200_000;
const SEED = Number(process.env.ORACLE_SEED ?? Date.now() % 2 ** 31);

// Instants, as small numbers in the model.
const ticks = Array.from({ length: 400 }, (_, tick) => new Date(Date.UTC(2026, 2, 1) + tick * 1000).toISOString());
const at = (tick: number): string => ticks[tick]!;
const MADE = 100;
const ACTION = `sha256:${'a'.repeat(64)}`;
const RISKS = ['low', 'medium', 'high', 'critical'] as const;

/** mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Human {
  name: string;
  active: boolean;
  keyed: boolean;
  /** Source → tick since when. */
  is: Map<string, number>;
}
interface Loan {
  id: string;
  from: string;
  to: string;
  since: number;
  until: number;
  only: string[] | null;
  actions: string[] | null;
  top: number | null;
}
interface Model {
  humans: Human[];
  loans: Loan[];
  now: number;
  risk: number;
  needed: { from: string[]; count: number; may: Map<string, string[]> }[];
  owners: boolean;
  part: { requester: string; behalf: string | null; actor: string; owners: string[]; editors: string[] };
}
interface Given {
  by: string;
  under: { id: string; from: string } | null;
  stage: number;
}

const SOURCES = ['role:owner', 'role:reviewer', 'group:a', 'group:b', 'group:c'];

function modelOf(random: () => number): Model {
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const some = <T>(list: readonly T[], chance: number): T[] => list.filter(() => random() < chance);
  const size = 2 + Math.floor(random() * 5);
  const names = Array.from({ length: size }, (_, i) => `usr_${i}`);
  const humans = names.map((name) => {
    const held = some(SOURCES, 0.3).map((source): [string, number] => [source, one([10, 10, 10, MADE, 150])]);
    return { name, active: random() < 0.95, keyed: true, is: new Map([[`user:${name}`, 10], ...held]) };
  });
  const loans = Array.from({ length: Math.floor(random() * 9) }, (_, i) => ({
    ...{ id: `del_${i}`, from: one(names), to: one(names), since: one([20, 20, 30, 30, 40, 40, 50, MADE, 120]) },
    ...{ until: one([90, 300, 300, 300, 300, 300]), only: random() < 0.3 ? some(SOURCES, 0.5) : null },
    ...{
      actions: random() < 0.2 ? [one(['pay.*', 'ship.*'])] : null,
      top: random() < 0.2 ? Math.floor(random() * 4) : null,
    },
  }));
  const needed = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
    const from = some([...SOURCES, `user:${one(names)}`], 0.3);
    const asked = from.length > 0 ? from : ['group:a'];
    const bound = random() < 0.15 ? [[one(asked), one([['approve'], ['reject'], ['approve', 'reject']])] as const] : [];
    return { from: asked, count: 1 + Math.floor(random() * 2), may: new Map(bound) };
  });
  const part = {
    requester: random() < 0.2 ? one(names) : 'sa_1',
    behalf: random() < 0.1 ? one(names) : null,
    actor: random() < 0.1 ? `user:${one(names)}` : 'agent:bot',
    ...{ owners: some(names, 0.1), editors: some(names, 0.05) },
  };
  return { humans, loans, now: 200, risk: Math.floor(random() * 4), needed, owners: random() < 0.5, part };
}

/** What happens to people between two votes. */
function upset(model: Model, random: () => number): void {
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const human = one(model.humans);
  const source = one(SOURCES);
  const acts: (() => void)[] = [
    () => human.is.delete(source),
    () => human.is.set(source, human.is.get(source) ?? model.now),
    () => {
      human.active = !human.active;
    },
    () => {
      human.keyed = !human.keyed;
    },
    () => {
      model.loans = model.loans.filter(() => random() < 0.6);
    },
    () => {
      model.loans.push({
        id: `del_n${model.now}`,
        from: human.name,
        to: one(model.humans).name,
        since: model.now,
        until: 300,
        only: null,
        actions: null,
        top: null,
      });
    },
    () => {
      model.now = 310;
    },
    () => model.part.owners.push(human.name),
    () => model.part.editors.push(human.name),
  ];
  model.now += 1;
  one(acts)();
}

// --- the second reading -------------------------------------------------------------------------------------------

const human = (model: Model, name: string): Human | undefined => model.humans.find((one) => one.name === name);

/** "Excluded at any of these moments: the actor; the requester and whoever it is authenticated on behalf of; whoever edited the request. `separation: owners` also excludes the owners". */
function isOut(model: Model, name: string): boolean {
  const { requester, behalf, actor, owners, editors } = model.part;
  if (requester === name || behalf === name || actor === `user:${name}` || editors.includes(name)) return true;
  return model.owners && owners.includes(name);
}

/** "in the stage's source when the request was made, at the vote, and when the requirement is met". */
function sits(model: Model, name: string, stage: number, act: string, only: string[] | null): boolean {
  const who = human(model, name);
  if (!who?.active || isOut(model, name)) return false;
  const { from, may } = model.needed[stage]!;
  for (const source of from) {
    const since = who.is.get(source);
    if (since === undefined || since >= MADE) continue;
    if (only !== null && !only.includes(source)) continue;
    if (may.has(source) && !may.get(source)!.includes(act)) continue;
    return true;
  }
  return false;
}

/** "counts as delegator and delegate, and is void if either is excluded or the delegation is younger than the request; … never chained". */
function carries(model: Model, loan: Loan | undefined, to: string, stage: number, act: string): boolean {
  if (loan === undefined || loan.to !== to || loan.from === to) return false;
  if (loan.since >= MADE || model.now < loan.since || model.now >= loan.until) return false;
  if (loan.actions !== null && !loan.actions.includes('pay.*')) return false;
  if (loan.top !== null && model.risk > loan.top) return false;
  const holder = human(model, to);
  if (!holder?.active || isOut(model, to)) return false;
  const reviews = [...holder.is].some(([source, since]) => !source.startsWith('user:') && since < MADE);
  return reviews && sits(model, loan.from, stage, act, loan.only);
}

/** The votes that stand, as the people whom each uses up; null in the place of one that does not. */
function standing(model: Model, given: Given[]): (string[] | null)[] {
  const used: string[] = [];
  return given.map(({ by, under, stage }) => {
    const holds =
      under === null
        ? sits(model, by, stage, 'approve', null)
        : carries(
            model,
            model.loans.find((loan) => loan.id === under.id && loan.from === under.from),
            by,
            stage,
            'approve',
          );
    const seats = under === null ? [by] : [by, under.from];
    if (!holds || !human(model, by)!.keyed || seats.some((name) => used.includes(name))) return null;
    used.push(...seats);
    return seats;
  });
}

const openOf = (model: Model, given: Given[], seats: (string[] | null)[]): number =>
  model.needed.findIndex(
    ({ count }, stage) => given.filter((vote, i) => seats[i] && vote.stage === stage).length < count,
  );

/** What must come of an attempt: refused, or in whose right it is taken. */
function expected(
  model: Model,
  given: Given[],
  by: string,
  stage: number,
  act: 'approve' | 'reject',
): Given | 'refused' {
  const seats = standing(model, given);
  const open = openOf(model, given, seats);
  if (open === -1 || open !== stage) return 'refused';
  const used = act === 'approve' ? seats.flatMap((one) => one ?? []) : [];
  if (used.includes(by)) return 'refused';
  if (sits(model, by, stage, act, null)) return { by, under: null, stage };
  const mine = model.loans.filter((loan) => carries(model, loan, by, stage, act) && !used.includes(loan.from));
  mine.sort((one, other) => one.since - other.since || (one.id < other.id ? -1 : 1));
  return mine[0] === undefined ? 'refused' : { by, under: { id: mine[0].id, from: mine[0].from }, stage };
}

// --- the same world in the core's words ---------------------------------------------------------------------------

function standingsOf(model: Model): Record<string, Standing> {
  const lentTo = (name: string): Lent[] =>
    model.loans
      .filter((loan) => loan.to === name)
      .map(({ id, from, since, until, only, actions, top }) => ({
        ...{ id, from, since: at(since), until: at(until) },
        scope: { actions, resources: null, sources: only, max_risk: top === null ? null : RISKS[top]! },
      }));
  return Object.fromEntries(
    model.humans.map(({ name, active, keyed, is }) => [
      name,
      {
        ...{ user: name, name, email: '', active, roles: [], groups: [], delegations: lentTo(name) },
        sources: Object.fromEntries([...is].map(([source, tick]) => [source, at(tick)])),
        passkeys: [{ id: `pk_${name}`, status: keyed ? 'active' : 'revoked' }],
      } as unknown as Standing,
    ]),
  );
}

function questionOf(model: Model, votes: Vote[], voter: string, stage: number) {
  const { requester, behalf, actor, owners, editors } = model.part;
  const people: RequestPeople = { requester, on_behalf_of: behalf, actor, owners, editors };
  const stages: Needed['stages'] = model.needed.map(({ from, count, may }) => ({
    ...{ from, count, actions: Object.fromEntries(may) as Record<string, ('approve' | 'reject')[]> },
  }));
  return {
    requirement: { stages, separation: model.owners ? ('owners' as const) : ('requester' as const) },
    ...{ votes, standings: standingsOf(model), voter, created_at: at(MADE), effective_action_digest: ACTION, people },
    ...{ stage, voted_at: at(model.now) },
    about: { action: 'pay.out', resource: 'a:b', risk: RISKS[model.risk]!, now: at(model.now) },
  };
}

const isVote = (judged: object): judged is JudgedVote => 'requirement_met' in judged;

interface Seen {
  attempts: number;
  taken: number;
  delegated: number;
  completed: number;
  voided: number;
}

/** Anybody; two times of three somebody who may, so that requests get anywhere. */
function voterOf(model: Model, random: () => number, may: (name: string) => boolean): string {
  const able = random() < 0.8 ? model.humans.filter(({ name }) => may(name)) : [];
  const among = able.length > 0 ? able : model.humans;
  return among[Math.floor(random() * among.length)]!.name;
}

/** One request's life. Throws where the two readings part or a law is broken. */
function live(seed: number, seen: Seen): void {
  const random = randomFrom(seed);
  const model = modelOf(random);
  const given: Given[] = [];
  const votes: Vote[] = [];
  for (let turn = 0; turn < 7; turn++) {
    const open = Math.max(0, openOf(model, given, standing(model, given)));
    const stage = random() < 0.95 ? open : Math.floor(random() * model.needed.length);
    const act = random() < 0.1 ? 'reject' : 'approve';
    const by = voterOf(model, random, (name) => expected(model, given, name, stage, act) !== 'refused');
    const wanted = expected(model, given, by, stage, act);
    const question = questionOf(model, votes, by, stage);
    const judged = act === 'approve' ? judgeVote(question) : judgeReject(question);
    seen.attempts++;
    const said = judged.ok ? { by, under: judged.value.delegation ?? null, stage } : 'refused';
    if (JSON.stringify(said) !== JSON.stringify(wanted))
      throw new Error(
        `turn ${turn}, ${by} ${act}s stage ${stage}: the core ${JSON.stringify(said)}, the oracle ${JSON.stringify(wanted)}`,
      );
    if (judged.ok && wanted !== 'refused' && isVote(judged.value) && human(model, by)!.keyed) {
      seen.taken++;
      if (wanted.under !== null) seen.delegated++;
      given.push(wanted);
      const under = wanted.under === null ? {} : { delegation: wanted.under };
      votes.push({
        reviewer: by,
        stage,
        action_digest: ACTION,
        decision: 'approve',
        voted_at: at(model.now),
        passkey: `pk_${by}`,
        ...under,
      });
      const seats = standing(model, given);
      const met = openOf(model, given, seats) === -1;
      if (judged.value.requirement_met !== met)
        throw new Error(`turn ${turn}: the core says met is ${judged.value.requirement_met}`);
      if (met) {
        seen.completed++;
        assertLaws(model, judged.value.counted);
        return;
      }
    }
    if (random() < 0.2) upset(model, random);
    seen.voided += standing(model, given).filter((seat) => seat === null).length > 0 ? 1 : 0;
  }
}

/** Whatever either reading says: these hold for a request that is complete. */
function assertLaws(model: Model, counted: readonly Vote[]): void {
  const people = counted.flatMap(({ reviewer, delegation }) => (delegation ? [reviewer, delegation.from] : [reviewer]));
  if (new Set(people).size !== people.length) throw new Error(`somebody counts twice: ${people}`);
  const out = people.find((name) => isOut(model, name) || !human(model, name)!.active);
  if (out !== undefined) throw new Error(`${out} is excluded or gone and counts`);
  const wanted = model.needed.reduce((sum, { count }) => sum + count, 0);
  if (new Set(counted.map(({ reviewer }) => reviewer)).size < wanted) throw new Error('too few different people');
}

describe('who may decide', () => {
  it(`is what policy.md says, over ${RUNS} random requests (seed ${SEED})`, { timeout: 120_000 }, () => {
    const seen: Seen = { attempts: 0, taken: 0, delegated: 0, completed: 0, voided: 0 };
    const begun_ms = Date.now();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => live(seed, seen)),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    );
    console.info(`seed ${SEED}: ${JSON.stringify(seen)} in ${Date.now() - begun_ms} ms`);
    // A generator that never gets anywhere would prove nothing.
    expect(seen.completed).toBeGreaterThan(RUNS / 20);
    expect(seen.delegated).toBeGreaterThan(RUNS / 50);
    expect(seen.voided).toBeGreaterThan(RUNS / 50);
  });
});
