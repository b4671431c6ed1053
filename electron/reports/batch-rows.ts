/**
 * Every sound batch of the logs of a report, as rows of a table: its header and place, no content. From the report where
 * it lists them, else from the disk, with the same rows.
 */
import { join } from 'node:path';
import { AppError } from '../../shared/errors';
import type { SpanRow } from '../../shared/inspection';
import type { Report, ReportLog } from '../../shared/report';
import type { Bytes, FilePosition, Offset } from '../../shared/units';
import type { ReadingFileSystem } from '../engine/file-system';
import { listLogFiles } from '../engine/inspect/log-files';
import { batchFields } from '../engine/inspect/read-spans';
import { scanSegmentFile } from '../engine/inspect/scan-segment-file';
import { allSpans } from './batch-table';
import { type Cell, originColumns, type TableColumn } from './table-columns';

export interface BatchRows {
  readonly columns: readonly TableColumn[];
  rows(): AsyncIterable<Readonly<Record<string, Cell>>>;
}

export interface BatchSource {
  /** As it was made: its path and names are those on disk. */
  readonly made: Report;
  /** As it is shown, redacted perhaps. The same logs in the same order. */
  readonly shown: Report;
  /** Of a saved report only what it lists is there. */
  readonly isSaved: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of .log files, where they are read for this. */
  readonly onProgress?: ((progress: { bytesDone: Bytes; bytesTotal: Bytes }) => void) | undefined;
}

type Batch = Omit<SpanRow, 'kind' | 'crc' | 'problem'> & { readonly segmentBaseOffset: Offset };

const column = (
  name: keyof Batch,
  type: TableColumn['type'],
): TableColumn & { readonly name: keyof Batch } => ({ name, type });

const COLUMNS = [
  column('segmentBaseOffset', 'integer'),
  column('position', 'integer'),
  column('sizeInBytes', 'integer'),
  column('baseOffset', 'integer'),
  column('lastOffset', 'integer'),
  // null where a wrapper of format 0 or 1 cannot be decompressed.
  column('recordCount', 'integer'),
  column('magic', 'integer'),
  column('codec', 'text'),
  column('timestampType', 'text'),
  column('baseTimestampMs', 'integer'),
  column('maxTimestampMs', 'integer'),
  column('producerId', 'integer'),
  column('producerEpoch', 'integer'),
  column('baseSequence', 'integer'),
  column('partitionLeaderEpoch', 'integer'),
  column('isTransactional', 'flag'),
  column('isControl', 'flag'),
  column('hasDeleteHorizon', 'flag'),
];

/** @throws AppError NOT_IN_REPORT for a saved report that lists no batches */
export function batchRows(
  fs: ReadingFileSystem,
  { made, shown, isSaved, signal, onProgress }: BatchSource,
): BatchRows {
  const origin = originColumns(shown);
  const before = Object.fromEntries(origin.map(({ name, cell }) => [name, cell(null)]));
  const names: readonly TableColumn[] = [
    ...[...origin, { name: 'log', type: 'text' } as const, { name: 'topic', type: 'text' } as const],
    { name: 'partition', type: 'integer' },
  ];
  return {
    columns: [...names, ...COLUMNS].map(({ name, type }) => ({ name, type })),
    async *rows() {
      const bytesTotal = batchBytesToRead(made);
      let bytesBefore = 0;
      const onBytes = (bytes: Bytes) => onProgress?.({ bytesDone: bytesBefore + bytes, bytesTotal });
      for (const [index, log] of shown.logs.entries()) {
        if (log.error !== null) continue;
        if (log.batches === null && isSaved) throw notListed(log);
        const batches =
          log.batches === null
            ? batchesOnDisk(fs, pathOf(made, made.logs[index]!), { signal, onBytes })
            : batchesOfReport(log.batches);
        const { name, topic, partition } = log;
        for await (const batch of batches)
          yield {
            ...{ ...before, log: name, topic, partition },
            ...Object.fromEntries(COLUMNS.map((each) => [each.name, batch[each.name]])),
          };
        bytesBefore += bytesToRead(made.logs[index]!);
      }
    },
  };
}

/** Of .log files: of the logs whose batches the report does not list. */
export function batchBytesToRead({ logs }: Report): Bytes {
  return logs.reduce((sum, log) => sum + bytesToRead(log), 0);
}

function bytesToRead({ batches, inspection }: ReportLog): Bytes {
  return batches === null ? (inspection?.sizeInBytes ?? 0) : 0;
}

function notListed({ name }: ReportLog): AppError {
  return new AppError(
    'NOT_IN_REPORT',
    `The batches of ${name} are not in the report: Parquet is made of the directory, or of a report that lists them.`,
  );
}

function pathOf({ directory }: Report, { name }: ReportLog): string {
  return directory.kind === 'log' ? directory.path : join(directory.path, name);
}

function* batchesOfReport({ table }: NonNullable<ReportLog['batches']>): Iterable<Batch> {
  for (const span of allSpans(table)) if (span.kind === 'batch') yield span;
}

/** What the table of a report says of them: bytes that are no sound batch have no row, CRCs are looked at for that. */
async function* batchesOnDisk(
  fs: ReadingFileSystem,
  path: string,
  { signal, onBytes }: { readonly signal: AbortSignal | undefined; readonly onBytes: (bytes: Bytes) => void },
): AsyncIterable<Batch> {
  const { segments } = await listLogFiles(fs, path);
  let bytesBefore = 0;
  for (const segment of segments) {
    const { log, baseOffset: segmentBaseOffset } = segment;
    if (!log.isRegular) continue;
    const batches: Batch[] = [];
    const onPosition = (position: FilePosition) => onBytes(bytesBefore + position);
    await scanSegmentFile(
      fs,
      segment,
      { needsBytes: true, signal, onPosition },
      {
        batch(header, position, reader) {
          const fields = batchFields(header, reader.batchAt(position, header.sizeInBytes));
          batches.push({ ...fields, position, segmentBaseOffset });
          return true;
        },
        damage: () => true, // a row of the table of problems
      },
    );
    yield* batches;
    bytesBefore += log.sizeInBytes;
  }
}
