/** A page of a segment's spans: batches with their header fields, and damaged stretches in their place. */
import type { Problem } from '../../../shared/problem';
import { problemAt } from '../../../shared/problem';
import type { Bytes, FilePosition, Offset, TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { expandMessage } from '../format/message-set';
import {
  CONTROL_BIT,
  type Codec,
  codecOf,
  DELETE_HORIZON_BIT,
  type RecordBatchHeader,
  type TimestampType,
  TRANSACTIONAL_BIT,
  timestampTypeOf,
} from '../format/record-batch';
import { checkBatch } from './check-batch';
import { findSegment } from './list-segment-files';
import type { SegmentFiles } from './log-files';
import type { DamageKind } from './scan-segment';
import { scanSegmentFile } from './scan-segment-file';

/** Fields are null where the span is no batch. */
export interface Span {
  readonly kind: 'batch' | DamageKind;
  readonly position: FilePosition;
  readonly sizeInBytes: Bytes;
  readonly baseOffset: Offset | null;
  /** Inclusive. */
  readonly lastOffset: Offset | null;
  readonly recordCount: number | null;
  readonly magic: number | null;
  readonly codec: Codec | 'unknown' | null;
  readonly timestampType: TimestampType | null;
  readonly baseTimestampMs: TimestampMs | null;
  readonly maxTimestampMs: TimestampMs | null;
  readonly producerId: number | null;
  readonly producerEpoch: number | null;
  readonly baseSequence: number | null;
  readonly partitionLeaderEpoch: number | null;
  readonly isTransactional: boolean | null;
  readonly isControl: boolean | null;
  readonly hasDeleteHorizon: boolean | null;
  readonly crc: number | null;
  readonly problem: Problem | null;
}

export interface SpanRange {
  readonly baseOffset: Offset;
  /** 0, or the `nextPosition` of the page before. */
  readonly fromPosition: FilePosition;
  readonly limit: number;
}

/** Every byte of the page is checked. @throws AppError NOT_FOUND where the segment is gone. */
export async function readSpans(
  fs: ReadingFileSystem,
  directory: string,
  { baseOffset, ...page }: SpanRange,
): Promise<SpanPage> {
  return readSegmentSpans(fs, await findSegment(fs, directory, baseOffset), page);
}

export interface SpanPage {
  readonly rows: Span[];
  /** null at the end of the segment. */
  readonly nextPosition: FilePosition | null;
}

/** As above, of a segment that was listed already. @throws AppError where its file cannot be read */
export async function readSegmentSpans(
  fs: ReadingFileSystem,
  { log, baseOffset, logManager }: Pick<SegmentFiles, 'log' | 'baseOffset' | 'logManager'>,
  { fromPosition, limit }: Omit<SpanRange, 'baseOffset'>,
): Promise<SpanPage> {
  const rows: Span[] = [];
  await scanSegmentFile(
    fs,
    { log, baseOffset, logManager },
    { fromPosition, needsBytes: true },
    {
      batch(header, position, reader) {
        rows.push(batchSpan(header, reader.batchAt(position, header.sizeInBytes), position, log.name));
        return rows.length < limit;
      },
      damage(kind, position, sizeInBytes, problem) {
        rows.push(damageSpan(kind, position, sizeInBytes, problem));
        return rows.length < limit;
      },
    },
  );
  const last = rows.at(-1);
  const end = last === undefined ? log.sizeInBytes : last.position + last.sizeInBytes;
  return { rows, nextPosition: end < log.sizeInBytes ? end : null };
}

function batchSpan(outer: RecordBatchHeader, bytes: Uint8Array, position: FilePosition, file: string): Span {
  const flaw = checkBatch(outer, bytes);
  const fields = batchFields(outer, bytes);
  const place = { file, position, sizeInBytes: fields.sizeInBytes, baseOffset: fields.baseOffset };
  return {
    kind: 'batch',
    position,
    ...fields,
    problem: flaw === null ? null : problemAt(flaw.code, place, flaw.message),
  };
}

/** What a batch tells of itself, its attributes by name; a wrapper of format 0 or 1 only once it is decompressed. */
export function batchFields(
  outer: RecordBatchHeader,
  bytes: Uint8Array,
): Omit<Span, 'kind' | 'position' | 'problem'> {
  const { attributes, recordsCount, ...fields } = outer.magic < 2 ? expandMessage(bytes).header : outer;
  return {
    ...fields,
    sizeInBytes: outer.sizeInBytes, // as on disk
    recordCount: recordsCount < 0 ? null : recordsCount,
    codec: codecOf(attributes) ?? 'unknown',
    timestampType: timestampTypeOf(attributes),
    isTransactional: (attributes & TRANSACTIONAL_BIT) !== 0,
    isControl: (attributes & CONTROL_BIT) !== 0,
    hasDeleteHorizon: (attributes & DELETE_HORIZON_BIT) !== 0,
  };
}

function damageSpan(kind: DamageKind, position: FilePosition, sizeInBytes: Bytes, problem: Problem): Span {
  return {
    kind,
    position,
    sizeInBytes,
    baseOffset: null,
    lastOffset: null,
    recordCount: null,
    magic: null,
    codec: null,
    timestampType: null,
    baseTimestampMs: null,
    maxTimestampMs: null,
    producerId: null,
    producerEpoch: null,
    baseSequence: null,
    partitionLeaderEpoch: null,
    isTransactional: null,
    isControl: null,
    hasDeleteHorizon: null,
    crc: null,
    problem,
  };
}
