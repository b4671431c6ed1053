/** Every batch of the logs of a report, as rows of a table: its header and place, no content. Reads headers only. */
import { join } from 'node:path';
import type { Report, ReportLog } from '../../shared/report';
import type { ReadingFileSystem } from '../engine/file-system';
import {
  CONTROL_BIT,
  codecOf,
  DELETE_HORIZON_BIT,
  type RecordBatchHeader,
  TRANSACTIONAL_BIT,
  timestampTypeOf,
} from '../engine/format/record-batch';
import { listLogFiles } from '../engine/inspect/log-files';
import { scanSegmentFile } from '../engine/inspect/scan-segment-file';
import { type Cell, originColumns, type TableColumn } from './report-tables';

export interface BatchRows {
  readonly columns: readonly TableColumn[];
  rows(): AsyncIterable<Readonly<Record<string, Cell>>>;
}

export interface BatchSource {
  /** As it was made: its path and names are those on disk. */
  readonly made: Report;
  /** As it is shown, redacted perhaps. The same logs in the same order. */
  readonly shown: Report;
  readonly signal?: AbortSignal | undefined;
}

interface Batch {
  readonly header: RecordBatchHeader;
  readonly position: number;
  readonly segmentBaseOffset: number;
}

const COLUMNS: readonly (TableColumn & { readonly cell: (batch: Batch) => Cell })[] = [
  { name: 'segmentBaseOffset', type: 'integer', cell: ({ segmentBaseOffset }) => segmentBaseOffset },
  { name: 'position', type: 'integer', cell: ({ position }) => position },
  { name: 'sizeInBytes', type: 'integer', cell: ({ header }) => header.sizeInBytes },
  { name: 'baseOffset', type: 'integer', cell: ({ header }) => header.baseOffset },
  { name: 'lastOffset', type: 'integer', cell: ({ header }) => header.lastOffset },
  {
    ...{ name: 'recordCount', type: 'integer' },
    // A wrapper of format 0 or 1 tells it only once it is decompressed.
    cell: ({ header }) => (header.recordsCount < 0 ? null : header.recordsCount),
  },
  { name: 'magic', type: 'integer', cell: ({ header }) => header.magic },
  { name: 'codec', type: 'text', cell: ({ header }) => codecOf(header.attributes) ?? 'unknown' },
  { name: 'timestampType', type: 'text', cell: ({ header }) => timestampTypeOf(header.attributes) },
  { name: 'baseTimestampMs', type: 'integer', cell: ({ header }) => header.baseTimestampMs },
  { name: 'maxTimestampMs', type: 'integer', cell: ({ header }) => header.maxTimestampMs },
  { name: 'producerId', type: 'integer', cell: ({ header }) => header.producerId },
  { name: 'producerEpoch', type: 'integer', cell: ({ header }) => header.producerEpoch },
  { name: 'baseSequence', type: 'integer', cell: ({ header }) => header.baseSequence },
  { name: 'partitionLeaderEpoch', type: 'integer', cell: ({ header }) => header.partitionLeaderEpoch },
  { name: 'isTransactional', type: 'flag', cell: hasBit(TRANSACTIONAL_BIT) },
  { name: 'isControl', type: 'flag', cell: hasBit(CONTROL_BIT) },
  { name: 'hasDeleteHorizon', type: 'flag', cell: hasBit(DELETE_HORIZON_BIT) },
];

function hasBit(bit: number): (batch: Batch) => Cell {
  return ({ header }) => (header.attributes & bit) !== 0;
}

export function batchRows(fs: ReadingFileSystem, { made, shown, signal }: BatchSource): BatchRows {
  const origin = originColumns(shown);
  const before = Object.fromEntries(origin.map(({ name, cell }) => [name, cell(null)]));
  const names: readonly TableColumn[] = [
    ...[...origin, { name: 'log', type: 'text' } as const, { name: 'topic', type: 'text' } as const],
    { name: 'partition', type: 'integer' },
  ];
  return {
    columns: [...names, ...COLUMNS].map(({ name, type }) => ({ name, type })),
    async *rows() {
      for (const [index, log] of shown.logs.entries()) {
        if (log.error !== null) continue;
        const path = pathOf(made, made.logs[index]!);
        const { name, topic, partition } = log;
        for await (const batch of batchesOf(fs, path, signal))
          yield {
            ...{ ...before, log: name, topic, partition },
            ...Object.fromEntries(COLUMNS.map(({ name: column, cell }) => [column, cell(batch)])),
          };
      }
    },
  };
}

function pathOf({ directory }: Report, { name }: ReportLog): string {
  return directory.kind === 'log' ? directory.path : join(directory.path, name);
}

async function* batchesOf(
  fs: ReadingFileSystem,
  path: string,
  signal: AbortSignal | undefined,
): AsyncIterable<Batch> {
  const { segments } = await listLogFiles(fs, path);
  for (const { log, baseOffset } of segments) {
    if (!log.isRegular) continue;
    const batches: Batch[] = [];
    await scanSegmentFile(
      fs,
      { log, baseOffset },
      { needsBytes: false, signal },
      {
        batch(header, position) {
          batches.push({ header, position, segmentBaseOffset: baseOffset });
          return true;
        },
        damage: () => true, // a row of the table of problems
      },
    );
    yield* batches;
  }
}
