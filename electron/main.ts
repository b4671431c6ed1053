/**
 * Composition root of the window's process: makes the parts, joins them, quits cleanly. Decides nothing itself.
 *
 * No top-level await: in an ES module Electron would wait for the module, and the module for Electron.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import { AppError } from '../shared/errors';
import { type Application, createApplication } from './application';
import { createDiagnostics, describeError } from './diagnostics';
import { type LaunchOptions, parseLaunchOptions } from './launch-options';
import { registerAppScheme } from './protocol';
import { openSettings } from './settings';
import { refuseForeignContent } from './window';
import { scanPoolSize } from './workers/scan-pool';

const EXIT_FAILED = 1;
const EXIT_WRONG_USE = 2;

function launchOptions(): LaunchOptions {
  const startsWithAppPath = process.defaultApp === true;
  return parseLaunchOptions(process.argv.slice(1), { workingDirectory: process.cwd(), startsWithAppPath });
}

/** Where settings and diagnostics live; the single-instance lock is bound to it, too. */
function chooseStateDirectory(): string {
  const given = process.env['STRATA_STATE_DIR'];
  if (given !== undefined && given !== '') app.setPath('userData', resolve(given));
  return app.getPath('userData');
}

/** Two processes must not share Chromium's own files. */
function takeOwnSessionDirectory(): void {
  const directory = mkdtempSync(join(tmpdir(), 'strata-picture-'));
  app.setPath('sessionData', directory);
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
}

function start(options: LaunchOptions): void {
  const stateDirectory = chooseStateDirectory();
  const diagnostics = createDiagnostics(join(stateDirectory, 'diagnostics.log'));
  process.on('unhandledRejection', (error) => void diagnostics.incident('unhandledRejection', error));
  process.on('uncaughtExceptionMonitor', (error) => void diagnostics.incident('uncaughtException', error));
  const isPicture = options.screenshot !== null;
  if (isPicture) takeOwnSessionDirectory();
  // A picture is made beside whatever window is open, and leaves it alone.
  if (!isPicture && !app.requestSingleInstanceLock({ directory: options.directory })) {
    app.quit();
    return;
  }

  const here = fileURLToPath(new URL('.', import.meta.url));
  const application = createApplication({
    options,
    diagnostics,
    settings: openSettings(join(stateDirectory, 'settings.json'), {
      now: Date.now,
      onSaveFailed: (error) => void diagnostics.incident('settings', error),
    }),
    paths: {
      preload: join(here, '../preload/preload.cjs'),
      page: join(here, '../renderer'),
      scanWorker: new URL('./scan-worker.js', import.meta.url),
      runWorker: new URL('./run-worker.js', import.meta.url),
      reportWorker: new URL('./report-worker.js', import.meta.url),
    },
    scanWorkerCount: scanPoolSize(availableParallelism()),
    developmentServer: app.isPackaged ? null : (process.env['ELECTRON_RENDERER_URL'] ?? null),
    isDevelopment: !app.isPackaged,
  });
  app.on('second-instance', (_event, _argv, _workingDirectory, data) => {
    const directory = (data as { directory?: unknown } | undefined)?.directory;
    application.openFromSecondInstance(typeof directory === 'string' ? directory : null);
  });
  app.on('window-all-closed', () => app.quit());
  quitCleanly(application);
  app
    .whenReady()
    .then(() => application.run())
    .then((exitCode) => {
      if (exitCode !== null) app.exit(exitCode);
    })
    .catch((error: unknown) => {
      process.stderr.write(`strata: ${error instanceof AppError ? error.message : describeError(error)}\n`);
      app.exit(EXIT_FAILED);
    });
}

/** Workers and watchers are native code: stopped before the process tears down, or they may crash it. */
function quitCleanly(application: Application): void {
  let isClosed = false;
  app.on('before-quit', (event) => {
    if (isClosed) return;
    event.preventDefault();
    void application.close().finally(() => {
      isClosed = true;
      app.quit();
    });
  });
}

registerAppScheme();
refuseForeignContent();
try {
  start(launchOptions());
} catch (error) {
  const isWrongUse = error instanceof AppError && error.code === 'INVALID_ARGUMENT';
  process.stderr.write(`strata: ${isWrongUse ? error.message : describeError(error)}\n`);
  app.exit(isWrongUse ? EXIT_WRONG_USE : EXIT_FAILED);
}
