/**
 * The log before and after cleaning: what becomes of each source segment, and the segments that result. Counts the
 * records of those that are not cleaned from their headers. Reads only.
 */
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { type CleaningCounts, noCounts } from '../rules/clean-batch';
import type { CleanedSegment, CleaningResult } from '../rules/clean-log';
import { recordsOf } from './check-batch';
import type { CompactionSource } from './compaction-facts';
import { scanSegmentFile } from './scan-segment-file';

interface SegmentFigures extends Omit<CleaningCounts, 'isExact'> {
  readonly isCleaned: boolean;
  readonly bytesAfterIsExact: boolean;
  readonly deleteHorizonMinMs: TimestampMs | null;
  readonly deleteHorizonMaxMs: TimestampMs | null;
}

export interface SegmentAfter extends SegmentFigures {
  readonly baseOffset: Offset;
  readonly sourceBaseOffsets: Offset[];
}

export interface SourceAfter extends SegmentFigures {
  readonly baseOffset: Offset;
  /** Base offset of the segment that holds what is left of it. */
  readonly becomesBaseOffset: Offset;
  /** Keys that it has records of; null where its records were not read. */
  readonly uniqueKeyCount: number | null;
}

export interface LogAfter {
  readonly segments: SegmentAfter[];
  /** Ascending, the active segment included. */
  readonly sources: SourceAfter[];
}

/**
 * @param cleaned null where nothing is cleaned
 * @param repeatCount Of a cleaned segment by its number: records with a later one of their key in the same segment
 */
export async function logAfter(
  fs: ReadingFileSystem,
  segments: readonly CompactionSource[],
  cleaned: CleaningResult | null,
  repeatCount: (segment: number) => number,
  signal?: AbortSignal,
): Promise<LogAfter> {
  const groupOf = new Map(
    (cleaned?.groups ?? []).flatMap((bases) => bases.map((base) => [base, bases[0]!] as const)),
  );
  const found = new Map(cleaned?.segments.map((segment) => [segment.baseOffset, segment]));
  const sources: SourceAfter[] = [];
  for (const [index, segment] of segments.entries()) {
    const { baseOffset } = segment;
    const becomesBaseOffset = groupOf.get(baseOffset) ?? baseOffset;
    const cleanedOne = found.get(baseOffset);
    const figures = cleanedOne === undefined ? await untouched(fs, segment, signal) : figuresOf(cleanedOne);
    const uniqueKeyCount = cleanedOne === undefined ? null : keyedCount(figures) - repeatCount(index);
    sources.push({ baseOffset, becomesBaseOffset, uniqueKeyCount, ...figures });
  }
  const together = new Map<Offset, SourceAfter[]>();
  for (const source of sources) {
    const others = together.get(source.becomesBaseOffset);
    if (others === undefined) together.set(source.becomesBaseOffset, [source]);
    else others.push(source);
  }
  return { segments: [...together.values()].map(merged), sources };
}

/** Records with a key that counts: those of aborted transactions and of control batches have none. */
function keyedCount({
  recordsBefore,
  nullKeyCount,
  abortedCount,
  controlRecordsCount,
}: SegmentFigures): number {
  return recordsBefore - nullKeyCount - abortedCount - controlRecordsCount;
}

function figuresOf({ counts, deleteHorizonMinMs, deleteHorizonMaxMs }: CleanedSegment): SegmentFigures {
  const { isExact, ...rest } = counts;
  return { ...rest, isCleaned: true, bytesAfterIsExact: isExact, deleteHorizonMinMs, deleteHorizonMaxMs };
}

async function untouched(
  fs: ReadingFileSystem,
  segment: CompactionSource,
  signal: AbortSignal | undefined,
): Promise<SegmentFigures> {
  const records = await countRecords(fs, segment, signal);
  const bytes: Bytes = segment.sizeInBytes;
  const { isExact, ...counts } = noCounts();
  return {
    ...counts,
    ...{ recordsBefore: records, recordsAfter: records, bytesBefore: bytes, bytesAfter: bytes },
    ...{ isCleaned: false, bytesAfterIsExact: isExact },
    ...{ deleteHorizonMinMs: null, deleteHorizonMaxMs: null },
  };
}

const SUMS = Object.keys(noCounts()).filter((name) => name !== 'isExact') as (keyof Omit<
  CleaningCounts,
  'isExact'
>)[];

/** @param sources At least one, ascending. */
function merged(sources: readonly SourceAfter[]): SegmentAfter {
  const { isExact: _, ...sum } = noCounts();
  for (const source of sources) for (const name of SUMS) sum[name] += source[name];
  let lowestMs: TimestampMs | null = null;
  let highestMs: TimestampMs | null = null;
  for (const { deleteHorizonMinMs: minMs, deleteHorizonMaxMs: maxMs } of sources) {
    if (minMs !== null) lowestMs = Math.min(lowestMs ?? minMs, minMs);
    if (maxMs !== null) highestMs = Math.max(highestMs ?? maxMs, maxMs);
  }
  return {
    ...sum,
    baseOffset: sources[0]!.becomesBaseOffset,
    sourceBaseOffsets: sources.map(({ baseOffset }) => baseOffset),
    isCleaned: sources[0]!.isCleaned,
    bytesAfterIsExact: sources.every(({ bytesAfterIsExact }) => bytesAfterIsExact),
    deleteHorizonMinMs: lowestMs,
    deleteHorizonMaxMs: highestMs,
  };
}

/** Damaged bytes count as no record. */
async function countRecords(
  fs: ReadingFileSystem,
  { file, baseOffset }: CompactionSource,
  signal: AbortSignal | undefined,
): Promise<number> {
  let count = 0;
  if (!file.isRegular) return count;
  await scanSegmentFile(
    fs,
    { log: file, baseOffset },
    { needsBytes: false, signal },
    {
      batch(header, position, reader) {
        // A compressed wrapper of an old format has to be opened for it.
        count +=
          header.recordsCount >= 0
            ? header.recordsCount
            : recordsOf(header, reader.batchAt(position, header.sizeInBytes)).records.length;
        return true;
      },
      damage: () => true,
    },
  );
  return count;
}
