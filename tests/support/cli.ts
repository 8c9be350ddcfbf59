// The command line as a process: its arguments, its output, its exit code.
import { spawn } from 'node:child_process';
import { toolCommand } from '../../scripts/child.ts';

export interface CliAnswer {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `assentry …` with this environment and nothing of ours; `input` goes to standard input. */
export async function assentry(env: Record<string, string>, args: readonly string[], input = ''): Promise<CliAnswer> {
  const [file, ...first] = toolCommand('assentry');
  const child = spawn(file, [...first, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NO_COLOR: '1', ...env },
  });
  const answer: CliAnswer = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (answer.stdout += chunk));
  child.stderr.on('data', (chunk) => (answer.stderr += chunk));
  child.stdin.end(input);
  answer.code = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  return answer;
}
