/**
 * The segments of a log before and after cleaning: in columns, which a slider goes through with every step, and as rows,
 * which read the columns when they are looked at. A log may have tens of thousands. Pure.
 */
import type { CompactionFacts, CompactionSource, SupersessionMatrix } from '../../../shared/compaction';
import type { Eligibility } from '../../../shared/plan/compaction-eligibility';
import { type EarlierEnd, earlierEnd, previewBytes, previewCount, previewSource } from './compaction-preview';

/** clean: the cleaner was here before. cleanable: dirty, and below the cleanable end. rest: above it. */
export type Part = 'clean' | 'cleanable' | 'rest';
const PARTS: readonly Part[] = ['clean', 'cleanable', 'rest'];

export interface SourceRow {
  readonly baseOffset: number;
  readonly sizeInBytes: number;
  readonly part: Part;
  /** null before an analysis, and where damage has ended it. */
  readonly after: CompactionSource | null;
}

export interface Totals {
  readonly recordsBefore: number;
  readonly recordsAfter: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly bytesAfterIsExact: boolean;
}

/** By source. */
interface SourceColumns {
  readonly baseOffset: Float64Array;
  readonly isCleaned: Uint8Array;
  readonly supersededCount: Float64Array;
  readonly bytesBefore: Float64Array;
  readonly bytesAfter: Float64Array;
  readonly totals: Totals;
}

function columnsOf(sources: readonly CompactionSource[]): SourceColumns {
  const column = (of: (source: CompactionSource) => number) => Float64Array.from(sources, of);
  const sum = (of: (source: CompactionSource) => number) =>
    sources.reduce((total, source) => total + of(source), 0);
  return {
    baseOffset: column(({ baseOffset }) => baseOffset),
    isCleaned: Uint8Array.from(sources, ({ isCleaned }) => (isCleaned ? 1 : 0)),
    supersededCount: column(({ supersededCount }) => supersededCount),
    bytesBefore: column(({ bytesBefore }) => bytesBefore),
    bytesAfter: column(({ bytesAfter }) => bytesAfter),
    totals: {
      recordsBefore: sum(({ recordsBefore }) => recordsBefore),
      recordsAfter: sum(({ recordsAfter }) => recordsAfter),
      bytesBefore: sum(({ bytesBefore }) => bytesBefore),
      bytesAfter: sum(({ bytesAfter }) => bytesAfter),
      bytesAfterIsExact: sources.every(({ bytesAfterIsExact }) => bytesAfterIsExact),
    },
  };
}

/** What is left of the sources for an end that is earlier than that of their analysis. */
function previewColumns(
  sources: readonly CompactionSource[],
  columns: SourceColumns,
  end: EarlierEnd,
): SourceColumns {
  const isCleaned = columns.isCleaned.slice();
  const bytesAfter = columns.bytesAfter.slice();
  let recordsAfter = 0;
  let bytes = 0;
  let isExact = true;
  for (let index = 0; index < bytesAfter.length; index++) {
    const before = columns.bytesBefore[index]!;
    if (columns.baseOffset[index]! < end.offset) {
      const superseded = columns.supersededCount[index]!;
      recordsAfter += sources[index]!.recordsAfter + superseded - previewCount(superseded, index, end);
      isExact = false;
      bytesAfter[index] = previewBytes(before, bytesAfter[index]!, index, end);
    } else {
      recordsAfter += sources[index]!.recordsBefore;
      bytesAfter[index] = before;
      isCleaned[index] = 0;
    }
    bytes += bytesAfter[index]!;
  }
  const totals = { ...columns.totals, recordsAfter, bytesAfter: bytes, bytesAfterIsExact: isExact };
  return { ...columns, isCleaned, bytesAfter, totals };
}

type Segments = CompactionFacts['state']['segments'];
type Ends = Pick<Eligibility, 'firstDirtyOffset' | 'cleanableEndOffset'>;

/** What no slider changes: the segments, and what an analysis says of them. */
export class KnownSources {
  readonly segments: Segments;
  readonly logEndOffset: number;
  /** Of the analysis, ascending; none before it. */
  readonly sources: readonly CompactionSource[];
  /** For each segment, the index of its source; -1 where there is none. */
  readonly sourceAt: Int32Array;
  readonly columns: SourceColumns;
  readonly #bytesBelow: Float64Array;
  #last: {
    readonly ends: Ends;
    readonly matrix: SupersessionMatrix | null;
    readonly table: SourceTable;
  } | null = null;

  constructor({ segments, logEndOffset }: CompactionFacts['state'], sources: readonly CompactionSource[]) {
    this.segments = segments;
    this.logEndOffset = logEndOffset;
    this.sources = sources;
    const indexOfBase = new Map(sources.map(({ baseOffset }, index) => [baseOffset, index]));
    this.sourceAt = Int32Array.from(segments, ({ baseOffset }) => indexOfBase.get(baseOffset) ?? -1);
    this.columns = columnsOf(sources);
    this.#bytesBelow = new Float64Array(segments.length + 1);
    segments.forEach(({ sizeInBytes }, index) => {
      this.#bytesBelow[index + 1] = this.#bytesBelow[index]! + sizeInBytes;
    });
  }

  get sizeInBytes(): number {
    return this.bytesOf(0, this.segments.length);
  }

  /** @param to Exclusive. */
  bytesOf(from: number, to: number): number {
    return this.#bytesBelow[to]! - this.#bytesBelow[from]!;
  }

  /**
   * The same table again where nothing of it has changed: most settings move neither end.
   * @param matrix Of the analysis, where the end is an earlier one than its own; else null.
   */
  tableAt(ends: Ends, matrix: SupersessionMatrix | null): SourceTable {
    const last = this.#last;
    const isSame =
      last !== null &&
      last.matrix === matrix &&
      last.ends.firstDirtyOffset === ends.firstDirtyOffset &&
      last.ends.cleanableEndOffset === ends.cleanableEndOffset;
    if (isSame) return last.table;
    // With nothing dirty below the end, nothing is cleaned: the clean part stays as it is, too.
    const endOffset = ends.cleanableEndOffset > ends.firstDirtyOffset ? ends.cleanableEndOffset : 0;
    const end = matrix === null ? null : earlierEnd(matrix, endOffset);
    const table = new SourceTable(this, ends, end);
    this.#last = { ends, matrix, table };
    return table;
  }
}

