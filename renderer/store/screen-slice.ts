/**
 * Which screen is shown, in which theme, and whether the command palette is open; what the menu's items do.
 */
import type { Theme } from '../../shared/contract';
import { SCREENS, type Screen } from '../../shared/screens';
import type { SliceContext } from './slice';
import { isAboutDirectory } from './startup-slice';

/** About all that is open, so that no log has to be chosen. */
export const DIRECTORY_SCREENS: readonly Screen[] = ['disk', 'problems', 'report'];

/** That say what takes the space of the whole directory. */
export const DISK_SCREENS: readonly Screen[] = ['disk', 'retention'];

export function isScreen(name: string | null): name is Screen {
  return (SCREENS as readonly (string | null)[]).includes(name);
}

export interface ScreenSlice {
  readonly screen: Screen;
  /** Screen of the page's address, shown once the first directory is open; null where it names none. */
  readonly initialScreen: Screen | null;
  readonly theme: Theme;
  readonly isPaletteOpen: boolean;
  /** Counts the requests to put the cursor into the screen's search field. */
  readonly findRequestCount: number;
  showScreen(screen: Screen): void;
  /** Reads again what the screen shows, beyond the segments. */
  reloadScreen(): Promise<void>;
  setTheme(theme: Theme): void;
  setPaletteOpen(isOpen: boolean): void;
  runMenuCommand(command: 'palette' | 'find' | 'refresh' | 'verify' | 'close'): void;
}

export function screenSlice({ api, get, set }: SliceContext, initialScreen: Screen | null): ScreenSlice {
  async function refresh(): Promise<void> {
    await get().refreshDirectory();
    if (get().directoryProblems !== null) await get().listDirectoryProblems();
    await get().reloadLog();
  }

  return {
    screen: 'segments',
    initialScreen,
    theme: 'system',
    isPaletteOpen: false,
    findRequestCount: 0,
    showScreen(screen) {
      const { logId, directory, openRecords, reloadScreen } = get();
      const isSaved = directory?.savedReport !== undefined;
      if (directory === null || (logId === null && !DIRECTORY_SCREENS.includes(screen))) return;
      if (screen !== get().screen) get().hideFileBytes(); // what another screen shows of a file is its own
      set({ screen });
      if (screen === 'records' && !isSaved) openRecords(); // of a report, its transactions
      void reloadScreen();
    },
    async reloadScreen() {
      const isSaved = get().directory?.savedReport !== undefined;
      const {
        screen,
        problemView,
        loadProblems,
        loadDirectoryProblems,
        loadStartup,
        loadIndexes,
        loadRetention,
        loadCompaction,
        loadDisk,
        loadTransactions,
      } = get();
      if (screen === 'disk') await loadDisk();
      if (screen === 'problems' && problemView === 'startup') await loadStartup();
      else if (screen === 'problems')
        await (isAboutDirectory(get()) ? loadDirectoryProblems() : loadProblems());
      if (screen === 'records' && isSaved) await loadTransactions();
      if (screen === 'index') await loadIndexes();
      if (screen === 'retention') await Promise.all([loadRetention(), loadDisk()]);
      if (screen === 'compaction') await loadCompaction();
    },
    setTheme(theme) {
      set({ theme });
      void api.call('app.setTheme', { theme });
    },
    setPaletteOpen: (isPaletteOpen) => set({ isPaletteOpen }),
    runMenuCommand(command) {
      const { directory, logId, closeDirectory, verifyLog, verifyDirectory } = get();
      if (command === 'palette') set(({ isPaletteOpen }) => ({ isPaletteOpen: !isPaletteOpen }));
      if (command === 'find') set(({ findRequestCount }) => ({ findRequestCount: findRequestCount + 1 }));
      if (directory === null) return;
      if (command === 'refresh') void refresh();
      if (command === 'verify') void (logId === null ? verifyDirectory() : verifyLog());
      if (command === 'close') void closeDirectory();
    },
  };
}
