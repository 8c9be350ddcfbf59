// The house, held: who may import whom (the table is a paragraph of the architecture), how long a file may be, what it
// may not be called, which versions are the floor, and what no committed file may say.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** What is committed, or will be: tracked and new files that git does not ignore. */
const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)));

const CODE = FILES.filter((path) => /\.(ts|tsx|mjs|js)$/.test(path) && !path.endsWith('.d.ts'));
/** Generated, or a proof: read from top to bottom, not lived in. */
const isProof = (path: string): boolean => /^(tests|bench|examples|docs)\//.test(path);

/** Folder → the folders of this house that it may import, besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  migrations: [],
  sdk: ['core'],
  dashboard: ['sdk', 'core'],
  cli: ['sdk', 'core'],
  examples: ['sdk', 'core'],
  'durable-objects': ['core', 'migrations'],
  worker: ['durable-objects', 'core', 'migrations'],
  scripts: ['core', 'sdk', 'migrations', 'bench'],
};

/** Packages that only some folders may import. */
const ONLY_HERE: Record<string, readonly string[]> = {
  hono: ['worker'],
  '@hono/zod-openapi': ['worker'],
  zod: ['worker'],
  jose: ['worker'],
  '@simplewebauthn/server': ['worker', 'scripts'],
  'drizzle-orm': ['durable-objects', 'worker', 'migrations', '.'],
  '@bufbuild/cel': ['core'],
  yaml: ['core'],
  canonicalize: ['core'],
};

const SPECIFIER =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;

const importsOf = (path: string): string[] =>
  [...read(path).matchAll(SPECIFIER)].map(([, from, dynamic, bare]) => (from ?? dynamic ?? bare)!);

const folderOf = (path: string): string => (path.includes('/') ? path.split('/')[0]! : '.');
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const WORKSPACES: Record<string, string> = {
  '@assentry/sdk': 'sdk',
  '@assentry/cli': 'cli',
  '@assentry/dashboard': 'dashboard',
};

/** The folder of this house that a specifier leads to; null for a package. */
function folderNamed(path: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return folderOf(normalize(join(dirname(path), specifier)));
  return WORKSPACES[packageOf(specifier)] ?? null;
}

const HOUSE = CODE.filter((path) => folderOf(path) in MAY_IMPORT && !/\.test\.tsx?$/.test(path));

