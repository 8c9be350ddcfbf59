// Prints the reference page of the lifecycle from the table itself: `node scripts/lifecycle-page.ts` to stdout, with
// `--write` into docs/reference/lifecycle.md. A test fails while the page is stale.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CAPABILITY_STATUSES,
  LIFECYCLE,
  LIFECYCLE_VERSION,
  PERMITTING,
  type Row,
  STATUSES,
  TERMINAL,
} from '../core/lifecycle.ts';
import { given, WRITE } from './arguments.ts';

export const PAGE = join(import.meta.dirname, '../docs/reference/lifecycle.md');

/** Each guard of the table, by the name that it has there, in words. */
const GUARDS: Readonly<Record<string, string>> = {
  always: '',
  allowed: 'policy says `allow`',
  asked: 'policy says `require_approval`',
  denied: 'policy says `deny`',
  breakGlassGranted: 'role, reason and passkey are there',
  completes: 'by a reviewer of the open stage, before the deadline, and this vote meets the whole requirement',
  counts: 'by a reviewer of the open stage, before the deadline',
  deadlinePassedOrRight: 'the deadline has passed, or a person with the right does it',
  byRequester: 'by the requester',
  hasRight: 'by a person with the right, or a stop',
  lifetimeEnded: "the capability's lifetime has ended",
  firstUse: 'the capability is `issued` or `returned`, and lifetime is left',
  sameUse: 'the same call as the exchange before; not consumed, not revoked, lifetime left',
  unspent: 'not consumed, not revoked',
  unspentByRight: 'by a person with the right, or a stop; not consumed, not revoked',
  handedBack: 'by the requester; not consumed, not revoked, lifetime left, returned fewer than 2 times',
  handedBackTooLate: 'by the requester; not consumed, otherwise',
  overdue: 'the time to report an outcome has passed',
  reporter: 'by the requester, or a person with the right',
};

const EFFECTS: Readonly<Record<string, string>> = {
  unchanged: 'as it was',
  'consumed-unless-revoked': 'consumed; stays revoked if it was',
  'revoked-if-any': 'revoked, if there is one',
};

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** @throws for a guard without words: the page must never be vaguer than the table */
function line({ from, on, when, to, capability, emits }: Row): string {
  const words = GUARDS[when.name];
  if (words === undefined) throw new Error(`the guard ${when.name} has no words in scripts/lifecycle-page.ts`);
  const origin = from.map((status) => status ?? '–').join(', ');
  return `| ${origin} | ${on} | ${words} | ${to} | ${EFFECTS[capability] ?? capability} | ${code(emits) || '–'} |`;
}

/** The whole page, as Markdown. */
export function lifecyclePage(): string {
  return `# The life of an approval request

<!-- Generated from core/lifecycle.ts by scripts/lifecycle-page.ts: do not edit. -->

Version ${LIFECYCLE_VERSION} of the table. It is read top to bottom: the first row whose state, command and guard match is what
happens, and what has no row changes nothing. Every event of a request carries this version, its command and what the
guards saw, so that anyone can replay the request's life through the same table.

- States: ${code(STATUSES)}.
- Nothing leaves ${code(TERMINAL)}.
- ${code(PERMITTING)} let something run: what leads to them is invisible until it is sealed in the ledger.
- A capability is ${code(CAPABILITY_STATUSES)}.

| from | command | when | to | capability | emits |
|---|---|---|---|---|---|
${LIFECYCLE.map(line).join('\n')}

A proposal may also emit \`policy.error\`.
`;
}

if (import.meta.main) {
  const { has } = given({
    usage: 'node scripts/lifecycle-page.ts --write',
    does: 'Writes docs/reference/lifecycle.md.',
    switches: WRITE,
  });
  if (has('write')) writeFileSync(PAGE, lifecyclePage());
  else process.stdout.write(lifecyclePage());
}
