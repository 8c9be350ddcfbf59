// What a forger can do to a bundle: damage it, rearrange it, or make its own digest fit again. It is never valid, never a
// crash, and each failure names its check and its place.
import { describe, expect, it } from 'vitest';
import { readBundle } from '../../../core/evidence/file.ts';
import { Tally } from '../../../core/evidence/tally.ts';
import { ASSERTED, changed, leaves, rewritten } from './forger.ts';
import { failuresOf, forged, type Loose, SAMPLES, type Sample, textOf, verify } from './samples.ts';

const flipped = (text: string, at: number): string => {
  const bytes = Buffer.from(text);
  bytes[at]! ^= 1;
  return bytes.toString();
};

describe('a damaged file', () => {
  it('is never whole, whichever of its bytes is flipped', () => {
    const text = textOf('erased');
    const passing: number[] = [];
    for (let at = 0; at < Buffer.byteLength(text); at++) {
      const tally = new Tally();
      readBundle(flipped(text, at), tally);
      const [claim] = tally.claims;
      if (claim?.status !== 'failed' || (claim.field === undefined && claim.byte === undefined)) passing.push(at);
    }
    expect(passing).toEqual([]);
  });

  it.each(SAMPLES)('of %s is never valid and never a crash', async (sample) => {
    const text = textOf(sample);
    for (let at = 7; at < text.length; at += 151)
      expect((await verify(flipped(text, at))).valid, `byte ${at}`).toBe(false);
  });

  it('cut anywhere is not valid, and says at which byte', async () => {
    const text = textOf('rejection');
    for (let at = 0; at < text.length; at += 499) {
      const [claim] = await failuresOf(text.slice(0, at));
      expect(claim).toMatchObject({ claim: 'format', byte: expect.any(Number) });
    }
  });

  it.each([
    ['nothing', ''],
    ['a number', '7'],
    ['an array', '[]'],
    ['an empty object', '{}'],
    ['two equal keys', '{"format":"assentry-evidence/v1","format":"assentry-evidence/v1"}'],
    ['another version', '{"format":"assentry-evidence/v2"}'],
    ['a deep nest', '['.repeat(5_000)],
    ['null everywhere', textOf('erased').replaceAll(/"[0-9a-f]{64}"/g, 'null')],
  ])('that is %s is not valid because of its form', async (_name, text) => {
    expect(await failuresOf(text)).toMatchObject([{ claim: 'format' }]);
  });
});

describe('a forged bundle whose digest fits', () => {
  it.each(['approval', 'erased'] as Sample[])(
    'of %s fails for every value that is not called asserted',
    async (sample) => {
      const original: Loose = JSON.parse(textOf(sample));
      const passing: string[] = [];
      for (const path of leaves(original)) {
        const name = path.join('/');
        if (name === 'digest' || name === 'format' || ASSERTED.some((free) => free.test(name))) continue;
        const text = forged(sample, (bundle) => {
          const parent = path.slice(0, -1).reduce((part, key) => part[key], bundle);
          parent[path.at(-1)!] = changed(parent[path.at(-1)!]);
        });
        const failed = await failuresOf(text);
        if (!failed.some(({ field, entry }) => field !== undefined || entry !== undefined)) passing.push(name);
      }
      expect(passing).toEqual([]);
    },
  );

  const swap = (list: Loose[]) => ([list[0], list[1]] = [list[1], list[0]]);
  const CUTS: [string, string, (bundle: Loose) => unknown][] = [
    ['events swapped', 'lifecycle', ({ events }) => swap(events)],
    ['an event cut', 'lifecycle', ({ events }) => events.splice(1, 1)],
    ['an event twice', 'inclusion', ({ events }) => events.splice(1, 0, events[1])],
    [
      'an enrolment missing',
      'enrolment',
      (bundle) =>
        (bundle.organization_events = bundle.organization_events.filter(
          (line: Loose) => line.event.type !== 'passkey.registered',
        )),
    ],
    [
      'the policy missing',
      'policy',
      (bundle) =>
        (bundle.organization_events = bundle.organization_events.filter(
          (line: Loose) => line.event.type !== 'policy.published',
        )),
    ],
    ['the receipt missing', 'receipt', (bundle) => (bundle.receipts = [])],
    ['the receipt twice', 'receipt', ({ receipts }) => receipts.push(receipts[0])],
    ['the head missing', 'not-before', (bundle) => (bundle.heads = [])],
    [
      'two proofs swapped',
      'inclusion',
      ({ events }) => ([events[0].proof, events[1].proof] = [events[1].proof, events[0].proof]),
    ],
    ['a rehearsal shown as live', 'organization', ({ organization }) => (organization.kind = 'test')],
    [
      'another checkpoint',
      'checkpoint',
      (bundle) => (bundle.checkpoint = JSON.parse(textOf('quorum')).checkpoint.replace('32', '33')),
    ],
  ];
  it.each(CUTS)('with %s fails the check %s', async (_name, check, change) => {
    expect((await failuresOf(forged('approval', change))).map(({ claim }) => claim)).toContain(check);
  });

  it('with the rejection’s assertion in the approval fails', async () => {
    const other: Loose = JSON.parse(textOf('quorum'));
    const text = forged(
      'approval',
      ({ events }) => (events[1].event.personal.assertion = other.events[1].event.personal.assertion),
    );
    expect((await failuresOf(text)).map(({ claim }) => claim)).toEqual(
      expect.arrayContaining(['lifecycle', 'signature']),
    );
  });
});

describe('an illegal history, every commitment of it made to fit', () => {
  it('of an exchange without an approval fails at that event', async () => {
    const text = forged('approval', (bundle) => {
      bundle.events.splice(1, 2);
      rewritten(bundle, () => {});
    });
    expect(await failuresOf(text)).toContainEqual(
      expect.objectContaining({ claim: 'lifecycle', field: '/events/1/event' }),
    );
  });

  it('of two decisions fails at the second', async () => {
    const text = forged('rejection', (bundle) => {
      bundle.events.push(structuredClone(bundle.events[1]));
      rewritten(bundle, (skeleton, at) => at === 2 && Object.assign(skeleton, { step: 3 }));
    });
    expect((await failuresOf(text)).find(({ claim }) => claim === 'lifecycle')?.detail).toMatch(/^Event 3: /);
  });

  it('of a decision that commits to no signature is not taken for an erased one', async () => {
    const text = forged('erased', (bundle) => {
      bundle.events[1].event.personal = null;
      rewritten(bundle, () => {});
    });
    expect((await failuresOf(text)).map(({ detail }) => detail).join()).toContain('commits to no signature');
  });

  it('of a quorum whose erased votes are one person’s, in the own right and in a lent one, is no quorum', async () => {
    const text = forged('quorum', (bundle) => {
      const votes = bundle.events.filter(({ event }: Loose) => 'eligibility_digest' in event.skeleton);
      const [first, deciding] = votes.map(({ event }: Loose) => event);
      const delegation = { id: 'del_1', from: first.skeleton.reviewer };
      rewritten(
        bundle,
        (skeleton) => skeleton.reviewer === deciding.skeleton.reviewer && Object.assign(skeleton, { delegation }),
      );
      for (const { event } of votes) Object.assign(event, { personal: null, salt_personal: null });
    });
    expect(await failuresOf(text)).toContainEqual(
      expect.objectContaining({ claim: 'quorum', detail: '2 different people are needed, 1 approved.' }),
    );
  });
});
