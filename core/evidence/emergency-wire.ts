// What a request's wire form says beside its decisions, out of the events: whom it was escalated to, and the emergency use.
// A source that answers undefined has nothing to compare: erased, or from before the field was there.
import type { Json } from '../json.ts';
import { type Case, lineOf } from './case.ts';

type Source = (of: Case) => Json | undefined;

const used = (of: Case) => lineOf(of, 'break_glass.used')?.event;
const ofUse =
  (field: string): Source =>
  (of) =>
    used(of)?.skeleton[field];
const wordsOfUse =
  (field: string): Source =>
  (of) =>
    used(of)?.personal?.[field];

const escalations: Source = ({ bundle }) => {
  const made = bundle.events.filter(({ event }) => event.type === 'approval.escalated');
  if (made.length === 0 && bundle.request.escalations === undefined) return undefined;
  return made.map(({ event }) => {
    const { stage, escalated_to, by } = event.skeleton as Record<string, Json>;
    return { stage: stage!, to: escalated_to!, by: by!, at: event.at };
  });
};

/** Place in the wire form → what the events say. */
export const EMERGENCY_WIRE: Record<string, Source> = {
  escalations,
  break_glass: (of) => (used(of) === undefined ? null : undefined),
  'break_glass/user/id': ofUse('reviewer'),
  'break_glass/passkey': ofUse('passkey'),
  'break_glass/enrolment_entry': ofUse('passkey_entry'),
  'break_glass/used_at': (of) => used(of)?.at,
  'break_glass/reason': wordsOfUse('reason'),
  'break_glass/external_ref': wordsOfUse('external_ref'),
};
