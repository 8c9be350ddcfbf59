// The front serves exactly the router's pages; every other address is the Worker's.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isPage, PAGE_PATHS } from '../../../dashboard/src/page-paths.ts';

const ROUTER = readFileSync(join(import.meta.dirname, '../../../dashboard/src/router.tsx'), 'utf8');

describe('the addresses of pages', () => {
  it('are those of the router', () => {
    const written = [...ROUTER.matchAll(/\bpath: '([^']+)'/g)].map(([, path]) => path!);
    const entries = [.../ENTRIES = \[([^\]]+)\]/.exec(ROUTER)![1]!.matchAll(/'([^']+)'/g)].map(([, path]) => path!);
    expect([...written, ...entries].sort()).toEqual([...PAGE_PATHS].sort());
  });

  it.each(['/', '/requests/', '/requests/apr_1', '/r/apr_1'])('hold %s', (path) => expect(isPage(path)).toBe(true));

  it.each([
    '/v1/session',
    '/requests/a/b',
    '/r/',
    '/r',
    '/Requests',
    '/oauth2/token',
    '/assets/x.js',
    '/witness/x',
    '/requestsx',
  ])('do not hold %s', (path) => expect(isPage(path)).toBe(false));
});
