/**
 * Where the batches of two logs differ first, by what their reports list of them: the way down to an offset where one side
 * is only a report. Reads nothing.
 */
import type { BatchTable } from '../../shared/batch-table';
import type { SpanRow } from '../../shared/inspection';
import type { Report, ReportLog } from '../../shared/report';
import type { LogDiff } from '../../shared/report-diff';
import type { Offset } from '../../shared/units';
import { allSpans } from './batch-table';

interface Part {
  readonly report: Report;
  readonly log: ReportLog;
}

/** null where one of them lists no batches. */
export function compareBatches(before: Part, after: Part): LogDiff['batches'] {
  const [a, b] = [before.log, after.log];
  if (a.batches === null || b.batches === null || a.inspection === null || b.inspection === null) return null;
  const fromOffset = Math.max(a.inspection.logStartOffset, b.inspection.logStartOffset);
  const endOffset = Math.max(fromOffset, Math.min(a.inspection.logEndOffset, b.inspection.logEndOffset));
  const comparesContents = before.report.redaction.keyId === after.report.redaction.keyId;
  const range = { fromOffset, endOffset, comparesContents };
  const firstDifferenceOffset = firstDifference(a.batches.table, b.batches.table, range);
  return { fromOffset, endOffset, firstDifferenceOffset, comparesContents };
}

type Range = Pick<NonNullable<LogDiff['batches']>, 'fromOffset' | 'endOffset' | 'comparesContents'>;

function firstDifference(a: BatchTable, b: BatchTable, range: Range): Offset | null {
  const [left, right] = [batchesIn(a, range), batchesIn(b, range)];
  for (;;) {
    const [one, other] = [left.next().value ?? null, right.next().value ?? null];
    if (one === null && other === null) return null;
    if (one === null || other === null) return (one ?? other)!.baseOffset;
    if (!isSame(one, other, range)) return Math.min(one.baseOffset!, other.baseOffset!);
  }
}

/** Those that have an offset of the range. */
function* batchesIn(table: BatchTable, { fromOffset, endOffset }: Range): Generator<SpanRow, undefined> {
  for (const span of allSpans(table))
    if (span.kind === 'batch' && span.lastOffset! >= fromOffset && span.baseOffset! < endOffset) yield span;
  return undefined;
}

/** The leader epoch is no part of it: it differs where a follower took a batch over. */
function isSame(a: SpanRow, b: SpanRow, { comparesContents }: Range): boolean {
  return (
    a.baseOffset === b.baseOffset &&
    a.lastOffset === b.lastOffset &&
    a.sizeInBytes === b.sizeInBytes &&
    a.recordCount === b.recordCount &&
    a.maxTimestampMs === b.maxTimestampMs &&
    (!comparesContents || a.crc === b.crc)
  );
}
