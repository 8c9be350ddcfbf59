import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'unit', root: '..', include: ['tests/unit/**/*.test.ts'], environment: 'node', testTimeout: 60_000 },
});
