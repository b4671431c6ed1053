/**
 * Which of a segment's index files are due to be written anew, and why. Pure.
 *
 * An index that is only denser, or coarser by little, is left alone: a restart of the broker, another interval in the
 * past or an append of several batches before 4.1 leave such indexes, and they mislead nobody.
 */
import type { Bytes, Offset } from '../../../shared/units';
import {
  OFFSET_INDEX_SUFFIX,
  offsetName,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from '../format/file-names';
import { OFFSET_INDEX_ENTRY_SIZE, TIME_INDEX_ENTRY_SIZE } from '../format/index-files';
import { TRANSACTION_INDEX_ENTRY_SIZE } from '../format/transaction-index';
import type { SegmentFile, SegmentFiles } from './log-files';
import type { ScannedSegment } from './scan-for-indexes';

/** As shared/index-rebuild.ts has it. */
export interface PlannedIndexFile {
  readonly name: string;
  readonly baseOffset: Offset;
  readonly kind: 'offset-index' | 'time-index' | 'transaction-index';
  readonly reason: 'missing' | 'damaged' | 'not-trimmed' | 'coarse' | 'other-interval' | 'unneeded';
  readonly why: string;
  readonly entriesBefore: number | null;
  readonly bytesBefore: Bytes | null;
  readonly entriesAfter: number | null;
  readonly bytesAfter: Bytes | null;
}

export interface DueContext {
  readonly isActive: boolean;
  /** Whether the user gave the interval, so that indexes of another one are due too. */
  readonly isGiven: boolean;
  /** Whether every byte of the log up to the end of this segment was read as batches. */
  readonly isAllKnown: boolean;
  readonly indexIntervalBytes: Bytes;
}

type Reason = Pick<PlannedIndexFile, 'reason' | 'why'>;

export function duePlans(
  files: SegmentFiles,
  scanned: ScannedSegment,
  context: DueContext,
): PlannedIndexFile[] {
  if (scanned.damage !== null) return [];
  const { baseOffset } = files;
  const { dueOffsets, dueTimes, abortedCount } = scanned;
  const planned: PlannedIndexFile[] = [];
  const plan = (
    kind: PlannedIndexFile['kind'],
    [file, suffix, entrySize]: readonly [SegmentFile | null, string, Bytes],
    counts: { readonly before: number | null; readonly after: number | null },
    reason: Reason | null,
  ) => {
    if (reason === null) return;
    planned.push({
      ...{ name: offsetName(baseOffset) + suffix, baseOffset, kind, ...reason },
      ...{ entriesBefore: counts.before, bytesBefore: file?.sizeInBytes ?? null },
      entriesAfter: counts.after,
      bytesAfter: counts.after === null ? null : counts.after * entrySize,
    });
  };
  const offsetCounts = { before: scanned.offsets?.entryCount ?? null, after: dueOffsets.length };
  const timeCounts = { before: scanned.times?.entryCount ?? null, after: dueTimes.length };
  const isCoarse = coarseness(files, scanned, context);
  const intervalReason = (counts: typeof offsetCounts) => otherInterval(counts, context);
  plan(
    'offset-index',
    [files.index, OFFSET_INDEX_SUFFIX, OFFSET_INDEX_ENTRY_SIZE],
    offsetCounts,
    flawOf(files.index, 'offset-index', scanned, offsetCounts.before, OFFSET_INDEX_ENTRY_SIZE, context) ??
      isCoarse ??
      intervalReason(offsetCounts),
  );
  plan(
    'time-index',
    [files.timeindex, TIME_INDEX_SUFFIX, TIME_INDEX_ENTRY_SIZE],
    timeCounts,
    flawOf(files.timeindex, 'time-index', scanned, timeCounts.before, TIME_INDEX_ENTRY_SIZE, context) ??
      (timeCounts.before === timeCounts.after ? null : isCoarse) ??
      intervalReason(timeCounts),
  );
  if (context.isAllKnown)
    plan(
      'transaction-index',
      [files.txnindex, TRANSACTION_INDEX_SUFFIX, TRANSACTION_INDEX_ENTRY_SIZE],
      {
        before:
          files.txnindex === null
            ? null
            : Math.floor(files.txnindex.sizeInBytes / TRANSACTION_INDEX_ENTRY_SIZE),
        after: abortedCount === 0 ? null : abortedCount,
      },
      transactionReason(files, scanned),
    );
  return planned;
}

/** Missing, wrong, or with zeros where a broker takes the last slot for an entry. */
function flawOf(
  file: SegmentFile | null,
  kind: 'offset-index' | 'time-index',
  { problems }: ScannedSegment,
  entryCount: number | null,
  entrySize: Bytes,
  { isActive }: DueContext,
): Reason | null {
  if (file === null) return { reason: 'missing', why: 'There is no such file.' };
  if (!file.isRegular) return null; // not ours to replace
  const problem = problems.find(({ code }) => code.startsWith(kind));
  if (problem !== undefined) return { reason: 'damaged', why: problem.message };
  const zeroTail = file.sizeInBytes - (entryCount ?? 0) * entrySize;
  if (isActive || zeroTail <= 0) return null;
  return { reason: 'not-trimmed', why: `${zeroTail} bytes behind the last entry are zero.` };
}

function coarseness(
  { log }: SegmentFiles,
  { offsets, dueOffsets }: ScannedSegment,
  { indexIntervalBytes }: DueContext,
): Reason | null {
  if (offsets === null) return null;
  const largest = largestStretch(offsets.positions, log.sizeInBytes);
  const due = largestStretch(
    Int32Array.from(dueOffsets, ({ position }) => position),
    log.sizeInBytes,
  );
  if (largest <= due + indexIntervalBytes) return null;
  const why = `Its largest stretch without an entry has ${largest} bytes; that of a rebuilt one has ${due}.`;
  return { reason: 'coarse', why };
}

function largestStretch(positions: Int32Array, end: Bytes): Bytes {
  let [from, largest] = [0, 0];
  for (const position of positions) {
    largest = Math.max(largest, position - from);
    from = position;
  }
  return Math.max(largest, end - from);
}

function otherInterval(
  { before, after }: { readonly before: number | null; readonly after: number },
  { isGiven, indexIntervalBytes }: DueContext,
): Reason | null {
  if (!isGiven || before === after) return null;
  return { reason: 'other-interval', why: `It was not written every ${indexIntervalBytes} bytes.` };
}

function transactionReason(
  { txnindex }: SegmentFiles,
  { problems, abortedCount }: ScannedSegment,
): Reason | null {
  const problem = problems.find(({ code }) => code.startsWith('transaction-index'));
  if (problem === undefined || txnindex?.isRegular === false) return null;
  if (txnindex === null) return abortedCount === 0 ? null : { reason: 'missing', why: problem.message };
  return { reason: abortedCount === 0 ? 'unneeded' : 'damaged', why: problem.message };
}
