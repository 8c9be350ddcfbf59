// What evidence of each kind of end has to prove: the goldens do, a file without what people signed does not, though
// nothing in it fails.
import { describe, expect, it } from 'vitest';
import { type EvidenceKind, type EvidenceReport, NEEDED, verifyEvidence } from '../../../core/evidence.ts';
import { webCrypto } from '../../../sdk/src/evidence.ts';
import { ANCHORS, anchorsOf, forged, type Loose, type Sample, textOf, verify } from './samples.ts';

const KINDS: [Sample, EvidenceKind][] = [
  ['approval', 'approval'],
  ['quorum', 'approval'],
  ['rejection', 'rejection'],
  ['erased', 'rejection'],
  ['edited', 'approval'],
  ['escalated', 'approval'],
  ['delegated', 'approval'],
  ['broken-glass', 'break-glass'],
];
const OWN: readonly Sample[] = ['approval', 'quorum', 'rejection', 'erased'];
const anchorsFor = (sample: Sample) => (OWN.includes(sample) ? ANCHORS : anchorsOf(sample));
const inStatus = ({ needs }: EvidenceReport, status: string) =>
  needs.filter((need) => need.status === status).map(({ claim }) => claim);

/** As an agent's key gets it: without what people did, and without the policy's text. */
function withheld(bundle: Loose): void {
  for (const { event } of [...bundle.events, ...bundle.organization_events])
    if (String(event.skeleton.by).startsWith('usr_') || event.type.startsWith('policy') || event.type.startsWith('org'))
      Object.assign(event, { personal: null, salt_personal: null });
  for (const receipt of bundle.receipts) receipt.bundle = null;
  bundle.heads = [];
}

describe('what evidence needs', () => {
  it.each(KINDS)('of the golden %s, of kind %s, is all proved, but for what is erased', async (sample, kind) => {
    const report = await verify(textOf(sample), anchorsFor(sample));
    expect(report).toMatchObject({ valid: true, complete: true, kind });
    for (const status of ['failed', 'withheld', 'asserted', 'missing']) expect(inStatus(report, status)).toEqual([]);
    expect(inStatus(report, 'erased').length > 0).toBe(sample === 'erased');
    const settled = report.needs.filter(({ status }) => status === 'proved' || status === 'erased');
    const claims = settled.map(({ claim }) => claim);
    expect(claims).toEqual(expect.arrayContaining([...NEEDED[kind].claims]));
  });

  it.each(['approval', 'rejection', 'quorum', 'edited', 'delegated', 'broken-glass'] as const)(
    'is not proved by a file of %s in which nothing fails, but what people signed is withheld',
    async (sample) => {
      const report = await verify(forged(sample, withheld), anchorsFor(sample));
      expect(report).toMatchObject({ valid: true, complete: false });
      expect(inStatus(report, 'withheld')).toEqual(
        expect.arrayContaining(['signature', 'intent', 'eligibility', 'judgement', 'receipt']),
      );
    },
  );

  it('is not proved where one of two signatures is withheld', async () => {
    const text = forged('quorum', ({ events }) => {
      const first = events.find(({ event }: Loose) => event.type === 'approval.vote_recorded').event;
      Object.assign(first, { personal: null, salt_personal: null });
    });
    const report = await verify(text);
    expect(report.complete).toBe(false);
    expect(inStatus(report, 'withheld')).toContain('signature');
  });

  it('is not proved where nobody judged policy again, and of a file that is none nothing is', async () => {
    const unjudged = await verifyEvidence(textOf('approval'), ANCHORS, webCrypto);
    expect(unjudged).toMatchObject({ valid: true, complete: false });
    expect(inStatus(unjudged, 'asserted')).toEqual(['judgement']);
    expect(await verify('{}')).toMatchObject({ valid: false, complete: false, kind: null, needs: [] });
  });

  it('is never complete where something failed', async () => {
    const text = forged('approval', ({ request }) => {
      request.outcome.status = 'failed';
    });
    expect(await verify(text)).toMatchObject({ valid: false, complete: false });
  });
});
