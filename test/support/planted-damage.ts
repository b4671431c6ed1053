/**
 * One way to damage a log for each kind of problem: bytes of Kafka's own logs, changed at known places. What comes of it
 * is for tests to say; nothing here reads with the code under test.
 *
 * Batch header, magic 2 (DefaultRecordBatch): base offset 0, length 8, leader epoch 12, magic 16, CRC 17, attributes 21,
 * last offset delta 23, base timestamp 27, max timestamp 35, producer id 43, epoch 51, base sequence 53, count 57.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { crc32c } from '@node-rs/crc32';
import type { ProblemCode } from '../../shared/problem';
import type { KafkaFixture, ManifestBatch } from './kafka-fixtures';

export interface Plant {
  readonly code: ProblemCode;
  /** Name of the fixture's log; codec-none-0 (five segments of three batches) where none is given. */
  readonly log?: string;
  /** Damages the copy at `path`; returns where, as far as a position is to be reported. */
  readonly plant: (path: string, fixture: KafkaFixture) => { file: string; position?: number };
}

const LENGTH = 8;
/** Bytes of a batch that its length field does not count. */
const BEHIND_LENGTH = 12;
const MAGIC = 16;
const CRC = 17;
const ATTRIBUTES = 21;
const BASE_TIMESTAMP = 27;
const MAX_TIMESTAMP = 35;
const SEQUENCE = 53;
const COUNT = 57;
const RECORDS = 61;

const nameOf = (baseOffset: number, suffix = 'log') => `${String(baseOffset).padStart(20, '0')}.${suffix}`;

/** Changes bytes in place, or gives others for them. */
type Change = (bytes: Buffer) => Buffer | number | undefined;

interface Target {
  readonly segment: number;
  readonly batch: number;
}

/** Changes one batch; with `keepsCrc` its CRC is made to fit what was changed. */
function inBatch({ segment, batch }: Target, change: Change, keepsCrc = false): Plant['plant'] {
  return (path, fixture) => {
    const { baseOffset, batches } = fixture.segments[segment]!;
    const { position, sizeInBytes } = batches[batch]!;
    const file = nameOf(baseOffset);
    editFile(join(path, file), (bytes) => {
      const own = bytes.subarray(position, position + sizeInBytes);
      change(own);
      if (keepsCrc) own.writeUInt32BE(crc32c(own.subarray(ATTRIBUTES)), CRC);
      return bytes;
    });
    return { file, position };
  };
}

function flip(bytes: Buffer, index: number): number {
  return bytes.writeUInt8(bytes.readUInt8(index) ^ 0x40, index);
}

function editFile(file: string, change: Change): void {
  const bytes = readFileSync(file);
  chmodSync(file, 0o644);
  const changed = change(bytes);
  writeFileSync(file, Buffer.isBuffer(changed) ? changed : bytes);
}

/** Changes a file beside the log of a segment. */
function inIndex(suffix: string, segment: number, change: Change): Plant['plant'] {
  return (path, fixture) => {
    const file = nameOf(fixture.segments[segment]!.baseOffset, suffix);
    editFile(join(path, file), change);
    return { file };
  };
}

function removed(suffix: string, segment: number): Plant['plant'] {
  return (path, fixture) => {
    const { baseOffset } = fixture.segments[segment]!;
    rmSync(join(path, nameOf(baseOffset, suffix)));
    return { file: nameOf(baseOffset, suffix) };
  };
}

function written(file: string, text: string): Plant['plant'] {
  return (path) => {
    writeFileSync(join(path, file), text);
    return { file };
  };
}

/** One with entries; each is: version 2, producer id 8, first offset 8, last offset 8, last stable offset 8. */
function writtenTransactionIndex(path: string): string {
  const isWritten = (name: string) => name.endsWith('.txnindex') && readFileSync(join(path, name)).length > 0;
  return readdirSync(path).find(isWritten)!;
}

/** The last batch of the log, with records that decompress to more than the 64 MiB that are read of one. */
function lastBatchInflated(path: string, fixture: KafkaFixture): { file: string; position: number } {
  const { baseOffset, batches } = fixture.segments[4]!;
  const { position } = batches[2]!;
  const payload = gzipSync(Buffer.alloc(65 * 1024 * 1024));
  editFile(join(path, nameOf(baseOffset)), (bytes) => {
    const header = bytes.subarray(position, position + RECORDS);
    const batch = Buffer.concat([header, payload]);
    batch.writeInt32BE(batch.length - BEHIND_LENGTH, LENGTH);
    batch.writeInt16BE(1, ATTRIBUTES);
    batch.writeUInt32BE(crc32c(batch.subarray(ATTRIBUTES)), CRC);
    return Buffer.concat([bytes.subarray(0, position), batch]);
  });
  return { file: nameOf(baseOffset), position };
}

