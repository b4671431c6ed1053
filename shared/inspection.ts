/**
 * Schemas of what an inspection finds: the shapes of `--json` and of the window's boundary, one and the same.
 *
 * Types are derived from the schemas. The engine has its own structural twins (it must not know zod);
 * the handlers and the command line, which pass one to the other, hold the two together at compile time.
 * Units: sizes and positions in bytes, times in ms since the epoch (UTC), last offsets inclusive.
 */
import { z } from 'zod';
import { PROBLEM_KINDS, type ProblemCode } from './problem';

const Int = z.number().int();
const Count = Int.nonnegative();

/** The worst first. */
export const SeveritySchema = z.enum(['error', 'warning', 'info']);

export const ProblemSchema = z.object({
  code: z.enum(Object.keys(PROBLEM_KINDS) as [ProblemCode, ...ProblemCode[]]),
  severity: SeveritySchema,
  file: z.string(),
  position: Count.nullable(),
  sizeInBytes: Count.nullable(),
  baseOffset: Int.nullable(),
  message: z.string(),
  consequence: z.string(),
});

export const CodecSchema = z.enum(['none', 'gzip', 'snappy', 'lz4', 'zstd', 'unknown']);
export type CodecName = z.infer<typeof CodecSchema>;

export const SegmentSchema = z.object({
  baseOffset: Int,
  /** Inclusive; null for a segment without a batch. */
  lastOffset: Int.nullable(),
  sizeInBytes: Count,
  /** null where the headers were not counted. */
  batchCount: Count.nullable(),
  recordCount: Count.nullable(),
  firstTimestampMs: Int.nullable(),
  largestTimestampMs: Int.nullable(),
  /** Where the largest timestamp is from: Kafka's own choice depends on it. */
  largestTimestampSource: z.enum(['batch-headers', 'time-index', 'modification-time']),
  modifiedAtMs: Int,
  isActive: z.boolean(),
  /** Codecs seen: of all batches where counted, else of the first batch. */
  codecs: z.array(CodecSchema),
  /** null where the file is missing. Gaps are bytes of log between neighbouring entries, null with no entry. */
  offsetIndex: z
    .object({
      entryCount: Count,
      sizeInBytes: Count,
      gapBytesMean: z.number().nonnegative().nullable(),
      gapBytesMax: Count.nullable(),
    })
    .nullable(),
  timeIndex: z.object({ entryCount: Count, sizeInBytes: Count }).nullable(),
  /** Problems whose file belongs to this segment, as far as known. */
  problemCount: Count,
});
export type SegmentRow = z.infer<typeof SegmentSchema>;

/** How deep a log was looked at. glance: names, sizes, single headers. headers: each batch header. records: each byte. */
export const DepthSchema = z.enum(['glance', 'headers', 'records']);
export type Depth = z.infer<typeof DepthSchema>;

/** log-manager: of the original Python program; only read here. */
export const LogFormatSchema = z.enum(['kafka', 'log-manager']);

export const LogSchema = z.object({
  name: z.string(),
  /** The directory format that was read. */
  format: LogFormatSchema,
  logStartOffset: Int,
  /** Where the log start offset is from. */
  logStartOffsetSource: z.enum(['checkpoint', 'first-segment']),
  /** Exclusive. */
  logEndOffset: Int,
  /** Sum of the .log files. */
  sizeInBytes: Count,
  recordCount: Count.nullable(),
  /** False where bytes could not be read as batches, so that records may be missing from the count. */
  recordCountIsExact: z.boolean(),
  segments: z.array(SegmentSchema),
  problems: z.array(ProblemSchema),
});

export type LogInspectionRow = z.infer<typeof LogSchema>;

/** live: the writer is at work here. crashed/clean: how it last stopped. detached: a copy that nobody has at work. */
export const BrokerStateSchema = z.object({
  verdict: z.enum(['live', 'crashed', 'clean', 'detached', 'unknown']),
  /** engine: a program with Strata's engine, or a run of Strata. null where nothing tells. */
  writer: z.enum(['broker', 'engine']).nullable().default(null),
  reason: z.string(),
});