describe('imports', () => {
  it('run one way', () => {
    const wrong = HOUSE.flatMap((path) =>
      importsOf(path).flatMap((specifier) => {
        const [from, to] = [folderOf(path), folderNamed(path, specifier)];
        return to === null || to === from || MAY_IMPORT[from]!.includes(to) ? [] : [`${path} imports ${specifier}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('of a package stay in the folders that may have it', () => {
    const wrong = HOUSE.flatMap((path) =>
      importsOf(path).flatMap((specifier) => {
        const only = ONLY_HERE[packageOf(specifier)];
        return only === undefined || only.includes(folderOf(path)) ? [] : [`${path} imports ${specifier}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('name the file with its ending', () => {
    const wrong = HOUSE.filter((path) => folderOf(path) !== 'dashboard').flatMap((path) =>
      importsOf(path)
        .filter((specifier) => specifier.startsWith('.') && !/\.(ts|tsx|mjs|js|json|css)$/.test(specifier))
        .map((specifier) => `${path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the map in AGENTS.md', () => {
  const rows = [...read('AGENTS.md').matchAll(/^\| `([a-z-]+)\/` \|[^|]*\|([^|]*)\|$/gm)];
  const told = rows.filter(([, folder]) => folder! in MAY_IMPORT);

  it('names every folder of code that is there', () => {
    const there = Object.keys(MAY_IMPORT).filter((folder) => CODE.some((path) => folderOf(path) === folder));
    expect(told.map(([, folder]) => folder).sort()).toEqual(there.sort());
  });

  it.each(told.map(([, folder, imports]) => [folder!, imports!]))('says what %s may import', (folder, imports) => {
    const names = [...imports.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
    expect(names.sort()).toEqual([...MAY_IMPORT[folder]!].sort());
  });
});

describe('the core', () => {
  /** Clock, randomness, I/O and platform: what a pure function does not touch. */
  const IMPURE =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bcrypto\.(?:getRandomValues|randomUUID|subtle)|\bfetch\(|\bprocess\.|\bconsole\.|\bsetTimeout\(|cloudflare:/;

  it('is pure', () => {
    const wrong = HOUSE.filter((path) => path.startsWith('core/')).flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, at) =>
          IMPURE.test(line.replace(/\/\/.*$|^\s*\*.*$/, '')) ? [`${path}:${at + 1} ${line.trim()}`] : [],
        ),
    );
    expect(wrong).toEqual([]);
  });

  it('takes nothing of Node but its hash, in one file', () => {
    const wrong = HOUSE.filter((path) => path.startsWith('core/') && path !== 'core/hash/sha256.node.ts').filter(
      (path) => importsOf(path).some((specifier) => specifier.startsWith('node:')),
    );
    expect(wrong).toEqual([]);
  });
});

describe('files', () => {
  it('have at most 250 lines', () => {
    const long = CODE.filter((path) => !isProof(path))
      .map((path) => [path, read(path).split('\n').length - 1] as const)
      .filter(([, lines]) => lines > 250)
      .map(([path, lines]) => `${path} has ${lines}`);
    expect(long).toEqual([]);
  });

  it('are named for the noun they define, in kebab-case', () => {
    const names = CODE.map((path) => path.split('/').at(-1)!);
    expect(names.filter((name) => /^(utils?|helpers?|manager|misc)\b|-(utils?|helpers?|manager)\./.test(name))).toEqual(
      [],
    );
    // Pages names the file that takes every path.
    expect(
      names.filter((name) => !/^[a-z0-9]+([.-][a-z0-9]+)*\.(ts|tsx|mjs|js)$/.test(name) && name !== '[[path]].ts'),
    ).toEqual([]);
  });

  it('begin by saying what they are', () => {
    const silent = HOUSE.filter((path) => !/^(#!.*\n)?\s*(\/\/|\/\*)/.test(read(path)));
    expect(silent).toEqual([]);
  });
});

describe('the documents', () => {
  const PAGES = ['README.md', 'AGENTS.md', 'SECURITY.md', 'CONTRIBUTING.md'];
  const GUIDES = FILES.filter((path) => /^docs\/[^/]+\.md$/.test(path));
  const LINK = /\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)/g;

  it.each([...PAGES, ...GUIDES])('link only to what is there: %s', (path) => {
    const links = [...read(path).matchAll(LINK)].map(([, to]) => normalize(join(dirname(path), to!)));
    expect(links.filter((to) => !existsSync(join(ROOT, to)))).toEqual([]);
  });

  it('are all found from the first one', () => {
    const linked = [...read('README.md').matchAll(LINK)].map(([, to]) => to!);
    expect(GUIDES.length).toBeGreaterThan(5);
    expect([...PAGES.slice(1), ...GUIDES].filter((path) => !linked.includes(path))).toEqual([]);
  });

  it('tell the life of a request in eight steps, each with its file', () => {
    const life = read('README.md').split('## The life of one request')[1]!.split('\n## ')[0]!;
    const steps = life.split(/\n(?=\d\. )/).slice(1);
    expect(steps).toHaveLength(8);
    expect(steps.filter((step) => !/\]\([\w./-]+\.ts\)/.test(step))).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...`${read('README.md')}${read('AGENTS.md')}`.matchAll(/npm run ([\w:-]+)/g)].map(
      ([, name]) => name!,
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    const files = Object.values(scripts).map((line) => `scripts/${line.split(' ').at(-1)}.ts`);
    expect(files.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('what no committed file says', () => {
  const TEXT = FILES.filter(
    (path) => !/\.(png|jpg|ico|woff2|wasm|br|gz|bin)$/.test(path) && path !== 'package-lock.json',
  );
  const SELF = 'tests/unit/structure.test.ts';
  const UNFINISHED = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'not implem' + 'ented', 'coming ' + 'soon'].join('|'));

  it('is that it is unfinished', () => {
    expect(TEXT.filter((path) => path !== SELF && UNFINISHED.test(read(path)))).toEqual([]);
  });

  it('is to leave a test out', () => {
    const skipped = /\b(?:it|test|describe)\.(?:skip|only|todo)\b/;
    expect(CODE.filter((path) => /\.test\.tsx?$/.test(path) && path !== SELF && skipped.test(read(path)))).toEqual([]);
  });

  it('is where it was written', () => {
    const HERE = new RegExp(
      ['/wo' + 'rk/(?:main|shared|brief)', '/fa' + 'rm/', '/ro' + 'ot/', '/ho' + 'me/[a-z]'].join('|'),
    );
    expect(TEXT.filter((path) => path !== SELF && HERE.test(read(path)))).toEqual([]);
  });
});

interface Locked {
  version: string;
  resolved?: string;
  name?: string;
}

describe('the lockfile', () => {
  const packages = (JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }).packages;

  /** Below these versions there are known holes (reliability.md). */
  const FLOORS: Record<string, string> = {
    hono: '4.13.5',
    'drizzle-orm': '0.45.2',
    wrangler: '4.59.1',
    '@simplewebauthn/server': '13.3.2',
  };
  const numbers = (version: string): number[] => version.split('-')[0]!.split('.').map(Number);
  const isBelow = (version: string, floor: string): boolean => {
    const [a, b] = [numbers(version), numbers(floor)];
    const at = a.findIndex((part, index) => part !== b[index]);
    return at !== -1 && a[at]! < b[at]!;
  };

  it.each(Object.entries(FLOORS))('holds %s at %s or above, in every place', (name, floor) => {
    const found = Object.entries(packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(([, { version }]) => isBelow(version, floor))).toEqual([]);
  });

  it('compares versions as numbers', () => {
    expect([isBelow('4.9.0', '4.13.5'), isBelow('4.13.5', '4.13.5'), isBelow('5.0.0', '4.13.5')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('names no registry', () => {
    expect(Object.entries(packages).filter(([, { resolved }]) => resolved?.startsWith('http'))).toEqual([]);
  });

  it('brings one workerd, which the server and the tests share', () => {
    expect(Object.keys(packages).filter((path) => path.endsWith('node_modules/workerd'))).toHaveLength(1);
  });

  it('is pinned: no range in any package.json', () => {
    const ranges = FILES.filter((path) => path.endsWith('package.json')).flatMap((path) => {
      const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = JSON.parse(read(path));
      const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies } as Record<
        string,
        string
      >);
      return all.filter(([, range]) => /[\^~*>]/.test(range)).map(([name, range]) => `${path}: ${name} ${range}`);
    });
    expect(ranges).toEqual([]);
  });
});
