#!/usr/bin/env node
// Starts the CLI. Its sources are TypeScript, which Node reads from 22.18 on; an older Node hands over to the one that
// the project installs, and says so where there is none.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 18)) await import('../src/main.ts');
else handOver(installedNode());

/** The binary of the project's own Node package for this platform. */
function installedNode() {
  const windows = process.platform === 'win32';
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/node${windows ? '.exe' : ''}`);
  } catch {
    return null;
  }
}

function handOver(node) {
  if (node === null) {
    process.stderr.write(`assentry needs Node 22.18 or newer; this is ${process.versions.node}.\n`);
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  // A terminal's Ctrl-C reaches both; this one only waits for the other's last words.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
