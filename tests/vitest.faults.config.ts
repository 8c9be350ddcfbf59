import { defineConfig } from 'vitest/config';

const root = `${import.meta.dirname}/..`;

// Processes killed and bindings broken: minutes, one file at a time, last.
export default defineConfig({
  test: {
    name: 'faults',
    root,
    include: ['tests/faults/**/*.test.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 420_000,
    hookTimeout: 180_000,
    sequence: { groupOrder: 2 },
  },
});
