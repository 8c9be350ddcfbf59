// What the CLI says to somebody who does not know it yet: every help, and every mistake in a command line.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { timeLeft } from '../../../cli/src/output.ts';
import { assentry, emptyPlace } from './terminal.ts';

it('shows in the help of every command what all of them take', async () => {
  for (const verb of [['approval', 'get'], ['policy', 'suggest'], ['ledger', 'verify'], ['verify']]) {
    const { code, stdout } = await assentry([...verb, '--help']);
    expect(code).toBe(0);
    expect(stdout, verb.join(' ')).toMatch(/Global Options:[\s\S]+--json[\s\S]+--profile[\s\S]+--url/);
  }
});

it('points at --help where a command line is not understood', async () => {
  for (const args of [
    ['approval', 'frob'],
    ['approval', 'create'],
    ['approval', 'request', '--action', 'x'],
  ]) {
    const { code, stderr } = await assentry(args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--help') });
  }
});

it('says why a file cannot be read, the same way in every command', async () => {
  const cwd = emptyPlace();
  mkdirSync(join(cwd, 'directory'));
  const nowhere = join(cwd, 'nowhere');
  for (const args of [['policy', 'check'], ['approval', 'create'], ['verify']]) {
    const { stderr } = await assentry([...args, nowhere], { cwd, env: { ASSENTRY_API_KEY: 'asn_live_x' } });
    expect(stderr).toContain(`Cannot read ${nowhere}: there is no such file.`);
  }
  const { stderr } = await assentry(['policy', 'check', join(cwd, 'directory')], { cwd });
  expect(stderr).toContain('it is a directory.');
});

it('asks for a date or an instant before it asks the server', async () => {
  for (const text of ['yesterday', '2026-13-01', '2026-11-01T09:00'])
    expect(await assentry(['policy', 'simulate', 'p.yaml', '--since', text])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('such as 2026-11-01'),
    });
});

it('says how much time is left without taking an hour away', () => {
  const minute = 60_000;
  expect([57, 60, 239, 240, 1_440, 1_560].map((minutes) => timeLeft(minutes * minute))).toEqual([
    '57 min',
    '1 h',
    '3 h 59 min',
    '4 h',
    '1 d',
    '1 d 2 h',
  ]);
});
