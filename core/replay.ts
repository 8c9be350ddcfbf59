// A request's life, taken again from its recorded events, through the same table that the server ran: nothing altered
// and nothing illegal. It believes no event more than its commitment; what stands outside (ledger, passkeys, policy) is
// for other checks. Invariant: what it accepts, step() would have done.
import { EVENT_FIELDS, EVENT_TYPES, type EventType } from './event-fields.ts';
import { faultOfEvent, type RecordedEvent } from './events.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { COMMANDS, type Command, type GuardFacts, type Life, NO_FACTS, step } from './lifecycle.ts';

/** The tables that ever ran, by the version that events carry. */
const TABLES: Readonly<Record<number, typeof step>> = { 1: step };

/** What may stand in a request's chain without being a step of its life. */
const BESIDE: readonly EventType[] = ['approval.claimed', 'break_glass.reviewed', 'erasure.performed'];

export type Replay = { ok: true; life: Life } | { ok: false; at_seq: number; reason: string };

/** Where a replay stands: the life so far, and the step whose events are being read. */
interface Position {
  life: Life;
  steps: number;
  /** The first event's number, what the row emits, and what came of it so far. */
  open: { first: RecordedEvent; emits: readonly string[]; seen: string[] } | null;
}

/**
 * Replays the events of one request from its beginning.
 *
 * @param events as recorded, in the order of their `seq`; erased personal parts may be missing
 * @returns the life at the end, or the first event that is altered, missing or illegal, and why. A last step that is cut
 * off is a fault of its last event.
 */
export function replay(events: readonly RecordedEvent[]): Replay {
  const replaying = new Replaying();
  for (const [at, event] of events.entries()) {
    const reason = faultOfCommitments(event) ?? replaying.next(event);
    if (reason !== null) return { ok: false, at_seq: at + 1, reason };
  }
  const cut = replaying.cut();
  return cut === null ? { ok: true, life: replaying.life } : { ok: false, at_seq: events.length, reason: cut };
}

/** One request's replay, an event at a time, for whoever has checked what each event commits to (`faultOfEvent`). */
export class Replaying {
  readonly #position: Position = {
    ...{ life: { status: null, capability: null, returned_count: 0 }, steps: 0, open: null },
  };
  #birth: RecordedEvent | null = null;
  #previous: RecordedEvent | undefined;
  #seq = 0;

  /** Takes the next event. @returns why it cannot stand here, or null; after a reason nothing more may be taken */
  next(event: RecordedEvent): string | null {
    this.#birth ??= event;
    this.#seq += 1;
    const reason = brokenChain(event, this.#previous, this.#seq) ?? illegal(this.#position, event, this.#birth);
    this.#previous = event;
    return reason;
  }

  /** What lacks at the end; null when the last step is whole. */
  cut(): string | null {
    return this.#birth === null ? 'there is no event' : unfinished(this.#position);
  }

  get life(): Life {
    return this.#position.life;
  }
}

function faultOfCommitments(event: RecordedEvent): string | null {
  const fault = faultOfEvent(event);
  return fault === null ? null : `the event does not hold what it commits to (${fault})`;
}

/** Place in the chain, and that all events are of one object. */
function brokenChain(event: RecordedEvent, previous: RecordedEvent | undefined, seq: number): string | null {
  if (event.seq !== seq) return `event ${seq} is missing: this one is number ${event.seq}`;
  if (event.skeleton.prev !== (previous?.commit ?? null)) return 'it does not follow the event before it (prev)';
  if (previous === undefined) return null;
  const same = event.object === previous.object && event.organization === previous.organization;
  return same ? null : 'it belongs to another object or organisation';
}

function illegal(position: Position, event: RecordedEvent, birth: RecordedEvent): string | null {
  const { type, skeleton } = event;
  if (BESIDE.includes(type)) return unfinished(position);
  if (!isStep(type)) return `${type} is no part of a request's life`;
  if (skeleton.step === position.steps && position.open !== null) return nextOfStep(position, event);
  return unfinished(position) ?? firstOfStep(position, event, birth);
}

const STEPS: ReadonlySet<string> = new Set(
  EVENT_TYPES.filter((type) => (EVENT_FIELDS[type].skeleton as readonly string[]).includes('command')),
);
const isStep = (type: EventType): boolean => STEPS.has(type);

