/**
 * The selected segment from near: its spans, loaded as they are scrolled to, its files, and one batch field by field.
 */
import type { WireError } from '../../shared/errors';
import type { BatchAnatomy, SpanRow } from '../../shared/inspection';
import { failureOf, type SliceContext } from './slice';

const SPAN_PAGE = 1_000;
const INDEX_LINE_COUNT = 2_000;

export interface SegmentFile {
  readonly name: string;
  readonly sizeInBytes: number;
  readonly modifiedAtMs: number;
}

export interface IndexLines {
  readonly entryCount: number;
  readonly offsets: Float64Array;
  readonly positions: Float64Array;
}

export interface SegmentSlice {
  readonly spans: readonly SpanRow[];
  /** Where the first of them begins: 0, or a place that was gone to. */
  readonly spansFrom: number;
  /** Where the next page of spans begins; null where all are loaded. */
  readonly nextSpanPosition: number | null;
  readonly isLoadingSpans: boolean;
  readonly files: readonly SegmentFile[];
  readonly segmentError: WireError | null;
  readonly selectedBatchPosition: number | null;
  readonly anatomy: BatchAnatomy | null;
  readonly anatomyError: WireError | null;
  /** Index entries for the core, by the segment's base offset. */
  readonly indexLines: ReadonlyMap<number, IndexLines>;
  loadSegment(): void;
  /** After a change on disk: what is loaded is read again, and no further. */
  refreshSegment(): void;
  clearSegment(): void;
  loadMoreSpans(): Promise<void>;
  /** Goes to the segment's batches, listed from the start where that reaches so far, else from this one on. */
  showBatchAt(baseOffset: number, position: number): Promise<void>;
  showSpansFromStart(): Promise<void>;
  selectBatch(position: number | null): Promise<void>;
  loadIndexLines(baseOffsets: readonly number[]): Promise<void>;
}

const NO_SEGMENT = {
  spans: [],
  spansFrom: 0,
  nextSpanPosition: null,
  isLoadingSpans: false,
  files: [],
  segmentError: null,
  selectedBatchPosition: null,
  anatomy: null,
  anatomyError: null,
} as const;