/** The first control batch of the log, its record's key one byte shorter than a type needs. */
function controlKeyCutShort(path: string, fixture: KafkaFixture): { file: string; position: number } {
  const segment = fixture.segments.find(({ batches }) => batches.some(({ isControl }) => isControl))!;
  const { position, sizeInBytes } = segment.batches.find(({ isControl }) => isControl)!;
  const file = nameOf(segment.baseOffset);
  editFile(join(path, file), (bytes) => {
    const batch = Buffer.from(bytes.subarray(position, position + sizeInBytes));
    // Record: length, attributes, timestamp delta, offset delta, key length (zig-zag), key, …
    const keyLength = RECORDS + 4;
    batch.writeUInt8(batch.readUInt8(RECORDS) - 2, RECORDS);
    batch.writeUInt8(batch.readUInt8(keyLength) - 2, keyLength);
    const shorter = Buffer.concat([batch.subarray(0, keyLength + 1), batch.subarray(keyLength + 2)]);
    shorter.writeInt32BE(shorter.length - BEHIND_LENGTH, LENGTH);
    shorter.writeUInt32BE(crc32c(shorter.subarray(ATTRIBUTES)), CRC);
    return Buffer.concat([bytes.subarray(0, position), shorter, bytes.subarray(position + sizeInBytes)]);
  });
  return { file, position };
}

const FIRST: Target = { segment: 0, batch: 0 };
const SECOND: Target = { segment: 0, batch: 1 };
const LAST: Target = { segment: 4, batch: 2 };

const BATCH_PLANTS: readonly Plant[] = [
  { code: 'batch-crc-mismatch', plant: inBatch(SECOND, (b) => flip(b, b.length - 1)) },
  { code: 'batch-length-invalid', plant: inBatch(SECOND, (b) => b.writeInt32BE(10, LENGTH)) },
  { code: 'batch-magic-unknown', plant: inBatch(SECOND, (b) => b.writeInt8(9, MAGIC)) },
  {
    code: 'batch-header-out-of-range',
    plant: inBatch(SECOND, (b) => b.writeBigInt64BE(2n ** 60n, BASE_TIMESTAMP), true),
  },
  { code: 'batch-offset-out-of-order', plant: inBatch(SECOND, (b) => b.writeBigInt64BE(3n, 0)) },
  {
    code: 'batch-offset-outside-segment',
    plant: inBatch({ segment: 1, batch: 0 }, (b) => b.writeBigInt64BE(3n, 0)),
  },
  { code: 'batch-offset-gap', plant: inBatch(LAST, (b) => b.writeBigInt64BE(90n, 0)) },
  { code: 'batch-leader-epoch-out-of-order', plant: inBatch(FIRST, (b) => b.writeInt32BE(5, 12)) },
  {
    code: 'batch-record-count-mismatch',
    plant: inBatch(SECOND, (b) => b.writeInt32BE(7, COUNT), true),
  },
  {
    code: 'batch-attributes-unknown',
    plant: inBatch(SECOND, (b) => b.writeInt16BE(b.readInt16BE(ATTRIBUTES) | 0x1000, ATTRIBUTES), true),
  },
  { code: 'codec-unknown', plant: inBatch(SECOND, (b) => b.writeInt16BE(7, ATTRIBUTES), true) },
  {
    code: 'records-decompression-failed',
    plant: inBatch(SECOND, (b) => b.writeInt16BE(1, ATTRIBUTES), true),
  },
  { code: 'record-malformed', plant: inBatch(SECOND, (b) => b.writeUInt8(2, RECORDS), true) },
  { code: 'records-too-large', plant: lastBatchInflated },
  { code: 'control-record-malformed', log: 'transactions-0', plant: controlKeyCutShort },
  // The producer of this log is idempotent: its second batch repeats a sequence of the first.
  {
    code: 'producer-sequence-out-of-order',
    plant: inBatch(SECOND, (b) => b.writeInt32BE(1, SEQUENCE), true),
  },
  {
    code: 'timestamp-in-future',
    plant: inBatch(SECOND, (b) => b.writeBigInt64BE(BigInt(Date.UTC(2090, 0)), MAX_TIMESTAMP), true),
  },
];

const SEGMENT_PLANTS: readonly Plant[] = [
  {
    code: 'segment-torn-tail',
    plant(path, fixture) {
      const { baseOffset, sizeInBytes, batches } = fixture.segments[4]!;
      truncateSync(join(path, nameOf(baseOffset)), sizeInBytes - 7);
      return { file: nameOf(baseOffset), position: batches[2]!.position };
    },
  },
  {
    code: 'segment-zero-bytes',
    plant(path, fixture) {
      const { baseOffset, sizeInBytes } = fixture.segments[4]!;
      appendFileSync(join(path, nameOf(baseOffset)), Buffer.alloc(4096));
      return { file: nameOf(baseOffset), position: sizeInBytes };
    },
  },
  {
    code: 'segment-overlap',
    plant: inBatch({ segment: 0, batch: 2 }, (b) => b.writeBigInt64BE(100n, 0)),
  },
];

