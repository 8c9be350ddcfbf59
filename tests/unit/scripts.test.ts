// The npm scripts as processes, in a house of their own without any state: what they refuse, and that help does nothing.
// A script that took an unknown argument for none once minted a recovery link when it was asked for its help.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { read } from '../../scripts/arguments.ts';
import { portAsked } from '../../scripts/place.ts';

const house = mkdtempSync(join(tmpdir(), 'assentry-scripts-'));
cpSync('scripts', join(house, 'scripts'), { recursive: true });
for (const name of [
  'core',
  'sdk',
  'bench',
  'migrations',
  'durable-objects',
  'worker',
  'dashboard',
  'cli',
  'node_modules',
])
  symlinkSync(join(process.cwd(), name), join(house, name));
for (const name of ['package.json', 'package-lock.json', 'wrangler.toml', 'tsconfig.json'])
  cpSync(name, join(house, name));
const before = readdirSync(house).sort();

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const NAMES = Object.keys(scripts);

function run(...args: string[]) {
  const options = { cwd: house, encoding: 'utf8', timeout: 60_000 } as const;
  return spawnSync(process.execPath, [join(house, 'scripts/bootstrap.mjs'), ...args], options);
}

describe('npm run', () => {
  it('starts every script through its one door', () => {
    expect(NAMES).toEqual(
      expect.arrayContaining(['setup-link', 'demo', 'start', 'reset', 'rebuild', 'rollover', 'bench']),
    );
    for (const name of NAMES) expect(scripts[name]).toBe(`node scripts/bootstrap.mjs ${name}`);
  });

  it.each(NAMES)('%s -- --help prints how it is called, and does nothing', (name) => {
    const { status, stdout } = run(name, '--help');
    expect(status, stdout).toBe(0);
    expect(stdout).toMatch(name === 'test' ? /vitest/ : new RegExp(`Usage: npm run ${name}`));
    expect(readdirSync(house).sort()).toEqual(before);
  });

  // What `npm test` is given is vitest's to judge.
  const OWN = NAMES.filter((name) => name !== 'test');
  it.each(OWN)('%s refuses a switch that it does not know, and does nothing', (name) => {
    const { status, stderr, stdout } = run(name, '--virtuel');
    expect([status, stdout], stderr).toEqual([2, '']);
    expect(stderr).toContain('--virtuel');
    expect(readdirSync(house).sort()).toEqual(before);
  });

  it.each(OWN.filter((name) => name !== 'bench'))('%s refuses a word too many, and does nothing', (name) => {
    const { status, stderr, stdout } = run(name, ...(name === 'rollover' ? ['2027h1'] : []), 'now');
    expect([status, stdout], stderr).toEqual([2, '']);
    expect(stderr).toContain('now');
    expect(readdirSync(house).sort()).toEqual(before);
  });

  it('refuses a script that there is none of, and a rollover without a name', () => {
    expect(run('../scripts/seed')).toMatchObject({ status: 1, stderr: expect.stringContaining('There is no script') });
    expect(run('rollover')).toMatchObject({ status: 2, stderr: expect.stringContaining('missing') });
  });

  it.each(['evidence-schemas', 'lifecycle-page', 'confusables'])('%s refuses what it does not know, too', (name) => {
    const page = spawnSync(process.execPath, [join(house, `scripts/${name}.ts`), '--writ'], { encoding: 'utf8' });
    expect([page.status, page.stdout]).toEqual([2, '']);
    expect(existsSync(join(house, 'docs'))).toBe(false);
  });
});

it('takes a script’s own switches and words', () => {
  const bench = { usage: 'x', does: 'y', switches: { json: 'z' }, words: { least: 0, most: 2 } };
  const found = read(bench, ['--', '--json', 'cpu', 'wait'])!;
  expect([found.has('json'), found.words]).toEqual([true, ['cpu', 'wait']]);
  expect(read(bench, [])!.has('json')).toBe(false);
  expect(read(bench, ['-h'])).toBeNull();
  for (const wrong of [['--json=x'], ['--no-json'], ['-x'], ['a', 'b', 'c'], ['--constructor']])
    expect(() => read(bench, wrong), wrong.join(' ')).toThrow();
});

it('takes PORT for a port or not at all', () => {
  expect([portAsked('9000'), portAsked(''), portAsked(undefined)]).toEqual([9000, 8787, 8787]);
  for (const wrong of ['0', 'abc', '65535', '70000', '8787x', '-1', '1e3'])
    expect(() => portAsked(wrong), wrong).toThrow('PORT');
});
