// The pinned sample of a decision by an OpenID token: a group that the token proves, then a passkey. Whatever of token,
// key, provider's settings or link is altered, missing, another's or too young makes the bundle invalid.
import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { base64url, fromBase64Url, hex, utf8 } from '../../../core/encoding.ts';
import { faultOfForm } from '../../../core/evidence/schema.ts';
import { challengeText } from '../../../core/intent.ts';
import { statementSchema } from '../../../core/receipt/schema.ts';
import { anchorsOf, failuresOf, forged, type Loose, ANCHORS as OTHER, textOf, verify } from './samples.ts';
import { sigstoreAccepts } from './sigstore.ts';

const ANCHORS = anchorsOf('oidc');
const PINNED = '3f10ddb1f6aa2928d2eddc30e96e1a959ea3bcf767443af6d7e5844a7d129aac';

const sample: Loose = JSON.parse(textOf('oidc'));
const vote = ({ events }: Loose) => events.find(({ event }: Loose) => event.skeleton.method === 'oidc').event;
const settings = ({ organization_events }: Loose) =>
  organization_events.find(({ event }: Loose) => event.type === 'oidc_issuer.updated').event;
/** The token's reviewer in the snapshot that the vote commits to. */
const person = (bundle: Loose) =>
  vote(bundle).personal.eligibility.people.find(({ user }: Loose) => user === vote(bundle).skeleton.reviewer);
const without = (list: Loose[], fits: (one: Loose) => boolean) => list.splice(list.findIndex(fits), 1);
const part = (value: object): string => base64url(utf8(JSON.stringify(value)));
/** The token with one part replaced: 0 header, 1 claims, 2 signature. */
const bent = (bundle: Loose, at: number, by: (text: string) => string) => {
  const { personal } = vote(bundle);
  personal.token = personal.token
    .split('.')
    .with(at, by(personal.token.split('.')[at]))
    .join('.');
};
const claimsWith = (more: object) => (text: string) =>
  part({ ...JSON.parse(Buffer.from(text, 'base64url').toString()), ...more });

describe('a decision by a token', () => {
  it('is the file that it always was, verifies under its own anchors alone, and says whose word the key is', async () => {
    expect(hex(sha256(utf8(textOf('oidc'))))).toBe(PINNED);
    const report = await verify(textOf('oidc'), ANCHORS);
    expect(report.claims.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(report.valid).toBe(true);
    const said = (claim: string) => report.claims.filter((one) => one.claim === claim).map(({ status }) => status);
    for (const claim of ['signature', 'issuer', 'intent', 'eligibility', 'quorum', 'receipt', 'not-before'])
      expect(said(claim), claim).toContain('proved');
    expect(said('issuer-key')).toEqual(['asserted']);
    expect((await failuresOf(textOf('oidc'), OTHER)).length).toBeGreaterThan(0);
  });

  it('holds a token that plain node:crypto verifies, over the hash of the intent, from a group nobody is in here', () => {
    const { token, token_key } = vote(sample).personal;
    const [header, claims, signature] = token.split('.') as [string, string, string];
    const key = createPublicKey({ key: token_key, format: 'jwk' });
    const judge = (signed: string) =>
      verifySignature('sha256', Buffer.from(signed), key, Buffer.from(fromBase64Url(signature)!));
    expect([judge(`${header}.${claims}`), judge(`${header}.${claims} `)]).toEqual([true, false]);
    const nonce = challengeText(vote(sample).personal.intent);
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString());
    expect(said).toMatchObject({ sub: 'dana-1', nonce, groups: ['Payments', 'Everybody'] });
    expect(person(sample)).toMatchObject({ groups: [], identities: [{ subject: 'dana-1' }] });
  });

  it('has receipts that @sigstore/verify accepts, of the one predicate that they may have', () => {
    for (const { bundle } of sample.receipts) {
      sigstoreAccepts(bundle, ANCHORS);
      const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString());
      expect(faultOfForm(statementSchema('human-approval'), statement)).toBeNull();
    }
  });

  const forgeries: [what: string, check: string, change: (bundle: Loose) => unknown][] = [
    [
      'one bit of its signature',
      'signature',
      (b) => bent(b, 2, (text) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)),
    ],
    ['no signature', 'signature', (b) => bent(b, 2, () => '')],
    ['no algorithm', 'signature', (b) => bent(b, 0, () => part({ alg: 'none' }))],
    ['another subject', 'signature', (b) => bent(b, 1, claimsWith({ sub: 'erin-2' }))],
    ['another nonce', 'signature', (b) => bent(b, 1, claimsWith({ nonce: 'another' }))],
    ['more groups', 'signature', (b) => bent(b, 1, claimsWith({ groups: ['Payments', 'Board'] }))],
    ['a later end', 'signature', (b) => bent(b, 1, claimsWith({ exp: 4_000_000_000 }))],
    ['no token', 'signature', (b) => delete vote(b).personal.token],
    ['another key', 'signature', (b) => Object.assign(vote(b).personal.token_key, { e: 'Aw' })],
    ['the same key in other letters', 'decision', (b) => Object.assign(vote(b).personal.token_key, { e: 'AAEAAQ' })],
    ['no key', 'signature', (b) => delete vote(b).personal.token_key],
    [
      'no settings of its provider',
      'issuer',
      (b) => without(b.organization_events, ({ event }) => event.type === 'oidc_issuer.updated'),
    ],
    [
      'settings with another audience',
      'issuer',
      (b) => Object.assign(settings(b).personal.settings, { audience: 'else' }),
    ],
    [
      'settings with another mapping',
      'issuer',
      (b) => Object.assign(settings(b).personal.settings.group_mappings, { Everybody: 'group:finance' }),
    ],
    ['settings of workloads', 'issuer', (b) => Object.assign(settings(b).personal.settings, { purpose: 'workload' })],
    ['a link to another subject', 'key-status', (b) => Object.assign(person(b).identities[0], { subject: 'erin-2' })],
    ['no link', 'key-status', (b) => person(b).identities.splice(0)],
    [
      'a link that is younger than the request',
      'key-status',
      (b) => Object.assign(person(b).identities[0], { linked_at: vote(b).at }),
    ],
    [
      'a mapping that is younger than the request',
      'eligibility',
      (b) => Object.assign(person(b).identities[0].groups, { 'group:finance': vote(b).at }),
    ],
    ['another reviewer', 'eligibility', (b) => Object.assign(vote(b).skeleton, { reviewer: 'usr_somebody' })],
  ];
  it.each(forgeries)('with “%s” fails the check %s', async (_what, check, change) => {
    const failed = await failuresOf(forged('oidc', change), ANCHORS);
    expect(failed.map(({ claim }) => claim)).toContain(check);
    // What is wrong is said for people, not as what the runtime stumbled over.
    for (const { detail } of failed) expect(detail).not.toMatch(/Cannot read|is not a function/);
  });
});
