// Three kinds of proof: pure code on Node, objects and Worker inside workerd, the whole stack with a browser.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: ['tests/vitest.*.config.ts'],
  },
});
