// CPU time of a workerd process, all its threads, from the kernel's own clock. Only Linux has it in this form; elsewhere
// there is no honest figure, and the rows that need one say so.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Process ids of the workerd processes that this process started. */
export function workerdChildren(): number[] {
  if (!existsSync('/proc/self/stat')) return [];
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.map(Number).filter(isOurWorkerd);
}

function isOurWorkerd(pid: number): boolean {
  // `pid (comm) state ppid …`; comm may hold anything, so it is cut off from the right.
  const stat = read(`/proc/${pid}/stat`);
  const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/s.exec(stat) ?? [];
  return name === 'workerd' && Number(rest.split(' ')[1]) === process.pid;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Milliseconds of CPU that a process has used so far. */
export function cpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) => Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0] || 0));
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
}

/** Runs `start`, which starts one workerd. @returns what it gave, and the process; null where the kernel does not tell */
export async function withPid<T>(start: () => Promise<T>): Promise<{ started: T; pid: number | null }> {
  const before = new Set(workerdChildren());
  const started = await start();
  const pid = workerdChildren().find((one) => !before.has(one)) ?? null;
  return { started, pid };
}
