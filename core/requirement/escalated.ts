// What escalating does to a requirement: further sources for one stage, never fewer people and never another stage. Who
// comes in this way must be eligible like everybody else, since before the request was made.
import type { Stage } from './eligible.ts';

/** Further people for a stage, from a moment on. */
export interface Escalated {
  /** Index of the stage, from 0. */
  stage: number;
  to: readonly string[];
}

/** The requirement with the escalations so far; the same object where there are none. */
export function escalated<R extends { stages: readonly Stage[] }>(requirement: R, by: readonly Escalated[]): R {
  if (by.length === 0) return requirement;
  const further = (index: number) => by.filter(({ stage }) => stage === index).flatMap(({ to }) => to);
  const stages = requirement.stages.map((stage, index) => ({
    ...stage,
    from: [...new Set([...stage.from, ...further(index)])],
  }));
  return { ...requirement, stages };
}
