/**
 * Compaction of the log on the screen: what its sliders need, the settings being tried, the last analysis, the run.
 *
 * Eligibility is derived by views/compaction/compaction-view.ts at every move of a slider; only an analysis reads the
 * log, and only when asked to.
 */
import type { CompactionAnalysis, CompactionFacts, CompactionWish } from '../../shared/compaction';
import type { WireError } from '../../shared/errors';
import type { RecordMatches, RecordPattern, RecordRow } from '../../shared/inspection';
import { RECORD_PAGE_LIMIT } from '../../shared/page-limits';
import { savedShare } from '../../shared/plan/compaction-space';
import { percentText } from '../../shared/plan/share-text';
import { receivedAnalysis } from '../../shared/sent-analysis';
import { plural, sizeText } from '../text/quantities';
import { failureOf, type SliceContext, timeOfView } from './slice';
import { byteProgress } from './task-slice';

/** A key as text, or as base64 where it is no UTF-8; of a long one the beginning and its size. */
export interface TracedKey extends Pick<RecordRow, 'keyText' | 'keyBase64'> {
  readonly keySizeInBytes: number;
}

/** The records of one key, ascending: the latest of them. */
export interface TracedRecords {
  readonly key: TracedKey;
  readonly rows: readonly RecordRow[];
  /** Of all; more than there are rows where they are more than TRACED_COUNT_MAX. */
  readonly total: number;
}

export const COMPACTION_TABS = [
  'segments',
  'superseded by',
  'worst keys',
  'tombstones',
  'age',
  'key',
] as const;
export type CompactionTab = (typeof COMPACTION_TABS)[number];

/** An analysis and the settings that it was made with. */
export interface MadeAnalysis extends CompactionAnalysis {
  readonly wish: CompactionWish;
}

export interface CompactionSlice {
  readonly compactionFacts: CompactionFacts | null;
  readonly compactionState: 'none' | 'loading' | 'ready' | 'failed';
  readonly compactionError: WireError | null;
  /** When the facts were read: the time that eligibility is told for. */
  readonly compactionNowMs: number;
  /** What the user tries in place of the topic's own settings. */
  readonly givenCompaction: CompactionWish;
  readonly compactionAnalysis: MadeAnalysis | null;
  /** Whether an analysis compresses anew what is compressed, for its sizes. */
  readonly recompressesForSizes: boolean;
  setRecompresses(recompresses: boolean): void;
  readonly compactionTab: CompactionTab;
  /** Whose records are read, or were. */
  readonly tracedKey: TracedKey | null;
  /** null until all of them were read. */
  readonly tracedRecords: TracedRecords | null;
  showCompactionTab(tab: CompactionTab): void;
  /** Reads every record of the key, and shows them. */
  traceKey(key: TracedKey): Promise<void>;
  loadCompaction(): Promise<void>;
  clearCompaction(): void;
  /** null takes a value back to the topic's own. */
  giveCompaction(part: Partial<CompactionWish>): void;
  analyseCompaction(): Promise<void>;
  /** Runs the plan of the last analysis. */
  compactLog(): Promise<void>;
}

export const ANALYSIS_KEY = 'compaction-analysis';
export const TRACE_KEY = 'compaction-trace';
const TRACED_COUNT_MAX = 5_000;

const NO_WISH: CompactionWish = {
  cleanupPolicy: null,
  minCleanableDirtyRatio: null,
  minCompactionLagMs: null,
  maxCompactionLagMs: null,
  deleteRetentionMs: null,
  kafkaVersion: null,
};
const NO_COMPACTION = {
  compactionFacts: null,
  compactionState: 'none',
  compactionError: null,
  compactionNowMs: 0,
  givenCompaction: NO_WISH,
  compactionAnalysis: null,
  recompressesForSizes: false,
  compactionTab: 'segments',
  ...{ tracedKey: null, tracedRecords: null },
} as const;
const BASE64_GROUP = 4;

