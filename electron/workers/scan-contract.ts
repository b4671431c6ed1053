/**
 * What main can ask of a scan worker. Unlike the window's contract it speaks in paths: both sides are ours.
 *
 * Answers are the engine's findings as they are; ids, generations and caches are main's business.
 */
import { z } from 'zod';
import { CompactionFactsSchema, CompactionWishSchema, SentAnalysisSchema } from '../../shared/compaction';
import {
  BytesProgressSchema,
  DirectorySchema,
  ErrorSchema,
  LogSummarySchema,
  RecordSearchProgressSchema,
} from '../../shared/contract';
import { DirectorySpaceSchema, LogPolicySchema, LogUsageSchema } from '../../shared/disk-usage';
import { EngineWriterSchema } from '../../shared/engine-writer';
import { IndexFactsSchema, IndexFiguresSchema, IndexOutcomeSchema } from '../../shared/index-facts';
import { IndexRebuildLogPlanSchema, IndexRebuildWishSchema } from '../../shared/index-rebuild';
import {
  BatchAnatomySchema,
  BrokerStateSchema,
  DepthSchema,
  FileAnatomySchema,
  ProblemSchema,
  RecordMatchesSchema,
  RecordPageSchema,
  RecordPatternSchema,
  SpanSchema,
  TransactionsSchema,
} from '../../shared/inspection';
import { PAGE_LIMIT } from '../../shared/page-limits';
import { RetentionFactsSchema, RetentionWishSchema, RunSchema } from '../../shared/retention';
import type { Contract } from '../../shared/rpc';
import { StatisticsSchema } from '../../shared/statistics';
import type { RunRecord } from '../engine/log/run-journal';
import { PackedFilesSchema } from './packed-files';
import { PackedInspectionSchema, PackedStartupSchema } from './packed-inspection';
import { PackedListSchema } from './packed-list';
import { workerEvents } from './worker-events';

const Int = z.number().int();
const Count = Int.nonnegative();
const Path = z.string().min(1);
const Segment = { path: Path, baseOffset: Int };
const Limit = Int.positive().max(PAGE_LIMIT);

/** A log as the listing of a directory gives it, before any of its files was opened. */
export const LogDirectorySchema = LogSummarySchema.pick({
  name: true,
  topic: true,
  partition: true,
  state: true,
  format: true,
}).extend({ path: Path });
export type LogDirectory = z.infer<typeof LogDirectorySchema>;

/** What a list of logs shows of one. */
export const LogTotalsSchema = LogSummarySchema.pick({
  segmentCount: true,
  sizeInBytes: true,
  logStartOffset: true,
  logEndOffset: true,
  largestTimestampMs: true,
  problemCount: true,
  worstSeverity: true,
});
export type LogTotals = z.infer<typeof LogTotalsSchema>;

/** An inspection and the files it was made from, listed before the first of them was read. */
export const InspectedLogSchema = z.object({
  inspection: PackedInspectionSchema,
  totals: LogTotalsSchema,
  /** Where it is deeper than was asked for: a saved report answers with what it has. */
  depth: DepthSchema.optional(),
  files: PackedFilesSchema,
  /** null in a saved report, which tells it when all its logs are asked for. */
  usage: LogUsageSchema.nullable(),
  /** For the next inspection of this log; empty at a glance. The engine's own, so that only it looks inside. */
  segments: PackedListSchema,
});
export type InspectedLog = z.infer<typeof InspectedLogSchema>;

/** The engine's own, as the journal has it. */
const RunRecordSchema = z.custom<RunRecord>((value) => typeof value === 'object' && value !== null);

const CompactionPlaces = {
  log: LogDirectorySchema,
  /** A server.properties that settings are also from. */
  brokerConfigPath: Path.nullable(),
};

