/**
 * A picture of the window into a PNG file, taken when the page has settled.
 *
 * The page says so by `data-settled="true"` on its root element. Knows nothing of what is shown.
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserWindow, WebContents } from 'electron';
import { AppError } from '../shared/errors';
import type { Milliseconds } from '../shared/units';
import { toStorageError } from './engine/file-system';

const SETTLE_TIMEOUT_MS: Milliseconds = 60_000;
const POLL_INTERVAL_MS: Milliseconds = 50;
/** Without a word from the page: how long no call may run before it counts as settled. */
const QUIET_MS: Milliseconds = 500;
/** Time for the compositor to bring the last frame. */
const LAST_FRAME_MS: Milliseconds = 150;

/** null where the page says nothing about being settled. */
const IS_SETTLED = `(async () => {
  await document.fonts.ready;
  const { settled } = document.documentElement.dataset;
  return settled === undefined ? null : settled === 'true';
})()`;

export interface ScreenshotSource {
  readonly window: BrowserWindow;
  readonly runningCallCount: () => number;
}

/** @throws AppError STORAGE_FAILED where the page does not settle or stays empty */
export async function takeScreenshot(
  { window, runningCallCount }: ScreenshotSource,
  file: string,
): Promise<void> {
  await pageLoaded(window.webContents);
  await pageSettled(window.webContents, runningCallCount);
  await delay(LAST_FRAME_MS);
  const image = await window.webContents.capturePage();
  if (image.isEmpty()) throw new AppError('STORAGE_FAILED', 'The window gave an empty picture.');
  await writeFile(file, image.toPNG()).catch((error: unknown) => {
    throw toStorageError(error, file);
  });
}

function pageLoaded(contents: WebContents): Promise<void> {
  if (!contents.isLoading()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    contents.once('did-finish-load', () => resolve());
    contents.once('did-fail-load', (_event, _code, description) => {
      reject(new AppError('STORAGE_FAILED', `The page could not be loaded: ${description}.`));
    });
  });
}

async function pageSettled(contents: WebContents, runningCallCount: () => number): Promise<void> {
  const startedAtMs = performance.now();
  let busyAtMs = startedAtMs;
  while (performance.now() - startedAtMs < SETTLE_TIMEOUT_MS) {
    if (runningCallCount() > 0) busyAtMs = performance.now();
    const isSettled: boolean | null = await contents.executeJavaScript(IS_SETTLED);
    if (isSettled ?? performance.now() - busyAtMs > QUIET_MS) return;
    await delay(POLL_INTERVAL_MS);
  }
  throw new AppError('STORAGE_FAILED', `The page did not settle in ${SETTLE_TIMEOUT_MS} ms.`);
}
