/** An inspection as text for a terminal: a table of logs, or of the segments of one, and the problems. Pure. */
import type { InspectedLogRow, Inspection, LogInspectionRow, SegmentRow } from '../../shared/inspection';
import type { Problem } from '../../shared/problem';
import { writerWords } from '../../shared/writer-words';
import { textsInPieces } from './text-pieces';
import { type Column, countText, safeText, sizeText, tablePieces, timeText } from './text-table';

export function* inspectionPieces(
  { directory, broker, logs, problems }: Inspection,
  kind: 'log' | 'data-directory',
): Iterable<string> {
  yield `${safeText(directory)}\n${writerWords(broker)}: ${safeText(broker.reason)}\n`;
  if (kind === 'log') for (const log of logs) yield* logPieces(log);
  else {
    yield `${totalsText(logs)}\n`;
    yield* tablePieces(logs.some(hasOwnWriter) ? [...LOG_COLUMNS, WRITER_COLUMN] : LOG_COLUMNS, logs);
  }
  yield* textsInPieces(problems, (problem) => problemText(problem, ''));
  for (const log of logs) yield* problemPieces(log, kind);
}

const LOG_COLUMNS: readonly Column<InspectedLogRow>[] = [
  { title: 'log', text: ({ name }) => safeText(name) },
  { title: 'segments', align: 'right', text: ({ segments }) => String(segments.length) },
  { title: 'size', align: 'right', text: ({ sizeInBytes }) => sizeText(sizeInBytes) },
  { title: 'log start', align: 'right', text: ({ logStartOffset }) => String(logStartOffset) },
  { title: 'log end', align: 'right', text: ({ logEndOffset }) => String(logEndOffset) },
  { title: 'records', align: 'right', text: recordCountText },
  { title: 'problems', align: 'right', text: ({ problems }) => String(problems.length) },
];

/** Where they have no data directory in common. */
const WRITER_COLUMN: Column<InspectedLogRow> = {
  title: 'writer',
  text: ({ broker }) => (broker === undefined ? '-' : writerWords(broker)),
};
const hasOwnWriter = ({ broker }: InspectedLogRow) => broker !== undefined;

const SEGMENT_COLUMNS: readonly Column<SegmentRow>[] = [
  { title: 'base offset', align: 'right', text: ({ baseOffset }) => String(baseOffset) },
  { title: 'last offset', align: 'right', text: ({ lastOffset }) => countText(lastOffset) },
  { title: 'size', align: 'right', text: ({ sizeInBytes }) => sizeText(sizeInBytes) },
  { title: 'batches', align: 'right', text: ({ batchCount }) => countText(batchCount) },
  { title: 'records', align: 'right', text: ({ recordCount }) => countText(recordCount) },
  { title: 'first timestamp', text: ({ firstTimestampMs }) => timeText(firstTimestampMs) },
  { title: 'largest timestamp', text: ({ largestTimestampMs }) => timeText(largestTimestampMs) },
  { title: 'codecs', text: ({ codecs }) => codecs.join(',') || '-' },
  { title: 'index', align: 'right', text: ({ offsetIndex }) => countText(offsetIndex?.entryCount ?? null) },
  { title: 'time index', align: 'right', text: ({ timeIndex }) => countText(timeIndex?.entryCount ?? null) },
  {
    title: '',
    text: ({ isActive, problemCount }) =>
      [isActive ? 'active' : '', problemsMark(problemCount)].join(' ').trim(),
  },
];

function problemsMark(problemCount: number): string {
  return problemCount === 0 ? '' : countOf(problemCount, 'problem');
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function recordCountText({ recordCount, recordCountIsExact }: LogInspectionRow): string {
  if (recordCount === null) return '-';
  return recordCountIsExact ? String(recordCount) : `at least ${recordCount}`;
}

function* logPieces(log: LogInspectionRow): Iterable<string> {
  const { segments, sizeInBytes, logStartOffset, logStartOffsetSource, logEndOffset } = log;
  const from = logStartOffsetSource === 'checkpoint' ? ', from the checkpoint' : '';
  yield `${countOf(segments.length, 'segment')}, ${sizeText(sizeInBytes)}, records: ${recordCountText(log)}\n`;
  yield `log start offset ${logStartOffset}${from}, log end offset ${logEndOffset}\n\n`;
  yield* tablePieces(SEGMENT_COLUMNS, segments);
}

function totalsText(logs: readonly LogInspectionRow[]): string {
  const sizeInBytes = logs.reduce((sum, log) => sum + log.sizeInBytes, 0);
  return `${countOf(logs.length, 'log')}, ${sizeText(sizeInBytes)}\n`;
}

function problemPieces(
  { name, problems }: LogInspectionRow,
  kind: 'log' | 'data-directory',
): Iterable<string> {
  const prefix = kind === 'log' ? '' : `${safeText(name)}/`;
  return textsInPieces(problems, (problem) => problemText(problem, prefix));
}

function problemText(
  { severity, code, file, position, message, consequence }: Problem,
  prefix: string,
): string {
  const where = `${prefix}${safeText(file)}${position === null ? '' : ` at ${position}`}`;
  return `\n${severity}: ${code}: ${where}\n  ${safeText(message)}\n  ${consequence}\n`;
}
