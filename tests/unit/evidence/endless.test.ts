// Files that are made to keep a verifier busy, or to fall over: each ends soon, as not valid.
import { describe, expect, it } from 'vitest';
import { failuresOf, forged, type Loose } from './samples.ts';

/** The quorum's first vote so often, each another person's. */
const voted = (bundle: Loose, count: number, change: (line: Loose, at: number) => void) => {
  const at = bundle.events.findIndex(({ event }: Loose) => event.type === 'approval.vote_recorded');
  const more = Array.from({ length: count }, (_, n) => {
    const line = structuredClone(bundle.events[at]);
    line.proof = [];
    change(line, n);
    return line;
  });
  bundle.events.splice(at, 0, ...more);
};

describe('a bundle', () => {
  it('whose delegation holds a pattern as long as the file is not compared for ever', async () => {
    const text = forged('quorum', (bundle) => {
      const { personal } = bundle.events[0].event;
      personal.action = 'a'.repeat(100_000);
      voted(bundle, 1, ({ event }) => {
        const { personal, skeleton } = event;
        const own = personal.eligibility.people.find(({ user }: Loose) => user === skeleton.reviewer);
        const scope = { actions: ['**a'.repeat(100_000)], resources: null, sources: null, max_risk: null };
        const lent = { id: 'del_1', from: 'usr_2', scope, since: '2000', until: '3000' };
        own.sources = {};
        own.delegations = [lent];
      });
    });
    expect(await failuresOf(text)).not.toEqual([]);
  });

  it('with more votes than any request takes is refused before they are compared with each other', async () => {
    const text = forged('quorum', (bundle) =>
      voted(bundle, 2_000, ({ event }, n) => {
        const nothing = { nonce: 'n', owners: [], people: [] };
        event.personal = { intent: { nonce: 'n', checkpoint: {} }, eligibility: nothing };
        event.skeleton = { reviewer: `usr_${n}`, stage: 0, decision: 'approve', command: 'approve', passkey: 'p' };
      }),
    );
    expect(await failuresOf(text)).toContainEqual(
      expect.objectContaining({ claim: 'quorum', detail: 'More than 2000 votes: no request takes so many.' }),
    );
  });
});
