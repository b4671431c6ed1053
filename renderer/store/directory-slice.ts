/**
 * The opened directory and its logs, the recent ones, and what kept one from being opened.
 *
 * Paths are only shown here: what is opened is named by ids of main, or chosen in the system's dialog.
 */
import type { Directory, LogSummary, Recent } from '../../shared/contract';
import type { WireError } from '../../shared/errors';
import { DIRECTORY_SCREENS, DISK_SCREENS } from './screen-slice';
import { failureOf, type SliceContext } from './slice';
import { isAboutDirectory } from './startup-slice';
import { byteProgress } from './task-slice';

/** Of the task that writes a sample log. */
export const SAMPLE_KEY = 'sample';

export interface OpenFailure {
  readonly error: WireError;
  /** null where the system's dialog or a drop named it. */
  readonly path: string | null;
}

export interface DirectorySlice {
  readonly version: string;
  readonly isStarted: boolean;
  readonly isOpening: boolean;
  readonly recent: readonly Recent[];
  readonly directory: Directory | null;
  readonly openFailure: OpenFailure | null;
  /** Why the opened directory could not be looked at again: gone, or no longer readable. */
  readonly refreshError: WireError | null;
  /** Asks main what it knows: the first thing the page does. */
  start(): Promise<void>;
  chooseDirectory(): Promise<void>;
  /** Opens a report that was saved, as if it were the directory. */
  chooseReport(): Promise<void>;
  /** Asks where, has a sample log written there, and opens it. */
  createSample(): Promise<void>;
  openRecent(recentId: string): Promise<void>;
  openDropped(file: File): Promise<void>;
  forgetRecent(recentId: string): Promise<void>;
  showDirectory(directory: Directory): void;
  showOpenError(error: WireError, path: string | null): void;
  dismissOpenError(): void;
  refreshDirectory(): Promise<void>;
  closeDirectory(): Promise<void>;
  /** Puts a newer summary of one log into the list. */
  takeSummary(summary: LogSummary): void;
}

export function directorySlice({ api, get, set, latest }: SliceContext): DirectorySlice {
  async function open(request: () => Promise<Directory | null>, path: string | null): Promise<void> {
    set({ isOpening: true, openFailure: null });
    try {
      const directory = await request();
      if (directory !== null) get().showDirectory(directory);
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== null) get().showOpenError(failure, path);
    } finally {
      set({ isOpening: false });
    }
  }

  return {
    version: '',
    isStarted: false,
    isOpening: false,
    recent: [],
    directory: null,
    openFailure: null,
    refreshError: null,
    async start() {
      const { version, theme, recent, directory, openError } = await api.call('app.start', {});
      set({ version, theme, recent, isStarted: true });
      if (directory !== null) get().showDirectory(directory);
      if (openError !== null) get().showOpenError(openError as WireError, null);
    },
    chooseDirectory: () => open(() => api.call('directory.choose', {}), null),
    chooseReport: () => open(() => api.call('directory.chooseReport', {}), null),
    async createSample() {
      const place = await api.call('place.choose', { purpose: 'sample' });
      if (place === null) return;
      await get().runTask({
        title: 'Writing a sample log',
        key: SAMPLE_KEY,
        async run(signal, progress) {
          const options = { signal, onProgress: byteProgress(progress) };
          const directory = await api.call('directory.createSample', { placeId: place.placeId }, options);
          get().showDirectory(directory);
          return `in ${directory.path}`;
        },
      });
    },
    async openRecent(recentId) {
      const path = get().recent.find((recent) => recent.recentId === recentId)?.path ?? null;
      await open(() => api.call('directory.openRecent', { recentId }), path);
    },
    openDropped: (file) => open(() => api.openDropped(file), file.name),
    async forgetRecent(recentId) {
      set({ recent: await api.call('directory.forgetRecent', { recentId }) });
    },
    showDirectory(directory) {
      latest.cancelAll();
      const {
        initialScreen,
        closeLog,
        openLog,
        showScreen,
        clearDisk,
        clearComparison,
        clearDirectoryProblems,
      } = get();
      closeLog();
      clearDisk();
      clearComparison();
      clearDirectoryProblems();
      set({ directory, openFailure: null, refreshError: null, screen: 'disk', initialScreen: null });
      const only = directory.kind === 'log' ? directory.logs[0] : undefined;
      if (only !== undefined) openLog(only.logId);
      const needsLog = initialScreen !== null && !DIRECTORY_SCREENS.includes(initialScreen);
      if (needsLog && only === undefined) showLargest(directory);
      if (initialScreen !== null) showScreen(initialScreen);
      else if (get().screen === 'disk') void get().loadDisk();
    },
    showOpenError: (error, path) => set({ openFailure: { error, path } }),
    dismissOpenError: () => set({ openFailure: null }),
    async refreshDirectory() {
      const { directory } = get();
      if (directory === null) return;
      try {
        const found = await api.call('directory.refresh', { directoryId: directory.directoryId });
        if (get().directory?.directoryId === found.directoryId) {
          set({ directory: found, refreshError: null });
          if (DISK_SCREENS.includes(get().screen)) await get().loadDisk();
          if (get().screen === 'problems' && isAboutDirectory(get())) await get().loadDirectoryProblems();
        }
      } catch (error) {
        set({ refreshError: failureOf(error) });
      }
    },
    async closeDirectory() {
      const { directory, closeLog, clearDirectoryProblems } = get();
      if (directory === null) return;
      latest.cancelAll();
      closeLog();
      clearDirectoryProblems();
      set({ directory: null, refreshError: null });
      await api.call('directory.close', { directoryId: directory.directoryId });
      const { recent } = await api.call('app.start', {});
      set({ recent });
    },
    takeSummary(summary) {
      set(({ directory }) => {
        if (directory === null) return {};
        const logs = directory.logs.map((log) => (log.logId === summary.logId ? summary : log));
        return { directory: { ...directory, logs } };
      });
    },
  };

  /** A picture of a screen that shows one log, of a directory of many. */
  function showLargest(directory: Directory): void {
    const largest = directory.logs.reduce<LogSummary | null>(
      (best, log) => (best === null || log.sizeInBytes > best.sizeInBytes ? log : best),
      null,
    );
    if (largest !== null) get().openLog(largest.logId);
  }
}
