/**
 * The workers of the window, started when the first call needs them: several that read logs, one that changes them, one
 * that makes and reads reports. Knows none of their calls.
 */
import type { Diagnostics } from './diagnostics';
import type { reportContract } from './workers/report-contract';
import type { runContract } from './workers/run-contract';
import type { scanContract } from './workers/scan-contract';
import { createScanPool, type ScanPool } from './workers/scan-pool';
import { startWorker } from './workers/start-worker';

/** Files of the workers' modules. */
export interface WorkerEntries {
  readonly scanWorker: URL;
  readonly runWorker: URL;
  readonly reportWorker: URL;
}

export interface WorkerPoolsOptions {
  readonly entries: WorkerEntries;
  readonly scanWorkerCount: number;
  /** Whether results are held against their schemas. */
  readonly checksResults: boolean;
  readonly diagnostics: Diagnostics;
}

export interface WorkerPools {
  readonly scans: ScanPool<typeof scanContract>;
  /** Of one worker: runs follow one another. */
  readonly runs: ScanPool<typeof runContract>;
  readonly reports: ScanPool<typeof reportContract>;
  close(): Promise<void>;
}

export function startWorkerPools({ entries, scanWorkerCount, ...options }: WorkerPoolsOptions): WorkerPools {
  const { checksResults, diagnostics } = options;
  const parts = (name: string, entry: URL, size: number) => ({
    size,
    spawn: () => startWorker(entry, { checksResults }),
    onWorkerDied: (error: Error) => void diagnostics.incident(`${name} worker died`, error),
  });
  const scans = createScanPool<typeof scanContract>(parts('scan', entries.scanWorker, scanWorkerCount));
  const runs = createScanPool<typeof runContract>(parts('run', entries.runWorker, 1));
  const reports = createScanPool<typeof reportContract>(parts('report', entries.reportWorker, 1));
  scans.on('worker.bug', (bug) => diagnostics.note('scan worker bug', bug));
  runs.on('worker.bug', (bug) => diagnostics.note('run worker bug', bug));
  reports.on('worker.bug', (bug) => diagnostics.note('report worker bug', bug));
  return {
    ...{ scans, runs, reports },
    async close() {
      await Promise.all([scans.close(), runs.close(), reports.close()]);
    },
  };
}
