/** What the page says of a program that writes with the engine: its state in words, and how fast its counters grow. Pure. */
import type { EngineMetrics, EngineWriter } from '../../../shared/engine-writer';
import { durationText, timeText } from '../../text/quantities';

export interface WriterState {
  readonly title: string;
  readonly tone: 'good' | 'quiet' | 'warning';
  readonly text: string;
}

/** Counters of a writer that is at work are late from here on, in intervals. */
const LATE_INTERVALS = 3;
const SECOND_MS = 1000;

export function writerState(writer: EngineWriter): WriterState {
  switch (writer.state) {
    case 'open':
      return { title: 'open', tone: 'good', text: openText(writer) };
    case 'closed':
      return { title: 'closed', tone: 'quiet', text: closedText(writer.metrics) };
    case 'abandoned':
      return {
        ...{ title: 'not closed', tone: 'warning' },
        text: `The last program ended without closing the log; the next one recovers it. ${lastText(writer.metrics)}`,
      };
    case 'unknown':
      return {
        ...{ title: 'unknown', tone: 'quiet' },
        text: `Whether a program has the log open cannot be told here. ${lastText(writer.metrics)}`,
      };
  }
}

function openText({ metrics, readAtMs }: EngineWriter): string {
  if (metrics === null) return 'A program has the log open.';
  if (metrics.isClosed)
    return `A program has the log open, and leaves no counters. Those below are of an earlier one, which closed the log at ${timeText(metrics.writtenAtMs)}.`;
  const ageMs = readAtMs - metrics.writtenAtMs;
  const since = `Process ${metrics.processId} has the log open since ${timeText(metrics.openedAtMs)}.`;
  if (ageMs <= LATE_INTERVALS * Math.max(metrics.intervalMs, SECOND_MS)) return since;
  return `${since} Its counters are ${durationText(ageMs)} old, though it writes them every ${durationText(metrics.intervalMs)}: it is busy, its disk is full, or another program has taken over.`;
}

function closedText(metrics: EngineMetrics | null): string {
  if (metrics === null) return 'No program has the log open.';
  const { isClosed, processId, writtenAtMs } = metrics;
  if (isClosed)
    return `Process ${processId} closed the log at ${timeText(writtenAtMs)}; its counters at the end.`;
  return `No program has the log open. ${lastText(metrics)}`;
}

function lastText(metrics: EngineMetrics | null): string {
  return metrics === null
    ? ''
    : `Last counters of process ${metrics.processId}, at ${timeText(metrics.writtenAtMs)}.`;
}

/** Per second, between two readings of one process; null where there are no two. */
export interface Rates {
  readonly appends: number;
  readonly records: number;
  readonly bytes: number;
}

export function ratesOf(now: EngineWriter | null, before: EngineWriter | null): Rates | null {
  const [later, earlier] = [now?.metrics ?? null, before?.metrics ?? null];
  if (now?.state !== 'open' || later === null || earlier === null || later.isClosed) return null;
  const isSame = later.processId === earlier.processId && later.openedAtMs === earlier.openedAtMs;
  const seconds = (later.writtenAtMs - earlier.writtenAtMs) / SECOND_MS;
  if (!isSame || !(seconds > 0)) return null;
  const rate = (of: (metrics: EngineMetrics['metrics']) => number) =>
    Math.max(0, (of(later.metrics) - of(earlier.metrics)) / seconds);
  return {
    appends: rate(({ appendCount }) => appendCount),
    records: rate(({ recordCount }) => recordCount),
    bytes: rate(({ appendedBytes }) => appendedBytes),
  };
}

/** 0.8 ms, 12 ms, 1.4 s: latencies span six orders of magnitude. */
export function latencyText(ms: number): string {
  if (ms >= SECOND_MS) return `${(ms / SECOND_MS).toFixed(1)} s`;
  if (ms >= 10) return `${Math.round(ms)} ms`;
  if (ms >= 0.1) return `${ms.toFixed(1)} ms`;
  return `${Math.round(ms * SECOND_MS)} µs`;
}