const INDEX_PLANTS: readonly Plant[] = [
  { code: 'offset-index-missing', plant: removed('index', 1) },
  {
    code: 'offset-index-size-invalid',
    plant: inIndex('index', 1, (b) => Buffer.concat([b, Buffer.alloc(3, 1)])),
  },
  {
    code: 'offset-index-out-of-order',
    plant: inIndex('index', 1, (b) => Buffer.concat([b.subarray(8, 16), b.subarray(0, 8), b.subarray(16)])),
  },
  { code: 'offset-index-beyond-log', plant: inIndex('index', 1, (b) => b.writeInt32BE(1_000_000, 12)) },
  {
    code: 'offset-index-misleading',
    plant: inIndex('index', 1, (b) => b.writeInt32BE(b.readInt32BE(12), 4)),
  },
  { code: 'time-index-missing', plant: removed('timeindex', 1) },
  {
    code: 'time-index-size-invalid',
    plant: inIndex('timeindex', 1, (b) => Buffer.concat([b, Buffer.alloc(5, 1)])),
  },
  {
    code: 'time-index-out-of-order',
    plant: inIndex('timeindex', 1, (b) =>
      Buffer.concat([b.subarray(12, 24), b.subarray(0, 12), b.subarray(24)]),
    ),
  },
  {
    code: 'time-index-misleading',
    plant: inIndex('timeindex', 1, (b) => b.writeBigInt64BE(b.readBigInt64BE(0) - 9_000n, 0)),
  },
  {
    code: 'transaction-index-malformed',
    log: 'transactions-0',
    plant: (path) => {
      const file = writtenTransactionIndex(path);
      editFile(join(path, file), (bytes) => bytes.writeBigInt64BE(2n ** 60n, 10));
      return { file };
    },
  },
  {
    code: 'transaction-index-version-unknown',
    log: 'transactions-0',
    plant: (path) => {
      const file = writtenTransactionIndex(path);
      editFile(join(path, file), (bytes) => bytes.writeInt16BE(9, 0));
      return { file, position: 0 };
    },
  },
  {
    code: 'transaction-index-misleading',
    log: 'transactions-0',
    plant: (path) => {
      const file = writtenTransactionIndex(path);
      editFile(join(path, file), (bytes) => bytes.writeBigInt64BE(bytes.readBigInt64BE(10) + 1n, 10));
      return { file };
    },
  },
];

const SIDE_FILE_PLANTS: readonly Plant[] = [
  {
    code: 'producer-snapshot-malformed',
    log: 'transactions-0',
    plant: (path) => {
      const file = readdirSync(path).find((name) => name.endsWith('.snapshot'))!;
      editFile(join(path, file), (bytes) => flip(bytes, bytes.length - 1));
      return { file };
    },
  },
  { code: 'leader-epoch-checkpoint-malformed', plant: written('leader-epoch-checkpoint', '0\n3\n0 0\n') },
  { code: 'leader-epoch-checkpoint-mismatch', plant: written('leader-epoch-checkpoint', '0\n1\n7 5\n') },
  { code: 'partition-metadata-malformed', plant: written('partition.metadata', 'version: x\n') },
  { code: 'checkpoint-malformed', plant: written('../recovery-point-offset-checkpoint', '0\nmany\n') },
  {
    code: 'checkpoint-beyond-log',
    plant: written('../recovery-point-offset-checkpoint', '0\n1\ncodec-none 0 999\n'),
  },
  {
    code: 'log-start-beyond-log',
    plant: written('../log-start-offset-checkpoint', '0\n1\ncodec-none 0 999\n'),
  },
  { code: 'log-start-malformed', plant: written('.strata-log-start', '18') },
  { code: 'file-leftover', plant: written('00000000000000000018.log.deleted', 'gone') },
  { code: 'file-name-without-offset', plant: written('copy.index', '') },
  { code: 'file-orphaned-index', plant: written('00000000000000000099.index', '') },
  {
    code: 'file-not-regular',
    plant(path) {
      rmSync(join(path, nameOf(0)));
      execFileSync('mkfifo', [join(path, nameOf(0))]);
      return { file: nameOf(0) };
    },
  },
];

export const PLANTS: readonly Plant[] = [
  ...BATCH_PLANTS,
  ...SEGMENT_PLANTS,
  ...INDEX_PLANTS,
  ...SIDE_FILE_PLANTS,
];

/** Every batch of a log, with the name of its file. */
export function batchesOf({ segments }: KafkaFixture): { file: string; batch: ManifestBatch }[] {
  return segments.flatMap(({ baseOffset, batches }) =>
    batches.map((batch) => ({ file: nameOf(baseOffset), batch })),
  );
}
