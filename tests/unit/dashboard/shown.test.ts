// What the page refuses to sign: content under another digest, an intent that is not what is shown, a ceremony of
// another kind, site or time. (trust.md: "a server that swaps approve for reject is caught".)
import { describe, expect, it } from 'vitest';
import { actionDigest, paramsDigest, requestDigest } from '../../../core/digest.ts';
import { addedPasskey, challengeText, type DecisionIntent } from '../../../core/intent.ts';
import type { ApprovalRequest, Session } from '../../../dashboard/src/api/types.ts';
import { faultOfChallenge, faultOfFrame } from '../../../dashboard/src/passkey/frame.ts';
import {
  type Ballot,
  currentStage,
  intentShown,
  releasedScope,
  sameAsRead,
  wrongDigests,
} from '../../../dashboard/src/passkey/shown.ts';

const proposed = {
  ...{ organization: 'org_a', salt: 'AAAAAAAAAAAAAAAAAAAAAA', action: 'deployment.execute', resource: 'service:a' },
  ...{ actor: 'service-account:bot', params: { version: 'v2' }, metadata: { environment: 'production' } },
  ...{ constraints: {}, precondition: null, context: { reason: 'hotfix' }, preview: null, message: null },
  ...{ on_rejection: 'stop' as const, on_behalf_of: null, expires_at: '2026-11-20T12:00:00.000Z' },
  risk: { level: 'high' as const, claimed: null, reasons: [] },
  policy: { version: 1, digest: `sha256:${'ab'.repeat(32)}`, rule: null, trace: [] },
};
const stages = [
  { from: ['group:finance'], count: 1, approved: 1 },
  { from: ['role:admin'], count: 1, approved: 0 },
];
const requirement = {
  verify: 'passkey' as const,
  separation: 'requester' as const,
  require: { approve: [], reject: [] },
  stages,
};
const action_digest = actionDigest(proposed);
const params_digest = paramsDigest(proposed.salt, proposed.params);
const request = {
  ...proposed,
  ...{ id: 'apr_a', status: 'pending', requirement, action_digest, params_digest },
  effective: { params: proposed.params, action_digest, params_digest },
  request_digest: requestDigest({ ...proposed, action_digest, requirement }),
  scope: {
    action: 'deployment.execute',
    resource: 'service:a',
    params_digest,
    audience: 'service:a',
    enforce: 'offline',
    dpop: false,
    ttl_seconds: 600,
  },
} as unknown as ApprovalRequest;
const session = { organization: { id: 'org_a' }, user: { id: 'usr_a' } } as Session;
const given = {
  ...{ rp_id: 'localhost', nonce: 'n'.repeat(43), checkpoint: { size: 7, root: 'AAAA' } },
  ...{ issued_at: '2026-11-20T10:00:00.000Z', expires_at: '2026-11-20T10:02:00.000Z' },
  stage: 1,
};
const approve: Ballot = { decision: 'approve', comment: null, external_ref: null };
const own = intentShown(request, approve, session, given);

describe('the content shown', () => {
  it('has the digests that an honest server names', () => {
    expect(wrongDigests(request)).toEqual([]);
  });

  it.each<[string, Partial<ApprovalRequest>, string[]]>([
    ['another parameter', { params: { version: 'v3' } }, ['params_digest', 'action_digest']],
    ['another resource', { resource: 'service:b' }, ['action_digest', 'effective.action_digest', 'scope.resource']],
    ['another reason', { context: { reason: 'nothing' } }, ['request_digest']],
    ['another risk', { risk: { ...request.risk, level: 'low' } }, ['request_digest']],
    ['a later deadline', { expires_at: '2027-11-20T12:00:00.000Z' }, ['request_digest']],
    ['a wider scope', { scope: { ...request.scope, params_digest: action_digest } }, ['scope.params_digest']],
  ])('with %s does not fit', (_, change, names) => {
    expect(wrongDigests({ ...request, ...change })).toEqual(names);
  });

  it('is decided in the first stage that is not full', () => {
    expect(currentStage(request)).toBe(1);
  });
});

