// Opens a page in the person's browser. Deciding needs a passkey, and passkeys live there.
import { spawn } from 'node:child_process';

const OPENERS: Readonly<Record<string, readonly [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  // `start` would need a shell, which would read the address.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Starts the browser and does not wait for it; where there is none, the printed link has to do. */
export function openBrowser(url: string): void {
  if (!/^https?:\/\//.test(url)) return;
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
