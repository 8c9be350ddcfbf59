// The sample of an edited request: the edits are proved, each vote counts for the action that stood, and nothing of an edit
// can be changed without being found.
import { describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { actionDigest, paramsDigest } from '../../../core/digest.ts';
import { diffOf } from '../../../core/edit.ts';
import { hex, utf8 } from '../../../core/encoding.ts';
import { ASSERTED, changed, leaves, rewritten } from './forger.ts';
import { EDITED_ANCHORS, failuresOf, forged, type Loose, textOf, verify } from './samples.ts';

const text = textOf('edited');
const bundle: Loose = JSON.parse(text);
const failed = (forgery: string) => failuresOf(forgery, EDITED_ANCHORS);
/** Where the events of this type stand. */
const placesOf = (type: string): number[] =>
  bundle.events.flatMap((line: Loose, at: number) => (line.event.type === type ? [at] : []));
const [alone, withVote] = placesOf('approval.edited') as [number, number];

describe('the sample of an edited request', () => {
  it('is the file that it always was, and verifies', async () => {
    expect(hex(sha256(utf8(text)))).toBe('5c16dfeafa238619bc9fa9140a7c126c423eebfc33e1d5f9ab9d5ae67747f27b');
    const report = await verify(text, EDITED_ANCHORS);
    expect(report.claims.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(report).toMatchObject({ valid: true });
  });

  it('proves two edits, four votes, and a quorum of the two that count', async () => {
    const { claims } = await verify(text, EDITED_ANCHORS);
    const proved = (wanted: string) => claims.filter(({ claim, status }) => claim === wanted && status === 'proved');
    expect(proved('edit')).toHaveLength(4);
    expect(proved('signature').map(({ detail }) => detail.match(/this (\w+)/)?.[1])).toEqual([
      ...['edit', 'edit', 'approve', 'approve', 'approve', 'approve'],
    ]);
    expect(proved('eligibility')).toHaveLength(6);
    expect(proved('quorum').map(({ detail }) => detail)).toEqual(['2 different people approved; 2 were needed.']);
    for (const claim of ['receipt', 'capability', 'claims', 'request']) expect(proved(claim), claim).not.toEqual([]);
  });

  it('fails for every value of an edit, and of the request as shown, that is not called asserted', async () => {
    const passing: string[] = [];
    const about = [`events/${alone}/`, `events/${withVote}/`, 'request/'];
    for (const path of leaves(bundle)) {
      const name = path.join('/');
      if (!about.some((place) => name.startsWith(place))) continue;
      if (ASSERTED.some((free) => free.test(name))) continue;
      const forgery = forged('edited', (copy) => {
        const parent = path.slice(0, -1).reduce((part, key) => part[key], copy);
        parent[path.at(-1)!] = changed(parent[path.at(-1)!]);
      });
      const found = await failed(forgery);
      if (!found.some(({ field, entry }) => field !== undefined || entry !== undefined)) passing.push(name);
    }
    expect(passing).toEqual([]);
  }, 120_000);
});

describe('an operator who lies about an edit, every commitment made to fit,', () => {
  const personal = (copy: Loose, at: number): Loose => copy.events[at].event.personal;
  /** The edited params exchanged for others, with every digest in the events that follows from them. */
  const moreMoney = (copy: Loose): void => {
    const params = { ...personal(copy, withVote).params, amount: 900_00 };
    const asked = {
      ...personal(copy, 0),
      organization: copy.organization.id,
      actor: copy.events[0].event.skeleton.actor,
    };
    Object.assign(personal(copy, withVote), { params, diff: diffOf(asked.params, params) });
    rewritten(copy, (skeleton, at) => {
      if (at < withVote || skeleton.effective_action_digest === undefined) return;
      skeleton.effective_action_digest = actionDigest({ ...asked, params });
      if (at === withVote) skeleton.effective_params_digest = paramsDigest(asked.salt, params);
    });
  };

  const LIES: [string, string, (copy: Loose) => void][] = [
    [
      'with other params than were signed',
      'intent',
      (copy) => {
        personal(copy, alone).params.amount = 249_00;
        rewritten(copy, () => {});
      },
    ],
    ['with other params and every digest of them', 'intent', moreMoney],
    [
      'that says another difference',
      'edit',
      (copy) => {
        personal(copy, alone).diff[0].from = 120_01;
        rewritten(copy, () => {});
      },
    ],
    [
      'that asks fewer people than before',
      'edit',
      (copy) =>
        rewritten(copy, (skeleton, at) => {
          if (at === alone) skeleton.requirement.stages[0].count = 1;
        }),
    ],
    [
      'that gives a longer capability than before',
      'edit',
      (copy) =>
        rewritten(copy, (skeleton, at) => {
          if (at === alone) skeleton.capability_settings.ttl_seconds = 601;
        }),
    ],
    [
      'that was free, by somebody who then approves',
      'eligibility',
      (copy) =>
        rewritten(copy, (skeleton, at) => {
          if (at === alone) skeleton.edits = 'any';
        }),
    ],
    [
      'that was left out, its votes kept',
      'decision',
      (copy) => {
        copy.events.splice(alone, 1);
        rewritten(copy, (skeleton, at) => {
          if (at >= alone) skeleton.step -= 1;
        });
      },
    ],
    [
      'with its own signature for somebody else’s',
      'signature',
      (copy) => {
        personal(copy, alone).assertion = personal(copy, withVote).assertion;
        rewritten(copy, () => {});
      },
    ],
    [
      'in a right that somebody lent: nothing would check that',
      'edit',
      (copy) =>
        rewritten(copy, (skeleton, at) => {
          if (at === alone) skeleton.delegation = { id: 'del_1', from: 'usr_1' };
        }),
    ],
    [
      'taken out of an approval that did not follow',
      'edit',
      (copy) =>
        rewritten(copy, (skeleton, at) => {
          if (at === withVote + 1) skeleton.intent_digest = skeleton.request_digest;
        }),
    ],
  ];
  it.each(LIES)('%s fails the check %s', async (_name, check, lie) => {
    expect((await failed(forged('edited', lie))).map(({ claim }) => claim)).toContain(check);
  });
});
