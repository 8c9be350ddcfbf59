// A draft of the policy over what was asked before, and what that suggests. The work is bounded by the number of requests and
// by time: what is not judged is said, never guessed.

import { instantAt } from '../../core/duration.ts';
import { Simulation, type SimulationResult, type StoredRequest } from '../../core/policy/simulate.ts';
import { Suggesting } from '../../core/policy/suggest.ts';
import { type Policy, parsePolicy, policyDigest } from '../../core/policy.ts';
import { ok, type ProblemPlace, type Result } from '../../core/problems.ts';
import type { Authorized } from '../auth/authorized.ts';
import { type HistoryQuestion, history } from './history.ts';

/** A Worker has thirty seconds of its own time; some is for the answer. */
const MAX_MS = 20_000;
/** A suggestion walks twice. */
const MAX_WALK_MS = 12_000;

export interface SimulationAnswer extends SimulationResult {
  /** Of the draft. */
  digest: string;
  warnings: ProblemPlace[];
  in_force: { version: number; digest: string };
  /** False when time was up: the newest were not looked at. */
  complete: boolean;
}

/** Judges up to `limit` of the organisation's newest requests by the text. @returns `invalid-policy` with its places */
export async function simulate(
  db: D1Database,
  { caller, snapshot }: Authorized,
  asked: { source: string; limit: number; since?: string | undefined },
): Promise<Result<SimulationAnswer>> {
  const parsed = parsePolicy(asked.source);
  if (!parsed.ok) return parsed;
  const { policy: draft, warnings } = parsed.value;
  const { version, digest, policy } = snapshot.policy;
  const own = policyDigest(draft);
  const known = new Map<string, Policy>([
    [digest, policy],
    [own, draft],
  ]);
  const simulation = new Simulation(draft, known);
  const question = { organization: caller.organization, ...asked };
  const complete = await overHistory(db, question, (stored) => simulation.take(stored), MAX_MS);
  return ok({ digest: own, warnings, in_force: { version, digest }, complete, ...simulation.result() });
}

/** Trusted patterns that the newest requests suggest, each tried on the same requests. */
export async function suggest(db: D1Database, question: HistoryQuestion, policy: Policy): Promise<Result<object>> {
  const suggesting = new Suggesting(policy);
  let considered = 0;
  const learn = (stored: StoredRequest) => {
    considered++;
    suggesting.learn(stored);
  };
  const learned = await overHistory(db, question, learn, MAX_WALK_MS);
  suggesting.propose(instantAt(Date.now()));
  // A pattern that was not tried on all of them is not suggested: somebody may have rejected the like.
  const complete = learned && (await overHistory(db, question, (stored) => suggesting.try(stored), MAX_WALK_MS));
  const [data, not_suggested] = complete ? [suggesting.suggestions(), suggesting.notSuggested()] : [[], []];
  return ok({ considered, complete, data, not_suggested });
}

/**
 * So many are judged without a break: others wait in the same isolate, and a clock stands still until there is one. Each
 * takes 30 ms at worst (core/policy/semantics.ts).
 */
const WITHOUT_BREAK = 10;

/** Hands over each request, oldest first. @returns false when time was up before the end */
export async function overHistory(
  db: D1Database,
  question: HistoryQuestion,
  take: (stored: StoredRequest) => unknown,
  max_ms: number,
): Promise<boolean> {
  const ends = Date.now() + max_ms;
  for await (const page of history(db, question)) {
    for (const [at, stored] of page.entries()) {
      if (at % WITHOUT_BREAK === 0) await scheduler.wait(0);
      if (Date.now() > ends) return false;
      take(stored);
    }
  }
  return true;
}
