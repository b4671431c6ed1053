/**
 * The one store of the page, made from its slices and joined to the events of main.
 *
 * Holds what the user chose, what is on the screen and what is running; nothing that can be derived. Tests pass a fake
 * api. Knows no component.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WireError } from '../../shared/errors';
import { type Screen, STARTUP } from '../../shared/screens';
import type { Api } from '../api';
import { type CompactionSlice, compactionSlice } from './compaction-slice';
import { type ComparisonSlice, comparisonSlice } from './comparison-slice';
import { type DirectoryProblemSlice, directoryProblemSlice } from './directory-problem-slice';
import { type DirectorySlice, directorySlice } from './directory-slice';
import { type DiskSlice, diskSlice } from './disk-slice';
import { type EngineSlice, engineSlice } from './engine-slice';
import { type FileBytesSlice, fileBytesSlice } from './file-bytes-slice';
import { type IndexSlice, indexSlice } from './index-slice';
import { type LogSlice, logSlice } from './log-slice';
import { type ProblemSlice, problemSlice } from './problem-slice';
import { type RecordSlice, recordSlice } from './record-slice';
import { type ReportSlice, reportSlice } from './report-slice';
import { type RetentionSlice, retentionSlice } from './retention-slice';
import { type RunSlice, runSlice } from './run-slice';
import { type SalvageSlice, salvageSlice } from './salvage-slice';
import { isScreen, type ScreenSlice, screenSlice } from './screen-slice';
import { type SegmentSlice, segmentSlice } from './segment-slice';
import { Latest, type SliceContext } from './slice';
import { type StartupSlice, startupSlice } from './startup-slice';
import { type StatisticsSlice, statisticsSlice } from './statistics-slice';
import { type TaskSlice, taskSlice } from './task-slice';

export interface AppState
  extends CompactionSlice,
    ComparisonSlice,
    DirectoryProblemSlice,
    DirectorySlice,
    DiskSlice,
    FileBytesSlice,
    EngineSlice,
    LogSlice,
    SegmentSlice,
    StatisticsSlice,
    ProblemSlice,
    RecordSlice,
    IndexSlice,
    ReportSlice,
    RetentionSlice,
    RunSlice,
    SalvageSlice,
    ScreenSlice,
    StartupSlice,
    TaskSlice {
  /** Calls of main that are not answered yet. */
  readonly runningCallCount: number;
}

export type AppStore = StoreApi<AppState>;

export interface StoreOptions {
  readonly now?: () => number;
  /** Screen to begin with, as the page's address names it. */
  readonly initialScreen?: string | null;
}

export function createAppStore(
  api: Api,
  { now = Date.now, initialScreen = null }: StoreOptions = {},
): AppStore {
  const store = createStore<AppState>()((set, get) => {
    const counted = countingCalls(api, (by) =>
      set(({ runningCallCount }) => ({ runningCallCount: runningCallCount + by })),
    );
    const context: SliceContext = { api: counted, get, set, latest: new Latest(), now };
    return {
      runningCallCount: 0,
      ...compactionSlice(context),
      ...comparisonSlice(context),
      ...directoryProblemSlice(context),
      ...directorySlice(context),
      ...diskSlice(context),
      ...fileBytesSlice(context),
      ...engineSlice(context),
      ...logSlice(context),
      ...segmentSlice(context),
      ...statisticsSlice(context),
      ...problemSlice(context),
      ...recordSlice(context),
      ...indexSlice(context),
      ...reportSlice(context),
      ...retentionSlice(context),
      ...runSlice(context),
      ...screenSlice(context, initialScreen === STARTUP ? 'problems' : asScreen(initialScreen)),
      ...salvageSlice(context),
      ...startupSlice(context, initialScreen === STARTUP ? 'startup' : 'problems'),
      ...taskSlice(context),
    };
  });
  joinEvents(api, store);
  return store;
}

function countingCalls(api: Api, add: (by: 1 | -1) => void): Api {
  async function counted<T>(call: () => Promise<T>): Promise<T> {
    add(1);
    try {
      return await call();
    } finally {
      add(-1);
    }
  }
  return {
    on: api.on,
    call: (method, params, options) => counted(() => api.call(method, params, options)),
    openDropped: (file) => counted(() => api.openDropped(file)),
  };
}

function asScreen(name: string | null): Screen | null {
  return isScreen(name) ? name : null;
}

function joinEvents(api: Api, store: AppStore): void {
  api.on('log.changed', ({ logId }) => {
    store.getState().markStartupOutdated(logId);
    store.getState().markDirectoryProblemsOutdated();
    if (store.getState().logId === logId) void store.getState().reloadLog();
  });
  api.on('directory.changed', ({ directoryId }) => {
    const { directory, refreshDirectory } = store.getState();
    if (directory?.directoryId === directoryId) void refreshDirectory();
  });
  api.on('directory.entriesChanged', ({ directoryId }) => {
    const { directory, markStartupOutdated, markDirectoryProblemsOutdated } = store.getState();
    if (directory?.directoryId !== directoryId) return;
    markStartupOutdated(null);
    markDirectoryProblemsOutdated();
  });
  api.on('directory.opened', (directory) => store.getState().showDirectory(directory));
  api.on('directory.openFailed', ({ path, error }) =>
    store.getState().showOpenError(error as WireError, path),
  );
  api.on('menu.command', ({ command }) => store.getState().runMenuCommand(command));
}
