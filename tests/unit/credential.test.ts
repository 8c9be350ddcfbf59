import { describe, expect, it } from 'vitest';
import {
  credentialDigest,
  formatApiKey,
  formatLinkToken,
  formatSession,
  linkIsInTime,
  parseApiKey,
  parseLinkToken,
  parseSession,
  parseUserHandle,
  userHandle,
} from '../../core/credential.ts';
import { base64url, utf8 } from '../../core/encoding.ts';
import { newId } from '../../core/ids.ts';
import { type MacPurpose, type MacSecret, macKeys, macText, macTextHolds } from '../../core/mac.ts';

const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);
const OLD: MacSecret = { kid: 1, secret: base64url(bytes(32, 1)) };
const NEW: MacSecret = { kid: 2, secret: base64url(bytes(32, 2)) };
const keys = (purpose: MacPurpose, secrets = [OLD]) => macKeys(secrets, purpose);
const organization = newId('org', 1_790_000_000_000, bytes(10, 3));
const key = newId('key', 1_790_000_000_000, bytes(10, 4));
const user = newId('usr', 1_790_000_000_000, bytes(10, 5));
const apiKey = (secrets = [OLD]) =>
  formatApiKey(keys('api-key', secrets), { kind: 'live', organization, key }, bytes(16, 6));
const session = (secrets = [OLD]) => formatSession(keys('session', secrets), organization, bytes(32, 7));
const link = () =>
  formatLinkToken(keys('link'), { jti: 'j', purpose: 'setup', organization, exp: 1_790_000_000, roles: ['owner'] });

/** Every text that differs from `text` in one character. */
const altered = (text: string) =>
  [...text].map((char, at) => `${text.slice(0, at)}${char === '2' ? '3' : '2'}${text.slice(at + 1)}`);

describe('an API key', () => {
  it('comes back as what went in, with the digest of its whole text', () => {
    expect(parseApiKey(keys('api-key'), apiKey())).toEqual({
      kind: 'live',
      organization,
      key,
      digest: credentialDigest(apiKey()),
    });
    expect(apiKey()).toMatch(/^asn_live_[0-9a-hjkmnp-tv-z]{104}$/);
  });
  it('is refused with any one character altered', () => {
    for (const text of altered(apiKey())) expect(parseApiKey(keys('api-key'), text)).toBeNull();
  });
  it('of a live organisation does not pass as one of a test organisation', () => {
    expect(parseApiKey(keys('api-key'), apiKey().replace('live', 'test'))).toBeNull();
  });
  it.each(['', 'asn_live_', 'Bearer', 'asn_live_zzzz', `${'asn_live_'}${'z'.repeat(104)}`, 'a'.repeat(100_000)])(
    'refuses %.20s without a read and without throwing',
    (text) => {
      expect(parseApiKey(keys('api-key'), text)).toBeNull();
    },
  );
  it('is refused with anything appended, in upper case or padded', () => {
    for (const text of [`${apiKey()}0`, `${apiKey()}\n`, ` ${apiKey()}`, apiKey().toUpperCase()]) {
      expect(parseApiKey(keys('api-key'), text)).toBeNull();
    }
  });
  it('made under another purpose is refused', () => {
    expect(parseApiKey(keys('session'), apiKey())).toBeNull();
  });
});

describe('rotation', () => {
  it('lets both secrets verify and the first one sign', () => {
    const both = [NEW, OLD];
    expect(parseApiKey(keys('api-key', both), apiKey([OLD]))?.key).toBe(key);
    expect(parseSession(keys('session', both), session([OLD]))?.organization).toBe(organization);
    expect(parseApiKey(keys('api-key', [OLD]), apiKey(both))).toBeNull();
  });
  it('refuses what a retired secret signed', () => {
    expect(parseSession(keys('session', [NEW]), session([OLD]))).toBeNull();
  });
  it('throws at two secrets of one kid, at a short secret, at none', () => {
    for (const secrets of [[OLD, { ...NEW, kid: 1 }], [{ kid: 1, secret: 'AAAA' }], [], [{ ...OLD, kid: 256 }]]) {
      expect(() => macKeys(secrets, 'session')).toThrow();
    }
  });
});

describe('a session cookie', () => {
  it('comes back as its organisation and digest', () => {
    expect(parseSession(keys('session'), session())).toEqual({ organization, digest: credentialDigest(session()) });
  });
  it('is refused with any one character altered, and as an API key', () => {
    for (const text of altered(session())) expect(parseSession(keys('session'), text)).toBeNull();
    expect(parseSession(keys('session'), apiKey())).toBeNull();
  });
});

describe('a link token', () => {
  it('comes back as its claims', () => {
    expect(parseLinkToken(keys('link'), link())).toMatchObject({ purpose: 'setup', organization, roles: ['owner'] });
  });
  it('is refused altered, cut, extended, unsigned', () => {
    const [payload = '', mac = ''] = link().split('.');
    const texts = [...altered(link()), payload, `${payload}.`, `.${mac}`, `${link()}.x`, '', '.', '..'];
    for (const text of texts) expect(parseLinkToken(keys('link'), text)).toBeNull();
  });
  it('is in its time before its end and never after, and without an end always', () => {
    const claims = parseLinkToken(keys('link'), link())!;
    expect(linkIsInTime(claims, 1_790_000_000_000 - 1)).toBe(true);
    expect(linkIsInTime(claims, 1_790_000_000_000)).toBe(false);
    expect(linkIsInTime({ ...claims, exp: null }, Number.MAX_SAFE_INTEGER)).toBe(true);
  });
});

describe('a MAC text', () => {
  it('holds for its bytes and purpose alone, whole, and never throws on other lengths', () => {
    const text = macText(keys('intent'), utf8('a'));
    expect(macTextHolds(keys('intent'), text, utf8('a'))).toBe(true);
    expect(macTextHolds(keys('intent'), text, utf8('b'))).toBe(false);
    expect(macTextHolds(keys('link'), text, utf8('a'))).toBe(false);
    for (let length = 0; length < text.length; length++) {
      expect(macTextHolds(keys('intent'), text.slice(0, length), utf8('a'))).toBe(false);
    }
  });
});

describe('a user handle', () => {
  it('names organisation and user, and nothing else passes', () => {
    expect(parseUserHandle(userHandle(organization, user))).toEqual({ organization, user });
    for (const text of ['', 'AAAA', base64url(bytes(32, 0)), `${userHandle(organization, user)}A`]) {
      expect(parseUserHandle(text)).toBeNull();
    }
  });
});
