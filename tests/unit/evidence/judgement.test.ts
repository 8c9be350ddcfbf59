// The verifier judges again: what policy says over what the bundle holds is what was sealed, or the field that says
// otherwise is named, every commitment made to fit.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/digest.ts';
import { fromHex } from '../../../core/encoding.ts';
import { recordEvent } from '../../../core/events.ts';
import { verifyEvidence } from '../../../core/evidence.ts';
import { webCrypto } from '../../../sdk/src/verify/evidence-crypto.ts';
import { rewritten } from './forger.ts';
import { ANCHORS, anchorsOf, failuresOf, forged, LATER, type Loose, type Sample, textOf, verify } from './samples.ts';

const OWN: readonly string[] = [...LATER, 'edited', 'escalated', 'broken-glass', 'delegated'];
const anchorsFor = (sample: Sample | (typeof LATER)[number]) => (OWN.includes(sample) ? anchorsOf(sample) : ANCHORS);

const judgements = async (text: string, sample: Parameters<typeof anchorsFor>[0] = 'quorum') =>
  (await verify(text, anchorsFor(sample))).claims.filter(({ claim }) => claim === 'judgement');

const failedFields = async (text: string, sample: Sample): Promise<(string | undefined)[]> =>
  (await failuresOf(text, anchorsFor(sample))).filter(({ claim }) => claim === 'judgement').map(({ field }) => field);

describe('a sample judged again', () => {
  it.each([
    ...['approval', 'rejection', 'quorum', 'eddsa', 'rs256', 'test-approval', 'escalated', 'broken-glass', 'delegated'],
  ] as Sample[])('%s proves that policy said so', async (sample) => {
    expect((await judgements(textOf(sample), sample)).map(({ status }) => status)).toEqual(['proved']);
  });

  it('proves the proposal and each of its edits', async () => {
    const said = await judgements(textOf('edited'), 'edited');
    expect(said.map(({ status, entry }) => [status, typeof entry])).toEqual(Array(3).fill(['proved', 'number']));
  });

  it('that was erased is not replayable, and without a judge it is the operator’s word', async () => {
    expect(await judgements(textOf('erased'))).toMatchObject([{ status: 'not-replayable' }]);
    const { claims } = await verifyEvidence(textOf('quorum'), ANCHORS, webCrypto);
    const [said, ...more] = claims.filter(({ claim }) => claim === 'judgement');
    expect(said).toMatchObject({ status: 'asserted', detail: expect.stringContaining('this verifier does not judge') });
    expect(more).toEqual([]);
  });

  it('whose policy text is withheld is not replayable', async () => {
    const text = forged('quorum', ({ organization_events }) => {
      for (const { event } of organization_events) Object.assign(event, { personal: null, salt_personal: null });
    });
    expect(await judgements(text)).toMatchObject([{ status: 'not-replayable' }]);
  });
});

/** The sample with the proposal changed, every commitment of the chain made to fit. */
const proposed = (sample: Sample, change: (event: Loose) => void): string =>
  forged(sample, (bundle) => {
    change(bundle.events[0].event);
    rewritten(bundle, () => {});
  });

