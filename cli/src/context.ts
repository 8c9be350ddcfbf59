// What every command gets: where it runs, how it prints, and a client made when first needed (so that `--help` and
// `policy check` need no key). All of it is passed in, so that tests run commands as people do.
import { Assentry } from '@assentry/sdk';
import type { Command } from 'commander';
import { CliError, EXIT } from './exit-codes.ts';
import { type Output, outputOver, type Stream } from './output.ts';
import { type Place, type Settings, settingsFor } from './settings.ts';

export interface World extends Place {
  stdin: AsyncIterable<Uint8Array | string> & { isTTY?: boolean };
  stdout: Stream;
  stderr: Stream;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  openBrowser: (url: string) => void;
}

/** Sets the exit code that is the command's verdict. A command that does not call it only prints (main.ts, program.ts). */
export type Exit = (code: number) => void;

export interface Context extends World {
  out: Output;
  settings: () => Settings;
  client: () => Assentry;
}

export interface GlobalOptions {
  json?: boolean;
  profile?: string;
  url?: string;
}

/** The context of one command. @param command whose options, and those of its parents, count */
export function contextOf(world: World, command: Command): Context {
  const { profile, url } = command.optsWithGlobals<GlobalOptions>();
  const out = outputOver(world.stdout, world.stderr, world.env);
  const settings = once(() => {
    const found = settingsFor(world, { profile, url });
    if (found.note !== null) out.say(found.note);
    return found;
  });
  const client = once(() => clientFor(settings()));
  return { ...world, out, settings, client };
}

/** An address that is none is the user's mistake, not a failure. */
function clientFor({ api_key, url }: Settings): Assentry {
  try {
    return new Assentry({ apiKey: api_key, url });
  } catch (error) {
    throw new CliError(EXIT.usage, error instanceof Error ? error.message : String(error));
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
