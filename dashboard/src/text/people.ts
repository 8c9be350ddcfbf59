// Sources of approval and names of actors, in words.

/** `group:finance` → `finance`, `role:admin` → `an admin`, `user:a@b` → `a@b`. */
export function sourceName(source: string): string {
  const [kind, ...rest] = source.split(':');
  const name = rest.join(':');
  if (kind === 'role') return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
  return name || source;
}

/** One source or several → `finance or an admin`. */
export function sourcesText(from: string | string[]): string {
  const names = [from].flat().map(sourceName);
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** `service-account:release-bot` → `release-bot`; the kind is said beside it where there is room. */
export const actorName = (actor: string): string => actor.replace(/^(service-account|agent|user)[:.]/, '');

interface Person {
  id: string;
  email: string;
  roles: string[];
  groups: string[];
  /** What others lent them. */
  delegations?: { from: Person; scope: { sources: string[] | null } }[];
}

/** Whether a stage's sources name this person or who lent them a right, as far as the page can see. */
export const namesPerson = (from: string | string[], person: Person): boolean =>
  isNamed(from, person) ||
  (person.delegations ?? []).some(({ from: lender, scope }) =>
    isNamed(
      [from].flat().filter((source) => scope.sources?.includes(source) ?? true),
      lender,
    ),
  );

function isNamed(from: string | string[], person: Person): boolean {
  const own = new Set([
    `user:${person.id}`,
    `user:${person.email}`,
    ...person.roles.map((role) => `role:${role}`),
    ...person.groups.map((group) => `group:${group.replace(/^group:/, '')}`),
  ]);
  return [from].flat().some((source) => own.has(source));
}

interface StageOf {
  from: string[];
  actions?: { [source: string]: readonly string[] };
}

/** Whether this person may answer so in this stage, as far as the page can see: repository rights may be for one answer. */
export const mayAnswer = (stage: StageOf, person: Person, answer: 'approve' | 'reject'): boolean =>
  namesPerson(
    stage.from.filter((source) => stage.actions?.[source]?.includes(answer) ?? true),
    person,
  );

/** `approval.vote_recorded` → `Approval vote recorded`. */
export const eventName = (type: string): string => {
  const words = type
    .replaceAll(/[._]/g, ' ')
    .replace(/^api /, 'API ')
    .replace(/^oidc /, 'OIDC ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const OBJECT_ID = /^(apr|cap|usr|sa|key|chg|pol|grp|whk|inv|pk)_/;

/** What an event of an organisation is about, beside the organisation itself: the first id in its skeleton. */
export function subjectOf(skeleton: Record<string, unknown>): string | null {
  const skipped = new Set(['id', 'by', 'object', 'organization']);
  const found = Object.entries(skeleton).find(
    ([field, value]) => !skipped.has(field) && typeof value === 'string' && OBJECT_ID.test(value),
  );
  return found ? String(found[1]) : null;
}
