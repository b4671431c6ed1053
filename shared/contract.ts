/**
 * Everything the window can ask of the main process, and everything main may tell it: the single source of truth.
 *
 * Rules: params are always parsed in main; paths never come from the page (main gives out ids for what the
 * user chose); lists come as pages; events say what changed, never the data.
 */
import { z } from 'zod';
import {
  CompactionFactsSchema,
  CompactionWishSchema,
  ConfirmedCompactionSchema,
  SentAnalysisSchema,
} from './compaction';
import { DiskUsageSchema } from './disk-usage';
import { EngineWriterSchema } from './engine-writer';
import { IndexFiguresSchema, IndexOutcomeSchema } from './index-facts';
import {
  ConfirmedIndexRebuildSchema,
  IndexRebuildLogPlanSchema,
  IndexRebuildWishSchema,
} from './index-rebuild';
import {
  BatchAnatomySchema,
  BrokerStateSchema,
  DepthSchema,
  FileAnatomySchema,
  LogFormatSchema,
  ProblemSchema,
  RecordMatchesSchema,
  RecordPageSchema,
  RecordPatternSchema,
  SegmentSchema,
  SeveritySchema,
  SpanSchema,
  TransactionsSchema,
} from './inspection';
import { PAGE_LIMIT, RECORD_PAGE_LIMIT } from './page-limits';
import { ComparisonRowSchema, ComparisonSchema } from './report-diff';
import { ReportContentsSchema } from './report-request';
import { ConfirmedRetentionSchema, RetentionFactsSchema, RetentionWishSchema, RunSchema } from './retention';
import type { Contract } from './rpc';
import { SalvageReportSchema } from './salvage';
import { StartupStepSchema, StartupSummarySchema } from './startup';
import { StatisticsSchema } from './statistics';

const Int = z.number().int();
const Count = Int.nonnegative();
const Id = z.string().min(1).max(100);
const FILE_NAME_LENGTH_MAX = 300;
const LogRef = z.object({ logId: Id });
const SegmentRef = z.object({ logId: Id, baseOffset: Int });
const Page = { from: Count, limit: Int.positive().max(PAGE_LIMIT) };
/** Of what is read or written; the total may grow on the way. */
export const BytesProgressSchema = z.object({ bytesDone: Count, bytesTotal: Count });
export const RecordSearchProgressSchema = BytesProgressSchema.extend({
  recordsDone: Count,
  /** All so far: reports may be held back. */
  rows: RecordMatchesSchema.shape.rows,
  hasUnreadable: RecordMatchesSchema.shape.hasUnreadable,
  /** Where a search that is cancelled now goes on. */
  nextOffset: Int,
});
const Nothing = z.object({});

export const ErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

export const LogSummarySchema = z.object({
  logId: Id,
  /** Directory name, `topic-partition` as a rule. */
  name: z.string(),
  topic: z.string(),
  partition: Int.nullable(),
  state: z.enum(['current', 'future', 'deleted', 'stray']),
  format: LogFormatSchema,
  segmentCount: Count,
  sizeInBytes: Count,
  logStartOffset: Int,
  logEndOffset: Int,
  largestTimestampMs: Int.nullable(),
  problemCount: Count,
  /** Of the problems; null where there are none. */
  worstSeverity: SeveritySchema.nullable(),
  /** Grows with every change seen on disk. */
  generation: Count,
  /** True while the files of the log were not read yet: the numbers above are then 0 and mean nothing. */
  isPending: z.boolean().optional(),
  /** Why the log cannot be read; the numbers are then 0 or those of an earlier generation. */
  error: ErrorSchema.nullable().optional(),
});
export type LogSummary = z.infer<typeof LogSummarySchema>;

/** Of a directory that was saved as a report: when, where and how deep it was looked at. */
export const SavedReportSchema = z.object({
  madeAtMs: Int,
  /** null where it was not asked for. */
  hostName: z.string().nullable(),
  depth: DepthSchema,
});
export type SavedReport = z.infer<typeof SavedReportSchema>;

export const DirectorySchema = z.object({
  directoryId: Id,
  name: z.string(),
  path: z.string(),
  /** log: the directory is one log. data-directory: its children are logs. */
  kind: z.enum(['log', 'data-directory']),
  broker: BrokerStateSchema,
  logs: z.array(LogSummarySchema),
  /** Left out for a directory on this disk. With it, nothing is read any more: records and changes are not to be had. */
  savedReport: SavedReportSchema.extend({
    /** Of the directory that was looked at, as the report tells it. */
    path: z.string(),
    /** Keys and names of headers, where it has any, are then keyed hashes. */
    isRedacted: z.boolean(),
  }).optional(),
});
export type Directory = z.infer<typeof DirectorySchema>;

