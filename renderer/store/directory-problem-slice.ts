/**
 * The findings of the whole opened data directory: its own and those of all its logs, as far as they are known.
 *
 * Listed when they are asked for; a change on disk makes the list outdated and nothing more, for a broker at work changes
 * files all the time.
 */
import type { WireError } from '../../shared/errors';
import { PAGE_LIMIT } from '../../shared/page-limits';
import type { Problem } from '../../shared/problem';
import { plural } from '../text/quantities';
import { allPages } from './all-pages';
import { isSameProblem } from './problem-slice';
import { failureOf, type SliceContext } from './slice';
import { byteProgress } from './task-slice';

/** More are counted, not listed: nobody reads on. */
const PROBLEM_COUNT_MAX = 50_000;

export interface DirectoryProblem extends Problem {
  /** null for what is wrong with the directory itself; as is `log`. */
  readonly logId: string | null;
  readonly log: string | null;
}

export interface DirectoryProblems {
  readonly rows: readonly DirectoryProblem[];
  readonly total: number;
  readonly logCount: number;
  readonly logCountWithProblems: number;
  /** Not looked at yet. */
  readonly pendingLogCount: number;
  /** Of which every byte was read. */
  readonly verifiedLogCount: number;
}

export interface DirectoryProblemSlice {
  /** null until they were listed. */
  readonly directoryProblems: DirectoryProblems | null;
  readonly directoryProblemsError: WireError | null;
  /** Files changed, or more was found, since they were listed. */
  readonly areDirectoryProblemsOutdated: boolean;
  /** Place in the list. */
  readonly selectedDirectoryProblem: number | null;
  /** Lists them where that was not done, or not with all logs. */
  loadDirectoryProblems(): Promise<void>;
  listDirectoryProblems(): Promise<void>;
  /** Reads every byte of all logs. */
  verifyDirectory(): Promise<void>;
  markDirectoryProblemsOutdated(): void;
  clearDirectoryProblems(): void;
  selectDirectoryProblem(index: number | null): void;
  /** Goes to the list, from whatever log is open. */
  showDirectoryProblems(): void;
  /** Opens the log and shows the problem in its list. */
  showProblemInLog(problem: DirectoryProblem): Promise<void>;
}

/** Whether every byte of every log was read; of no log none was. */
export function areAllVerified(found: DirectoryProblems): boolean {
  return found.logCount > 0 && found.verifiedLogCount === found.logCount;
}

const NONE = {
  directoryProblems: null,
  directoryProblemsError: null,
  areDirectoryProblemsOutdated: false,
  selectedDirectoryProblem: null,
} as const;

export function directoryProblemSlice({ api, get, set, latest }: SliceContext): DirectoryProblemSlice {
  let listing: Promise<void> | null = null;
  let isListWanted = false;

  return {
    ...NONE,
    async loadDirectoryProblems() {
      const { directoryProblems } = get();
      if (directoryProblems === null || directoryProblems.pendingLogCount > 0)
        await get().listDirectoryProblems();
    },
    async listDirectoryProblems() {
      isListWanted = true;
      // One at a time and a last one after it: news in quick succession does not keep the list from the screen.
      listing ??= (async () => {
        while (isListWanted) {
          isListWanted = false;
          await list();
        }
      })().finally(() => {
        listing = null;
      });
      await listing;
    },
    async verifyDirectory() {
      const directory = get().directory;
      if (directory === null || directory.savedReport !== undefined) return;
      const { directoryId, name } = directory;
      await get().runTask({
        key: 'verify-directory',
        about: directoryId,
        title: `Verify all logs of ${name}`,
        async run(signal, progress) {
          const options = { signal, onProgress: byteProgress(progress) };
          try {
            const { unreadableLogCount } = await api.call('directory.verify', { directoryId }, options);
            await listAfter(directoryId);
            return outcomeText(get().directoryProblems?.total ?? 0, unreadableLogCount);
          } catch (error) {
            // Cancelled or failed, the logs that were read by then are known now.
            await listAfter(directoryId);
            throw error;
          }
        },
      });
    },
    markDirectoryProblemsOutdated: () => set({ areDirectoryProblemsOutdated: true }),
    clearDirectoryProblems() {
      for (const key of ['directory-problems', 'verify-directory']) latest.cancel(key);
      set(NONE);
    },
    selectDirectoryProblem: (selectedDirectoryProblem) => set({ selectedDirectoryProblem }),
    showDirectoryProblems() {
      if (get().problemScope !== 'directory') get().clearStartup();
      set({ problemView: 'problems', problemScope: 'directory' });
      get().showScreen('problems');
    },
    async showProblemInLog(problem) {
      if (problem.logId === null) return;
      get().openLog(problem.logId);
      set({ problemView: 'problems' });
      get().showScreen('problems');
      await get().loadProblems();
      const index = placeOf(get().problems, problem);
      if (get().logId === problem.logId && index !== null) get().selectProblem(index);
    },
  };

  async function list(): Promise<void> {
    const directoryId = get().directory?.directoryId;
    if (directoryId === undefined) return;
    const signal = latest.begin('directory-problems');
    set({ areDirectoryProblemsOutdated: false });
    try {
      const { rows, counts } = await listed(directoryId, signal);
      if (signal.aborted) return;
      const { directoryProblems: before, selectedDirectoryProblem: chosen } = get();
      set({
        directoryProblems: { rows, ...counts },
        directoryProblemsError: null,
        selectedDirectoryProblem: chosen === null ? null : placeOf(rows, before?.rows[chosen]),
      });
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== null && !signal.aborted)
        set({ directoryProblemsError: failure, areDirectoryProblemsOutdated: true });
    }
  }

  async function listAfter(directoryId: string): Promise<void> {
    if (get().directory?.directoryId !== directoryId) return;
    await get().refreshDirectory();
    await get().reloadLog();
    await get().listDirectoryProblems();
  }

  async function listed(directoryId: string, signal: AbortSignal) {
    let counts = { total: 0, logCount: 0, logCountWithProblems: 0, pendingLogCount: 0, verifiedLogCount: 0 };
    const { rows } = await allPages(async (from) => {
      const page = await api.call('directory.problems', { directoryId, from, limit: PAGE_LIMIT }, { signal });
      const { rows: found, ...rest } = page;
      counts = rest;
      return {
        total: page.total,
        rows: found.map(({ logId, log, problem }): DirectoryProblem => ({ ...problem, logId, log })),
      };
    }, PROBLEM_COUNT_MAX);
    return { rows, counts };
  }
}

function placeOf<P extends Problem>(problems: readonly P[], wanted: Problem | undefined): number | null {
  if (wanted === undefined) return null;
  const logOf = (problem: Problem) => (problem as Partial<DirectoryProblem>).logId;
  const index = problems.findIndex(
    (each) => isSameProblem(each, wanted) && (logOf(each) ?? logOf(wanted)) === logOf(wanted),
  );
  return index < 0 ? null : index;
}

function outcomeText(problemCount: number, unreadableLogCount: number): string {
  const problems = problemCount === 0 ? 'no problems' : plural(problemCount, 'problem');
  return unreadableLogCount === 0
    ? problems
    : `${problems}, ${plural(unreadableLogCount, 'log')} not readable`;
}
