import { defineConfig } from 'vitest/config';

const root = `${import.meta.dirname}/..`;

// The whole stack and a real browser, one file at a time and after everything quicker.
export default defineConfig({
  test: {
    name: 'story',
    root,
    include: ['tests/story/**/*.test.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    sequence: { groupOrder: 1 },
  },
});
