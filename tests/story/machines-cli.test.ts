// The command line against the real stack: every command as a process with real pipes, and what the shell learns. The
// last test reads the help itself, so that a command nobody ran here cannot be added.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolCommand } from '../../scripts/child.ts';
import type { Reviewer } from '../../scripts/reviewer.ts';
import type { ApprovalRequest } from '../../sdk/src/wire.ts';
import { assentry, type CliAnswer } from '../support/cli.ts';
import { enrolOwner } from '../support/people.ts';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

let stack: TestStack;
let owner: Reviewer;
const place = mkdtempSync(join(tmpdir(), 'assentry-machines-'));
const file = (name: string, text?: string): string => {
  if (text !== undefined) writeFileSync(join(place, name), text);
  return join(place, name);
};

beforeAll(async () => {
  stack = await TestStack.start();
  owner = await enrolOwner(stack, 'test');
});
afterAll(() => stack?.stop());

/** `noun verb` of every command line that was run. */
const ran = new Set<string>();
const envOf = (key: 'api_key' | 'admin_api_key') => ({
  ASSENTRY_URL: stack.base_url,
  ASSENTRY_API_KEY: stack.dev.test[key],
});
function cliWith(key: 'api_key' | 'admin_api_key', line: string, input = ''): Promise<CliAnswer> {
  const words = line.split(' ');
  ran.add(words.slice(0, 2).join(' ')).add(words[0]!);
  return assentry(envOf(key), words, input);
}
const cli = (line: string, input?: string) => cliWith('api_key', line, input);
const admin = (line: string, input?: string) => cliWith('admin_api_key', line, input);

/** Runs one and expects this exit code; what it says is in the message if it is another. */
async function ends(code: number, answer: Promise<CliAnswer>): Promise<CliAnswer> {
  const said = await answer;
  expect(said.code, said.stderr + said.stdout).toBe(code);
  return said;
}
const json = async <T = ApprovalRequest>(code: number, answer: Promise<CliAnswer>): Promise<T> =>
  JSON.parse((await ends(code, answer)).stdout) as T;

/** The exit code of `assentry LINE | head -1`, as a shell learns it. */
function exitBeforeHead(line: string): Promise<number> {
  const command = [...toolCommand('assentry'), ...line.split(' ')].map((word) => `'${word}'`).join(' ');
  const shell = spawn('bash', ['-c', `${command} 2>/dev/null | head -1 >/dev/null; exit $PIPESTATUS`], {
    env: { PATH: process.env.PATH ?? '', ...envOf('api_key') },
  });
  return new Promise((resolve) => shell.on('close', (code) => resolve(code ?? -1)));
}

let versions = 0;
const deploy = () => `--action data.export --resource table:users --param version=v${versions++}`;
const asked = async (more = ''): Promise<ApprovalRequest> => json(0, cli(`approval request ${deploy()}${more} --json`));

describe('approval', () => {
  it('request --run-id is the same request every time, and 422 with other params', async () => {
    const call = `approval request ${deploy()} --run-id run_7 --tool-call-id call_3 --json`;
    const [first, again] = [await json(0, cli(call)), await json(0, cli(call))];
    expect([first.status, again.id]).toEqual(['pending', first.id]);
    const moved = await ends(1, cli(`approval request ${deploy()} --run-id run_7 --tool-call-id call_3`));
    expect(moved.stderr).toContain('key was used before for another body');
    await owner.decide(first.id, 'approve');
    expect(await json(0, cli(call))).toMatchObject({ id: first.id, status: 'approved' });
  });

  it('request, asked again after a rejection, ends with 3, the id and the reason', async () => {
    const call = `approval request ${deploy()}`;
    const { id } = await json(0, cli(`${call} --json`));
    await owner.decide(id, 'reject', 'Not today.');
    const again = await until(async () => {
      const answer = await cli(call);
      return answer.code === 3 && answer;
    });
    expect(again.stdout).toContain(id);
    expect(again.stdout).toContain('Not today.');
    expect(again.stderr).toContain('within ten minutes');
    for (const line of [`approval wait ${id}`, `approval wait ${id} --json`, `approval approve ${id} --no-open`])
      expect(await exitBeforeHead(line), line).toBe(3);
  });

  it('wait waits as long as it is told, and ends with what was decided', async () => {
    const { id } = await asked();
    await ends(124, cli(`approval wait ${id} --timeout 1s`));
    const waited = cli(`approval wait ${id} --timeout 30d`);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await owner.decide(id, 'approve');
    expect((await ends(0, waited)).stdout).toContain('approved');
  });

  it('get, list and open show it; cancel withdraws it', async () => {
    const { id, review_url } = await asked();
    expect((await ends(0, cli(`approval get ${id}`))).stdout).toContain('pending');
    await until(async () => (await cli('approval list --status pending')).stdout.includes(id));
    expect((await ends(0, cli(`approval open ${id}`))).stdout.trim()).toBe(review_url);
    expect((await ends(0, cli(`approval cancel ${id} --reason late`))).stdout).toContain('canceled');
    await ends(5, cli(`approval wait ${id}`));
    await ends(1, cli('approval get apr_none'));
  });

  it('approve, reject and deny wait for the page and say whether it was meant so', async () => {
    for (const [verb, decision, code] of [
      ['approve', 'approve', 0],
      ['reject', 'approve', 1],
      ['deny', 'reject', 0],
    ] as const) {
      const { id } = await asked();
      const waited = cli(`approval ${verb} ${id} --no-open`);
      await owner.decide(id, decision, 'a test');
      await ends(code, waited);
    }
  });

  it('create and route take the decision of another tool; the same decision is the same request', async () => {
    const decision = { decision_id: 'd1', decision: 'require_approval', tool: 'shell', command: 'ls', reason: 'look' };
    const path = file('decision.json', JSON.stringify(decision));
    expect((await ends(0, cli(`approval route ${path} --requested-by service-account:release-bot`))).stdout).toContain(
      'would ask a person',
    );
    const create = `approval create ${path} --requested-by service-account:release-bot --json`;
    expect((await json(0, cli(create))).id).toBe((await json(0, cli(create))).id);
  });

  it('nonce is refused where policy takes no token', async () => {
    const { id } = await asked();
    const offer = `--offer ${file('offer.json')}`;
    const { stderr } = await ends(
      7,
      cli(`approval nonce ${id} --decision approve --reviewer ${await owner.user()} ${offer}`),
    );
    expect(stderr).not.toBe('');
  });
});

