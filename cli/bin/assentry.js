#!/usr/bin/env node
// Starts the CLI. Its sources are TypeScript, which Node reads from 22.18 on; an older Node hands over to the one that
// the project installs, and says so where there is none.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 18)) {
  await import('../src/main.ts');
} else {
  const node = installedNode();
  if (node === null) {
    process.stderr.write(`assentry needs Node 22.18 or newer; this is ${process.versions.node}.\n`);
    process.exitCode = 1;
  } else {
    const { status } = spawnSync(node, process.argv.slice(1), { stdio: 'inherit' });
    process.exitCode = status ?? 1;
  }
}

/** The binary of the project's own Node package for this platform. */
function installedNode() {
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return null;
  }
}