describe('the intent', () => {
  it('is built from what is shown; of the server only nonce, times, checkpoint and site', () => {
    expect(own).toMatchObject({
      kind: 'decision',
      request: 'apr_a',
      stage: 1,
      decision: 'approve',
      reviewer: 'usr_a',
      action_digest,
    });
    expect(own.scope).toEqual(request.scope);
    expect(own).toMatchObject(given);
  });

  it('does not take what a server puts beside nonce and times', () => {
    const lying = {
      ...given,
      decision: 'reject',
      reviewer: 'usr_b',
      request: 'apr_b',
      scope: null,
    } as unknown as DecisionIntent;
    expect(intentShown(request, approve, session, lying)).toEqual(own);
  });

  it('follows the server to an earlier stage, which it knows is open again, and never to a later one', () => {
    expect(intentShown(request, approve, session, { ...given, stage: 0 }).stage).toBe(0);
    expect(intentShown(request, approve, session, { ...given, stage: 2 }).stage).toBe(1);
  });

  it('releases nothing when it rejects', () => {
    expect(intentShown(request, { ...approve, decision: 'reject' }, session, given).scope).toBeNull();
  });

  const swaps: [string, DecisionIntent][] = [
    ['the decision', { ...own, decision: 'reject' }],
    ['the request', { ...own, request: 'apr_b' }],
    ['the action', { ...own, action_digest: request.request_digest }],
    ['the stage', { ...own, stage: 0 }],
    ['the lifetime of the capability', { ...own, scope: { ...own.scope!, ttl_seconds: 86_400 } }],
    ['the comment', { ...own, comment_digest: action_digest }],
    ['the reviewer', { ...own, reviewer: 'usr_b' }],
  ];
  it.each(swaps)('is refused when the server swaps %s under the challenge', (_, swapped) => {
    expect(faultOfChallenge(own, challengeText(own))).toBeNull();
    expect(faultOfChallenge(own, challengeText(swapped))).toMatch(/something else/);
  });
});

describe('a ceremony', () => {
  it('fits its page', () => {
    expect(faultOfFrame(own, 'decision', 'localhost')).toBeNull();
    expect(faultOfFrame({ ...own, rp_id: 'example.com' }, 'decision', 'desk.example.com')).toBeNull();
  });

  it.each<[string, DecisionIntent, 'decision' | 'sign-in', string]>([
    ['another kind', own, 'sign-in', 'localhost'],
    ['another site', own, 'decision', 'example.com'],
    ['a site that only ends alike', { ...own, rp_id: 'ample.com' }, 'decision', 'example.com'],
    ['no site', { ...own, rp_id: '' }, 'decision', 'example.com'],
    ['a lifetime of three minutes', { ...own, expires_at: '2026-11-20T10:03:00.000Z' }, 'decision', 'localhost'],
    ['an end before its beginning', { ...own, expires_at: '2026-11-20T09:00:00.000Z' }, 'decision', 'localhost'],
    ['an end that is no time', { ...own, expires_at: 'never' }, 'decision', 'localhost'],
  ])('of %s is refused', (_, intent, kind, hostname) => {
    expect(faultOfFrame(intent, kind, hostname)).not.toBeNull();
  });
});

describe('the key of a new passkey', () => {
  it('is what the vouching passkey signs for', () => {
    expect(addedPasskey({ credential_id: 'a', public_key: 'b' })).not.toBe(
      addedPasskey({ credential_id: 'a', public_key: 'c' }),
    );
  });
});

describe('a server that swaps under the eyes of who reads', () => {
  const wider = { ...request.scope, audience: 'service:other', ttl_seconds: 3_600 };

  it('cannot show one scope and have another one signed', () => {
    const dressed = { ...request, capability: { id: 'cap_a', status: null, scope: wider, expires_at: null } };
    expect(releasedScope(dressed as unknown as ApprovalRequest)).toEqual(request.scope);
    expect(releasedScope({ ...dressed, status: 'approved' } as unknown as ApprovalRequest)).toEqual(wider);
  });

  it.each([
    ['content', { request_digest: `sha256:${'0'.repeat(64)}` }],
    ['effective action', { effective: { ...request.effective, action_digest: `sha256:${'0'.repeat(64)}` } }],
    ['scope', { scope: wider }],
    ['request', { id: 'apr_b' }],
  ])('is caught when the %s is another than what was shown first', (_what, other) => {
    expect(sameAsRead(request, { ...request, ...other } as ApprovalRequest)).toBe(false);
  });

  it('may bring news that change nothing of what is signed', () => {
    const news = { ...request, updated_at: '2026-11-20T11:00:00.000Z', scope: { ...request.scope } } as ApprovalRequest;
    expect(sameAsRead(request, news)).toBe(true);
  });
});