describe('what was approved', () => {
  it('is exchanged once, verified offline, reported, and proved by a file', async () => {
    const { id, params } = await asked();
    await owner.decide(id, 'approve');
    const { stdout: token } = await ends(0, cli(`capability exchange --request ${id} --nonce n1`));
    expect((await ends(0, cli(`capability exchange --request ${id} --nonce n1`))).stdout).not.toBe('');
    await ends(1, cli(`capability exchange --request ${id}`));
    const call = `capability verify --audience table:users --action data.export --resource table:users`;
    await ends(0, cli(`${call} --param version=${params.version}`, token));
    await ends(9, cli(`${call} --param version=other`, token));
    expect((await ends(0, cli(`outcome report ${id} --status executed`))).stdout).toContain('executed');
    await ends(0, admin(`approval evidence ${id} --output ${file('approval.evidence')}`));
    expect((await cli(`verify ${file('approval.evidence')}`)).stdout).toContain(id);
    const forged = readFileSync(file('approval.evidence'), 'utf8').replace('data.export', 'data.import');
    await ends(9, cli(`verify ${file('forged.evidence', forged)}`));
  });

  it('is in the log, which verify and export read', async () => {
    await ends(0, admin('ledger verify --limit 3'));
    await ends(0, admin(`ledger export --output ${file('ledger.export')}`));
    await ends(0, cli(`verify ${file('ledger.export')}`));
  });
});

describe('policy and emergencies', () => {
  it('policy is checked, tested, shown, compared, simulated, suggested and changed', async () => {
    const { stdout: source } = await ends(0, admin('policy show'));
    const path = file('policy.yaml', `${source.replace('verdict: deny', 'verdict: require_approval')}\n`);
    await ends(0, cli(`policy check ${path}`));
    await ends(1, cli(`policy check ${file('broken.yaml', 'version: 1\nrules: 3\n')}`));
    await ends(0, cli('policy test docs/examples/policy.yaml'));
    expect((await ends(0, admin(`policy diff ${path}`))).stdout).not.toBe('');
    await ends(0, admin(`policy simulate ${path} --last 10`));
    await ends(0, admin('policy suggest --last 10'));
    await ends(0, admin('policy require tool.risky --dry-run'));
    await ends(0, admin('policy allow tool.harmless'));
    expect((await ends(0, admin(`policy apply ${path}`))).stdout).toContain('applied');
    await ends(7, cli(`policy apply ${path}`));
  });

  it('break-glass fills in the form and decides nothing', async () => {
    const line = 'break-glass --action a.b --resource c:d --actor agent:a --reason fire --no-open';
    expect((await ends(0, cli(line))).stdout).toContain('/break-glass#');
  });
});

describe('the whole command line', () => {
  const commandsIn = (help: string): string[] =>
    [...(help.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}([a-z-]+)/gm)]
      .map(([, name]) => name!)
      .filter((name) => name !== 'help');

  it('was run here', async () => {
    const nouns = commandsIn((await assentry({}, ['--help'])).stdout);
    expect(nouns.length).toBeGreaterThan(5);
    const all: string[] = [];
    for (const noun of nouns) {
      const verbs = commandsIn((await assentry({}, [noun, '--help'])).stdout);
      all.push(...(verbs.length === 0 ? [noun] : verbs.map((verb) => `${noun} ${verb}`)));
    }
    expect(all.filter((command) => !ran.has(command))).toEqual([]);
  });
});
