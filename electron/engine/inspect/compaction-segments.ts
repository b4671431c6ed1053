/**
 * The log as it would be after cleaning, segment by segment: merged groups first, then those that are not cleaned.
 * Counts the records of the latter from their headers. Reads only.
 */
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { type CleaningCounts, noCounts } from '../rules/clean-batch';
import type { CleaningResult } from '../rules/clean-log';
import { recordsOf } from './check-batch';
import type { CompactionSource } from './compaction-facts';
import { scanSegmentFile } from './scan-segment-file';

export interface SegmentAfter extends Omit<CleaningCounts, 'isExact'> {
  readonly baseOffset: Offset;
  readonly sourceBaseOffsets: Offset[];
  readonly isCleaned: boolean;
  readonly bytesAfterIsExact: boolean;
  readonly deleteHorizonMinMs: TimestampMs | null;
  readonly deleteHorizonMaxMs: TimestampMs | null;
}

/** @param cleaned null where nothing is cleaned */
export async function segmentsAfter(
  fs: ReadingFileSystem,
  segments: readonly CompactionSource[],
  cleaned: CleaningResult | null,
  signal?: AbortSignal,
): Promise<SegmentAfter[]> {
  const after = (cleaned?.groups ?? []).map((bases) => merged(bases, cleaned!));
  const isDone = new Set(cleaned?.groups.flat());
  for (const segment of segments) {
    if (isDone.has(segment.baseOffset)) continue;
    const records = await countRecords(fs, segment, signal);
    const bytes: Bytes = segment.sizeInBytes;
    after.push({
      ...withoutExactness(noCounts()),
      baseOffset: segment.baseOffset,
      sourceBaseOffsets: [segment.baseOffset],
      isCleaned: false,
      recordsBefore: records,
      recordsAfter: records,
      bytesBefore: bytes,
      bytesAfter: bytes,
      bytesAfterIsExact: true,
      deleteHorizonMinMs: null,
      deleteHorizonMaxMs: null,
    });
  }
  return after;
}

function merged(bases: readonly Offset[], { segments }: CleaningResult): SegmentAfter {
  const sources = segments.filter(({ baseOffset }) => bases.includes(baseOffset));
  const sum = noCounts();
  for (const { counts } of sources) {
    for (const name of Object.keys(sum) as (keyof CleaningCounts)[])
      if (name !== 'isExact') sum[name] += counts[name];
    sum.isExact &&= counts.isExact;
  }
  const horizons = (name: 'deleteHorizonMinMs' | 'deleteHorizonMaxMs') =>
    sources.map((source) => source[name]).filter((horizon) => horizon !== null);
  const [lowest, highest] = [horizons('deleteHorizonMinMs'), horizons('deleteHorizonMaxMs')];
  return {
    ...withoutExactness(sum),
    baseOffset: bases[0]!,
    sourceBaseOffsets: [...bases],
    isCleaned: true,
    bytesAfterIsExact: sum.isExact,
    deleteHorizonMinMs: lowest.length === 0 ? null : Math.min(...lowest),
    deleteHorizonMaxMs: highest.length === 0 ? null : Math.max(...highest),
  };
}

function withoutExactness({ isExact: _, ...counts }: CleaningCounts): Omit<CleaningCounts, 'isExact'> {
  return counts;
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