export function segmentSlice(context: SliceContext): SegmentSlice {
  const { api, get, set, latest } = context;
  /** Asked for already; main is not asked twice for the same state of a file. */
  let linesAsked = new Set<number>();

  function selected(): { logId: string; baseOffset: number } | null {
    const { logId, selectedSegment } = get();
    return logId === null || selectedSegment === null ? null : { logId, baseOffset: selectedSegment };
  }

  /** @returns false where another request for the segment came in between */
  async function load(spanCount: number, fromPosition = get().spansFrom): Promise<boolean> {
    const place = selected();
    if (place === null) return false;
    const signal = latest.begin('segment');
    set({ isLoadingSpans: true });
    try {
      const files = await api.call('segment.files', place, { signal });
      set({ files, segmentError: null });
      const limit = Math.min(Math.max(spanCount, SPAN_PAGE), 5 * SPAN_PAGE);
      const page = await api.call('segment.spans', { ...place, fromPosition, limit }, { signal });
      set({ spans: page.rows, spansFrom: fromPosition, nextSpanPosition: page.nextPosition });
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== null) set({ segmentError: failure });
    } finally {
      if (!signal.aborted) set({ isLoadingSpans: false });
    }
    return !signal.aborted;
  }

  /** Where the list begins, there may be no span any more: the file can have been written anew. */
  async function reload(): Promise<void> {
    const { spans, spansFrom } = get();
    if (!(await load(spans.length)) || spansFrom === 0) return;
    const [before] = spans;
    const [now] = get().spans;
    const isThere = now?.kind === before?.kind && now?.sizeInBytes === before?.sizeInBytes;
    if (now === undefined || !isThere) await load(spans.length, 0);
  }

  return {
    ...NO_SEGMENT,
    indexLines: new Map(),
    loadSegment() {
      set(NO_SEGMENT);
      void load(0);
    },
    refreshSegment() {
      const active = get().segments.at(-1)?.baseOffset;
      if (active !== undefined) {
        linesAsked.delete(active);
        const indexLines = new Map(get().indexLines);
        indexLines.delete(active);
        set({ indexLines });
      }
      const { selectedSegment, segments } = get();
      if (selectedSegment === null) return;
      if (segments.some(({ baseOffset }) => baseOffset === selectedSegment)) void reload();
      else get().selectSegment(null);
    },
    clearSegment() {
      latest.cancel('segment');
      latest.cancel('batch');
      linesAsked = new Set();
      set({ ...NO_SEGMENT, indexLines: new Map() });
    },
    async loadMoreSpans() {
      const place = selected();
      const { nextSpanPosition, isLoadingSpans } = get();
      if (place === null || nextSpanPosition === null || isLoadingSpans) return;
      const signal = latest.begin('segment');
      set({ isLoadingSpans: true });
      try {
        const params = { ...place, fromPosition: nextSpanPosition, limit: SPAN_PAGE };
        const page = await api.call('segment.spans', params, { signal });
        set(({ spans }) => ({ spans: [...spans, ...page.rows], nextSpanPosition: page.nextPosition }));
      } catch (error) {
        const failure = failureOf(error);
        if (failure !== null) set({ segmentError: failure, nextSpanPosition: null });
      } finally {
        if (!signal.aborted) set({ isLoadingSpans: false });
      }
    },
    async showBatchAt(baseOffset, position) {
      get().hideFileBytes();
      set({ ...NO_SEGMENT, selectedSegment: baseOffset });
      get().showScreen('segments');
      const { logId } = get();
      const isAsked = () => get().logId === logId && get().selectedSegment === baseOffset;
      /** Again, as long as a change on disk comes in between. */
      const listFrom = async (from: number) => {
        while (isAsked()) if (await load(0, from)) return;
      };
      await listFrom(0);
      const { spans, nextSpanPosition } = get();
      const isListed = spans.some((span) => span.position === position);
      if (!isListed && nextSpanPosition !== null && position >= nextSpanPosition) await listFrom(position);
      if (isAsked()) await get().selectBatch(position);
    },
    async showSpansFromStart() {
      await load(0, 0);
    },
    async selectBatch(position) {
      const place = selected();
      set({ selectedBatchPosition: position, anatomy: null, anatomyError: null });
      const isSaved = get().directory?.savedReport !== undefined; // the bytes are elsewhere
      if (place === null || position === null || isSaved) return latest.cancel('batch');
      const signal = latest.begin('batch');
      try {
        set({ anatomy: await api.call('segment.batch', { ...place, position }, { signal }) });
      } catch (error) {
        const failure = failureOf(error);
        if (failure !== null) set({ anatomyError: failure });
      }
    },
    async loadIndexLines(baseOffsets) {
      const { logId } = get();
      const wanted = baseOffsets.filter((baseOffset) => !linesAsked.has(baseOffset));
      if (logId === null || wanted.length === 0) return;
      for (const baseOffset of wanted) linesAsked.add(baseOffset);
      await Promise.all(wanted.map((baseOffset) => loadLines(logId, baseOffset)));
    },
  };

  async function loadLines(logId: string, baseOffset: number): Promise<void> {
    try {
      const lines = await api.call('segment.offsetIndex', { logId, baseOffset, limit: INDEX_LINE_COUNT });
      if (get().logId === logId)
        set(({ indexLines }) => ({ indexLines: new Map(indexLines).set(baseOffset, lines) }));
    } catch (error) {
      // Without its index a segment is drawn without lines; that the file is missing is a problem of its own, and that a
      // report has no entries is said on the Index screen.
      if (failureOf(error)?.code === 'INTERNAL') throw error;
    }
  }
}
