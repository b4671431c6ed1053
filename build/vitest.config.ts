/** Unit and property tests: everything under test/ but the window tests, which Playwright runs. */
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 60_000, // a hook that bundles a worker takes long on a machine that has much to do
  },
});
