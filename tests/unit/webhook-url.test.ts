import { describe, expect, it } from 'vitest';
import { webhookUrlFault } from '../../core/webhook/url.ts';

const DEPLOYED = 'https://assentry.example.com';
const LOCAL = 'http://localhost:8787';

describe('where a webhook may go, when deployed', () => {
  it.each([
    ['https://hooks.example.com/assentry'],
    ['https://hooks.example.com:8443/a?b=c'],
    ['https://xn--bcher-kva.example/'],
  ])('lets %s through', (url) => expect(webhookUrlFault(url, DEPLOYED)).toBeNull());

  it.each([
    ['no URL', 'hooks.example.com'],
    ['plain http', 'http://hooks.example.com/'],
    ['another scheme', 'ftp://hooks.example.com/'],
    ['localhost', 'https://localhost/'],
    ['localhost with a final dot', 'https://localhost./'],
    ['localhost with two', 'https://localhost../'],
    ['a name under localhost', 'https://a.localhost/'],
    ['a dotted address', 'https://169.254.169.254/latest'],
    ['an address in decimal', 'https://2130706433/'],
    ['an address in hexadecimal', 'https://0x7f.1/'],
    ['an address with a final dot', 'https://127.0.0.1./'],
    ['an IPv6 address', 'https://[::1]/'],
    ['a mapped address', 'https://[::ffff:10.0.0.1]/'],
    ['a single label', 'https://intranet/'],
    ['a private suffix', 'https://vault.internal/'],
    ['a private suffix in capitals', 'https://VAULT.INTERNAL/'],
    ['a password', 'https://user:secret@hooks.example.com/'],
    ['a fragment', 'https://hooks.example.com/#a'],
  ])('refuses %s', (_what, url) => expect(webhookUrlFault(url, DEPLOYED)).toEqual(expect.any(String)));
});

describe('where a webhook may go, on localhost', () => {
  it('lets localhost through, with and without TLS', () => {
    expect(webhookUrlFault('http://localhost:9000/hook', LOCAL)).toBeNull();
    expect(webhookUrlFault('https://localhost/hook', LOCAL)).toBeNull();
  });

  it('still refuses its address, other plain http, and other schemes of localhost', () => {
    for (const url of ['http://127.0.0.1:9000/', 'http://hooks.example.com/', 'file://localhost/etc/passwd'])
      expect(webhookUrlFault(url, LOCAL)).toEqual(expect.any(String));
  });
});
