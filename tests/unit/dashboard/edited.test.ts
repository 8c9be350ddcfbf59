// The page and an edit: what its form says is what it signs, and a server that offers another edit under the challenge is
// refused.
import { describe, expect, it } from 'vitest';
import { actionDigest, paramsDigest, requestDigest } from '../../../core/digest.ts';
import { challengeText, type DecisionIntent, type EditIntent } from '../../../core/intent.ts';
import type { ApprovalRequest, Session } from '../../../dashboard/src/api/types.ts';
import { editedShown, editShown, withParams } from '../../../dashboard/src/passkey/edited.ts';
import { faultOfChallenge, faultOfFrame } from '../../../dashboard/src/passkey/frame.ts';
import { type Ballot, intentShown, sameAsRead, wrongDigests } from '../../../dashboard/src/passkey/shown.ts';

const params = { amount: 100, to: 'ann', notify: ['a', 'b'], dry: true, deep: { limit: 5 } };
const less = { ...params, amount: 40 };
const proposed = {
  ...{ organization: 'org_a', salt: 'AAAAAAAAAAAAAAAAAAAAAA', action: 'pay', resource: 'order:1' },
  ...{ actor: 'service-account:bot', params, metadata: {}, constraints: {}, precondition: null, context: null },
  ...{ preview: null, message: null, on_rejection: 'stop' as const, on_behalf_of: null },
  expires_at: '2026-11-20T12:00:00.000Z',
  risk: { level: 'low' as const, claimed: null, reasons: [] },
  policy: { version: 1, digest: `sha256:${'ab'.repeat(32)}`, rule: null, trace: [] },
};
const requirement = {
  ...{ verify: 'passkey' as const, separation: 'requester' as const, require: { approve: [], reject: [] } },
  stages: [{ from: ['role:admin'], count: 2, approved: 1 }],
};
const action_digest = actionDigest(proposed);
const params_digest = paramsDigest(proposed.salt, params);
const request = {
  ...proposed,
  ...{ id: 'apr_a', status: 'pending', requirement, action_digest, params_digest, edits: [], editable: 'narrow' },
  effective: { params, action_digest, params_digest, requirement, risk: proposed.risk },
  request_digest: requestDigest({ ...proposed, action_digest, requirement }),
  scope: {
    ...{ action: 'pay', resource: 'order:1', params_digest, audience: 'order:1', enforce: 'offline', dpop: false },
    ttl_seconds: 600,
  },
} as unknown as ApprovalRequest;
const session = { organization: { id: 'org_a' }, user: { id: 'usr_a' } } as Session;
const given = {
  ...{ rp_id: 'localhost', nonce: 'n'.repeat(43), checkpoint: { size: 7, root: 'AAAA' }, stage: 0 },
  ...{ issued_at: '2026-11-20T10:00:00.000Z', expires_at: '2026-11-20T10:02:00.000Z' },
};
const approve: Ballot = { decision: 'approve', comment: null, external_ref: null };

describe('a reduction approved on the page', () => {
  const own = intentShown(request, { ...approve, params: less }, session, { ...given, scope: request.scope });

  it('signs what was asked, the edit with both sides, and the scope of the edited params', () => {
    expect(own.action_digest).toBe(action_digest);
    expect(own.edited).toEqual({
      params: less,
      action_digest: actionDigest({ ...proposed, params: less }),
      diff: [{ pointer: '/amount', kind: 'changed', from: 100, to: 40 }],
    });
    expect(own.scope).toEqual({ ...request.scope, params_digest: paramsDigest(proposed.salt, less) });
    expect(own).not.toHaveProperty('params');
  });

  it('takes a scope that policy made stricter, never one that releases more', () => {
    const scopeOf = (scope: object) =>
      intentShown(request, { ...approve, params: less }, session, { ...given, scope: { ...own.scope!, ...scope } })
        .scope;
    expect(scopeOf({ ttl_seconds: 60, enforce: 'consume' })).toMatchObject({ ttl_seconds: 60, enforce: 'consume' });
    expect(scopeOf({ ttl_seconds: 9_999 })).toEqual(own.scope);
    expect(scopeOf({ audience: 'elsewhere', params_digest })).toEqual(own.scope);
  });

  const lies: [string, (edited: NonNullable<DecisionIntent['edited']>) => object | null][] = [
    ['other params', (edited) => ({ ...edited, params: { ...less, amount: 99 } })],
    ['another action', (edited) => ({ ...edited, action_digest })],
    ['another difference', (edited) => ({ ...edited, diff: [] })],
    ['no edit at all', () => null],
  ];
  it.each(lies)('is refused when the server offers %s under the challenge', (_, lie) => {
    const swapped = { ...own, edited: lie(own.edited!) } as DecisionIntent;
    expect(faultOfChallenge(own, challengeText(own))).toBeNull();
    expect(faultOfChallenge(own, challengeText(swapped))).toMatch(/something else/);
  });
});

describe('an edit alone', () => {
  const own = editShown(request, { params: less, comment: 'Half.' }, session, given);

  it('is of its own kind, names what it takes the place of, and fits its page as nothing else', () => {
    expect(own).toMatchObject({ kind: 'edit', replaces: action_digest, edited: { params: less }, reviewer: 'usr_a' });
    expect(faultOfFrame(own, 'edit', 'localhost')).toBeNull();
    expect(faultOfFrame(own, 'decision', 'localhost')).not.toBeNull();
  });

  it.each<[string, Partial<EditIntent>]>([
    ['other params', { edited: { ...own.edited, params: { ...less, to: 'eve' } } }],
    ['another request', { request: 'apr_b' }],
    ['another comment', { comment_digest: action_digest }],
  ])('is refused when the server offers %s', (_, lie) => {
    expect(faultOfChallenge(own, challengeText({ ...own, ...lie }))).toMatch(/something else/);
  });
});

describe('a request that somebody edited', () => {
  const edits = [{ editor: { id: 'usr_b', name: 'B' }, mode: 'narrow' }] as unknown as ApprovalRequest['edits'];
  const edited = { ...withParams(request, less), edits };

  it('has the digests of what is shown, and every vote signs the edit', () => {
    expect(wrongDigests(edited)).toEqual([]);
    expect(intentShown(edited, approve, session, given).edited).toEqual(editedShown(edited));
    expect(intentShown(edited, approve, session, given).stage).toBe(0);
  });

  it('that names nobody who edited does not fit', () => {
    expect(wrongDigests({ ...edited, edits: [] })).toContain('effective.action_digest');
  });

  it('with other params under the digests does not fit', () => {
    expect(wrongDigests({ ...edited, effective: { ...edited.effective, params } })).not.toEqual([]);
  });

  it('is not what was read before', () => {
    expect(sameAsRead(request, edited)).toBe(false);
  });
});