export const scanContract = {
  calls: {
    'directory.list': {
      params: z.object({ path: Path }),
      result: DirectorySchema.pick({ name: true, path: true, kind: true, savedReport: true }).extend({
        logs: z.array(LogDirectorySchema),
      }),
    },
    /** Bytes that are checked; the total is an upper bound. */
    'directory.startup': {
      params: z.object({ path: Path }),
      result: PackedStartupSchema,
      progress: BytesProgressSchema,
    },
    /** Of the names in a data directory; what is in its logs is the logs'. */
    'directory.problems': { params: z.object({ path: Path }), result: z.array(ProblemSchema) },
    'directory.brokerState': { params: z.object({ path: Path }), result: BrokerStateSchema },
    /** Of all logs of a data directory, in the order asked for. */
    'logs.policies': {
      params: z.object({ logs: z.array(LogDirectorySchema) }),
      result: z.array(LogPolicySchema),
    },
    /** Of the file system that holds the directory. */
    'directory.space': {
      params: z.object({ path: Path, kind: DirectorySchema.shape.kind }),
      result: DirectorySpaceSchema,
    },
    /** In the order asked for. A log that cannot be read has its error instead, the others go on. */
    'logs.glance': {
      params: z.object({ logs: z.array(LogDirectorySchema) }),
      result: z.array(
        z.object({
          totals: LogTotalsSchema.nullable(),
          usage: LogUsageSchema.nullable(),
          error: ErrorSchema.nullable(),
          files: PackedFilesSchema.nullable(),
        }),
      ),
    },
    /** The regular files of each directory, sorted by name; null where the directory cannot be read. */
    'logs.files': {
      params: z.object({ paths: z.array(Path) }),
      result: z.array(PackedFilesSchema.nullable()),
    },
    /** Of a log, or of the logs of a data directory, the latest first; from Strata's journal. */
    'runs.on': { params: z.object({ path: Path }), result: z.array(RunRecordSchema) },
    'log.runs': { params: z.object({ path: Path }), result: z.array(RunSchema) },
    'log.inspect': {
      params: z.object({ log: LogDirectorySchema, depth: DepthSchema, known: InspectedLogSchema.nullable() }),
      result: InspectedLogSchema,
      progress: BytesProgressSchema.extend({ problemCount: Count }),
    },
    'log.records': {
      params: z.object({
        log: LogDirectorySchema,
        fromOffset: Int.optional(),
        fromTimestampMs: Int.optional(),
        onlySegment: Int.optional(),
        limit: Limit,
        contentBytesMax: Count,
      }),
      result: RecordPageSchema,
    },
    'log.search': {
      params: z.object({
        log: LogDirectorySchema,
        pattern: RecordPatternSchema,
        fromOffset: Int.optional(),
        limit: Limit,
        contentBytesMax: Count,
      }),
      result: RecordMatchesSchema,
      progress: RecordSearchProgressSchema,
    },
    'log.transactions': {
      params: z.object({ path: Path, limit: Limit }),
      result: TransactionsSchema,
      progress: BytesProgressSchema,
    },
    'log.statistics': {
      params: z.object({ log: LogDirectorySchema, segmentBaseOffset: Int.nullable() }),
      result: StatisticsSchema,
      progress: BytesProgressSchema.extend({ recordsDone: Count }),
    },
    'log.engineWriter': { params: z.object({ path: Path }), result: EngineWriterSchema.nullable() },
    /** Columns are in shared memory: main holds them for the calls below, and no copy is made for any. */
    'log.indexFacts': {
      params: z.object({ log: LogDirectorySchema }),
      result: IndexFactsSchema,
      progress: BytesProgressSchema,
    },
    'log.indexFigures': { params: z.object({ facts: IndexFactsSchema }), result: IndexFiguresSchema },
    'log.indexWhatIf': {
      params: z.object({ facts: IndexFactsSchema, indexIntervalBytes: Count }),
      result: IndexOutcomeSchema,
    },
    'log.indexRebuildPlan': {
      params: IndexRebuildWishSchema.extend({ log: LogDirectorySchema }),
      result: IndexRebuildLogPlanSchema,
      progress: BytesProgressSchema,
    },
    'log.retentionFacts': {
      params: RetentionWishSchema.pick({ cleanupPolicy: true, clock: true }).extend({
        log: LogDirectorySchema,
        /** A server.properties that settings are also from. */
        brokerConfigPath: Path.nullable(),
      }),
      result: RetentionFactsSchema,
    },
    'log.compactionFacts': {
      params: CompactionWishSchema.pick({ cleanupPolicy: true }).extend(CompactionPlaces),
      result: CompactionFactsSchema,
    },
    /** Bytes of both passes; the total grows where the offset map has to be filled more than once. */
    'log.compaction': {
      params: CompactionWishSchema.extend({ ...CompactionPlaces, recompresses: z.boolean() }),
      result: SentAnalysisSchema,
      progress: BytesProgressSchema,
    },
    'log.fileBytes': {
      params: z.object({ path: Path, file: z.string(), position: Count, bytesMax: Count }),
      result: FileAnatomySchema,
    },
    'segment.batch': {
      params: z.object({ ...Segment, position: Count, bytesMax: Count }),
      result: BatchAnatomySchema,
    },
    'segment.files': {
      params: z.object(Segment),
      result: z.array(z.object({ name: z.string(), sizeInBytes: Count, modifiedAtMs: Int })),
    },
    'segment.spans': {
      params: z.object({ ...Segment, fromPosition: Count, limit: Limit }),
      result: z.object({ rows: z.array(SpanSchema), nextPosition: Count.nullable() }),
    },
    'segment.offsetIndex': {
      params: z.object({ ...Segment, limit: Limit }),
      result: z.object({
        entryCount: Count,
        offsets: z.instanceof(Float64Array),
        positions: z.instanceof(Float64Array),
      }),
    },
  },
  events: workerEvents,
} as const satisfies Contract;
