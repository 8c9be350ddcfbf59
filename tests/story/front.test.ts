// The served address, where people and programs arrive: the Pages front before the Worker. What the Worker alone answers
// is tests/workerd/edge.test.ts; here the whole way there and back is real.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RawCall, rawCall } from '../support/raw-call.ts';
import { TestStack } from '../support/stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.start();
});
afterAll(() => stack?.stop());

const raw = (call: RawCall) => rawCall(stack.base_url, call);
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(stack.base_url + path, { headers, redirect: 'manual' });

describe('a body that is too large', () => {
  const KIB = 'x'.repeat(1_024);
  it.each([
    ['a little', 66],
    ['much', 4_096],
  ])('by %s, in chunks of no declared length, is a 413 at once', async (_how, count) => {
    const headers = { 'content-type': 'application/json', origin: stack.base_url };
    const chunks = Array.from({ length: count }, () => KIB);
    for (const path of ['/v1/session/options', '/v1/approval-requests', '/oauth2/token', '/access/v1/evaluation']) {
      const { status, text } = await raw({ method: 'POST', path, headers, chunks });
      expect([path, status], text).toEqual([path, 413]);
    }
  });

  it('that fits is taken in chunks, too', async () => {
    const headers = { 'content-type': 'application/json', origin: stack.base_url };
    const { status, text } = await raw({ method: 'POST', path: '/v1/session/options', headers, chunks: ['{', '}'] });
    expect(status, text).toBe(200);
  });
});

describe('a method that nothing answers', () => {
  it.each([
    ['TRACE', '/'],
    ['TRACE', '/requests'],
    ['TRACE', '/v1/stops'],
    ['OPTIONS', '/'],
    ['OPTIONS', '/v1/stops'],
  ])('%s %s is a 405', async (method, path) => {
    const { status, text } = await raw({ method, path });
    expect(status, text).toBe(405);
    expect(text).toContain('application/problem+json');
  });

  it.each(['POST', 'PUT', 'DELETE'])('%s of a page is a 405', async (method) => {
    const { status } = await raw({ method, path: '/requests', headers: { 'content-length': '0' } });
    expect(status).toBe(405);
  });
});

describe('an address', () => {
  it.each(['/assets/missing.js', '/assets/missing.css?v=1', '/assets/deep/missing.woff2'])(
    'of a built file that is missing (%s) is a 404 that no cache keeps',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([404, 'no-store']);
    },
  );

  it('of a built file that is there is cached for good', async () => {
    const [path] = /\/assets\/[\w-]+\.js/.exec(await (await get('/')).text())!;
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(answer.headers.get('content-type')).toContain('javascript');
  });

  it.each([
    '/witness/add-checkpoint',
    '/mcp',
    '/favicon.ico',
    '/robots.txt',
    '/.env',
    '/_headers',
    '/ledger',
    '/nothing',
  ])('that is no page (%s) is answered by the Worker', async (path) => {
    const answer = await get(path);
    expect([404, 405]).toContain(answer.status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('of the witness reaches the witness', async () => {
    const answer = await fetch(`${stack.base_url}/witness/add-checkpoint`, { method: 'POST', body: 'x' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
  });

  it('of a page that does not exist shows a person the page that says so, with status 404', async () => {
    const { status, text } = await raw({ method: 'GET', path: '/nothing', headers: { 'sec-fetch-mode': 'navigate' } });
    expect(status).toBe(404);
    expect(text).toMatch(/cache-control: no-store/i);
    expect(text).toMatch(/content-type: text\/html/i);
  });

  it.each(['/', '/requests', '/requests/apr_x', '/r/apr_x', '/verify', '/join'])(
    'of a page (%s) has the policies of a page',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'");
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
    },
  );
});
