/** Which columns are kept for what-ifs, over a scan pool played by the test. */
import { beforeEach, describe, expect, it } from 'vitest';
import { IndexesRead } from '../../../electron/ipc/indexes-read';
import type { LogDirectory, scanContract } from '../../../electron/workers/scan-contract';
import type { ScanPool } from '../../../electron/workers/scan-pool';
import { AppError } from '../../../shared/errors';

const namedLog = (logId: string) => {
  const directory: LogDirectory = {
    ...{ name: logId, path: `/${logId}`, topic: logId, partition: 0, state: 'current', format: 'kafka' },
  };
  return { logId, directory };
};
const [first, second] = [namedLog('first-0'), namedLog('second-0')];
const { signal } = new AbortController();
const context = { signal, progress: () => {} };

const FACTS = {
  batches: {
    positions: Int32Array.of(0),
    lastOffsets: Int32Array.of(0),
    recordCounts: Int32Array.of(1),
    maxTimestampsMs: Float64Array.of(0),
  },
  offsetEntries: { relativeOffsets: Int32Array.of(), positions: Int32Array.of() },
  timeEntries: { timestampsMs: Float64Array.of(), relativeOffsets: Int32Array.of() },
};

/** Answers of the readings that were begun, by log. */
let readings: Map<string, { answer: () => void; cancel: () => void }>;
let indexes: IndexesRead;
beforeEach(() => {
  readings = new Map();
  const pool = {
    call(method: string, params: { log: LogDirectory }) {
      if (method !== 'log.indexFacts') return Promise.resolve({ method });
      return new Promise((resolve, reject) =>
        readings.set(params.log.name, {
          answer: () => resolve(FACTS),
          cancel: () => reject(new AppError('CANCELLED', 'Cancelled.')),
        }),
      );
    },
  };
  indexes = new IndexesRead(pool as unknown as ScanPool<typeof scanContract>);
});

const whatIf = (log: typeof first) => indexes.whatIf(log, 4096, signal);

describe('IndexesRead', () => {
  it('keeps what a reading gave out where the next one was cancelled', async () => {
    const given = indexes.figures(first, context);
    const cancelled = indexes.figures(second, context);
    readings.get('second-0')!.cancel();
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    readings.get('first-0')!.answer();
    await given;
    await expect(whatIf(first)).resolves.toEqual({ method: 'log.indexWhatIf' });
  });

  it('keeps the reading that was begun last, whichever ends last', async () => {
    const both = [indexes.figures(first, context), indexes.figures(second, context)];
    readings.get('second-0')!.answer();
    await both[1];
    readings.get('first-0')!.answer();
    await both[0];
    await expect(whatIf(second)).resolves.toEqual({ method: 'log.indexWhatIf' });
    await expect(whatIf(first)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('forgets what is being read, and keeps what is read after that', async () => {
    const forgotten = indexes.figures(first, context);
    indexes.forget();
    readings.get('first-0')!.answer();
    await forgotten;
    await expect(whatIf(first)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const kept = indexes.figures(first, context);
    readings.get('first-0')!.answer();
    await kept;
    await expect(whatIf(first)).resolves.toEqual({ method: 'log.indexWhatIf' });
  });
});