export const InspectionSchema = z.object({
  schema: z.enum(['strata.inspect/1', 'strata.verify/1']),
  directory: z.string(),
  broker: BrokerStateSchema,
  /** Each log has a writer of its own where they lie together in a directory that is nobody's data directory. */
  logs: z.array(LogSchema.extend({ broker: BrokerStateSchema.optional() })),
  /** Of a data directory itself: `file` names the directory in it that is meant. */
  problems: z.array(ProblemSchema),
});
export type Inspection = z.infer<typeof InspectionSchema>;
export type InspectedLogRow = Inspection['logs'][number];

/** One stretch of a segment file: a batch, or bytes that are none. Spans tile the file without a hole. */
export const SpanSchema = z.object({
  kind: z.enum(['batch', 'corrupt', 'zeros', 'torn-tail']),
  position: Count,
  sizeInBytes: Count,
  /** The fields below are null unless kind is batch. */
  baseOffset: Int.nullable(),
  lastOffset: Int.nullable(),
  recordCount: Count.nullable(),
  /** 1 for records of the original format, which are told as such messages; null where there is no header. */
  magic: Int.nullable(),
  codec: CodecSchema.nullable(),
  timestampType: z.enum(['CreateTime', 'LogAppendTime']).nullable(),
  baseTimestampMs: Int.nullable(),
  maxTimestampMs: Int.nullable(),
  /** -1 where the batch has none, as on disk. */
  producerId: Int.nullable(),
  producerEpoch: Int.nullable(),
  baseSequence: Int.nullable(),
  partitionLeaderEpoch: Int.nullable(),
  isTransactional: z.boolean().nullable(),
  isControl: z.boolean().nullable(),
  hasDeleteHorizon: z.boolean().nullable(),
  crc: Int.nullable(),
  problem: ProblemSchema.nullable(),
});
export type SpanRow = z.infer<typeof SpanSchema>;

const TextOrBase64 = z.object({
  keyText: z.string().nullable().optional(),
  keyBase64: z.string().optional(),
  valueText: z.string().nullable().optional(),
  valueBase64: z.string().optional(),
});

/** Fields by their names in Kafka's definitions; bytes in base64, integers outside of 2^53 as digits. */
const DecodedSchema = z.record(z.string(), z.json());

/** keyText where the bytes are valid UTF-8, keyBase64 where not; keyText null for a null key. Values likewise. */
export const RecordSchema = TextOrBase64.extend({
  /** Name of the log's directory. */
  log: z.string(),
  offset: Int,
  timestampMs: Int,
  timestampType: z.enum(['CreateTime', 'LogAppendTime']),
  headers: z.array(
    z.object({
      name: z.string(),
      valueText: z.string().nullable().optional(),
      valueBase64: z.string().optional(),
    }),
  ),
  keySizeInBytes: Count.nullable(),
  valueSizeInBytes: Count.nullable(),
  batchBaseOffset: Int,
  segmentBaseOffset: Int,
  position: Count,
  codec: CodecSchema,
  /** 1 for the original format, whose records are told as such messages. */
  magic: Int,
  producerId: Int,
  isTransactional: z.boolean(),
  /** How the transaction of a record ended; null outside of one, and for control records. */
  transactionState: z.enum(['open', 'committed', 'aborted']).nullable(),
  isControl: z.boolean(),
  /** ABORT, COMMIT, LEADER_CHANGE … for control records, else null. */
  controlType: z.string().nullable(),
  /** Records of Kafka's own topics: names and values of their fields; absent in all others. */
  decoded: z
    .object({
      /** OffsetCommit, Topic, …; null where the type is not known. */
      name: z.string().nullable(),
      type: Int.nullable(),
      /** Of the value; null where there is none. */
      version: Int.nullable(),
      key: DecodedSchema.nullable(),
      value: DecodedSchema.nullable(),
      /** Why a part of it could not be decoded; the raw key and value are always there. */
      flaw: z.string().nullable(),
    })
    .optional(),
});
export type RecordRow = z.infer<typeof RecordSchema>;

