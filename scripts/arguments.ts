// What a script may be given. Asked first, before anything is read or made: unknown arguments are refused, and `--help`
// prints and does nothing. A reader that goes away changes no exit code.
import { parseArgs } from 'node:util';

export interface Accepted {
  /** How it is called: `npm run demo [-- --virtual]`. */
  usage: string;
  /** What it does, in a sentence. */
  does: string;
  /** Switches, such as `virtual` for `--virtual`, and what each is for. */
  switches?: Readonly<Record<string, string>>;
  /** How many words may follow. */
  words?: { least: number; most: number };
}

export interface Given {
  has(name: string): boolean;
  words: string[];
}

/** Of scripts that make a page of the docs. */
export const WRITE = { write: 'write it (default: print it)' };

/** The exit code of a call that is written wrongly. */
const USAGE = 2;

/** Text of `--help`. */
const helpOf = ({ usage, does, switches = {} }: Accepted): string =>
  [
    `Usage: ${usage}`,
    '',
    does,
    ...Object.entries({ ...switches, help: 'print this and do nothing' }).map(([name, use]) => `  --${name}  ${use}`),
  ].join('\n');

const booleans = (names: readonly string[]): Record<string, { type: 'boolean' }> =>
  Object.fromEntries(names.map((name) => [name, { type: 'boolean' }]));

/** Reads the arguments, or throws with what is wrong; null when help was asked for. */
export function read(accepted: Accepted, args: readonly string[]): Given | null {
  const { switches = {}, words = { least: 0, most: 0 } } = accepted;
  const { values, positionals } = parseArgs({
    args: args.filter((arg, at) => arg !== '--' || at > 0),
    options: { ...booleans(Object.keys(switches)), help: { type: 'boolean', short: 'h' } },
    allowPositionals: words.most > 0,
    strict: true,
  });
  if (values.help) return null;
  if (positionals.length < words.least) throw new TypeError('A word is missing.');
  if (positionals.length > words.most) throw new TypeError(`Unexpected argument '${positionals[words.most]}'.`);
  const on = new Set(Object.keys(values));
  return { has: (name) => on.has(name), words: positionals };
}

/** The arguments of this process. Ends it where help was asked for, or where they are wrong. */
export function given(accepted: Accepted): Given {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    const found = read(accepted, process.argv.slice(2));
    if (found !== null) return found;
    console.log(helpOf(accepted));
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${helpOf(accepted)}`);
    process.exit(USAGE);
  }
}
