// The pinned sample of a vote on somebody's behalf: who lent the right is proved by their own signature, and a bundle in
// which the delegation is missing, altered, another's, too young or the snapshot's alone is not valid.
import { describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { hex, utf8 } from '../../../core/encoding.ts';
import type { EvidenceBundle } from '../../../core/evidence.ts';
import { anchorsOf, failuresOf, forged, type Loose, textOf, verify } from './samples.ts';
import { sigstoreAccepts } from './sigstore.ts';

const ANCHORS = anchorsOf('delegated');
const PINNED = 'd0bac70c881de58fd69524646fe8501d78653add702b9d4ae09c25102444dbd9';

const entry = ({ organization_events }: Loose, type = 'delegation.created') =>
  organization_events.find(({ event }: Loose) => event.type === type).event;
const vote = ({ events }: Loose) => events.find(({ event }: Loose) => event.type === 'approval.decided').event;
const holder = (bundle: Loose) =>
  vote(bundle).personal.eligibility.people.find(({ user }: Loose) => user === vote(bundle).skeleton.reviewer);
const without = (list: Loose[], fits: (one: Loose) => boolean) => list.splice(list.findIndex(fits), 1);

describe('a vote on somebody’s behalf', () => {
  it('is the file that it always was, verifies, and proves who lent the right', async () => {
    expect(hex(sha256(utf8(textOf('delegated'))))).toBe(PINNED);
    const report = await verify(textOf('delegated'), ANCHORS);
    expect(report.claims.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(report.valid).toBe(true);
    const lent = report.claims.filter(({ claim }) => claim === 'delegation');
    expect(lent.map(({ status }) => status).sort()).toEqual(['asserted', 'proved']);
    const { receipts } = JSON.parse(textOf('delegated')) as EvidenceBundle;
    for (const { bundle } of receipts) sigstoreAccepts(bundle, ANCHORS);
  });

  const forgeries: [what: string, check: string, change: (bundle: Loose) => unknown][] = [
    [
      'without its entry',
      'delegation',
      (b) => without(b.organization_events, ({ event }) => event.type === 'delegation.created'),
    ],
    [
      'without the lender’s enrolment',
      'delegation',
      (b) =>
        without(
          b.organization_events,
          ({ event }) => event.skeleton.passkey === entry(b).skeleton.passkey && event.type === 'passkey.registered',
        ),
    ],
    ['that the lender did not sign', 'delegation', (b) => entry(b).personal.intents.splice(0)],
    [
      'whose signature is of another ceremony',
      'delegation',
      (b) => Object.assign(entry(b).personal.assertions[0], vote(b).personal.assertion),
    ],
    [
      'of other terms than were signed',
      'delegation',
      (b) => Object.assign(entry(b).skeleton, { starts_at: '2026-01-01T00:00:00.000Z' }),
    ],
    ['of another lender', 'delegation', (b) => Object.assign(entry(b).skeleton, { from: vote(b).skeleton.reviewer })],
    ['that was over', 'delegation', (b) => Object.assign(entry(b).skeleton, { expires_at: vote(b).at })],
    ['that the snapshot does not know', 'eligibility', (b) => holder(b).delegations.splice(0)],
    [
      'younger than the request',
      'eligibility',
      (b) => Object.assign(holder(b).delegations[0], { since: b.events[0].event.at }),
    ],
    [
      'about other actions',
      'eligibility',
      (b) => Object.assign(holder(b).delegations[0].scope, { actions: ['pay.*'] }),
    ],
    [
      'with a wider scope than was lent',
      'delegation',
      (b) => Object.assign(holder(b).delegations[0].scope, { actions: ['**'] }),
    ],
    [
      'whose lender had gone',
      'eligibility',
      (b) =>
        without(
          b.organization_events && vote(b).personal.eligibility.people,
          ({ user }) => user === entry(b).skeleton.from,
        ),
    ],
    ['that the vote does not name', 'delegation', (b) => delete vote(b).skeleton.delegation],
    [
      'that the request shows as the reviewer’s own right',
      'request',
      (b) => Object.assign(b.request.decisions[0], { delegation: null }),
    ],
  ];
  it.each(forgeries)('“%s” fails the check %s', async (_what, check, change) => {
    const failed = await failuresOf(forged('delegated', change), ANCHORS);
    expect(failed.map(({ claim }) => claim)).toContain(check);
  });
});
