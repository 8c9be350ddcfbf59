// The samples of an emergency use and of an escalated request: each is proved for what it is, nothing of it can be changed
// without being found, and an operator who makes every commitment fit is still caught.
import { describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { digestOf } from '../../../core/digest.ts';
import { hex, utf8 } from '../../../core/encoding.ts';
import { attestationOf } from '../../../core/evidence.ts';
import { statementSchema } from '../../../core/receipt/schema.ts';
import { ASSERTED, changed, leaves, rewritten } from './forger.ts';
import {
  BROKEN_GLASS_ANCHORS,
  ESCALATED_ANCHORS,
  failuresOf,
  forged,
  type Loose,
  type Sample,
  textOf,
  verify,
} from './samples.ts';

const SAMPLES = [
  ['broken-glass', BROKEN_GLASS_ANCHORS, '7cb5c6c9a12de63273b0de475c72bdbd9a7d5e057ea8bfd010927d6e6304fef2'],
  ['escalated', ESCALATED_ANCHORS, '371c91683a6c499c4d1b84d4c3a55a71c04a194886f36dd436d9c94b307eba72'],
] as const;

/** Every value of these parts, changed one at a time: the names of those that nobody missed. */
async function passing(sample: Sample, anchors: typeof ESCALATED_ANCHORS, about: RegExp): Promise<string[]> {
  const names: string[] = [];
  for (const path of leaves(JSON.parse(textOf(sample)))) {
    const name = path.join('/');
    if (!about.test(name) || ASSERTED.some((free) => free.test(name))) continue;
    const forgery = forged(sample, (copy) => {
      const parent = path.slice(0, -1).reduce((part, key) => part[key], copy);
      parent[path.at(-1)!] = changed(parent[path.at(-1)!]);
    });
    const found = await failuresOf(forgery, anchors);
    if (!found.some(({ field, entry }) => field !== undefined || entry !== undefined)) names.push(name);
  }
  return names;
}

describe.each(SAMPLES)('the sample %s', (sample, anchors, digest) => {
  it('is the file that it always was, and verifies', async () => {
    expect(hex(sha256(utf8(textOf(sample))))).toBe(digest);
    const report = await verify(textOf(sample), anchors);
    expect(report.claims.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(report.valid).toBe(true);
  });

  it('fails for every value of its events and of the request as shown that is not called asserted', async () => {
    expect(await passing(sample, anchors, /^(events\/[0-2]\/|request\/)/)).toEqual([]);
  }, 120_000);
});

describe('an emergency use', () => {
  const text = textOf('broken-glass');
  const failed = (forgery: string) => failuresOf(forgery, BROKEN_GLASS_ANCHORS);
  const USED = 1;

  it('is proved as one, and never called an approval', async () => {
    const { claims } = await verify(text, BROKEN_GLASS_ANCHORS);
    const proved = claims.filter(({ status }) => status === 'proved').map(({ claim }) => claim);
    for (const claim of ['intent', 'signature', 'eligibility', 'capability', 'receipt'])
      expect(proved).toContain(claim);
    expect(proved).not.toContain('quorum');
    const said = claims.map(({ detail }) => detail).join('\n');
    expect(said).toContain('Nobody approved this');
    expect(said).toContain('reviewed the use: justified');
  });

  it('has a receipt that no schema of an approval takes, and a summary that says what it is', () => {
    const bundle = JSON.parse(text);
    const { predicateType } = JSON.parse(atob(bundle.receipts[0].bundle.dsseEnvelope.payload));
    const approval = statementSchema('human-approval').properties as Loose;
    expect(predicateType).not.toBe(approval.predicateType.const);
    expect(predicateType).toBe('https://assentry.dev/predicates/break-glass/v1');
    const { statement, markdown } = attestationOf(bundle);
    expect(statement.predicate.decisions).toMatchObject([{ decision: 'break-glass' }]);
    expect(markdown).toContain('by breaking glass, not an approval');
  });

  const LIES: Record<string, [lie: (skeleton: Loose, copy: Loose) => void, check: string]> = {
    'that policy let it through': [
      (skeleton) => {
        if (skeleton.command !== 'break_glass') return;
        skeleton.command = 'propose';
        skeleton.facts = { ...skeleton.facts, verdict: 'allow', break_glass_granted: false };
      },
      'lifecycle',
    ],
    'that it was of less risk': [
      (skeleton) => {
        if (skeleton.risk) skeleton.risk = 'low';
      },
      'break-glass',
    ],
    'that somebody else did it': [
      (skeleton) => {
        if (skeleton.reviewer) skeleton.reviewer = 'usr_somebody';
      },
      'break-glass',
    ],
    'that the person had another role': [
      (skeleton, copy) => {
        if (!skeleton.eligibility_digest) return;
        const { personal } = copy.events[USED].event;
        for (const one of personal.eligibility.people) one.roles = ['auditor'];
        skeleton.eligibility_digest = digestOf(personal.eligibility);
      },
      'eligibility',
    ],
    'of another reason': [
      (skeleton, copy) => {
        if (skeleton.eligibility_digest) copy.events[USED].event.personal.reason = 'nothing much';
      },
      'intent',
    ],
  };

  it.each(Object.keys(LIES))('is caught where the operator says %s, every commitment made to fit', async (name) => {
    const [lie, check] = LIES[name]!;
    const forgery = forged('broken-glass', (copy) => rewritten(copy, (skeleton) => lie(skeleton, copy)));
    expect((await failed(forgery)).map(({ claim }) => claim)).toContain(check);
  });
});

describe('an escalated request', () => {
  const failed = (forgery: string) => failuresOf(forgery, ESCALATED_ANCHORS);

  it('proves whom it was escalated to, and that this let the vote count', async () => {
    const { claims } = await verify(textOf('escalated'), ESCALATED_ANCHORS);
    const proved = claims.filter(({ status }) => status === 'proved').map(({ claim }) => claim);
    for (const claim of ['escalation', 'eligibility', 'quorum', 'receipt']) expect(proved).toContain(claim);
  });

  it('is caught where it was escalated to others than was written, or not before the vote', async () => {
    const others = forged('escalated', (copy) =>
      rewritten(copy, (skeleton) => {
        if (skeleton.escalated_to) skeleton.escalated_to = ['role:auditor'];
      }),
    );
    expect((await failed(others)).map(({ claim }) => claim)).toEqual(expect.arrayContaining(['escalation']));
    const early = forged('escalated', (copy) =>
      rewritten(copy, (skeleton) => {
        if (skeleton.escalated_to) skeleton.stage = 7;
      }),
    );
    expect((await failed(early)).map(({ claim }) => claim)).toContain('eligibility');
  });

  it('is caught where the clock is said to have escalated before its time', async () => {
    const forgery = forged('escalated', (copy) => {
      const at = copy.events.findIndex(({ event }: Loose) => event.type === 'approval.escalated');
      copy.events[at].event.skeleton.by = 'clock';
      rewritten(copy, () => undefined);
    });
    expect((await failed(forgery)).map(({ claim }) => claim)).toContain('escalation');
  });
});
