// What a later shard takes over from the one before: where each object and each organisation's chain of links stood when
// that one ended, so that nothing is sealed twice and no link is left out. The earlier shard has ended, so its answers
// never change; they are asked for before the flush's transaction, and only for who is not known here.
import { fail, ok, type Result } from '../../core/problems.ts';
import type { AppendAnswer, AppendRequest, ObjectKind } from './forms.ts';
import type { LedgerStore, ObjectRow, OrganizationRow } from './store.ts';

/** Whose standing is asked for. */
export interface StandingQuestion {
  organization: string;
  object: string;
}

/** How far an earlier shard has sealed an object, and where the organisation's chain ended there. */
export interface Inherited {
  object: { kind: ObjectKind; last_seq: number } | null;
  organization: OrganizationRow | null;
}

/** The shard before, as far as this one asks it. */
export interface Predecessor {
  standings(asked: StandingQuestion[]): Promise<Result<Inherited[]>>;
  append(request: AppendRequest): Promise<Result<AppendAnswer>>;
}

interface Split {
  /** The answer for what an earlier shard has sealed; null when that is nothing. */
  older: Result<AppendAnswer> | null;
  /** What is this shard's own; null when that is nothing. */
  rest: AppendRequest | null;
}

const keyOf = ({ organization, object }: StandingQuestion): string => `${organization}/${object}`;

export class Inheritance {
  readonly #standings = new Map<string, Inherited>();
  readonly #organizations = new Map<string, OrganizationRow>();
  readonly #older = new Map<AppendRequest, Result<AppendAnswer>>();

  /** Asks the shard before for whoever of these is not known here. Never rejects: who cannot be answered is refused. */
  static async of(before: Predecessor | null, store: LedgerStore, requests: AppendRequest[]): Promise<Inheritance> {
    const inheritance = new Inheritance();
    const asking = before === null ? [] : requests.filter((request) => wants(store, request));
    if (asking.length > 0) await inheritance.#ask(before!, asking);
    return inheritance;
  }

  /** The object's row as it would be had this shard sealed it; null when no earlier shard did. */
  object({ organization, object }: AppendRequest): ObjectRow | null {
    const standing = this.#standings.get(keyOf({ organization, object }))?.object ?? null;
    return standing && { organization, object, ...standing, first_index: 0, last_flush: null };
  }

  organization(id: string): OrganizationRow | null {
    return this.#organizations.get(id) ?? null;
  }

  /** Parts a request into what an earlier shard has answered and what is to be sealed or answered here. */
  split(request: AppendRequest): Split {
    const older = this.#older.get(request) ?? null;
    const last = this.object(request)?.last_seq ?? 0;
    if (older === null) return { older, rest: request };
    const rest = part(request, (seq) => seq > last);
    return { older, rest: rest.events.length > 0 ? rest : null };
  }

  async #ask(before: Predecessor, asking: AppendRequest[]): Promise<void> {
    const questions = asking.map(({ organization, object }) => ({ organization, object }));
    const answer = await reached(() => before.standings(questions));
    if (!answer.ok) {
      for (const request of asking) this.#older.set(request, answer);
      return;
    }
    for (const [at, { organization, object }] of asking.entries()) {
      const inherited = answer.value[at]!;
      this.#standings.set(keyOf({ organization, object }), inherited);
      if (inherited.organization) this.#organizations.set(organization, inherited.organization);
    }
    await Promise.all(asking.map((request) => this.#askOlder(before, request)));
  }

  async #askOlder(before: Predecessor, request: AppendRequest): Promise<void> {
    const last = this.object(request)?.last_seq ?? 0;
    const older = part(request, (seq) => seq <= last);
    if (older.events.length > 0) this.#older.set(request, await reached(() => before.append(older)));
  }
}

/** What a shard that has ended answers: its own rows, and the shard's before it for who is not in them. */
export async function standingsIn(
  store: LedgerStore,
  before: Predecessor | null,
  asked: StandingQuestion[],
): Promise<Result<Inherited[]>> {
  const own = asked.map((question) => standingIn(store, question));
  const unknown = asked.filter((_, at) => own[at]!.object === null || own[at]!.organization === null);
  if (before === null || unknown.length === 0) return ok(own);
  const older = await reached(() => before.standings(unknown));
  if (!older.ok) return older;
  const found = new Map(unknown.map((question, at) => [question, older.value[at]!]));
  return ok(
    own.map(({ object, organization }, at) => ({
      object: object ?? found.get(asked[at]!)?.object ?? null,
      organization: organization ?? found.get(asked[at]!)?.organization ?? null,
    })),
  );
}

function standingIn(store: LedgerStore, { organization, object }: StandingQuestion): Inherited {
  const row = store.object(organization, object);
  return {
    object: row && { kind: row.kind, last_seq: row.last_seq },
    organization: store.organization(organization),
  };
}

/** Whether an earlier shard may have sealed something of this request. */
function wants(store: LedgerStore, { organization, object, events }: AppendRequest): boolean {
  const row = store.object(organization, object);
  return row === null || (events[0]?.seq ?? 0) <= row.last_seq;
}

function part(request: AppendRequest, wanted: (seq: number) => boolean): AppendRequest {
  const events = request.events.filter(({ seq }) => wanted(seq));
  const ids = new Set(events.map(({ id }) => id));
  return { ...request, events, receipts: request.receipts.filter(({ event }) => ids.has(event)) };
}

async function reached<T>(call: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await call();
  } catch (error) {
    return fail('unavailable', 'An earlier part of the log cannot be reached. Repeat the same call.', {
      retry_after_seconds: 1,
      reason: String(error),
    });
  }
}