export const RecentSchema = z.object({ recentId: Id, name: z.string(), path: z.string(), openedAtMs: Int });
export type Recent = z.infer<typeof RecentSchema>;

/** A file or directory that the user chose for something else than opening. */
export const PlaceSchema = z.object({ placeId: Id, name: z.string(), path: z.string() });
export type Place = z.infer<typeof PlaceSchema>;

export const ThemeSchema = z.enum(['system', 'light', 'dark']);
export type Theme = z.infer<typeof ThemeSchema>;

export const contract = {
  calls: {
    /** First call of the page: what main already knows, the directory of the command line included. */
    'app.start': {
      params: Nothing,
      result: z.object({
        version: z.string(),
        theme: ThemeSchema,
        recent: z.array(RecentSchema),
        directory: DirectorySchema.nullable(),
        /** Why the directory of the command line could not be opened. */
        openError: ErrorSchema.nullable(),
      }),
    },
    'app.setTheme': { params: z.object({ theme: ThemeSchema }), result: Nothing },
    /** Shows the system's dialog; null where the user cancelled. */
    'directory.choose': { params: Nothing, result: DirectorySchema.nullable() },
    /** As above, for a report that was saved. */
    'directory.chooseReport': { params: Nothing, result: DirectorySchema.nullable() },
    /** Writes a sample log in a new directory at the place, and opens it. Cancelled, nothing of it is left. */
    'directory.createSample': {
      params: z.object({ placeId: Id }),
      result: DirectorySchema,
      progress: BytesProgressSchema,
    },
    /** Only the preload script may send this one, with the path of a really dropped file. */
    'directory.openDropped': { params: z.object({ path: z.string().min(1) }), result: DirectorySchema },
    'directory.openRecent': { params: z.object({ recentId: Id }), result: DirectorySchema },
    'directory.forgetRecent': { params: z.object({ recentId: Id }), result: z.array(RecentSchema) },
    'directory.refresh': { params: z.object({ directoryId: Id }), result: DirectorySchema },
    /** What a broker would do at its next start, to one log or (null) to the whole directory. Checks as a broker would. */
    'directory.startup': {
      params: z.object({ directoryId: Id, logId: Id.nullable() }),
      result: StartupSummarySchema,
      progress: BytesProgressSchema,
    },
    /** Steps of the plan made last; none where that was for something else. isAll: those that change nothing, too. */
    'directory.startupSteps': {
      params: z.object({ directoryId: Id, logId: Id.nullable(), isAll: z.boolean(), ...Page }),
      result: z.object({ total: Count, rows: z.array(StartupStepSchema) }),
    },
    /**
     * What is wrong with a data directory, and then with its logs in their order: of a log as much as is known, everything
     * once it was verified. Of those still pending nothing is known yet, or nothing since they changed.
     */
    'directory.problems': {
      params: z.object({ directoryId: Id, ...Page }),
      result: z.object({
        total: Count,
        rows: z.array(
          /** null: of the directory itself. */
          z.object({ logId: Id.nullable(), log: z.string().nullable(), problem: ProblemSchema }),
        ),
        logCount: Count,
        logCountWithProblems: Count,
        pendingLogCount: Count,
        /** Logs of which every byte was read since they changed last. */
        verifiedLogCount: Count,
      }),
    },
    /** Reads every byte of all logs; cancelled, those that were read stay verified. */
    'directory.verify': {
      params: z.object({ directoryId: Id }),
      result: z.object({ problemCount: Count, unreadableLogCount: Count }),
      progress: BytesProgressSchema.extend({ problemCount: Count }),
    },
    /** What takes the space: what is known of it after a moment; the rest is announced by `directory.changed`. */
    'directory.usage': { params: z.object({ directoryId: Id }), result: DiskUsageSchema },
    'directory.close': { params: z.object({ directoryId: Id }), result: Nothing },
    /**
     * Shows the system's dialog; null where the user cancelled. archive, copy: a directory that segments are copied
     * into. sample, salvage: one that gets a new directory with a log. report: one that the files of a report go into.
     * compared-directory, compared-report: the other side of a comparison. broker-config: a server.properties.
     */
    'place.choose': {
      params: z.object({
        purpose: z.enum([
          ...(['archive', 'copy', 'sample', 'salvage', 'report', 'broker-config'] as const),
          ...(['compared-directory', 'compared-report'] as const),
        ]),
      }),
      result: PlaceSchema.nullable(),
    },
    /** Shows the place in the system's file manager. */
    'place.reveal': { params: z.object({ placeId: Id }), result: Nothing },
    /**
     * Reads the directory anew, as deep as is asked for, and writes the files of a report into the place. Refused with
     * ALREADY_THERE where one of them is there and none shall be written over; nothing is written then.
     */
    'report.write': {
      params: z.object({
        ...{ directoryId: Id, placeId: Id, contents: ReportContentsSchema },
        /** Beside the formats of the contents. */
        hasPdf: z.boolean(),
        overwrites: z.boolean(),
      }),
      result: z.object({ files: z.array(z.object({ name: z.string(), sizeInBytes: Count })) }),
      progress: BytesProgressSchema,
    },
    /**
     * Reads the place, a directory or a report, and what is open, and of two directories the records of both. What was
     * looked at earlier is before; of two directories what is open. counts: the records of data directories, too.
     */
    'report.compare': {
      params: z.object({ directoryId: Id, placeId: Id, counts: z.boolean() }),
      result: ComparisonSchema,
      progress: BytesProgressSchema,
    },
    /** Rows of the comparison made last; none where that was of something else. */
    'report.differences': {
      params: z.object({ directoryId: Id, ...Page }),
      result: z.object({ total: Count, rows: z.array(ComparisonRowSchema) }),
    },
    /** Segments in ascending order; counts are null until `log.count` has run for this generation. */
    'log.segments': {
      params: LogRef.extend(Page),
      result: z.object({
        generation: Count,
        total: Count,
        summary: LogSummarySchema,
        /** True where every byte was read for them. */
        isVerified: z.boolean(),
        rows: z.array(SegmentSchema),
      }),
    },
    /** Reads every batch header of the log; afterwards `log.segments` has exact counts. */
    'log.count': { params: LogRef, result: z.object({ generation: Count }), progress: BytesProgressSchema },
    /** Reads every byte of the log; afterwards `log.problems` is complete. */
    'log.verify': {
      params: LogRef,
      result: z.object({ generation: Count, problemCount: Count, errorCount: Count, durationMs: Count }),
      progress: BytesProgressSchema.extend({ problemCount: Count }),
    },
    'log.problems': {
      params: LogRef.extend(Page),
      result: z.object({
        generation: Count,
        total: Count,
        /** False until `log.verify` has run for this generation. */
        isComplete: z.boolean(),
        rows: z.array(ProblemSchema),
      }),
    },
    /** Records from an offset or a time on (default: the first on disk); long contents are cut, their sizes tell. */
    'log.records': {
      params: LogRef.extend({
        fromOffset: Int.optional(),
        fromTimestampMs: Int.optional(),
        /** Base offset of a segment: no other one is read. */
        onlySegment: Int.optional(),
        limit: Int.positive().max(RECORD_PAGE_LIMIT),
      }),
      result: RecordPageSchema,
    },
    /** One record in full, up to a MiB of each part; no row where there is none at this offset. */
    'log.record': { params: LogRef.extend({ offset: Int }), result: RecordPageSchema },
    'log.search': {
      params: LogRef.extend({
        pattern: RecordPatternSchema,
        fromOffset: Int.optional(),
        limit: Int.positive().max(RECORD_PAGE_LIMIT),
      }),
      result: RecordMatchesSchema,
      progress: RecordSearchProgressSchema,
    },
    /** Reads every byte of the log. */
    'log.transactions': {
      params: LogRef.extend({ limit: Int.positive().max(PAGE_LIMIT) }),
      result: TransactionsSchema,
      progress: BytesProgressSchema,
    },
    /** Reads every byte of the log, or of one segment: what its records are and what each byte of its files is. */
    'log.statistics': {
      params: LogRef.extend({ segmentBaseOffset: Int.nullable() }),
      result: StatisticsSchema,
      progress: BytesProgressSchema.extend({ recordsDone: Count }),
    },
    /** Who writes the log with the engine, and its counters; null where nothing says that anybody does or did. */
    'log.engineWriter': { params: LogRef, result: EngineWriterSchema.nullable() },
    /** Reads the batch headers of the log. */
    'log.indexFigures': { params: LogRef, result: IndexFiguresSchema, progress: BytesProgressSchema },
    /** What the indexes would be, from what was read last. @throws NOT_FOUND where that was another log */
    'log.indexWhatIf': {
      params: LogRef.extend({ indexIntervalBytes: Count }),
      result: IndexOutcomeSchema,
    },
    /** Reads every byte of the log. */
    'log.indexRebuildPlan': {
      params: LogRef.extend(IndexRebuildWishSchema.shape),
      result: IndexRebuildLogPlanSchema,
      progress: BytesProgressSchema,
    },
    /** Refused with PLAN_OUTDATED where, planned again under the lock, it would come out otherwise. */
    'log.rebuildIndexes': {
      params: LogRef.extend(ConfirmedIndexRebuildSchema.shape),
      result: RunSchema,
      progress: BytesProgressSchema,
    },
    /** What shared/plan/retention-plan.ts needs, the settings with their sources included. */
    'log.retentionFacts': {
      params: LogRef.extend({
        ...RetentionWishSchema.pick({ cleanupPolicy: true, clock: true }).shape,
        brokerConfigId: Id.nullable(),
      }),
      result: RetentionFactsSchema,
    },
    /** Refused with PLAN_OUTDATED where, planned again under the lock, other segments would go. */
    'log.applyRetention': {
      params: LogRef.extend({
        ...ConfirmedRetentionSchema.shape,
        ...{ brokerConfigId: Id.nullable(), archivePlaceId: Id.nullable(), copyPlaceId: Id.nullable() },
      }),
      result: RunSchema,
      progress: BytesProgressSchema,
    },
    /** What shared/plan/compaction-eligibility.ts needs, the settings with their sources included. */
    'log.compactionFacts': {
      params: LogRef.extend({
        ...CompactionWishSchema.pick({ cleanupPolicy: true }).shape,
        brokerConfigId: Id.nullable(),
      }),
      result: CompactionFactsSchema,
    },
    /** Reads the dirty part, then everything that is cleaned once more; compressing anew gives sizes of a run of ours. */
    'log.compaction': {
      params: LogRef.extend({
        ...CompactionWishSchema.shape,
        ...{ recompresses: z.boolean(), brokerConfigId: Id.nullable() },
      }),
      result: SentAnalysisSchema,
      progress: BytesProgressSchema,
    },
    /** Refused with PLAN_OUTDATED where, planned again under the lock, it would come out otherwise. */
    'log.compact': {
      params: LogRef.extend({
        ...ConfirmedCompactionSchema.shape,
        ...{ brokerConfigId: Id.nullable(), copyPlaceId: Id.nullable() },
      }),
      result: RunSchema,
      progress: BytesProgressSchema,
    },
    /** Writes the sound batches into a new log at the place, under the same name. The log itself is only read. */
    'log.salvage': {
      params: LogRef.extend({ placeId: Id }),
      result: SalvageReportSchema,
      progress: BytesProgressSchema,
    },
    /** Of this log, the latest first; those with state done or running can be undone or purged. */
    'log.runs': { params: LogRef, result: z.array(RunSchema) },
    /** Refused with STORAGE_UNSAFE while a later run on the same log stands. */
    'log.undoRun': { params: LogRef.extend({ runId: Id }), result: RunSchema },
    /** Frees the space of a run for good. */
    'log.purgeRun': { params: LogRef.extend({ runId: Id }), result: RunSchema },
    /**
     * The bytes of an index, a snapshot or a checkpoint around a position, each field named. The file as a problem names
     * it; any other name is refused with INVALID_ARGUMENT.
     */
    'log.fileBytes': {
      params: LogRef.extend({ file: z.string().min(1).max(FILE_NAME_LENGTH_MAX), position: Count }),
      result: FileAnatomySchema,
    },
    /** The batch at a position with every field named. */
    'segment.batch': { params: SegmentRef.extend({ position: Count }), result: BatchAnatomySchema },
    'segment.files': {
      params: SegmentRef,
      result: z.array(z.object({ name: z.string(), sizeInBytes: Count, modifiedAtMs: Int })),
    },
    /** Spans of the segment file from a span's position on; nextPosition is null at the end. */
    'segment.spans': {
      params: SegmentRef.extend({ fromPosition: Count, limit: Int.positive().max(PAGE_LIMIT) }),
      result: z.object({ rows: z.array(SpanSchema), nextPosition: Count.nullable() }),
    },
    /** Entries of the offset index as columns, thinned evenly to at most `limit`. */
    'segment.offsetIndex': {
      params: SegmentRef.extend({ limit: Int.positive().max(PAGE_LIMIT) }),
      result: z.object({
        entryCount: Count,
        offsets: z.instanceof(Float64Array),
        positions: z.instanceof(Float64Array),
      }),
    },
  },
  events: {
    /** Files of a log changed on disk: ask again for what is on the screen. */
    'log.changed': z.object({ logId: Id, generation: Count }),
    /** Logs came or went in a data directory, or more of their summaries are known: refresh it. */
    'directory.changed': z.object({ directoryId: Id }),
    /** Something came, went or changed in a data directory itself: a log, a checkpoint, a marker. */
    'directory.entriesChanged': z.object({ directoryId: Id }),
    /** A directory was opened from outside the page (menu, second start). */
    'directory.opened': DirectorySchema,
    /** A directory could not be opened from outside the page. */
    'directory.openFailed': z.object({ path: z.string(), error: ErrorSchema }),
    /** A menu item that the page carries out. */
    'menu.command': z.object({ command: z.enum(['palette', 'find', 'refresh', 'verify', 'close']) }),
  },
} as const satisfies Contract;