interface PartOfLog {
  readonly part: Part;
  /** Segments; both inclusive. */
  readonly first: number;
  readonly last: number;
  readonly sizeInBytes: number;
}

/** The segments before and after, with the settings of the moment. */
export class SourceTable {
  readonly rows: readonly SourceRow[];
  /** null where nothing is known of what would be left. */
  readonly totals: Totals | null;
  readonly #known: KnownSources;
  /** Where the clean and the cleanable part end: segments, exclusive. */
  readonly #cleanEnd: number;
  readonly #cleanableEnd: number;
  readonly #end: EarlierEnd | null;
  readonly #columns: SourceColumns;

  /** @param end null where the analysis holds as it is */
  constructor(known: KnownSources, { firstDirtyOffset, cleanableEndOffset }: Ends, end: EarlierEnd | null) {
    const { segments, logEndOffset } = known;
    this.#known = known;
    let cleanable = 0;
    while (cleanable < segments.length && segments[cleanable]!.baseOffset < cleanableEndOffset) cleanable++;
    const endOf = (index: number) => segments[index + 1]?.baseOffset ?? logEndOffset;
    // A segment with the first dirty offset in its middle is read as dirty.
    let clean = 0;
    while (clean < cleanable && endOf(clean) <= firstDirtyOffset) clean++;
    this.#cleanEnd = clean;
    this.#cleanableEnd = cleanable;
    this.#end = end;
    this.#columns = end === null ? known.columns : previewColumns(known.sources, known.columns, end);
    this.totals = known.sources.length === 0 ? null : this.#columns.totals;
    const rows: SourceRow[] = [];
    for (let index = 0; index < segments.length; index++) rows.push(new TableRow(this, index));
    this.rows = rows;
  }

  segmentAt(index: number): Segments[number] {
    return this.#known.segments[index]!;
  }

  partOf(index: number): Part {
    return index < this.#cleanEnd ? 'clean' : index < this.#cleanableEnd ? 'cleanable' : 'rest';
  }

  after(index: number): CompactionSource | null {
    const at = this.#known.sourceAt[index]!;
    if (at < 0) return null;
    const source = this.#known.sources[at]!;
    return this.#end === null ? source : previewSource(source, at, this.#end);
  }

  /** Those that there are. */
  get parts(): PartOfLog[] {
    const bounds = [0, this.#cleanEnd, this.#cleanableEnd, this.#known.segments.length];
    return PARTS.flatMap((part, index) => {
      const [from, to] = [bounds[index]!, bounds[index + 1]!];
      if (from === to) return [];
      return [{ part, first: from, last: to - 1, sizeInBytes: this.#known.bytesOf(from, to) }];
    });
  }

  /**
   * How much of each segment goes, in so many steps from 1 on; 0 where it is not cleaned, or where that is not known. A
   * segment may become larger, as a horizon lengthens its batch: nothing of it goes.
   */
  stepsFreed(stepCount: number): Uint8Array {
    const { sourceAt } = this.#known;
    const { isCleaned, bytesBefore, bytesAfter } = this.#columns;
    const steps = new Uint8Array(sourceAt.length);
    for (let index = 0; index < steps.length; index++) {
      const at = sourceAt[index]!;
      if (at < 0 || isCleaned[at] === 0) continue;
      const before = bytesBefore[at]!;
      const share = before === 0 ? 0 : Math.max(0, (before - bytesAfter[at]!) / before);
      steps[index] = 1 + Math.min(stepCount - 1, Math.floor(share * stepCount));
    }
    return steps;
  }
}

/** Thousands are made with a step of a slider, and some are looked at. */
class TableRow implements SourceRow {
  private readonly table: SourceTable;
  private readonly index: number;

  constructor(table: SourceTable, index: number) {
    this.table = table;
    this.index = index;
  }

  get baseOffset(): number {
    return this.table.segmentAt(this.index).baseOffset;
  }

  get sizeInBytes(): number {
    return this.table.segmentAt(this.index).sizeInBytes;
  }

  get part(): Part {
    return this.table.partOf(this.index);
  }

  get after(): CompactionSource | null {
    return this.table.after(this.index);
  }
}
