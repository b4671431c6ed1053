/**
 * One build for the window and the command line: main-side entries, the preload script, the page.
 *
 * With `--mode main-side` it makes the first of them alone: the command line needs no page.
 */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'electron-vite';

const root = resolve(import.meta.dirname, '..');

const mainSide: UserConfig = {
  main: {
    build: {
      // The oldest runtime the bundles run on, whatever Electron version package.json names.
      target: 'node20.18',
      sourcemap: true,
      outDir: resolve(root, 'out/main'),
      externalizeDeps: true,
      rollupOptions: {
        input: {
          main: resolve(root, 'electron/main.ts'),
          cli: resolve(root, 'electron/cli/cli.ts'),
          engine: resolve(root, 'electron/engine/index.ts'),
          'scan-worker': resolve(root, 'electron/workers/scan-worker.ts'),
          'run-worker': resolve(root, 'electron/workers/run-worker.ts'),
          'report-worker': resolve(root, 'electron/workers/report-worker.ts'),
        },
      },
    },
  },
};

const windowSide: UserConfig = {
  preload: {
    build: {
      outDir: resolve(root, 'out/preload'),
      // A sandboxed preload is one CommonJS file.
      externalizeDeps: false,
      rollupOptions: {
        input: resolve(root, 'electron/preload.ts'),
        output: { format: 'cjs', entryFileNames: 'preload.cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'renderer'),
    plugins: [react()],
    build: {
      target: 'chrome130',
      // The page's security policy allows no font in a data: URL.
      assetsInlineLimit: 0,
      outDir: resolve(root, 'out/renderer'),
      sourcemap: true,
      rollupOptions: { input: resolve(root, 'renderer/index.html') },
    },
  },
};

export default defineConfig(({ mode }) => (mode === 'main-side' ? mainSide : { ...mainSide, ...windowSide }));
