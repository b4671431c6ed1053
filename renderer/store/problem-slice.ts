/** The findings of the log on the screen, as far as they are known: all of them once the log was verified. */

import type { WireError } from '../../shared/errors';
import { PAGE_LIMIT } from '../../shared/page-limits';
import type { Problem } from '../../shared/problem';
import { allPages } from './all-pages';
import { failureOf, type SliceContext } from './slice';

/** More are counted, not listed: nobody reads on. */
const PROBLEM_COUNT_MAX = 50_000;

export interface ProblemSlice {
  readonly problems: readonly Problem[];
  readonly problemTotal: number;
  readonly problemsState: 'none' | 'loading' | 'ready' | 'failed';
  readonly problemsError: WireError | null;
  /** True where every byte of the log was read for them. */
  readonly areProblemsComplete: boolean;
  readonly selectedProblem: number | null;
  loadProblems(): Promise<void>;
  clearProblems(): void;
  selectProblem(index: number | null): void;
}

const NO_PROBLEMS = {
  problems: [],
  problemTotal: 0,
  problemsState: 'none',
  problemsError: null,
  areProblemsComplete: false,
  selectedProblem: null,
} as const;

/** The same finding in another list, whatever else was found since. */
export function isSameProblem(a: Problem, b: Problem): boolean {
  return a.code === b.code && a.file === b.file && a.position === b.position && a.message === b.message;
}

/** What was found since may stand before it. */
function placeAmong(problems: readonly Problem[], chosen: Problem | undefined): number | null {
  const index = chosen === undefined ? -1 : problems.findIndex((each) => isSameProblem(each, chosen));
  return index < 0 ? null : index;
}

export function problemSlice({ api, get, set, latest }: SliceContext): ProblemSlice {
  return {
    ...NO_PROBLEMS,
    async loadProblems() {
      const { logId, problemsState } = get();
      if (logId === null) return;
      const signal = latest.begin('problems');
      if (problemsState === 'none') set({ problemsState: 'loading' });
      try {
        let isComplete = false;
        const { rows, total } = await allPages<Problem>(async (from) => {
          const page = await api.call('log.problems', { logId, from, limit: PAGE_LIMIT }, { signal });
          isComplete = page.isComplete;
          return page;
        }, PROBLEM_COUNT_MAX);
        const found = { problems: rows, problemTotal: total, areProblemsComplete: isComplete };
        set({
          ...{ ...found, problemsState: 'ready', problemsError: null },
          selectedProblem: placeAmong(rows, get().problems[get().selectedProblem ?? -1]),
        });
      } catch (error) {
        const failure = failureOf(error);
        if (failure !== null) set({ problemsState: 'failed', problemsError: failure });
      }
    },
    clearProblems() {
      latest.cancel('problems');
      set(NO_PROBLEMS);
    },
    selectProblem(selectedProblem) {
      get().hideFileBytes();
      set({ selectedProblem });
    },
  };
}
