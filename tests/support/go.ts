// Runs tests/go/verify.go: golang.org/x/mod/sumdb, unmodified, against a running ledger. Debian's package of the module
// is used where it is installed, so that no network is needed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const DEBIAN = '/usr/share/gocode';
const SOURCE = join(import.meta.dirname, '..', 'go');

/** Why Go's verifier cannot run here; null when it can. */
export function whyNoGo(): string | null {
  if (spawnSync('go', ['version']).status !== 0) return 'skipped: no Go';
  return existsSync(join(DEBIAN, 'src/golang.org/x/mod/sumdb/note')) ? null : 'skipped: no golang.org/x/mod';
}

/**
 * Verifies checkpoint, inclusion, tiles, entry and consistency of a server.
 *
 * @returns exit status and everything that was printed
 */
export function verifyWithGo(asked: {
  base_url: string;
  verifier_key: string;
  index: number;
  api_key?: string;
}): Promise<{ status: number | null; output: string }> {
  const env = {
    ...process.env,
    GO111MODULE: 'off',
    GOPATH: DEBIAN,
    GOFLAGS: '',
    ASSENTRY_API_KEY: asked.api_key ?? '',
  };
  const go = spawn('go', ['run', 'verify.go', asked.base_url, asked.verifier_key, String(asked.index)], {
    cwd: SOURCE,
    env,
  });
  let output = '';
  for (const stream of [go.stdout, go.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  return new Promise((resolve, reject) => {
    go.on('error', reject);
    go.on('close', (status) => resolve({ status, output }));
  });
}
