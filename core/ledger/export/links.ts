// Whose a provider's tokens were, by the organisation's own events: the identity was linked to the reviewer, and the
// provider trusted under the settings that the decision names. It verifies no token: evidence/token.ts does.
import type { RecordedEvent } from '../../events.ts';
import type { JsonObject } from '../../json.ts';
import { readToken } from '../../oidc/token.ts';
import type { End } from './end.ts';
import { type LineFault, lineFault } from './fault.ts';
import type { Right } from './standing.ts';

const bad = (field: string, detail: string): LineFault => lineFault('standing', `/event/skeleton/${field}`, detail);

/** What is so of one identity or one provider's settings; `end` where it is no more. */
interface Known {
  end?: End;
}

const nameOf = (issuer: unknown, subject: unknown): string => JSON.stringify([issuer, subject]);

export class Links {
  /** By user, then by identity; a user whose last change is erased has null. */
  readonly #people = new Map<string, Map<string, Known> | null>();
  /** By provider, then by the digest of its settings. */
  readonly #issuers = new Map<string, Map<string, Known>>();

  /** A member changed: exactly the identities that a signed change says are linked from now on; a recovery says none. */
  member({ user, change }: JsonObject, personal: JsonObject | null, end: End): void {
    if (change === null) return;
    const { identities = [] } = (personal ?? {}) as { identities?: { issuer: string; subject: string }[] };
    const now = new Set(identities.map(({ issuer, subject }) => nameOf(issuer, subject)));
    const before = this.#people.get(user as string);
    this.#people.set(user as string, personal === null ? null : next(before ?? new Map(), now, end));
  }

  /** A provider changed: only these settings hold from now on, or none. */
  issuer({ issuer, settings_digest, removed }: JsonObject, end: End): void {
    const now = new Set(removed === false ? [settings_digest as string] : []);
    this.#issuers.set(issuer as string, next(this.#issuers.get(issuer as string) ?? new Map(), now, end));
  }

  /** What a decision by token rests on; a fault where it never was so; `erased` where nothing says whose it is. */
  of({ skeleton, personal }: RecordedEvent): { ends: Right[] } | LineFault | 'erased' {
    const { reviewer, issuer, issuer_settings } = skeleton as Record<string, string>;
    const settings = this.#issuers.get(issuer!)?.get(issuer_settings!);
    if (settings === undefined) return bad('issuer_settings', `no change before this trusted ${issuer} under these`);
    const read = personal === null ? null : readToken(String(personal.token));
    const people = this.#people.get(reviewer!);
    if (read === null || people === null) return 'erased';
    const link = typeof read === 'string' ? undefined : people?.get(nameOf(issuer, read.claims.sub));
    if (link === undefined) return bad('reviewer', `no change before this linked the token’s identity to ${reviewer}`);
    return {
      ends: [
        ['issuer_settings', issuer!, settings.end],
        ['reviewer', reviewer!, link.end],
      ],
    };
  }
}

/** What was and is no more has ended; what was ended before stays so, unless it is again. */
function next(before: ReadonlyMap<string, Known>, now: ReadonlySet<string>, end: End): Map<string, Known> {
  const after = new Map<string, Known>([...before].map(([name, known]) => [name, { end, ...known }]));
  for (const name of now) after.set(name, {});
  return after;
}
