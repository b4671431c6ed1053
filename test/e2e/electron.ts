/**
 * Starts the built window for one test, with settings of its own, and closes it again.
 *
 * A test fails by itself when the page logged an error, broke the content security policy, or main noted an
 * incident, unless it says that it means to. Knows nothing of any screen.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  _electron,
  test as base,
  type ConsoleMessage,
  type ElectronApplication,
  expect,
  type Page,
} from '@playwright/test';

export interface WindowFixtures {
  /** Directory that the window is started on, or null for the welcome screen. */
  readonly directory: string | null;
  /** More of the window's own command line. */
  readonly launchArguments: readonly string[];
  /** A program and its arguments that the window is started through. */
  readonly tracer: readonly string[];
  /** For tests that provoke what the page then complains about. */
  readonly expectsErrors: boolean;
  /** Where the window keeps its settings; empty at first, gone after the test. */
  readonly stateDirectory: string;
  readonly app: ElectronApplication;
  readonly page: Page;
}

/** What build/window-test-setup.mjs left. */
function runtime(): { path: string; args: string[]; display: string } {
  const text = process.env['STRATA_TEST_ELECTRON'];
  if (text === undefined) throw new Error('run the window tests with npm run test:window');
  return JSON.parse(text);
}

function environment(stateDirectory: string, display: string): Record<string, string> {
  const given = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[0] !== 'ELECTRON_RUN_AS_NODE',
  );
  return { ...Object.fromEntries(given), STRATA_STATE_DIR: stateDirectory, DISPLAY: display };
}

/** Starting takes a second as a rule, ten on a busy machine. */
const LAUNCH_MS_MAX = 20_000;
const LAUNCHES_MAX = 3;

/**
 * Playwright's attaching to Electron 33 hangs in some starts of a hundred, before any of our code has run. Such a start is
 * ended and made again; what the window then does is tried once.
 */
async function launched(options: Parameters<typeof _electron.launch>[0]): Promise<ElectronApplication> {
  for (let left = LAUNCHES_MAX - 1; ; left--) {
    try {
      return await _electron.launch({ ...options, timeout: LAUNCH_MS_MAX });
    } catch (error) {
      if (left === 0 || !String(error).includes('Timeout')) throw error;
      console.log('Electron did not start in time; it is started again');
    }
  }
}

/** Playwright puts arguments of its own first, which are the window's and not the tracer's. */
function tracedProgram(folder: string, command: readonly string[]): string {
  const script = join(folder, 'traced.sh');
  const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  writeFileSync(script, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  return script;
}

/** Incidents that the main process wrote down: bugs it met and answered with an id. */
export function incidentsIn(stateDirectory: string): string[] {
  const file = join(stateDirectory, 'diagnostics.log');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"level":"incident"'));
}

export const test = base.extend<WindowFixtures>({
  directory: [null, { option: true }],
  launchArguments: [[], { option: true }],
  tracer: [[], { option: true }],
  expectsErrors: [false, { option: true }],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names off this pattern
  stateDirectory: async ({}, use) => {
    const path = mkdtempSync(join(tmpdir(), 'strata-window-'));
    await use(path);
    rmSync(path, { recursive: true, force: true });
  },

  app: async ({ directory, launchArguments, tracer, expectsErrors, stateDirectory }, use) => {
    const { path, args, display } = runtime();
    const app = await launched({
      executablePath: tracer.length === 0 ? path : tracedProgram(stateDirectory, [...tracer, path]),
      args: [...args, ...(directory === null ? [] : [directory]), ...launchArguments],
      env: environment(stateDirectory, display),
    });
    const errors: string[] = [];
    app.context().on('console', (message: ConsoleMessage) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    app.context().on('weberror', (error) => errors.push(String(error.error())));
    await use(app);
    await app.close();
    if (!expectsErrors) expect([...errors, ...incidentsIn(stateDirectory)]).toEqual([]);
  },

  page: async ({ app }, use) => {
    const page = await app.firstWindow();
    // The pointer of a virtual display stands in the middle and would hover whatever is there.
    await page.mouse.move(0, 0);
    await use(page);
  },
});

export { expect };
