// Which key, which place. Secrets come from the environment, from a profile file of the user, or from the local stack's
// own file in the working directory; never from a flag, which every `ps` shows.
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { base32, fromBase32 } from '../../core/encoding.ts';
import { readText } from '../../core/text-file.ts';
import { CliError, EXIT } from './exit-codes.ts';

export interface Settings {
  api_key: string;
  url: string;
  /** The organisation that the key belongs to, null when the key does not say. */
  organization: string | null;
  /** Verifier key of the log, pinned by the profile. */
  ledger_key: string | null;
  /** For stderr: where the key came from, if it was not asked for by name. */
  note: string | null;
}

/** What one entry of profiles.json may hold. Its anchors are for `assentry verify`, which needs no key. */
export interface Profile {
  url?: string;
  api_key?: string;
  ledger_key?: string;
  organization?: string;
  origin?: string;
  rp_id?: string;
  receipt_key?: string | string[];
  witnesses?: string[];
  link_key?: string;
}

export interface Place {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

const LOCAL_URL = 'http://localhost:8787';
const DEV_FILE = join('.assentry', 'dev.json');

/** Finds key and place. `profile` and `url` are what was asked for by flag. Throws a `CliError` when there is no key. */
export function settingsFor(place: Place, asked: { profile?: string; url?: string }): Settings {
  if (asked.profile !== undefined) return fromProfile(place, asked.profile, asked.url);
  const { ASSENTRY_API_KEY: api_key, ASSENTRY_URL: env_url } = place.env;
  const dev = readDev(place.cwd);
  const url = asked.url ?? env_url;
  if (api_key) return settings({ api_key, url: url ?? dev?.base_url }, null);
  // The local stack's key is for the local stack: another place shall not even see it.
  if (dev === null || (url !== undefined && withoutSlash(url) !== dev.base_url)) throw new CliError(EXIT.auth, NO_KEY);
  const note = `Using the local stack's live organisation (${DEV_FILE}); set ASSENTRY_API_KEY to use another.`;
  return settings({ api_key: dev.live.api_key, url: dev.base_url }, note);
}

const NO_KEY =
  'There is no API key for this place. Set ASSENTRY_API_KEY (and ASSENTRY_URL), name a --profile, or run it where `npm start` runs.';

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

function settings(profile: Profile, note: string | null): Settings {
  const { api_key = '', url = LOCAL_URL, ledger_key = null } = profile;
  return { api_key, url: withoutSlash(url), organization: organizationIn(api_key), ledger_key, note };
}

/** An API key names its organisation: kid 1 byte, then 16 bytes of id (core/credential.ts). */
export function organizationIn(api_key: string): string | null {
  const bytes = fromBase32(api_key.replace(/^asn_(live|test)_/, ''));
  return bytes !== null && bytes.length > 17 ? `org_${base32(bytes.slice(1, 17))}` : null;
}

interface DevFile {
  base_url: string;
  live: { api_key: string };
  test: { api_key: string; admin_api_key?: string };
}

function readDev(cwd: string): DevFile | null {
  const dev = readJson(join(cwd, DEV_FILE)) as Partial<DevFile> | null;
  return dev?.base_url && dev.live?.api_key ? (dev as DevFile) : null;
}

/** A profile by name, the user's before the local stack's; null when there is none. Its key may be missing. */
export function profileNamed(place: Place, name: string): Profile | null {
  const profiles = (readJson(profilesPath(place.env)) ?? {}) as Record<string, Profile>;
  return (Object.hasOwn(profiles, name) ? profiles[name] : devProfiles(place.cwd)[name]) ?? null;
}

function fromProfile(place: Place, name: string, url: string | undefined): Settings {
  const path = profilesPath(place.env);
  const profiles = (readJson(path) ?? {}) as Record<string, Profile>;
  const own = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  const profile = own ?? devProfiles(place.cwd)[name];
  if (!profile?.api_key) {
    const known = [...Object.keys(profiles), ...Object.keys(devProfiles(place.cwd))];
    throw new CliError(
      EXIT.auth,
      `There is no profile "${name}" in ${path}.${known.length > 0 ? ` Known: ${known.join(', ')}.` : ''}`,
    );
  }
  const note = own !== undefined && isOpen(path) ? `Others on this machine can read ${path}: chmod 600 it.` : null;
  return settings({ ...profile, ...(url === undefined ? {} : { url }) }, note);
}

/** The local stack's organisations, by name. */
function devProfiles(cwd: string): Record<string, Profile> {
  const dev = readDev(cwd);
  if (dev === null) return {};
  const { base_url: url, live, test } = dev;
  const place = { url, origin: url, rp_id: new URL(url).hostname };
  return {
    live: { ...place, api_key: live.api_key },
    test: { ...place, api_key: test.api_key },
    ...(test.admin_api_key ? { 'test-admin': { ...place, api_key: test.admin_api_key } } : {}),
  };
}

function profilesPath(env: Place['env']): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME ?? homedir(), '.config'), 'assentry', 'profiles.json');
}

const isOpen = (path: string): boolean => process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;

/** Null when there is no such file; a broken one is an error, not an absence. */
function readJson(path: string): unknown {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch {
    return null;
  }
  const text = readText(bytes);
  if (!text.ok) throw new CliError(EXIT.usage, `${path}: ${text.problem.detail}`);
  try {
    return JSON.parse(text.value);
  } catch {
    throw new CliError(EXIT.usage, `${path} is not JSON.`);
  }
}
