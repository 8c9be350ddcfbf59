// What a phone loads to open one review page cold: neither the router nor the evidence verifier, which only the desk and
// those who verify need.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../../../dashboard/src');
const STATIC = /^(?:import|export)(?! type\b)[^;]*?from '([^']+)'/gms;

/** Every module and package that an entry loads before anything is asked for by `import()`. */
function loadedBy(entry: string): Set<string> {
  const seen = new Set<string>();
  const todo = [entry];
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    if (!existsSync(path)) continue;
    for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(STATIC))
      todo.push(name.startsWith('.') ? resolve(dirname(path), name) : name);
  }
  return seen;
}

const endsWith = (loaded: Set<string>, end: string): boolean => [...loaded].some((path) => path.endsWith(end));

it('a cold review page loads neither the router nor the verifier of evidence', () => {
  const loaded = loadedBy(join(SRC, 'review-main.tsx'));
  expect(endsWith(loaded, 'pages/review/review-page.tsx')).toBe(true);
  expect(loaded.has('@tanstack/react-router')).toBe(false);
  expect(endsWith(loaded, 'core/evidence.ts')).toBe(false);
});

it('of the desk, only the module that checks a file loads the verifier', () => {
  expect(endsWith(loadedBy(join(SRC, 'pages/verify/check.ts')), 'core/evidence.ts')).toBe(true);
  for (const page of ['main.tsx', 'pages/requests/request-page.tsx', 'pages/ledger-page.tsx'])
    expect(endsWith(loadedBy(join(SRC, page)), 'core/evidence.ts')).toBe(false);
});
