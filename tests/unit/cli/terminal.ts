// Runs the CLI as a person would, in this process: argv in; stdout, stderr and exit code out.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../cli/src/program.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
  opened: string[];
}
export interface Session {
  env?: Record<string, string>;
  cwd?: string;
  /** Parts one after the other, where it is not one text. */
  stdin?: string | (() => Iterable<string | Uint8Array>);
  tty?: boolean;
  signal?: AbortSignal;
}

/** An empty directory: no `.assentry/dev.json`, no profiles. */
export const emptyPlace = (): string => mkdtempSync(join(tmpdir(), 'assentry-cli-'));

export async function assentry(args: string[], session: Session = {}): Promise<Ran> {
  const ran: Ran = { code: -1, stdout: '', stderr: '', opened: [] };
  const cwd = session.cwd ?? emptyPlace();
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY: session.tty ?? false,
    write: (text: string) => {
      ran[name] += text;
    },
  });
  const input = async function* () {
    const { stdin = '' } = session;
    yield* typeof stdin === 'string' ? [stdin] : stdin();
  };
  ran.code = await run(args, {
    env: { HOME: cwd, ...session.env },
    cwd,
    stdin: Object.assign(input(), { isTTY: session.stdin === undefined }),
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    signal: session.signal ?? new AbortController().signal,
    openBrowser: (url) => ran.opened.push(url),
  });
  return ran;
}
