// The process: its streams, its signals, its exit code. Everything else is in program.ts.
import { openBrowser } from './browser.ts';
import { run } from './program.ts';
import { lasting } from './streams.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());

const { env, stdin } = process;

process.exitCode = await run(process.argv.slice(2), {
  env,
  stdin,
  openBrowser,
  stdout: lasting(process.stdout),
  stderr: lasting(process.stderr),
  cwd: process.cwd(),
  signal: interrupted.signal,
});