describe('an operator who writes otherwise than policy says is caught at the field', () => {
  const LIES: [string, string, (event: Loose) => void][] = [
    ['that it was let through', 'skeleton/verdict', ({ skeleton }) => (skeleton.verdict = 'allow')],
    ['one person instead of two', 'skeleton/requirement', ({ skeleton }) => (skeleton.requirement.stages[0].count = 1)],
    ['a token for a passkey', 'skeleton/requirement', ({ skeleton }) => (skeleton.requirement.verify = 'oidc')],
    ['other approvers', 'skeleton/requirement', ({ skeleton }) => (skeleton.requirement.stages[0].from = ['user:u'])],
    ['another rule', 'skeleton/rule', ({ skeleton }) => (skeleton.rule = 'lent')],
    ['another risk', 'skeleton/risk', ({ skeleton }) => (skeleton.risk = 'medium')],
    [
      'a longer life',
      'skeleton/capability_settings',
      ({ skeleton }) => (skeleton.capability_settings.ttl_seconds = 1e5),
    ],
    ['a year to decide', 'skeleton/expires_at', ({ skeleton }) => (skeleton.expires_at = '2099-01-01T00:00:00.000Z')],
    [
      'an escalation',
      'skeleton/escalate',
      ({ skeleton }) => (skeleton.escalate = [{ after_seconds: 1, to: ['user:u'] }]),
    ],
    ['a constraint', 'personal/constraints', ({ personal }) => (personal.constraints = { 'context.a': 1 })],
    ['another message', 'personal/message', ({ personal }) => (personal.message = 'Approve this.')],
    ['that rejection ends nothing', 'personal/on_rejection', ({ personal }) => (personal.on_rejection = 'continue-')],
  ];
  it.each(LIES)('%s', async (_name, field, lie) => {
    expect(await failedFields(proposed('quorum', lie), 'quorum')).toEqual([`/events/0/event/${field}`]);
  });

  it('another action, which policy would not have asked two people for', async () => {
    const text = proposed('quorum', ({ personal }) => (personal.action = 'lent.out'));
    expect(await failedFields(text, 'quorum')).toEqual(
      expect.arrayContaining(['/events/0/event/skeleton/rule', '/events/0/event/skeleton/requirement']),
    );
  });

  it('a moment of judging that is not the one of the record', async () => {
    const values = [{ name: 'now', value: '2020-01-01T00:00:00.000Z' }];
    const step = { rule: 'x', kind: 'rule', result: 'not-matched', decided_by: { expression: 'now', values } };
    const text = proposed('quorum', ({ personal }) => personal.trace.push(step));
    expect(await failedFields(text, 'quorum')).toEqual(['/events/0/event/personal/trace']);
  });

  it('params that no schema of the policy takes', async () => {
    const text = proposed('edited', ({ personal }) => (personal.params.amount = 'all of it'));
    expect(await failedFields(text, 'edited')).toContain('/events/0/event/personal/params');
  });

  it('a policy that makes a verifier busy is not judged, and that is said', async () => {
    const text = proposed('quorum', ({ personal }) => (personal.action = 'a'.repeat(100_000)));
    expect(await judgements(text)).toMatchObject([{ status: 'not-replayable' }]);
  });
});

describe('an edit judged again', () => {
  const bundle: Loose = JSON.parse(textOf('edited'));
  const first = bundle.events.findIndex(({ event }: Loose) => event.type === 'approval.edited');
  const edited = (change: (event: Loose) => void): string =>
    forged('edited', (copy) => {
      change(copy.events[first].event);
      rewritten(copy, () => {});
    });
  const LIES: [string, string, (event: Loose) => void][] = [
    ['that raises what may only be lowered', 'personal/params', ({ personal }) => (personal.params.amount = 900_00)],
    ['that changes what no schema names', 'personal/params', ({ personal }) => (personal.params.order_id = 'A-9')],
    ['that is said to be free', 'skeleton/edits', ({ skeleton }) => (skeleton.edits = 'any')],
    [
      'after which one person is enough',
      'skeleton/requirement',
      ({ skeleton }) => (skeleton.requirement.stages[0].count = 1),
    ],
    ['judged by another rule', 'skeleton/rule', ({ skeleton }) => (skeleton.rule = 'lent')],
    ['of another risk', 'skeleton/risk', ({ skeleton }) => (skeleton.risk = 'critical')],
  ];
  it.each(LIES)('%s is caught at the field', async (_name, field, lie) => {
    expect(await failedFields(edited(lie), 'edited')).toContain(`/events/${first}/event/${field}`);
  });
});

/** The sample under another policy, whose publication and digests are made to fit. */
const under = (sample: Sample, change: (policy: Loose) => void): string =>
  forged(sample, (bundle) => {
    const line = bundle.organization_events.find(({ event }: Loose) => event.personal?.policy);
    const { event } = line;
    change(event.personal.policy);
    const digest = digestOf(event.personal.policy);
    const { v: _v, table: _t, id: _i, type: _y, organization: _o, object: _b, ...rest } = event.skeleton;
    const { seq: _s, at: _a, by, prev, personal: _q, ...skeleton } = rest;
    const named = event.type === 'organization.created' ? { policy_digest: digest } : { digest };
    const salts = { salt_skeleton: fromHex(event.salt_skeleton)!, salt_personal: fromHex(event.salt_personal)! };
    line.event = recordEvent({ ...event, by, skeleton: { ...skeleton, ...named } }, { ...event, prev, ...salts });
    rewritten(bundle, (one) => one.policy_digest && Object.assign(one, { policy_digest: digest }));
  });

