/**
 * Retention of the log on the screen: the facts that the plan is made from, the policy being tried.
 *
 * The plan itself is derived by views/retention/retention-view.ts at every move of a slider; nothing is asked for that.
 */
import type { WireError } from '../../shared/errors';
import type { RetentionFacts, RetentionWish } from '../../shared/retention';
import { plural, sizeText } from '../text/quantities';
import { failureOf, type SliceContext } from './slice';

export interface ShownDeletion {
  readonly baseOffset: number;
  readonly sizeInBytes: number;
}

export interface RetentionSlice {
  readonly retentionFacts: RetentionFacts | null;
  readonly retentionState: 'none' | 'loading' | 'ready' | 'failed';
  readonly retentionError: WireError | null;
  /** What the user tries in place of the topic's own settings. */
  readonly givenRetention: RetentionWish;
  /** The time that plans are made for: when the facts were read. */
  readonly retentionNowMs: number;
  loadRetention(): Promise<void>;
  clearRetention(): void;
  /** null takes a value back to the topic's own. */
  giveRetention(part: Partial<RetentionWish>): void;
  applyRetention(deletions: readonly ShownDeletion[]): Promise<void>;
}

const NO_RETENTION = {
  retentionFacts: null,
  retentionState: 'none',
  retentionError: null,
  givenRetention: { cleanupPolicy: null, retentionMs: null, retentionBytes: null, clock: 'kafka' },
  retentionNowMs: 0,
} as const;

export function retentionSlice({ api, get, set, latest, now }: SliceContext): RetentionSlice {
  return {
    ...NO_RETENTION,
    async loadRetention() {
      const { logId, givenRetention, retentionState } = get();
      const { cleanupPolicy, clock } = givenRetention;
      if (logId === null) return;
      const signal = latest.begin('retention');
      if (retentionState === 'none') set({ retentionState: 'loading' });
      try {
        const [retentionFacts] = await Promise.all([
          api.call('log.retentionFacts', { logId, cleanupPolicy, clock }, { signal }),
          get().loadRuns(signal),
        ]);
        const found = { retentionFacts, retentionNowMs: now() };
        set({ ...found, retentionState: 'ready', retentionError: null });
      } catch (error) {
        const failure = failureOf(error);
        if (failure !== null) set({ retentionState: 'failed', retentionError: failure });
      }
    },
    clearRetention() {
      latest.cancel('retention');
      set(NO_RETENTION);
    },
    giveRetention(part) {
      set({ givenRetention: { ...get().givenRetention, ...part } });
      // Whether the policy may be applied is main's to say; the limits alone change nothing there.
      if ('cleanupPolicy' in part) void get().loadRetention();
    },
    async applyRetention(deletions) {
      await get().changeLog('Retention', async (logId) => {
        const { givenRetention, retentionNowMs } = get();
        const shown = deletions.map(({ baseOffset, sizeInBytes }) => ({ baseOffset, sizeInBytes }));
        const run = await api.call('log.applyRetention', {
          ...{ logId, ...givenRetention, nowMs: retentionNowMs },
          deletions: shown,
        });
        return `${plural(run.deletedSegmentCount, 'segment')} deleted, ${sizeText(run.freedBytes)} free once purged`;
      });
    },
  };
}
