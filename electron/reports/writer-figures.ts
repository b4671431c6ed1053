/**
 * What a report says of a program that writes a log with the engine, and of the runs that were made on it: states in words,
 * counters with their units, for HTML and Markdown alike. Pure; knows no markup.
 */
import type { ReportedWriter } from '../../shared/engine-writer';
import type { Report } from '../../shared/report';
import type { Run } from '../../shared/retention';
import { sizeText, timeText } from '../cli/text-table';

const WRITER_STATES = {
  open: 'a program has the log open',
  closed: 'no program has the log open, and the last one closed it',
  abandoned: 'the last program ended without closing the log; the next one recovers it',
  unknown: 'whether a program has the log open cannot be told',
} as const;

export const writerStateText = ({ state }: ReportedWriter): string => WRITER_STATES[state];

const WRITING_STOPPED = ['Writing', 'stopped: an fsync failed'] as const;
const COMPACTION_STOPPED = ['Compaction', 'stopped by damage'] as const;

/** What has stopped in the program until somebody sees to it; empty where nothing has. */
function stoppedParts({ metrics: counters }: Pick<ReportedWriter, 'metrics'>): (readonly [string, string])[] {
  if (counters === null) return [];
  const { isStopped, isUncleanable } = counters.metrics;
  return [...(isUncleanable ? [COMPACTION_STOPPED] : []), ...(isStopped ? [WRITING_STOPPED] : [])];
}

/** The state with what has stopped, for a row among many. */
export function writerRowText(writer: ReportedWriter): string {
  const stopped = stoppedParts(writer).map(([part, how]) => `${part.toLowerCase()} ${how}`);
  return [writerStateText(writer), ...stopped].join('; ');
}

/** Whether somebody has to see to it. */
export const isWriterAiling = (writer: ReportedWriter): boolean =>
  writer.state === 'abandoned' || stoppedParts(writer).length > 0;

interface WriterOfLog {
  readonly name: string;
  readonly writer: ReportedWriter;
}

/** First those that somebody has to see to, so that a cut list has them. */
export function writersOf({ logs }: Report): WriterOfLog[] {
  const found = logs.flatMap(({ name, writer }) => (writer === null ? [] : [{ name, writer }]));
  return found.sort((a, b) => Number(isWriterAiling(b.writer)) - Number(isWriterAiling(a.writer)));
}

/** Names and values, those that should be 0 only where they are not; none where the program leaves no counters. */
export function writerCounters({ metrics: counters }: ReportedWriter): (readonly [string, string])[] {
  if (counters === null) return [];
  const { metrics, slowAppendMs, openedAtMs, writtenAtMs, disk, processId } = counters;
  const { appendLatency: latency } = metrics;
  const noted = (name: string, count: number): (readonly [string, string])[] =>
    count === 0 ? [] : [[name, String(count)]];
  return [
    ['Counters of', `process ${processId}, from ${timeText(openedAtMs)} to ${timeText(writtenAtMs)}`],
    ['Appends', `${metrics.appendCount}, of ${metrics.recordCount} records`],
    ['Bytes written', sizeText(metrics.appendedBytes)],
    ...(latency.count === 0
      ? []
      : ([
          [
            'An append takes',
            `${milliseconds(latency.p50Ms)} (half), ${milliseconds(latency.p99Ms)} (99 %), ${milliseconds(latency.maxMs)} (the longest)`,
          ],
        ] as const)),
    ...noted(`Appends over ${milliseconds(slowAppendMs)}`, metrics.slowAppendCount),
    ...noted('Appends that failed', metrics.failedAppendCount),
    ['Segments rolled', String(metrics.rollCount)],
    ['Segments deleted', String(metrics.deletedSegmentCount)],
    ...(metrics.compactionCount === 0
      ? []
      : ([
          [
            'Compactions',
            `${metrics.compactionCount}, which freed ${sizeText(metrics.compactionFreedBytes)}`,
          ],
        ] as const)),
    ...noted('Times the disk was full', metrics.diskFullCount),
    ...noted('Retention runs that failed', metrics.failedRetentionCount),
    ...noted('Compactions that failed', metrics.failedCompactionCount),
    ...stoppedParts({ metrics: counters }),
    ['Free on its disk', sizeText(disk.availableBytes)],
  ];
}

const RUN_STATES = {
  running: 'cut off, or still under way',
  done: 'can be undone until its space is freed',
  purged: 'its space is freed',
  undone: 'undone',
} as const;

export const RUN_TITLES = ['Run', 'Made', 'Segments', 'Bytes', 'State', 'Space due'] as const;

/** In the order of the titles. */
export function runCells(run: Run): readonly [string, string, string, string, string, string] {
  const { kind, startedAtMs, deletedSegmentCount, freedBytes, state, purgeDueAtMs } = run;
  const due = state === 'purged' ? '' : timeText(purgeDueAtMs);
  return [
    ...([kind, timeText(startedAtMs), String(deletedSegmentCount)] as const),
    ...([sizeText(freedBytes), RUN_STATES[state], due] as const),
  ];
}

const SECOND_MS = 1000;
const LEAST_MS = 0.1;

function milliseconds(ms: number): string {
  if (ms >= SECOND_MS) return `${(ms / SECOND_MS).toFixed(1)} s`;
  return ms >= LEAST_MS ? `${Number(ms.toPrecision(2))} ms` : `${Math.round(ms * SECOND_MS)} µs`;
}
