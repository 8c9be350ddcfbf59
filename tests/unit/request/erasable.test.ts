// What an event keeps for ever must not say what its erasable part says: the resource (often a person), the params, the
// words. Whoever holds the skeleton after an erasure must not be able to confirm a guess of them either.
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/digest.ts';
import type { Advance } from '../../../core/request/advance.ts';
import { exchange } from '../../../core/request/use.ts';
import { decide } from '../../../core/request/vote.ts';
import { report } from '../../../core/request/withdraw.ts';
import { ALICE, at, birth, born, call, MACHINE, must } from './fixtures.ts';

const SECRET = 'customer:jane@example.com';
const EVIDENCE = { ticket: 'INC-42' };

/** A request from its proposal to its outcome, with all that it records. */
function life(action: string): Advance['drafts'] {
  const proposal = { ...birth(action).proposal, resource: SECRET, params: { iban: 'DE02120300000000202051' } };
  const sealed = () => at(2_000);
  const first = born(action, { proposal });
  const voted =
    first.record.life.status === 'pending'
      ? must(decide(first.record, call(first.record, ALICE, 'approve', { comment: 'for Jane' }), at(1_000)))
      : null;
  const { record } = voted ?? first;
  const asked = {
    actor: record.proposal.actor,
    nonce: 'n',
    params: null,
    precondition: null,
    jkt: null,
    machine: MACHINE,
  };
  const used = must(exchange(record, asked, sealed, at(3_000)));
  const hand = { by: record.requester.id, name: 'bot', ip: '203.0.113.7' };
  const said = { status: 'executed' as const, detail: 'Jane was paid', evidence: EVIDENCE, has_right: false };
  const told = must(report(used.record, hand, said, sealed, at(4_000)));
  return [first, ...(voted ? [voted] : []), used, told].flatMap(({ drafts }) => drafts);
}

describe.each([['asks.somebody'], ['read.all']])('the skeletons of a whole life of %s', (action) => {
  const drafts = life(action);
  const kept = JSON.stringify(drafts.map(({ skeleton }) => skeleton));

  it('hold nothing of resource, params, comment, detail, evidence or address', () => {
    expect(drafts.length).toBeGreaterThanOrEqual(5);
    for (const word of ['jane', 'Jane', 'DE0212', 'INC-42', '203.0.113.7', 'because']) expect(kept).not.toContain(word);
  });

  it('hold no digest of what can be guessed without the salt', () => {
    for (const guess of [EVIDENCE, { iban: 'DE02120300000000202051' }, SECRET])
      expect(kept).not.toContain(digestOf(guess));
  });
});
