/**
 * What two reports have of each other: logs and segments gone, new and changed, and the growth between them. Pure; what
 * the records of two copies have of each other, compare-records.ts reads.
 */
import type { SegmentRow } from '../../shared/inspection';
import type { Report, ReportLog } from '../../shared/report';
import type { DirectoryDiff, LogDiff } from '../../shared/report-diff';
import { compareBatches } from './compare-batches';

export interface Side {
  readonly report: Report;
  /** Read from a report's file, and not from disk. */
  readonly isReport: boolean;
}

/** Logs by their names; of two single logs, whatever they are called, each is the other's. */
export function diffReports(before: Side, after: Side): DirectoryDiff {
  const isPair = before.report.directory.kind === 'log' && after.report.directory.kind === 'log';
  const later = new Map(after.report.logs.map((log) => [isPair ? '' : log.name, log]));
  const logs: LogDiff[] = [];
  for (const log of before.report.logs) {
    const key = isPair ? '' : log.name;
    const other = later.get(key) ?? null;
    const found = diffLogs(log, other);
    logs.push(other === null ? found : withBatches(found, before, after, [log, other]));
    later.delete(key);
  }
  for (const log of later.values()) logs.push(diffLogs(null, log));
  const [sizeBefore, sizeAfter] = [sizeOf(before.report), sizeOf(after.report)];
  const elapsedMs = after.report.madeAtMs - before.report.madeAtMs;
  return {
    schema: 'strata.diff/1',
    before: sideOf(before),
    after: sideOf(after),
    ...{
      sizeBefore,
      sizeAfter,
      growthBytesPerMs: elapsedMs > 0 ? (sizeAfter - sizeBefore) / elapsedMs : null,
    },
    logs,
  };
}

function sideOf({ report: { directory, hostName, madeAtMs }, isReport }: Side): DirectoryDiff['before'] {
  return { path: directory.path, hostName, madeAtMs, isReport };
}

function sizeOf({ logs }: Report): number {
  return logs.reduce((sum, { inspection }) => sum + (inspection?.sizeInBytes ?? 0), 0);
}

/** Of two directories the records are compared, which says more. Batches of the same sizes may have other records. */
function withBatches(
  found: LogDiff,
  before: Side,
  after: Side,
  [log, other]: readonly [before: ReportLog, after: ReportLog],
): LogDiff {
  if (!before.isReport && !after.isReport) return found;
  const batches = compareBatches({ report: before.report, log }, { report: after.report, log: other });
  const differs = found.change === 'same' && (batches?.firstDifferenceOffset ?? null) !== null;
  return { ...found, batches, change: differs ? 'changed' : found.change };
}

function diffLogs(before: ReportLog | null, after: ReportLog | null): LogDiff {
  const segments = diffSegments(before?.inspection?.segments ?? [], after?.inspection?.segments ?? []);
  const states = { before: logState(before), after: logState(after) };
  const isSame = segments.length === 0 && states.before?.logStartOffset === states.after?.logStartOffset;
  const error = (before?.error ?? after?.error ?? null)?.message ?? null;
  const none = { segments: [], records: null, batches: null };
  const named = { name: (before ?? after)!.name, ...states, error };
  if (before === null || after === null)
    return { ...named, ...none, change: before === null ? 'new' : 'gone', segments };
  if (error !== null) return { ...named, ...none, change: 'unreadable' };
  return { ...named, ...none, change: isSame ? 'same' : 'changed', segments };
}

function logState(log: ReportLog | null): LogDiff['before'] {
  const inspection = log?.inspection ?? null;
  if (inspection === null) return null;
  const { segments, sizeInBytes, logStartOffset, logEndOffset, recordCount, problems } = inspection;
  return {
    ...{ segmentCount: segments.length, sizeInBytes, logStartOffset, logEndOffset, recordCount },
    problemCount: problems.length,
  };
}

/** Those that are on one side only, or of other size, end or count. */
function diffSegments(before: readonly SegmentRow[], after: readonly SegmentRow[]): LogDiff['segments'] {
  const later = new Map(after.map((segment) => [segment.baseOffset, segment]));
  const found: LogDiff['segments'] = [];
  for (const segment of before) {
    const match = later.get(segment.baseOffset) ?? null;
    later.delete(segment.baseOffset);
    if (match !== null && isSameSegment(segment, match)) continue;
    const change = match === null ? 'gone' : 'changed';
    found.push({ baseOffset: segment.baseOffset, change, ...statesOf(segment, match) });
  }
  for (const segment of later.values())
    found.push({ baseOffset: segment.baseOffset, change: 'new', ...statesOf(null, segment) });
  return found.sort((a, b) => a.baseOffset - b.baseOffset);
}

function isSameSegment(a: SegmentRow, b: SegmentRow): boolean {
  const isCounted = a.recordCount !== null && b.recordCount !== null;
  return a.sizeInBytes === b.sizeInBytes && (!isCounted || a.recordCount === b.recordCount);
}

function statesOf(before: SegmentRow | null, after: SegmentRow | null) {
  const state = (segment: SegmentRow | null) =>
    segment === null
      ? null
      : {
          lastOffset: segment.lastOffset,
          sizeInBytes: segment.sizeInBytes,
          recordCount: segment.recordCount,
        };
  return { before: state(before), after: state(after) };
}