describe('another policy in the same place', () => {
  const deny = (bundle: Loose) => ({
    ...bundle.rules[0],
    ...{ id: 'never', verdict: 'deny', match: { action: ['**'], resource: null, actor: null, metadata: {} } },
  });

  it('that asks for a third person is what the requirement is held against', async () => {
    const text = under('quorum', ({ rules }) => {
      for (const rule of rules) for (const stage of rule.approvals) stage.count = 3;
    });
    expect(await failedFields(text, 'quorum')).toEqual(['/events/0/event/skeleton/requirement']);
  });

  const trusting = (limit: Loose, expires: string | null = null) =>
    under('quorum', ({ trusted }) => {
      const match = { action: ['**'], resource: null, actor: null, metadata: {} };
      trusted.push({ id: 'known', match, when: null, limit, expires });
    });

  it('that trusts it is a failure; a budget that was spent, or a pattern that was over, is not', async () => {
    expect(await failedFields(trusting(null), 'quorum')).toContain('/events/0/event/skeleton/verdict');
    const spent = await judgements(trusting({ count: 1, per_seconds: 60 }));
    expect(spent.map(({ status }) => status)).toEqual(['proved', 'asserted']);
    expect(spent[1]!.detail).toContain('budget of known');
    const over = await judgements(trusting(null, '2020-01-01T00:00:00.000Z'));
    expect(over.map(({ status }) => status)).toEqual(['proved']);
  });

  it('that denies it is what an emergency use may not go over', async () => {
    const text = under('broken-glass', ({ rules }) => rules.push(deny({ rules })));
    const failed = await failuresOf(text, anchorsFor('broken-glass'));
    expect(failed.map(({ detail }) => detail).join('\n')).toContain('Glass was broken over a deny (never)');
  });
});

describe('a policy that ties the resource to the params', () => {
  const tied = (sample: Sample, resource: string) =>
    under(sample, ({ parameters }) => Object.assign(parameters[0], { resource }));

  it('proves that they agree', async () => {
    const said = await judgements(tied('edited', 'service:billing-api'), 'edited');
    expect(said.map(({ status }) => status)).toEqual(Array(said.length).fill('proved'));
  });

  it('fails at the resource where they do not, and at the params of every edit', async () => {
    const failed = await failedFields(tied('edited', 'service:{order_id}'), 'edited');
    expect(failed).toContain('/events/0/event/personal/resource');
    expect(failed.filter((field) => field?.endsWith('/personal/params')).length).toBeGreaterThan(0);
  });

  it('fails where an edit touched what makes the resource', async () => {
    const text = tied('edited', 'service:{amount}');
    expect((await failedFields(text, 'edited')).filter((field) => field?.endsWith('/personal/params'))).toHaveLength(2);
  });
});

describe('the verifier of the SDK', () => {
  const IMPORT = /(?:^|\n)(?:import|export)(?! type)\b[^'"`;]*?from '([^']+)'/g;

  /** Every file and package that loading this one loads; types are none. */
  function loadedBy(path: string, seen = new Set<string>()): Set<string> {
    if (seen.has(path)) return seen;
    seen.add(path);
    for (const [, name] of readFileSync(path, 'utf8').matchAll(IMPORT))
      if (name!.startsWith('.')) loadedBy(join(dirname(path), name!), seen);
      else seen.add(name!);
    return seen;
  }
  const root = join(import.meta.dirname, '../../..');

  it('brings no judge and no CEL along, and the judge itself does', () => {
    const sdk = [...loadedBy(join(root, 'sdk/src/evidence.ts'))];
    expect(sdk.filter((name) => /cel\b|condition|policy\/judge|evidence-judge/.test(name))).toEqual([]);
    expect([...loadedBy(join(root, 'core/policy/evidence-judge.ts'))]).toContain('@bufbuild/cel');
  });
});