export function compactionSlice({ api, get, set, latest, now }: SliceContext): CompactionSlice {
  const brokerConfigOf = () => ({ brokerConfigId: get().brokerConfig?.placeId ?? null });

  /** An analysis that is in a saved report costs nothing, so that it is shown at once. */
  async function loadSavedAnalysis(logId: string, signal: AbortSignal): Promise<void> {
    try {
      const sent = await api.call(
        'log.compaction',
        { logId, ...NO_WISH, recompresses: false, brokerConfigId: null },
        { signal },
      );
      const analysis = receivedAnalysis(sent);
      if (get().logId === logId) set({ compactionAnalysis: { ...analysis, wish: NO_WISH } });
    } catch (error) {
      if (failureOf(error)?.code !== 'NOT_IN_REPORT') throw error;
    }
  }

  return {
    ...NO_COMPACTION,
    async loadCompaction() {
      const { logId, givenCompaction, compactionState } = get();
      if (logId === null) return;
      const { cleanupPolicy } = givenCompaction;
      const signal = latest.begin('compaction');
      if (compactionState === 'none') set({ compactionState: 'loading' });
      try {
        const [compactionFacts] = await Promise.all([
          api.call('log.compactionFacts', { logId, cleanupPolicy, ...brokerConfigOf() }, { signal }),
          get().loadRuns(signal),
        ]);
        const found = { compactionFacts, compactionNowMs: timeOfView({ get, now }) };
        set({ ...found, compactionState: 'ready', compactionError: null });
        if (get().directory?.savedReport !== undefined) await loadSavedAnalysis(logId, signal);
      } catch (error) {
        const failure = failureOf(error);
        if (failure !== null) set({ compactionState: 'failed', compactionError: failure });
      }
    },
    clearCompaction() {
      for (const key of ['compaction', ANALYSIS_KEY, TRACE_KEY]) latest.cancel(key);
      set(NO_COMPACTION);
    },
    giveCompaction(part) {
      set({ givenCompaction: { ...get().givenCompaction, ...part } });
      // Whether the policy may be applied is main's to say; the other settings change nothing there.
      if ('cleanupPolicy' in part) void get().loadCompaction();
    },
    async analyseCompaction() {
      const { logId, givenCompaction: wish, recompressesForSizes: recompresses } = get();
      if (logId === null) return;
      await get().runTask({
        ...{ key: ANALYSIS_KEY, title: 'Analyse compaction' },
        async run(signal, progress) {
          const options = { signal, onProgress: byteProgress(progress) };
          const sent = await api.call(
            'log.compaction',
            { logId, ...wish, recompresses, ...brokerConfigOf() },
            options,
          );
          const analysis = receivedAnalysis(sent);
          if (get().logId === logId) set({ compactionAnalysis: { ...analysis, wish } });
          return savedText(analysis);
        },
      });
    },
    setRecompresses: (recompressesForSizes) => set({ recompressesForSizes }),
    showCompactionTab: (compactionTab) => set({ compactionTab }),
    async traceKey(key) {
      const { logId, compactionFacts } = get();
      if (logId === null || compactionFacts === null) return;
      set({ compactionTab: 'key', tracedKey: key, tracedRecords: null });
      const sizes = compactionFacts.state;
      const bytesOfLog = bytesBelow(sizes, sizes.logEndOffset);
      await get().runTask({
        ...{ key: TRACE_KEY, title: 'Trace a key' },
        async run(signal, progress) {
          const show = byteProgress(progress);
          let bytesDone = 0;
          // Never back: what a search tells is exact, and offsets give an estimate.
          const showAt = (bytes: number) => {
            bytesDone = Math.max(bytesDone, bytes);
            show({ bytesDone, bytesTotal: bytesOfLog });
          };
          const rows: RecordRow[] = [];
          let total = 0;
          for (let fromOffset: number | null = 0; fromOffset !== null; ) {
            const search = { logId, pattern: patternOf(key), fromOffset, limit: RECORD_PAGE_LIMIT };
            // A search tells its own way, from the segment on that it begins in.
            const onProgress = (way: { bytesDone: number; bytesTotal: number }) =>
              showAt(bytesOfLog - way.bytesTotal + way.bytesDone);
            const page: RecordMatches = await api.call('log.search', search, { signal, onProgress });
            const found = page.rows.filter((row) => !row.isControl && isOfKey(row, key));
            total += found.length;
            rows.push(...found);
            // The last one below the cleanable end says what becomes of all: the latest are kept.
            rows.splice(0, Math.max(0, rows.length - TRACED_COUNT_MAX));
            fromOffset = page.nextOffset;
            if (fromOffset !== null) showAt(bytesBelow(sizes, fromOffset));
          }
          if (get().logId === logId) set({ tracedRecords: { key, rows, total } });
          return plural(total, 'record');
        },
      });
    },
    async compactLog() {
      const { compactionAnalysis } = get();
      if (compactionAnalysis === null) return;
      const { nowMs, wish, plan } = compactionAnalysis;
      const { firstDirtyOffset, cleanableEndOffset, bytesBefore, recordsAfter } = plan;
      const confirmed = { nowMs, firstDirtyOffset, cleanableEndOffset, bytesBefore, recordsAfter };
      await get().changeLog('Compaction', async (logId, signal, progress) => {
        const options = { signal, onProgress: byteProgress(progress) };
        // The ratio only says whether the cleaner takes the log: the one being tried holds.
        const { minCleanableDirtyRatio, maxCompactionLagMs } = get().givenCompaction;
        const settings = { ...wish, minCleanableDirtyRatio, maxCompactionLagMs };
        const { copyPlace } = get();
        const places = { ...brokerConfigOf(), copyPlaceId: copyPlace?.placeId ?? null };
        const run = await api.call('log.compact', { logId, ...settings, ...confirmed, ...places }, options);
        const where = copyPlace === null ? '' : ` in the copy in ${copyPlace.path}`;
        return `${plural(run.deletedSegmentCount, 'segment')} rewritten${where}, ${sizeText(run.freedBytes)} free once purged`;
      });
    },
  };
}

