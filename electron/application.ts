/**
 * The running application: one window, what is open in it, and the parts that serve it, from start to close.
 *
 * Every way to open a directory ends in `open` here. Knows no format and no file of a log.
 */
import { app, type BrowserWindow, Menu, nativeTheme, session, shell } from 'electron';
import { contract, type Directory, type Theme } from '../shared/contract';
import { AppError, type WireError } from '../shared/errors';
import { createDispatcher } from '../shared/rpc';
import type { Diagnostics } from './diagnostics';
import { chooseDirectory, choosePlace, chooseReport } from './dialogs';
import { nodeFileSystem } from './engine/file-system';
import { DuePurges } from './ipc/due-purges';
import { createHandlers } from './ipc/handlers';
import { IndexesRead } from './ipc/indexes-read';
import { OpenLogs } from './ipc/open-logs';
import { ReportExports } from './ipc/report-exports';
import { Runs } from './ipc/runs';
import { savedReports } from './ipc/saved-reports';
import { createEventSender, dropCallsWith, serveOnIpc } from './ipc/serve';
import type { LaunchOptions } from './launch-options';
import { menuTemplate } from './menu';
import { printReport } from './print-report';
import { serveApp } from './protocol';
import { takeScreenshot } from './screenshot';
import type { Settings } from './settings';
import { realTimers } from './watch/coalesce-changes';
import { subscribeToSystem } from './watch/subscribe';
import { APP_TITLE, backgroundColour, boundsOf, createWindow, lockSession } from './window';
import { startWorkerPools, type WorkerEntries, type WorkerPools } from './worker-pools';

export interface ApplicationParts {
  readonly options: LaunchOptions;
  readonly diagnostics: Diagnostics;
  readonly settings: Settings;
  readonly paths: WorkerEntries & { readonly preload: string; readonly page: string };
  readonly scanWorkerCount: number;
  /** Where Vite serves the page while it is being worked on, or null. */
  readonly developmentServer: string | null;
  readonly isDevelopment: boolean;
}

export interface Application {
  /** Opens the window. Resolves to an exit status where there is nothing more to do, else to null. */
  run(): Promise<number | null>;
  openFromSecondInstance(directory: string | null): void;
  close(): Promise<void>;
}

const EXIT_FINE = 0;

