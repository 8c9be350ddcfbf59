// A real browser with a virtual authenticator (CDP `WebAuthn.*`): a passkey that verifies its user and is discoverable.
// An installed Chromium first, else the one that an npm package carries. Under CI a missing browser fails.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inflate } from '@sparticuz/chromium';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';
import { MODULES } from '../../scripts/paths.ts';

/** Names under which systems install it, in the order in which they are tried. */
const INSTALLED = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const PACKAGE = join(MODULES, '@sparticuz/chromium');
const MACOS = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
/** Without a sandbox because tests may run as root; in the background it would look for the network. */
const FLAGS = ['--no-sandbox', '--disable-background-networking', '--disable-dev-shm-usage', '--disable-gpu'];

interface Found {
  path: string;
  /** What it needs where the system lacks libraries or fonts. */
  env: Record<string, string>;
}

function installed(): Found | null {
  const directories = (process.env.PATH ?? '').split(delimiter);
  const paths = INSTALLED.flatMap((name) => directories.map((directory) => join(directory, name)));
  const path = [process.env.CHROMIUM_PATH ?? '', ...paths, MACOS].find((candidate) => existsSync(candidate));
  return path === undefined ? null : { path, env: {} };
}

/** Unpacks the npm package's Chromium once per version, into a directory that appears whole or not at all. */
async function unpacked(): Promise<Found | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string };
  const home = join(tmpdir(), `assentry-chromium-${version}`);
  if (!existsSync(home)) await unpackInto(home);
  const path = join(home, 'chromium');
  const lacks = spawnSync('ldd', [path], { encoding: 'utf8' }).stdout?.includes('not found') ?? true;
  return {
    path,
    env: {
      ...(lacks ? { LD_LIBRARY_PATH: join(home, 'al2023', 'lib') } : {}),
      ...(existsSync('/etc/fonts') ? {} : { FONTCONFIG_PATH: join(home, 'fonts') }),
    },
  };
}

async function unpackInto(home: string): Promise<void> {
  const half = `${home}.${process.pid}`;
  const before = process.env.TMPDIR;
  mkdirSync(half, { recursive: true });
  // The package unpacks into the directory for temporary files, whatever that is.
  process.env.TMPDIR = half;
  try {
    const files = ['chromium.br', 'fonts.tar.br', 'al2023.tar.br'];
    await Promise.all(files.map((file) => inflate(join(PACKAGE, 'bin', file))));
    if (!existsSync(home)) renameSync(half, home);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(half, { recursive: true, force: true });
  }
}

/** The browser to use, or null where there is none. */
export const findBrowser = async (): Promise<Found | null> => installed() ?? (await unpacked());

/** Starts the browser. Throws where there is none: what needs it cannot be shown to work, and nothing is skipped. */
export async function launchBrowser(): Promise<Browser> {
  const found = await findBrowser();
  if (found === null) throw new Error('No browser: install Chromium, or name one in CHROMIUM_PATH.');
  const env = { ...(process.env as Record<string, string>), ...found.env };
  return chromium.launch({ executablePath: found.path, args: FLAGS, env });
}

/** What the browser itself writes about answers that are no 2xx, or none: tests provoke these. */
const REFUSED = /^(Failed to load resource|WebSocket connection to)/;

/** One person at one browser, with one passkey. */
export interface Visitor {
  context: BrowserContext;
  page: Page;
  /** The authenticator, for what tests change about it (`WebAuthn.setUserVerified`, …). */
  cdp: CDPSession;
  authenticator: string;
  /** What the page threw or wrote as errors, breaches of its content policy included: a page that works has none. */
  errors: string[];
}

/** A fresh profile with a virtual authenticator of its own. */
export async function visit(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<Visitor> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (line) => {
    if (line.type() === 'error' && !REFUSED.test(line.text())) errors.push(line.text());
  });
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { context, page, cdp, authenticator: authenticatorId, errors };
}
