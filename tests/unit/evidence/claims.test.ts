// Each claim says what its check compared, and no more: what nobody compared is asserted, by a claim of its own.
import { describe, expect, it } from 'vitest';
import { rewritten } from './forger.ts';
import { ANCHORS, anchorsOf, failuresOf, forged, type Loose, textOf, verify } from './samples.ts';

const said = async (text: string, anchors = ANCHORS) =>
  (await verify(text, anchors)).claims.map(({ claim, status, detail }) => `${claim} ${status} ${detail}`);

describe('a claim', () => {
  it('of what a token authorized leaves its audience, actor and times to the operator', async () => {
    const claims = await said(textOf('approval'));
    expect(claims).toContainEqual(
      'claims proved The action that the token authorized is exactly the one that was released.',
    );
    expect(claims).toContainEqual(expect.stringMatching(/^token asserted The token’s audience, actor, times and key/));
  });

  it('of a capability says who signed its scope, and that nobody did where policy let it through', async () => {
    expect((await said(textOf('approval'))).join('\n')).toContain('the strictest scope that was signed');
    const allowed = await said(textOf('near-resource-allowed' as never), anchorsOf('semantics-1' as never));
    expect(allowed.join('\n')).toContain('the scope that policy’s settings give, which nobody signed');
  });

  it('of the policy does not say that it was the newest, and of judgement not that its trace was compared', async () => {
    const claims = (await said(textOf('approval'))).join('\n');
    expect(claims).toMatch(/^policy-in-force asserted That no later version was in force/m);
    expect(claims).toMatch(/^trace asserted The trace of policy/m);
  });

  it('of a provider does not say that a signed change trusted it', async () => {
    const claims = (await said(textOf('oidc'), anchorsOf('oidc'))).join('\n');
    expect(claims).toMatch(/^issuer proved An entry before the decision trusts /m);
    expect(claims).toMatch(/^issuer-change asserted That people signed that change/m);
  });

  it('of a signature is not proved beside another that says whose key it was not', async () => {
    const text = forged('approval', (bundle) => {
      const { event } = bundle.organization_events.find((line: Loose) => line.event.type === 'passkey.registered');
      event.skeleton.credential_digest = `sha256:${'0'.repeat(64)}`;
    });
    const { claims } = await verify(text);
    expect(claims).toContainEqual(expect.objectContaining({ claim: 'signature', status: 'failed' }));
    expect(claims.filter(({ claim, status }) => claim === 'signature' && status === 'proved')).toEqual([]);
  });
});

describe('facts of a step', () => {
  const lying = (change: (skeleton: Loose) => unknown) =>
    forged('approval', (bundle) => rewritten(bundle, (skeleton) => change(skeleton)));

  it('that its own chain contradicts fail: somebody else than the requester, a deadline that had not passed', async () => {
    const other = lying(
      (skeleton) => skeleton.command === 'exchange' && Object.assign(skeleton.facts, { by_requester: true }),
    );
    const honest = await failuresOf(other);
    expect(honest.filter(({ claim }) => claim === 'facts')).toEqual([]);
    const early = lying(
      (skeleton) => skeleton.command === 'exchange' && Object.assign(skeleton.facts, { deadline_passed: true }),
    );
    expect(await failuresOf(early)).toContainEqual(expect.objectContaining({ claim: 'facts' }));
    const stranger = lying(
      (skeleton) => skeleton.command === 'approve' && Object.assign(skeleton.facts, { by_requester: true }),
    );
    expect(await failuresOf(stranger)).toContainEqual(expect.objectContaining({ claim: 'facts' }));
  });

  it('and evidence that was reported must be that of its digest', async () => {
    const text = forged('approval', (bundle) =>
      rewritten(
        bundle,
        (skeleton) =>
          'evidence_digest' in skeleton && Object.assign(skeleton, { evidence_digest: `sha256:${'1'.repeat(64)}` }),
      ),
    );
    expect(await failuresOf(text)).toContainEqual(expect.objectContaining({ claim: 'outcome' }));
  });

  it('and evidence that was reported beside hidden values, whose salt no file holds, is named and does not fail', async () => {
    const text = forged('approval', (bundle) => {
      Object.assign(bundle.events[0].event.personal, { hidden: ['/version'], salt: null });
      const report = bundle.events.find(({ event }: Loose) => event.type === 'execution.executed');
      report.event.personal.evidence = { made: 'yes' };
      rewritten(
        bundle,
        (skeleton) =>
          'evidence_digest' in skeleton && Object.assign(skeleton, { evidence_digest: `sha256:${'1'.repeat(64)}` }),
      );
    });
    const { claims } = await verify(text);
    const outcome = claims.filter(({ claim }) => claim === 'outcome').map(({ status }) => status);
    expect(outcome).toEqual(['asserted', 'not-replayable']);
  });
});
