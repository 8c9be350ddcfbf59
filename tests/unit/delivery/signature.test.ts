import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { secretText, signatureHeaders } from '../../../worker/delivery/signature.ts';

const BODY = JSON.stringify({ specversion: '1.0', id: 'evt_1', type: 'approval.decided', data: { text: 'ü' } });
const secret = secretText(crypto.getRandomValues(new Uint8Array(32)));

describe('the signature of a webhook', () => {
  it('is accepted by the Standard Webhooks library', () => {
    const headers = signatureHeaders(secret, 'evt_1', Date.now(), BODY);
    expect(new Webhook(secret).verify(BODY, headers)).toEqual(JSON.parse(BODY));
  });

  it.each([
    ['another body', (h: Record<string, string>) => [h, `${BODY} `] as const],
    ['another id', (h: Record<string, string>) => [{ ...h, 'webhook-id': 'evt_2' }, BODY] as const],
    [
      'another secret',
      () => [signatureHeaders(secretText(new Uint8Array(32)), 'evt_1', Date.now(), BODY), BODY] as const,
    ],
    ['an old time', () => [signatureHeaders(secret, 'evt_1', Date.now() - 600_000, BODY), BODY] as const],
    [
      'a prefix of the signature',
      (h: Record<string, string>) =>
        [{ ...h, 'webhook-signature': h['webhook-signature']!.slice(0, 20) }, BODY] as const,
    ],
  ])('does not hold for %s', (_what, alter) => {
    const [headers, body] = alter(signatureHeaders(secret, 'evt_1', Date.now(), BODY));
    expect(() => new Webhook(secret).verify(body, headers)).toThrow();
  });

  it('is not made with what is no secret', () => {
    expect(() => signatureHeaders('whsec_', 'evt_1', 0, BODY)).toThrow();
    expect(() => signatureHeaders('abc', 'evt_1', 0, BODY)).toThrow();
  });
});
