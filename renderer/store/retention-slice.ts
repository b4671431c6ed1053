/**
 * Retention of the log on the screen: the facts that the plan is made from, the policy being tried.
 *
 * The plan itself is derived by views/retention/retention-view.ts at every move of a slider; nothing is asked for that.
 */

import type { Place } from '../../shared/contract';
import type { WireError } from '../../shared/errors';
import type { IngestRates } from '../../shared/plan/ingest-rate';
import type { RetentionPolicy } from '../../shared/plan/retention-plan';
import { type FutureRecord, futureSegments } from '../../shared/plan/why-kept';
import type { RetentionFacts, RetentionWish } from '../../shared/retention';
import { plural, sizeText } from '../text/quantities';
import { failureOf, type SliceContext, timeOfView } from './slice';
import { byteProgress } from './task-slice';

export interface ShownDeletion {
  readonly baseOffset: number;
  readonly sizeInBytes: number;
}

export type RetentionPlace = keyof typeof PURPOSES;

const PURPOSES = { brokerConfig: 'broker-config', archivePlace: 'archive', copyPlace: 'copy' } as const;

export interface RetentionSlice {
  readonly retentionFacts: RetentionFacts | null;
  readonly retentionState: 'none' | 'loading' | 'ready' | 'failed';
  readonly retentionError: WireError | null;
  /** What the user tries in place of the topic's own settings. */
  readonly givenRetention: RetentionWish;
  /** A server.properties that the settings are also from. */
  readonly brokerConfig: Place | null;
  /** Where a copy of what is deleted is kept. */
  readonly archivePlace: Place | null;
  /** Where the log is copied to, for the run to go on the copy. */
  readonly copyPlace: Place | null;
  /** Of segments whose largest timestamp is of the future, by base offset. */
  readonly futureRecords: ReadonlyMap<number, FutureRecord>;
  /** The span that the rate of ingest is from. */
  readonly retentionRate: keyof IngestRates;
  /** How far the projection looks ahead, in ms; null: as far as the policy needs. */
  readonly retentionHorizonMs: number | null;
  /** The policy that the one being tried is compared with; null for no comparison. */
  readonly comparedPolicy: RetentionPolicy | null;
  /** The time that plans are made for: when the facts were read. */
  readonly retentionNowMs: number;
  loadRetention(): Promise<void>;
  clearRetention(): void;
  /** null takes a value back to the topic's own. */
  giveRetention(part: Partial<RetentionWish>): void;
  /** Shows the system's dialog for one of the places. */
  chooseRetentionPlace(place: RetentionPlace): Promise<void>;
  forgetRetentionPlace(place: RetentionPlace): void;
  setRetentionRate(rate: keyof IngestRates): void;
  setRetentionHorizon(horizonMs: number | null): void;
  comparePolicy(policy: RetentionPolicy | null): void;
  applyRetention(deletions: readonly ShownDeletion[]): Promise<void>;
}

const NO_RETENTION = {
  retentionFacts: null,
  retentionState: 'none',
  retentionError: null,
  givenRetention: { cleanupPolicy: null, retentionMs: null, retentionBytes: null, clock: 'kafka' },
  ...{ brokerConfig: null, archivePlace: null, copyPlace: null },
  ...{ retentionRate: 'overall' as const, retentionHorizonMs: null, comparedPolicy: null },
  futureRecords: new Map<number, FutureRecord>(),
  retentionNowMs: 0,
} as const;

export function retentionSlice({ api, get, set, latest, now }: SliceContext): RetentionSlice {
  /**
   * The record that has a segment's largest timestamp is the first one of the segment from that time on. A saved report
   * has no records.
   */
  async function findFutureRecords(logId: string, facts: RetentionFacts, signal: AbortSignal): Promise<void> {
    if (get().directory?.savedReport !== undefined) return;
    const found = new Map<number, FutureRecord>();
    for (const { baseOffset, largestTimestampMs } of futureSegments(facts.segments, get().retentionNowMs)) {
      // Where an index is wrong there is none: the rest of the log is not read for it.
      const place = { onlySegment: baseOffset, fromTimestampMs: largestTimestampMs, limit: 1 };
      const { rows } = await api.call('log.records', { logId, ...place }, { signal });
      const row = rows[0];
      if (row === undefined) continue;
      found.set(baseOffset, { offset: row.offset, batchBaseOffset: row.batchBaseOffset });
    }
    if (get().retentionFacts === facts) set({ futureRecords: found });
  }

  return {
    ...NO_RETENTION,
    async loadRetention() {
      const { logId, givenRetention, retentionState, brokerConfig } = get();
      const { cleanupPolicy, clock } = givenRetention;
      const brokerConfigId = brokerConfig?.placeId ?? null;
      if (logId === null) return;
      const signal = latest.begin('retention');
      if (retentionState === 'none') set({ retentionState: 'loading' });
      try {
        const [retentionFacts] = await Promise.all([
          api.call('log.retentionFacts', { logId, cleanupPolicy, clock, brokerConfigId }, { signal }),
          get().loadRuns(signal),
        ]);
        const found = { retentionFacts, retentionNowMs: timeOfView({ get, now }) };
        set({ ...found, retentionState: 'ready', retentionError: null });
        await findFutureRecords(logId, retentionFacts, signal);
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
      // Whether the policy may be applied, and what the clock says, is main's; the limits alone change nothing there.
      if ('cleanupPolicy' in part || 'clock' in part) void get().loadRetention();
    },
    async chooseRetentionPlace(place) {
      const chosen = await api.call('place.choose', { purpose: PURPOSES[place] });
      if (chosen === null) return;
      set({ [place]: chosen });
      if (place === 'brokerConfig') await get().reloadScreen();
    },
    forgetRetentionPlace(place) {
      set({ [place]: null });
      if (place === 'brokerConfig') void get().reloadScreen();
    },
    setRetentionRate: (retentionRate) => set({ retentionRate }),
    setRetentionHorizon: (retentionHorizonMs) => set({ retentionHorizonMs }),
    comparePolicy: (comparedPolicy) => set({ comparedPolicy }),
    async applyRetention(deletions) {
      await get().changeLog('Retention', async (logId, signal, progress) => {
        const { givenRetention, retentionNowMs, brokerConfig, archivePlace, copyPlace } = get();
        const shown = deletions.map(({ baseOffset, sizeInBytes }) => ({ baseOffset, sizeInBytes }));
        const run = await api.call(
          'log.applyRetention',
          {
            ...{ logId, ...givenRetention, nowMs: retentionNowMs, deletions: shown },
            brokerConfigId: brokerConfig?.placeId ?? null,
            archivePlaceId: archivePlace?.placeId ?? null,
            copyPlaceId: copyPlace?.placeId ?? null,
          },
          { signal, onProgress: byteProgress(progress) },
        );
        const where = copyPlace === null ? '' : ` in the copy in ${copyPlace.path}`;
        const kept = archivePlace === null ? '' : `, kept in ${archivePlace.path}`;
        return `${plural(run.deletedSegmentCount, 'segment')} deleted${where}${kept}; ${sizeText(run.freedBytes)} to be freed`;
      });
    },
  };
}