/** About how many bytes of the log lie below an offset: records are of one size, as far as progress goes. */
function bytesBelow({ segments, logEndOffset }: CompactionFacts['state'], offset: number): number {
  let bytes = 0;
  for (const [index, { baseOffset, sizeInBytes }] of segments.entries()) {
    if (baseOffset >= offset) break;
    const endOffset = segments[index + 1]?.baseOffset ?? logEndOffset;
    bytes += Math.round(
      sizeInBytes * Math.min(1, (offset - baseOffset) / Math.max(1, endOffset - baseOffset)),
    );
  }
  return bytes;
}

/** A search that finds at least the records of the key. */
function patternOf({ keyText, keyBase64 }: TracedKey): RecordPattern {
  const places: RecordPattern['places'] = ['key'];
  if (keyBase64 === undefined) return { kind: 'text', pattern: keyText ?? '', isCaseSensitive: true, places };
  const hex = [...atob(keyBase64)].map((character) => character.charCodeAt(0).toString(16).padStart(2, '0'));
  return { kind: 'bytes', pattern: hex.join(''), isCaseSensitive: true, places };
}

function isOfKey(row: RecordRow, { keyText, keyBase64, keySizeInBytes }: TracedKey): boolean {
  if (row.keySizeInBytes !== keySizeInBytes) return false;
  if (keyBase64 === undefined) return row.keyText?.startsWith(keyText ?? '') === true;
  // The last group of four may be that of a cut.
  return row.keyBase64?.startsWith(keyBase64.slice(0, -BASE64_GROUP)) === true;
}

function savedText({ plan: { bytesBefore, bytesAfter, reasons } }: CompactionAnalysis): string {
  if (reasons.includes('damaged')) return 'ended by damage';
  return `${percentText(savedShare({ bytesBefore, bytesAfter }))} would be freed, ${sizeText(bytesBefore - bytesAfter)}`;
}