/** A line of `strata records --json`: with the key and the value in the formats that were asked for. */
export const PrintedRecordSchema = RecordSchema.extend({
  /** JSON as itself, else a string, as integers are; null where there is none, or none of the format. */
  key: z.json().optional(),
  value: z.json().optional(),
});

/** What to search records for: text and regular expressions see the bytes as UTF-8; bytes are hexadecimal. */
export const RecordPatternSchema = z.object({
  kind: z.enum(['text', 'bytes', 'regex']),
  pattern: z.string().min(1).max(10_000),
  isCaseSensitive: z.boolean(),
  places: z.array(z.enum(['key', 'value', 'headers'])).min(1),
});
export type RecordPattern = z.infer<typeof RecordPatternSchema>;

export const RecordPageSchema = z.object({
  rows: z.array(RecordSchema),
  /** Where the next page begins; null at the end of the log. */
  nextOffset: Int.nullable(),
  /** What was passed over on the way. */
  problems: z.array(ProblemSchema),
});

export const RecordMatchesSchema = z.object({
  rows: z.array(RecordSchema),
  recordsDone: Count,
  /** Where the search goes on after the limit or the record below; null at the end of the log. */
  nextOffset: Int.nullable(),
  /** Of the record with which the expression came to no end in its time: the search stopped there. */
  slowOffset: Int.nullable(),
  /** Something on the way could not be read: what it held was not searched. */
  hasUnreadable: z.boolean(),
});
export type RecordMatches = z.infer<typeof RecordMatchesSchema>;

export const TransactionsSchema = z.object({
  /** In the order of their markers, open ones last. */
  transactions: z.array(
    z.object({
      producerId: Int,
      producerEpoch: Int,
      firstOffset: Int,
      /** Of the marker; null while open. */
      lastOffset: Int.nullable(),
      state: z.enum(['open', 'committed', 'aborted']),
    }),
  ),
  /** Of all, where more than the limit were found. */
  total: Count,
  /** First offset of the earliest open transaction; null where none is open. */
  firstOpenOffset: Int.nullable(),
});
export type Transactions = z.infer<typeof TransactionsSchema>;

/** One batch for a hex view; fields follow one another and tile the bytes they are in. */
export const BatchAnatomySchema = z.object({
  bytes: z.instanceof(Uint8Array),
  /** The decompressed records; null where they are not compressed or cannot be read. */
  recordBytes: z.instanceof(Uint8Array).nullable(),
  fields: z.array(
    z.object({
      name: z.string(),
      /** Which bytes the position counts in. */
      in: z.enum(['batch', 'records']),
      position: Count,
      sizeInBytes: Count,
      text: z.string(),
      recordIndex: Count.nullable(),
    }),
  ),
  isCut: z.boolean(),
});
export type BatchAnatomy = z.infer<typeof BatchAnatomySchema>;

/** Bytes of an index, a snapshot or a checkpoint for a hex view; fields follow one another without overlap. */
export const FileAnatomySchema = z.object({
  /** Of the whole file. */
  sizeInBytes: Count,
  /** Position of the first of the bytes. */
  from: Count,
  bytes: z.instanceof(Uint8Array),
  fields: z.array(
    z.object({
      name: z.string(),
      /** In the bytes. */
      position: Count,
      sizeInBytes: Count,
      text: z.string(),
      /** From the start of the file; null in the header, or where it is not known. */
      entryIndex: Count.nullable(),
    }),
  ),
});
export type FileAnatomy = z.infer<typeof FileAnatomySchema>;
