/** What is open in the window, over a scan pool played by a test: no worker, no log, only directories. */
import { basename, join } from 'node:path';
import type { ScanProgress } from '../../electron/ipc/open-log';
import { OpenLogs } from '../../electron/ipc/open-logs';
import { type PackedFiles, packFiles } from '../../electron/workers/packed-files';
import { packInspection } from '../../electron/workers/packed-inspection';
import { packList } from '../../electron/workers/packed-list';
import type { InspectedLog, scanContract } from '../../electron/workers/scan-contract';
import type { ScanPool } from '../../electron/workers/scan-pool';
import type { Depth } from '../../shared/inspection';
import type { Method, Params, Result } from '../../shared/rpc';
import { ManualTimers } from './manual-timers';

export type Answers = {
  [M in Method<typeof scanContract>]?: (
    params: Params<typeof scanContract, M>,
  ) => Promise<Result<typeof scanContract, M>>;
};

export const directoryOf = (path: string) => ({
  name: basename(path),
  path,
  topic: 'orders',
  partition: 0,
  state: 'current' as const,
  format: 'kafka' as const,
});
export const states = (sizeInBytes: number): PackedFiles =>
  packFiles([{ name: '0.log', sizeInBytes, modifiedAtMs: 0, inode: 1 }]);
export const totals = {
  segmentCount: 1,
  sizeInBytes: 10,
  logStartOffset: 0,
  logEndOffset: 5,
  largestTimestampMs: null,
  problemCount: 0,
  worstSeverity: null,
};

export async function inspected(name: string, depth: Depth): Promise<InspectedLog> {
  const count = (of: number) => (depth === 'glance' ? null : of);
  const segment = {
    ...{ baseOffset: 0, lastOffset: 4, sizeInBytes: 10, batchCount: count(1), recordCount: count(5) },
    ...{ firstTimestampMs: null, largestTimestampMs: null, modifiedAtMs: 0 },
    largestTimestampSource: 'batch-headers' as const,
    ...{ isActive: true, codecs: [], offsetIndex: null, timeIndex: null, problemCount: 0 },
  };
  const log = {
    ...{ name, format: 'kafka' as const },
    ...{ logStartOffset: 0, logStartOffsetSource: 'first-segment' as const },
  };
  const counts = { logEndOffset: 5, sizeInBytes: 10, recordCount: null, recordCountIsExact: false };
  return {
    inspection: await packInspection({ ...log, ...counts, segments: [segment], problems: [] }),
    totals,
    files: states(10),
    usage: null,
    segments: await packList([]),
  };
}

export function start(overrides: Answers = {}) {
  const timers = new ManualTimers();
  const asked: string[] = [];
  const told: string[] = [];
  const subscriptions = new Set<string>();
  let hint: (path: string) => void = () => {};
  let files = states(10);
  const answers: Answers = {
    async 'directory.list'({ path }) {
      const isData = basename(path) === 'many';
      const paths = isData ? [join(path, 'a-0'), join(path, 'b-0')] : [path];
      const kind = isData ? ('data-directory' as const) : ('log' as const);
      return { name: basename(path), path, kind, logs: paths.map(directoryOf) };
    },
    'directory.brokerState': async () => ({ verdict: 'detached', writer: null, reason: '' }),
    'logs.files': async ({ paths }) => paths.map(() => files),
    'logs.glance': async ({ logs }) => logs.map(() => ({ totals, usage: null, error: null, files })),
    'log.inspect': async ({ log, depth }) => inspected(log.name, depth),
    ...overrides,
  };
  const pool = {
    async call(
      method: Method<typeof scanContract>,
      params: { log?: { name: string }; depth?: Depth; known?: unknown },
      options?: { onProgress?: (done: ScanProgress) => void },
    ) {
      if (method === 'log.inspect') {
        asked.push(`${params.depth} ${params.log?.name}${params.known ? ' known' : ''}`);
        options?.onProgress?.({ bytesDone: 10, bytesTotal: 10, problemCount: 0 });
      }
      return answers[method]?.(params as never);
    },
  } as unknown as ScanPool<typeof scanContract>;
  const openLogs = new OpenLogs({
    pool,
    timers,
    async subscribe(directory, onDirty) {
      subscriptions.add(directory);
      hint = onDirty;
      return async () => void subscriptions.delete(directory);
    },
    onLogChanged: (logId, generation) => told.push(`${logId} is ${generation}`),
    onDirectoryChanged: (directoryId) => told.push(directoryId),
    onEntriesChanged: () => {},
    onFailed: (where, error) => told.push(`failed ${where} ${String(error)}`),
    onCurrentChanged: (directory) => told.push(`current ${directory?.name ?? 'none'}`),
  });
  const change = async (path: string) => {
    files = states((files.sizesInBytes[0] ?? 0) + 1);
    hint(path);
    await timers.advance(300);
  };
  return { openLogs, timers, asked, told, change, subscriptions };
}

export const page = { from: 0, limit: 10 };
export const context = { signal: new AbortController().signal, progress: () => {} };
