// Where things of a checkout are. Only names; nothing is read or made here.
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');
export const DASHBOARD = join(ROOT, 'dashboard');
export const MODULES = join(ROOT, 'node_modules');

/** The file in which a stack says how to reach it (contract.md "Local stack"). */
export const DEV_JSON = join(ROOT, '.assentry', 'dev.json');
