/**
 * What a broker would do at its next start: the plan for the log on the screen, or for the whole directory.
 *
 * Made when it is asked for; a change on disk makes it outdated and nothing more, for it may take as long as a check.
 */
import type { WireError } from '../../shared/errors';
import { PAGE_LIMIT } from '../../shared/page-limits';
import type { StartupStep } from '../../shared/plan/startup-reasons';
import type { StartupSummary } from '../../shared/startup';
import { allPages } from './all-pages';
import type { AppState } from './app-store';
import { failureOf, type SliceContext } from './slice';
import { byteProgress } from './task-slice';

/** More are counted, not listed. */
const STEP_COUNT_MAX = 50_000;

export const PROBLEM_VIEWS = ['problems', 'startup'] as const;
export type ProblemView = (typeof PROBLEM_VIEWS)[number];
export const PROBLEM_SCOPES = ['log', 'directory'] as const;
export type ProblemScope = (typeof PROBLEM_SCOPES)[number];

export interface StartupSlice {
  readonly problemView: ProblemView;
  /** What both views are about in a data directory; while no log is open, the directory. */
  readonly problemScope: ProblemScope;
  /** Files to which nothing happens are listed, too. */
  readonly isStartupAll: boolean;
  readonly startupState: 'none' | 'loading' | 'ready' | 'failed' | 'cancelled';
  readonly startupError: WireError | null;
  readonly startupSummary: StartupSummary | null;
  readonly startupSteps: readonly StartupStep[];
  /** Files changed on disk since the plan was made. */
  readonly isStartupOutdated: boolean;
  readonly selectedStep: number | null;
  showProblemView(view: ProblemView): void;
  setProblemScope(scope: ProblemScope): void;
  setStartupAll(isAll: boolean): void;
  /** Makes the plan where there is none. */
  loadStartup(): Promise<void>;
  /** Files of a log changed, or (null) of the directory itself: a plan about them is of before. */
  markStartupOutdated(logId: string | null): void;
  planStartup(): Promise<void>;
  clearStartup(): void;
  selectStep(index: number | null): void;
  /** Opens the log and plans its part alone. */
  showStartupOfLog(logId: string): void;
}

/** Whether problems and next start-up are those of the whole data directory. */
export function isAboutDirectory({
  directory,
  logId,
  problemScope,
}: Pick<AppState, 'directory' | 'logId' | 'problemScope'>): boolean {
  return directory?.kind === 'data-directory' && (logId === null || problemScope === 'directory');
}

const NO_PLAN = {
  startupState: 'none',
  startupError: null,
  startupSummary: null,
  startupSteps: [],
  isStartupOutdated: false,
  selectedStep: null,
} as const;

export function startupSlice(
  { api, get, set, latest }: SliceContext,
  initialView: ProblemView,
): StartupSlice {
  const target = () => {
    const { directory, logId } = get();
    if (directory === null) return null;
    return { directoryId: directory.directoryId, logId: isAboutDirectory(get()) ? null : logId };
  };

  /** Whose plan is on the screen, or on its way there. */
  let planning: AbortSignal | null = null;

  async function listSteps(
    wanted: NonNullable<ReturnType<typeof target>>,
    signal: AbortSignal,
  ): Promise<void> {
    const page = { ...wanted, isAll: get().isStartupAll, limit: PAGE_LIMIT };
    const { rows } = await allPages<StartupStep>(
      (from) => api.call('directory.startupSteps', { ...page, from }, { signal }),
      STEP_COUNT_MAX,
    );
    if (!signal.aborted) set({ startupSteps: rows, selectedStep: null });
  }

  async function listAgain(): Promise<void> {
    const wanted = target();
    if (wanted === null) return;
    const signal = latest.begin('startup-steps');
    try {
      await listSteps(wanted, signal);
      if (!signal.aborted && get().startupState === 'failed')
        set({ startupError: null, startupState: 'ready' });
    } catch (error) {
      const startupError = failureOf(error);
      if (startupError !== null && !signal.aborted) set({ startupError, startupState: 'failed' });
    }
  }

  async function readPlan(signal: AbortSignal, onProgress: ReturnType<typeof byteProgress>): Promise<void> {
    const wanted = target();
    if (wanted === null) return;
    planning = signal;
    try {
      const startupSummary = await api.call('directory.startup', wanted, { signal, onProgress });
      if (planning !== signal) return;
      set({ startupSummary });
      await listSteps(wanted, signal);
      if (planning === signal) set({ startupState: 'ready' });
    } catch (error) {
      const startupError = failureOf(error);
      // What took its place has set its own state.
      if (planning === signal)
        set({ startupError, startupState: startupError === null ? 'cancelled' : 'failed' });
      throw error;
    }
  }

  return {
    problemView: initialView,
    problemScope: 'log',
    isStartupAll: false,
    ...NO_PLAN,
    showProblemView(problemView) {
      set({ problemView });
      void get().reloadScreen();
    },
    setProblemScope(problemScope) {
      if (problemScope === get().problemScope) return;
      get().clearStartup();
      set({ problemScope });
      void get().reloadScreen();
    },
    setStartupAll(isStartupAll) {
      set({ isStartupAll });
      if (get().startupSummary !== null) void listAgain();
    },
    async loadStartup() {
      if (get().startupState === 'none') await get().planStartup();
    },
    markStartupOutdated(changed) {
      const { startupState, logId } = get();
      const isMeant = changed === null || isAboutDirectory(get()) || changed === logId;
      if (startupState !== 'none' && isMeant) set({ isStartupOutdated: true });
    },
    async planStartup() {
      if (target() === null) return;
      get().clearStartup();
      set({ startupState: 'loading' });
      // What a saved report holds costs nothing, and is no task; that it holds none is no failure of one.
      if (get().directory?.savedReport !== undefined)
        return void (await readPlan(latest.begin('startup'), () => {}).catch(() => {}));
      await get().runTask({
        key: 'startup',
        title: 'Play through the next start-up',
        isQuiet: true,
        async run(signal, progress) {
          await readPlan(signal, byteProgress(progress));
          return 'planned';
        },
      });
    },
    clearStartup() {
      planning = null;
      for (const key of ['startup', 'startup-steps']) latest.cancel(key);
      set(NO_PLAN);
    },
    selectStep: (selectedStep) => set({ selectedStep }),
    showStartupOfLog(logId) {
      get().openLog(logId);
      set({ problemView: 'startup' });
      get().showScreen('problems');
    },
  };
}
