/**
 * The one window: sandboxed, on app://strata/ only, with every permission, navigation and new window refused.
 *
 * Remembers its bounds and comes back after a crash of the page. Knows nothing of logs or calls.
 */
import { app, BrowserWindow, nativeTheme, type Session, screen, type WebContents } from 'electron';
import type { FirstScreen } from '../shared/screens';
import type { Milliseconds } from '../shared/units';
import type { Diagnostics } from './diagnostics';
import { isAppUrl } from './ipc/sender-check';
import { APP_ORIGIN } from './protocol';
import type { WindowBounds } from './settings';

export const APP_TITLE = 'Strata';
const WIDTH_MIN = 900;
const HEIGHT_MIN = 560;
const DEFAULT_SIZE = { width: 1280, height: 800 };
/** The page's own backgrounds, so that nothing flashes before its first paint. */
const BACKGROUND = { light: '#fbfbfa', dark: '#151618' };
const SAVE_BOUNDS_AFTER_MS: Milliseconds = 500;
/** A page that keeps crashing is left alone, or the window would flicker for ever. */
const CRASH_COUNT_MAX = 3;
const CRASH_WINDOW_MS: Milliseconds = 60_000;

export interface WindowOptions {
  readonly preload: string;
  readonly bounds: WindowBounds | null;
  /** Size of the page for a picture; the bounds are then neither used nor remembered. */
  readonly pictureSize: { readonly width: number; readonly height: number } | null;
  /** Screen the page starts with, or null for its first. */
  readonly screenName: FirstScreen | null;
  readonly isDevelopment: boolean;
  readonly onBoundsChanged: (bounds: WindowBounds) => void;
  readonly diagnostics: Diagnostics;
}

export function backgroundColour(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light;
}

export function createWindow(options: WindowOptions): BrowserWindow {
  const { pictureSize, isDevelopment } = options;
  const bounds = pictureSize === null ? visibleBounds(options.bounds) : null;
  const window = new BrowserWindow({
    ...(pictureSize === null
      ? { ...DEFAULT_SIZE, minWidth: WIDTH_MIN, minHeight: HEIGHT_MIN }
      : { ...pictureSize, useContentSize: true, frame: false }),
    ...(bounds === null ? {} : { x: bounds.x, y: bounds.y, width: bounds.width, height: bounds.height }),
    show: false,
    title: APP_TITLE,
    backgroundColor: backgroundColour(),
    autoHideMenuBar: true,
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: isDevelopment,
    },
  });
  if (bounds?.isMaximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('page-title-updated', (event) => event.preventDefault()); // the title is main's
  if (pictureSize === null) rememberBounds(window, options.onBoundsChanged);
  reloadAfterCrash(window, options.diagnostics);
  const query = options.screenName === null ? '' : `?screen=${encodeURIComponent(options.screenName)}`;
  window
    .loadURL(`${APP_ORIGIN}/${query}`)
    .catch((error: unknown) => options.diagnostics.incident('window.load', error));
  return window;
}

/** Bounds that lie on a screen that is still there. */
function visibleBounds(bounds: WindowBounds | null): WindowBounds | null {
  if (bounds === null) return null;
  const { workArea } = screen.getDisplayMatching(bounds);
  const isVisible =
    bounds.x < workArea.x + workArea.width &&
    bounds.x + bounds.width > workArea.x &&
    bounds.y < workArea.y + workArea.height &&
    bounds.y >= workArea.y;
  return isVisible ? bounds : null;
}

/** Where the window is, or would be were it not maximized or minimized. */
export function boundsOf(window: BrowserWindow): WindowBounds {
  return { ...window.getNormalBounds(), isMaximized: window.isMaximized() };
}

function rememberBounds(window: BrowserWindow, onBoundsChanged: (bounds: WindowBounds) => void): void {
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    clearTimeout(timer);
    if (!window.isDestroyed()) onBoundsChanged(boundsOf(window));
  };
  const saveSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_BOUNDS_AFTER_MS);
  };
  window.on('resize', saveSoon);
  window.on('move', saveSoon);
}

function reloadAfterCrash(window: BrowserWindow, diagnostics: Diagnostics): void {
  let crashedAtMs: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    diagnostics.note('page gone', { reason, exitCode });
    if (reason === 'clean-exit') return;
    const nowMs = performance.now();
    crashedAtMs = [...crashedAtMs.filter((atMs) => nowMs - atMs < CRASH_WINDOW_MS), nowMs];
    if (crashedAtMs.length <= CRASH_COUNT_MAX && !window.isDestroyed()) window.webContents.reload();
  });
  window.on('unresponsive', () => diagnostics.note('page unresponsive'));
}

/** For every page there will ever be, whoever makes it. */
export function refuseForeignContent(): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    const refuse = (event: { preventDefault(): void; url: string }) => {
      if (!isAppUrl(event.url)) event.preventDefault();
    };
    contents.on('will-navigate', refuse);
    contents.on('will-frame-navigate', refuse);
    contents.on('will-redirect', refuse);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** No permission is given, and no request leaves the machine. */
export function lockSession(session: Session, isDevelopment: boolean): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !isAllowedRequest(url, isDevelopment) });
  });
}

function isAllowedRequest(url: string, isDevelopment: boolean): boolean {
  if (isAppUrl(url)) return true;
  const { protocol, hostname } = new URL(url);
  if (protocol === 'data:' || protocol === 'devtools:') return true;
  return isDevelopment && protocol === 'ws:' && (hostname === 'localhost' || hostname === '127.0.0.1');
}
