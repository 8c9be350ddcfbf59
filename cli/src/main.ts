// The process: its streams, its signals, its exit code. Everything else is in program.ts.
import { openBrowser } from './browser.ts';
import { run } from './program.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());

const { env, stdin, stdout, stderr } = process;
// A reader that has seen enough (`| head`) is not an error.
stdout.on('error', () => process.exit(0));

process.exitCode = await run(process.argv.slice(2), {
  ...{ env, stdin, stdout, stderr, openBrowser },
  cwd: process.cwd(),
  signal: interrupted.signal,
});
