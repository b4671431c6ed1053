/**
 * The window tests: one Electron after the other, since they share a screen. The set-up beside this file brings
 * what they run on.
 */
import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';

const root = resolve(import.meta.dirname, '..');

export default defineConfig({
  testDir: resolve(root, 'test/e2e'),
  outputDir: resolve(root, 'test-results'),
  globalSetup: resolve(import.meta.dirname, 'window-test-setup.mjs'),
  // Of two starts that hang, and the test itself.
  timeout: 100_000,
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'list',
});