/** A further event of a step: it says the same about the step as the first, and the row names it. */
function nextOfStep(position: Position, event: RecordedEvent): string | null {
  const { first } = position.open!;
  const differs = STEP_FIELDS.find((field) => !same(event.skeleton[field], first.skeleton[field]));
  if (differs !== undefined) return `it says another ${differs} than the first event of its step`;
  return event.at === first.at ? emitted(position, event) : 'it says another time than the first event of its step';
}

/** The first event of a step: the table takes the step that it says, and arrives where it says. */
function firstOfStep(position: Position, event: RecordedEvent, birth: RecordedEvent): string | null {
  const { skeleton } = event;
  if (skeleton.step !== position.steps + 1)
    return `step ${position.steps + 1} is missing: this is ${text(skeleton.step)}`;
  const table = TABLES[skeleton.table as number];
  if (table === undefined) return `the lifecycle table ${text(skeleton.table)} is not known here`;
  const facts = factsOf(skeleton.facts);
  if (facts === null) return 'its guard facts are not those of the table';
  if (!COMMANDS.includes(skeleton.command as Command)) return `${text(skeleton.command)} is no command of the table`;
  const lie = untrue(skeleton.command as Command, facts, event, birth);
  if (lie !== null) return lie;
  const { life } = position;
  const taken = table(life, skeleton.command as Command, facts);
  if (taken === null) return `${skeleton.command} is not legal while ${inWords(life)} and the facts are these`;
  const said = STATED.find(([field, of]) => skeleton[field] !== of(life, taken.life));
  if (said !== undefined)
    return `${skeleton.command} from ${inWords(life)} gives ${said[0]} ${text(said[1](life, taken.life))}, not ${text(skeleton[said[0]])}`;
  position.life = taken.life;
  position.steps += 1;
  position.open = { first: event, emits: taken.row.emits, seen: [] };
  return emitted(position, event);
}

const STEP_FIELDS = ['table', 'step', 'command', 'facts', 'from', 'to', 'capability_status', 'returned_count'] as const;

/** What a step says about where it came from and went. */
const STATED: readonly [string, (before: Life, after: Life) => Json][] = [
  ['from', (before) => before.status],
  ['to', (_, after) => after.status],
  ['capability_status', (_, after) => after.capability],
  ['returned_count', (_, after) => after.returned_count],
];

/** Facts that contradict what the chain itself shows. */
function untrue(command: Command, facts: GuardFacts, event: RecordedEvent, birth: RecordedEvent): string | null {
  if (command === 'propose' && facts.verdict !== event.skeleton.verdict)
    return 'its verdict is not that of its guard facts';
  const deadline = birth.skeleton.expires_at;
  const late = typeof deadline === 'string' && event.at > deadline;
  const deciding = command === 'approve' || command === 'edit' || command === 'reject';
  return deciding && late && !facts.deadline_passed ? 'it was decided after its deadline' : null;
}

/** The next event of the row, in the row's order; a proposal may also say that a policy erred. */
function emitted(position: Position, event: RecordedEvent): string | null {
  const { first, emits, seen } = position.open!;
  if (event.type === 'policy.error') {
    return first.skeleton.command === 'propose' && first !== event
      ? null
      : 'policy.error is only said beside a proposal, after it';
  }
  if (emits[seen.length] !== event.type) {
    return `${first.skeleton.command} emits ${emits.join(', ') || 'nothing'}: ${event.type} is not its event ${seen.length + 1}`;
  }
  seen.push(event.type);
  return null;
}

function unfinished({ open }: Position): string | null {
  const missing = open?.emits[open.seen.length];
  return missing === undefined ? null : `the step before it lacks its ${missing}`;
}

const FLAGS = Object.keys(NO_FACTS).filter((name) => name !== 'verdict');
const VERDICTS: ReadonlySet<unknown> = new Set([null, 'allow', 'require_approval', 'deny']);

/** Exactly the facts of the table, each of its kind; null otherwise. */
function factsOf(value: Json | undefined): GuardFacts | null {
  if (!isObject(value)) return null;
  const known = VERDICTS.has(value.verdict) && FLAGS.every((name) => typeof value[name] === 'boolean');
  return known && Object.keys(value).length === FLAGS.length + 1 ? (value as unknown as GuardFacts) : null;
}

/** The same JSON; -0 is 0, as in RFC 8785. */
function same(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  const [a, b] = [one as JsonObject, other as JsonObject];
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  );
}

const text = (value: Json | undefined): string => JSON.stringify(value) ?? 'nothing';

const inWords = (life: Life): string =>
  `the request is ${life.status ?? 'not there yet'}${life.capability === null ? '' : ` with its capability ${life.capability}`}`;
