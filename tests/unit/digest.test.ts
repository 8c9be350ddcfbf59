import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ActionParts,
  actionDigest,
  digestOf,
  paramsDigest,
  requestDigest,
  type ShownParts,
} from '../../core/digest.ts';
import type { Json, JsonObject } from '../../core/json.ts';

const sha = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const ACTION: ActionParts = {
  organization: 'org_1',
  salt: 'AAAAAAAAAAAAAAAAAAAAAA',
  action: 'deployment.execute',
  resource: 'service:billing-api',
  actor: 'service-account:release-bot',
  params: { version: 'v2.1.0' },
  metadata: { environment: 'production' },
  constraints: {},
  precondition: null,
};

const SHOWN: ShownParts = {
  action_digest: sha('a'),
  context: { reason: 'hotfix' },
  preview: null,
  message: null,
  risk: { level: 'high', claimed: 'high', reasons: ['rule'] },
  policy: { version: 3, digest: sha('p'), rule: 'deploys' },
  requirement: { verify: 'passkey', stages: [{ from: 'role:admin', count: 1 }] },
  on_rejection: 'stop',
  on_behalf_of: null,
  expires_at: '2026-11-20T10:00:00.000Z',
};

describe('digests', () => {
  it('are SHA-256 over the canonical text', () => {
    expect(digestOf({ b: 1, a: [true, null] })).toBe(sha('{"a":[true,null],"b":1}'));
    expect(paramsDigest('salt', { z: 1, a: 2 })).toBe(sha('{"params":{"a":2,"z":1},"salt":"salt"}'));
  });

  it('of an action covers exactly the fields of the contract and the version 1', () => {
    expect(actionDigest(ACTION)).toBe(
      sha(
        '{"action":"deployment.execute","actor":"service-account:release-bot","constraints":{},"metadata":{"environment":"production"},"organization":"org_1","params":{"version":"v2.1.0"},"precondition":null,"resource":"service:billing-api","salt":"AAAAAAAAAAAAAAAAAAAAAA","v":1}',
      ),
    );
    expect(actionDigest({ ...ACTION, status: 'approved' } as ActionParts)).toBe(actionDigest(ACTION));
  });

  it.each(Object.keys(ACTION))('of an action changes with %s and refuses to be without it', (field) => {
    const changed = { ...ACTION, [field]: { changed: true } } as ActionParts;
    expect(actionDigest(changed)).not.toBe(actionDigest(ACTION));
    expect(() => actionDigest({ ...ACTION, [field]: undefined })).toThrow();
  });

  it('of a request leaves out what changes later: counts of votes, trace, status', () => {
    const later = {
      ...SHOWN,
      status: 'approved',
      policy: { ...SHOWN.policy, trace: [{ rule: 'x' }] },
      requirement: { verify: 'passkey', stages: [{ from: 'role:admin', count: 1, approved: 1 }] },
    };
    expect(requestDigest(later)).toBe(requestDigest(SHOWN));
    expect(requestDigest({ ...SHOWN, requirement: null })).not.toBe(requestDigest(SHOWN));
  });

  it.each(Object.keys(SHOWN))('of a request changes with %s', (field) => {
    const other: Record<string, unknown> = {
      risk: { ...SHOWN.risk, level: 'low' },
      policy: { ...SHOWN.policy, version: 4 },
      requirement: { verify: 'passkey', stages: [{ from: 'role:admin', count: 2 }] },
    };
    expect(requestDigest({ ...SHOWN, [field]: other[field] ?? 'changed' })).not.toBe(requestDigest(SHOWN));
    expect(() => requestDigest({ ...SHOWN, [field]: undefined })).toThrow();
  });

  it('are the same whatever the order of the keys', () => {
    const shuffle = (value: Json): Json => {
      if (Array.isArray(value)) return value.map(shuffle);
      if (value === null || typeof value !== 'object') return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, member]) => [key, shuffle(member)]),
      );
    };
    const objects = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
    fc.assert(
      fc.property(objects, (object) => {
        const params = JSON.parse(JSON.stringify(object)) as JsonObject;
        expect(paramsDigest('s', shuffle(params) as JsonObject)).toBe(paramsDigest('s', params));
      }),
    );
  });
});