export function createApplication(parts: ApplicationParts): Application {
  const { options, diagnostics, settings, paths, isDevelopment } = parts;
  const isPicture = options.screenshot !== null;
  let window: BrowserWindow | null = null;
  /** Of the command line: for this start only, until the user chooses another. */
  let givenTheme = options.theme;
  let opening: Promise<WireError | null> = Promise.resolve(null);

  const emit = createEventSender(
    contract,
    () => (window === null ? [] : [window.webContents]),
    isDevelopment,
  );
  const workers = startWorkerPools({
    scanWorkerCount: parts.scanWorkerCount,
    entries: paths,
    checksResults: isDevelopment,
    diagnostics,
  });
  const { pool, ...saved } = savedReports(workers);
  const { runs, duePurges } = createRuns(workers, pool, diagnostics);
  const indexes = new IndexesRead(pool);
  const openLogs = new OpenLogs({
    pool,
    // A report is what it is: nothing to watch.
    subscribe: (path, ...listeners) =>
      saved.holds(path) ? Promise.resolve(async () => {}) : subscribeToSystem(path, ...listeners),
    timers: realTimers,
    onLogChanged: (logId, generation) => emit('log.changed', { logId, generation }),
    onDirectoryChanged: (directoryId) => emit('directory.changed', { directoryId }),
    onEntriesChanged: (directoryId) => emit('directory.entriesChanged', { directoryId }),
    onFailed: (where, error) => void diagnostics.incident(where, error),
    onCurrentChanged(directory) {
      saved.keepOnly(directory?.path ?? null);
      indexes.forget();
      window?.setTitle(directory === null ? APP_TITLE : `${directory.name} — ${APP_TITLE}`);
      if (!isPicture) duePurges.open(directory?.path ?? null);
      updateMenu();
    },
  });

  async function open(path: string): Promise<Directory> {
    const directory = await openLogs.open(path);
    if (!isPicture) settings.addRecent(directory.path);
    updateMenu();
    return directory;
  }

  /** For menu and second start: the page did not ask, so it gets an event. */
  async function openUnasked(path: string): Promise<void> {
    try {
      emit('directory.opened', await open(path));
    } catch (error) {
      emit('directory.openFailed', { path, error: openingError(diagnostics, error) });
    }
  }

  async function chooseAndOpen(
    choose: (over: BrowserWindow | null) => Promise<string | null>,
  ): Promise<void> {
    const path = await choose(window);
    if (path !== null) await openUnasked(path);
  }

  const theme = () => givenTheme ?? settings.theme;
  function setTheme(chosen: Theme): void {
    givenTheme = null;
    settings.setTheme(chosen);
    nativeTheme.themeSource = chosen;
    updateMenu();
  }

  function updateMenu(): void {
    const template = menuTemplate({
      recent: settings.recent(),
      theme: theme(),
      hasDirectory: openLogs.current() !== null,
      isMac: process.platform === 'darwin',
      isDevelopment,
      openDialog: () => void chooseAndOpen(chooseDirectory),
      openReportDialog: () => void chooseAndOpen(chooseReport),
      openRecent(recentId) {
        const recent = settings.recent().find((entry) => entry.recentId === recentId);
        if (recent !== undefined) void openUnasked(recent.path);
      },
      sendCommand: (command) => emit('menu.command', { command }),
      setTheme,
    });
    Menu.setApplicationMenu(isPicture ? null : Menu.buildFromTemplate(template));
  }

  const handlers = createHandlers({
    version: app.getVersion(),
    settings,
    openLogs,
    pool,
    runs,
    indexes,
    opening: () => opening,
    theme,
    setTheme,
    chooseDirectory: () => chooseDirectory(window),
    chooseReport: () => chooseReport(window),
    choosePlace: (purpose) => choosePlace(window, purpose),
    open,
    reportExports: reportExportsOver(workers),
    reveal: (path) => shell.showItemInFolder(path),
  });
  const dispatcher = createDispatcher(contract, handlers, {
    reportBug: (method, error) => diagnostics.incident(method, error),
    checksResults: isDevelopment,
  });

  function openWindow(): BrowserWindow {
    const opened = createWindow({
      preload: paths.preload,
      bounds: settings.bounds,
      pictureSize: options.screenshot,
      screenName: options.screenshot?.screen ?? null,
      isDevelopment,
      onBoundsChanged: (bounds) => settings.setBounds(bounds),
      diagnostics,
    });
    dropCallsWith(opened.webContents, dispatcher);
    opened.on('closed', () => {
      window = null;
    });
    return opened;
  }

  return {
    async run() {
      nativeTheme.themeSource = theme();
      nativeTheme.on('updated', () => window?.setBackgroundColor(backgroundColour()));
      lockSession(session.defaultSession, isDevelopment);
      serveApp(paths.page, parts.developmentServer);
      serveOnIpc(dispatcher);
      // Started before the window, so that the log is often there before the page asks.
      if (options.directory !== null)
        opening = open(options.directory).then(
          () => null,
          (error) => openingError(diagnostics, error),
        );
      updateMenu();
      window = openWindow();
      if (options.screenshot === null) return null;
      const runningCallCount = () => dispatcher.runningCount();
      await takeScreenshot({ window, runningCallCount }, options.screenshot.file);
      return EXIT_FINE;
    },

    openFromSecondInstance(directory) {
      if (window?.isMinimized() === true) window.restore();
      window?.focus();
      if (directory !== null) void openUnasked(directory);
    },

    async close() {
      if (window !== null && !isPicture) settings.setBounds(boundsOf(window));
      window?.destroy();
      await openLogs.closeAll();
      await duePurges.close();
      await runs.settled();
      await workers.close();
      await settings.saved();
    },
  };
}

/** What changes logs: the worker for it, the lock around each change, and the purges that come by themselves. */
function createRuns({ runs: runPool }: WorkerPools, pool: WorkerPools['scans'], diagnostics: Diagnostics) {
  const runs = new Runs({
    ...{ fs: nodeFileSystem, scans: pool, runs: runPool },
    onRunEnded: (logPath) => duePurges.runEnded(logPath),
  });
  const duePurges = new DuePurges({
    runsOn: (path) => pool.call('runs.on', { path }),
    purge: (path, runId) => runs.purge({ path }, runId),
    timers: { now: Date.now, after: realTimers.after },
    onFailed: (error) => void diagnostics.incident('purge', error),
  });
  return { runs, duePurges };
}

function reportExportsOver({ reports }: WorkerPools): ReportExports {
  return new ReportExports({ reports, version: app.getVersion(), print: printReport });
}

function openingError(diagnostics: Diagnostics, error: unknown): WireError {
  if (error instanceof AppError) return error.toWire();
  const incidentId = diagnostics.incident('open', error);
  return new AppError('INTERNAL', 'Something went wrong.', { incidentId }).toWire();
}
