/**
 * What a compaction of an open log costs those who append meanwhile: their latency alone and beside a run, and how long
 * the run holds up the event loop at most. Printed, not asserted: absolute times of one machine.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Log } from '../../electron/engine/log/log';
import type { Measured } from './scan-bench';

const RECORD_SIZE = 1000;
const RECORDS_A_CALL = 500;
const SEGMENT_COUNT = 4;
const ALONE_MS = 1000;
const PAUSE_MS = 1;
const NS_PER_MS = 1e6;

/** @param sizeInBytes Of the log that is compacted; half of its records stay. */
export async function benchCompactionLatency(sizeInBytes: number): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  try {
    const log = await Log.open(join(folder, 'keyed-0'), {
      cleanupPolicy: 'compact',
      cleanerBackoffMs: null,
      segmentBytes: Math.ceil(sizeInBytes / SEGMENT_COUNT),
    });
    await fill(log, Math.floor(sizeInBytes / RECORD_SIZE));
    const alone = await latenciesUntil(log, delay(ALONE_MS));
    const beside = await latenciesUntil(log, log.compact());
    await log.close();
    const [loopAlone, loopBeside] = [alone.loopMaxMs.toFixed(1), beside.loopMaxMs.toFixed(1)];
    return [
      {
        name: 'awaited appends alone / beside a compaction of the open log',
        ratio: null,
        limit: null,
        figures:
          `median ${alone.at(0.5)} / ${beside.at(0.5)} ms, 99th percentile ${alone.at(0.99)} / ${beside.at(0.99)} ms, ` +
          `longest ${alone.at(1)} / ${beside.at(1)} ms, ${beside.count} appends; ` +
          `event loop held up ${loopAlone} / ${loopBeside} ms at most`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function fill(log: Log, count: number): Promise<void> {
  const value = Buffer.alloc(RECORD_SIZE, 'value ');
  const record = (number: number) => ({ key: `key-${number % Math.ceil(count / 2)}`, value });
  for (let from = 0; from < count; from += RECORDS_A_CALL)
    await log.appendMany(Array.from({ length: RECORDS_A_CALL }, (_, index) => record(from + index)));
  await log.roll();
}

async function latenciesUntil(log: Log, end: Promise<unknown>) {
  let isOver = false;
  const over = end.finally(() => {
    isOver = true;
  });
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const tookMs: number[] = [];
  while (!isOver) {
    const startMs = performance.now();
    await log.append({ key: 'one of many', value: 'meanwhile' });
    tookMs.push(performance.now() - startMs);
    await delay(PAUSE_MS);
  }
  loop.disable();
  await over;
  tookMs.sort((a, b) => a - b);
  return {
    count: tookMs.length,
    loopMaxMs: loop.max / NS_PER_MS,
    at: (share: number) => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))]!.toFixed(2),
  };
}
