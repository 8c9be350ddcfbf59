// The bench runs the production Worker's objects with a meter around them: one that it does not export stops every
// counted row, which nothing else would notice.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const textOf = (path: string) => readFileSync(path, 'utf8');

it('exports every class of objects that the Worker is configured with from the bench’s Worker', () => {
  const classes = new Set(
    [...textOf('wrangler.toml').matchAll(/^.*class_name\s*=\s*"(\w+)"/gm)].map(([, name]) => name),
  );
  const exported = [...textOf('bench/worker/metered.ts').matchAll(/^export (?:class |\{ )(\w+)/gm)].map(
    ([, name]) => name,
  );
  expect(classes.size).toBeGreaterThan(3);
  expect(exported).toEqual(expect.arrayContaining([...classes]));
});
