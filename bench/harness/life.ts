// The life of a request, step by step, with what each step cost. Between steps the object's alarms get the time that they
// have in a real life, where people think and machines run: what they cost belongs to the step before.
import { pause } from '../context.ts';
import type { Counts } from '../worker/meter.ts';
import { approve, exchange, propose, report, type World } from './world.ts';

/** Longer than an outbox waits for its retry (2 s), with room for a busy machine. */
export const ALARMS_MS = 2_600;

export type Step = 'create' | 'decide' | 'exchange' | 'report';

/** Sums of counts by name. */
export function sum(...parts: Counts[]): Counts {
  const total: Counts = {};
  for (const part of parts) for (const [name, value] of Object.entries(part)) total[name] = (total[name] ?? 0) + value;
  return total;
}

/** Of the counts that a pattern names, the sum. */
export const sumOf = (counts: Counts, pattern: RegExp): number =>
  Object.entries(counts).reduce((total, [name, value]) => (pattern.test(name) ? total + value : total), 0);

/** Runs something and says what it cost, alarms included. */
export async function costOf(world: World, act: () => Promise<unknown>, settle_ms = ALARMS_MS): Promise<Counts> {
  await world.house.counts();
  await world.house.reset();
  await act();
  await pause(settle_ms);
  return world.house.counts();
}

/** A whole human approval: proposed, approved with a passkey, exchanged, reported. Five events. */
export async function humanApproval(world: World): Promise<Record<Step, Counts>> {
  let id = '';
  const create = await costOf(world, async () => {
    id = await propose(world);
  });
  const decide = await costOf(world, () => approve(world, id));
  return {
    ...{ create, decide },
    exchange: await costOf(world, () => exchange(world, id)),
    report: await costOf(world, () => report(world, id)),
  };
}

const lives = new WeakMap<World, Promise<Counts[]>>();

/** Three lives, measured once per run; what several rows count from. The first of a world warms it up and is left out. */
export function threeLives(world: World): Promise<Counts[]> {
  const known = lives.get(world) ?? liveThree(world);
  lives.set(world, known);
  return known;
}

async function liveThree(world: World): Promise<Counts[]> {
  const id = await propose(world);
  await costOf(world, () => approve(world, id));
  const made: Counts[] = [];
  for (let i = 0; i < 3; i++) made.push(sum(...Object.values(await humanApproval(world))));
  return made;
}
