/**
 * A report as flat tables: one row a log, segment, problem, file, fate or setting. What CSV and Parquet write.
 *
 * Columns have the names of the JSON they are from. Every row says where it is from, so that the tables of many
 * reports can be put below one another. Pure; knows no format.
 */
import type { CompactionLogPlan } from '../../shared/compaction';
import type { ReportedWriter } from '../../shared/engine-writer';
import type { PlannedIndexFile } from '../../shared/index-rebuild';
import { STARTUP_REASONS } from '../../shared/plan/startup-reasons';
import type { Report } from '../../shared/report';
import { statisticsTables } from './statistics-tables';
import { flag, integer, LOG_NAME, ofLogs, real, type Table, tableOf, text } from './table-columns';

/** All tables, also those without a row; of what was not asked for, none. */
export function reportTables(report: Report): readonly Table[] {
  return [
    logsTable(report),
    segmentsTable(report),
    problemsTable(report),
    filesTable(report),
    retentionTable(report),
    settingsTable(report),
    writersTable(report),
    runsTable(report),
    compactionTable(report),
    ...(report.logs.every(({ indexRebuild }) => indexRebuild === null) ? [] : [indexRebuildTable(report)]),
    ...(report.startup === null ? [] : [startupTable(report)]),
    ...(report.logs.every(({ transactions }) => transactions === null) ? [] : [transactionsTable(report)]),
    ...statisticsTables(report),
  ];
}

function freedBytes(plan: CompactionLogPlan | null): number | null {
  return plan === null ? null : plan.bytesBefore - plan.bytesAfter;
}

function logsTable(report: Report): Table {
  return tableOf(
    report,
    'logs',
    ofLogs(report, (log) => [log]),
    [
      ...LOG_NAME,
      text('state', ({ log }) => log.state),
      text('error', ({ log }) => log.error?.message ?? null),
      integer('segmentCount', ({ log }) => log.inspection?.segments.length ?? null),
      integer('sizeInBytes', ({ log }) => log.inspection?.sizeInBytes ?? null),
      integer('logStartOffset', ({ log }) => log.inspection?.logStartOffset ?? null),
      integer('logEndOffset', ({ log }) => log.inspection?.logEndOffset ?? null),
      integer('recordCount', ({ log }) => log.inspection?.recordCount ?? null),
      flag('recordCountIsExact', ({ log }) => log.inspection?.recordCountIsExact ?? null),
      integer('problemCount', ({ log }) => log.inspection?.problems.length ?? null),
      text('cleanupPolicy', ({ log }) => log.retention?.plan.cleanupPolicy ?? null),
      text('policySource', ({ log }) => log.retention?.plan.policySource ?? null),
      integer('retentionFreesBytes', ({ log }) => log.retention?.plan.freedBytes ?? null),
      real('ingestBytesPerMs', ({ log }) => log.retention?.growth?.bytesPerMs ?? null),
      flag('compactionIsEligible', ({ log }) => log.compaction?.analysis?.plan.eligible ?? null),
      real('dirtyRatio', ({ log }) => log.compaction?.analysis?.plan.dirtyRatio ?? null),
      integer('compactionFreesBytes', ({ log }) => freedBytes(log.compaction?.analysis?.plan ?? null)),
    ],
  );
}

function segmentsTable(report: Report): Table {
  return tableOf(
    report,
    'segments',
    ofLogs(report, (log) => log.inspection?.segments ?? []),
    [
      ...LOG_NAME,
      integer('baseOffset', ({ row }) => row.baseOffset),
      integer('lastOffset', ({ row }) => row.lastOffset),
      integer('sizeInBytes', ({ row }) => row.sizeInBytes),
      integer('batchCount', ({ row }) => row.batchCount),
      integer('recordCount', ({ row }) => row.recordCount),
      integer('firstTimestampMs', ({ row }) => row.firstTimestampMs),
      integer('largestTimestampMs', ({ row }) => row.largestTimestampMs),
      text('largestTimestampSource', ({ row }) => row.largestTimestampSource),
      integer('modifiedAtMs', ({ row }) => row.modifiedAtMs),
      flag('isActive', ({ row }) => row.isActive),
      text('codecs', ({ row }) => row.codecs.join(' ')),
      integer('offsetIndexEntryCount', ({ row }) => row.offsetIndex?.entryCount ?? null),
      integer('offsetIndexSizeInBytes', ({ row }) => row.offsetIndex?.sizeInBytes ?? null),
      real('offsetIndexGapBytesMean', ({ row }) => row.offsetIndex?.gapBytesMean ?? null),
      integer('offsetIndexGapBytesMax', ({ row }) => row.offsetIndex?.gapBytesMax ?? null),
      integer('timeIndexEntryCount', ({ row }) => row.timeIndex?.entryCount ?? null),
      integer('timeIndexSizeInBytes', ({ row }) => row.timeIndex?.sizeInBytes ?? null),
      integer('problemCount', ({ row }) => row.problemCount),
    ],
  );
}

function problemsTable(report: Report): Table {
  return tableOf(
    report,
    'problems',
    ofLogs(report, (log) => log.inspection?.problems ?? []),
    [
      ...LOG_NAME,
      text('code', ({ row }) => row.code),
      text('severity', ({ row }) => row.severity),
      text('file', ({ row }) => row.file),
      integer('position', ({ row }) => row.position),
      integer('sizeInBytes', ({ row }) => row.sizeInBytes),
      integer('baseOffset', ({ row }) => row.baseOffset),
      text('message', ({ row }) => row.message),
      text('consequence', ({ row }) => row.consequence),
    ],
  );
}

function filesTable(report: Report): Table {
  return tableOf(
    report,
    'files',
    ofLogs(report, (log) => log.files),
    [
      ...LOG_NAME,
      integer('baseOffset', ({ row }) => row.baseOffset),
      text('suffix', ({ row }) => row.suffix),
      integer('sizeInBytes', ({ row }) => row.sizeInBytes),
      integer('modifiedAtMs', ({ row }) => row.modifiedAtMs),
    ],
  );
}

function retentionTable(report: Report): Table {
  const fates = ofLogs(report, ({ retention }) => {
    if (retention === null) return [];
    const { deletions, kept } = retention.plan;
    return [
      ...deletions.map((segment) => ({ ...segment, isDeleted: true, dueAtMs: null })),
      ...kept.map((segment) => ({ ...segment, isDeleted: false })),
    ];
  });
  return tableOf(report, 'retention', fates, [
    ...LOG_NAME,
    integer('baseOffset', ({ row }) => row.baseOffset),
    integer('sizeInBytes', ({ row }) => row.sizeInBytes),
    flag('isDeleted', ({ row }) => row.isDeleted),
    text('reason', ({ row }) => row.reason),
    integer('dueAtMs', ({ row }) => row.dueAtMs),
    integer('largestTimestampMs', ({ row }) => row.largestTimestampMs),
    text('largestTimestampSource', ({ row }) => row.largestTimestampSource),
  ]);
}

function compactionTable(report: Report): Table {
  return tableOf(
    report,
    'compaction',
    ofLogs(report, (log) => log.compaction?.analysis?.plan.segments ?? []),
    [
      ...LOG_NAME,
      integer('baseOffset', ({ row }) => row.baseOffset),
      text('sourceBaseOffsets', ({ row }) => row.sourceBaseOffsets.join(' ')),
      flag('isCleaned', ({ row }) => row.isCleaned),
      integer('recordsBefore', ({ row }) => row.recordsBefore),
      integer('recordsAfter', ({ row }) => row.recordsAfter),
      integer('bytesBefore', ({ row }) => row.bytesBefore),
      integer('bytesAfter', ({ row }) => row.bytesAfter),
      flag('bytesAfterIsExact', ({ row }) => row.bytesAfterIsExact),
      integer('supersededCount', ({ row }) => row.supersededCount),
      integer('nullKeyCount', ({ row }) => row.nullKeyCount),
      integer('abortedCount', ({ row }) => row.abortedCount),
      integer('tombstonesKeptCount', ({ row }) => row.tombstonesKeptCount),
      integer('tombstonesDroppedCount', ({ row }) => row.tombstonesDroppedCount),
    ],
  );
}

function settingsTable(report: Report): Table {
  const settings = ofLogs(report, ({ retention, compaction }) =>
    Object.entries({ ...compaction?.facts.settings, ...retention?.facts.settings }),
  );
  return tableOf(report, 'settings', settings, [
    ...LOG_NAME,
    text('setting', ({ row: [name] }) => name),
    text('value', ({ row: [, { value }] }) => value),
    text('source', ({ row: [, { source }] }) => source),
  ]);
}

/** Counters are since the log was opened; none where the program leaves none. */
function writersTable(report: Report): Table {
  const writers = ofLogs(report, ({ writer }) => (writer === null ? [] : [writer]));
  type Counters = NonNullable<ReportedWriter['metrics']>;
  const counter = (name: string, of: (counters: Counters) => number) =>
    integer<(typeof writers)[number]>(name, ({ row: { metrics } }) =>
      metrics === null ? null : of(metrics),
    );
  const latency = (name: string, of: (counters: Counters) => number) =>
    real<(typeof writers)[number]>(name, ({ row: { metrics } }) => (metrics === null ? null : of(metrics)));
  return tableOf(report, 'writers', writers, [
    ...LOG_NAME,
    text('state', ({ row }) => row.state),
    text('flaw', ({ row }) => row.flaw),
    counter('processId', ({ processId }) => processId),
    counter('openedAtMs', ({ openedAtMs }) => openedAtMs),
    counter('writtenAtMs', ({ writtenAtMs }) => writtenAtMs),
    counter('appendCount', ({ metrics }) => metrics.appendCount),
    counter('recordCount', ({ metrics }) => metrics.recordCount),
    counter('appendedBytes', ({ metrics }) => metrics.appendedBytes),
    counter('failedAppendCount', ({ metrics }) => metrics.failedAppendCount),
    counter('slowAppendCount', ({ metrics }) => metrics.slowAppendCount),
    latency('slowAppendMs', ({ slowAppendMs }) => slowAppendMs),
    latency('appendMsMean', ({ metrics }) => metrics.appendLatency.meanMs),
    latency('appendMsP50', ({ metrics }) => metrics.appendLatency.p50Ms),
    latency('appendMsP99', ({ metrics }) => metrics.appendLatency.p99Ms),
    latency('appendMsMax', ({ metrics }) => metrics.appendLatency.maxMs),
    counter('rollCount', ({ metrics }) => metrics.rollCount),
    counter('deletedSegmentCount', ({ metrics }) => metrics.deletedSegmentCount),
    counter('diskFullCount', ({ metrics }) => metrics.diskFullCount),
    counter('failedRetentionCount', ({ metrics }) => metrics.failedRetentionCount),
    counter('compactionCount', ({ metrics }) => metrics.compactionCount),
    counter('compactionFreedBytes', ({ metrics }) => metrics.compactionFreedBytes),
    counter('failedCompactionCount', ({ metrics }) => metrics.failedCompactionCount),
    flag('isUncleanable', ({ row }) => row.metrics?.metrics.isUncleanable ?? null),
    flag('isStopped', ({ row }) => row.metrics?.metrics.isStopped ?? null),
    counter('diskAvailableBytes', ({ disk }) => disk.availableBytes),
  ]);
}

function runsTable(report: Report): Table {
  return tableOf(
    report,
    'runs',
    ofLogs(report, ({ runs }) => runs),
    [
      ...LOG_NAME,
      text('runId', ({ row }) => row.runId),
      text('groupId', ({ row }) => row.groupId),
      text('kind', ({ row }) => row.kind),
      text('state', ({ row }) => row.state),
      integer('startedAtMs', ({ row }) => row.startedAtMs),
      integer('deletedSegmentCount', ({ row }) => row.deletedSegmentCount),
      integer('freedBytes', ({ row }) => row.freedBytes),
      integer('purgeDueAtMs', ({ row }) => row.purgeDueAtMs),
    ],
  );
}

/** A segment that stays as it is has a row without a file. */
function indexRebuildTable(report: Report): Table {
  type Row = Partial<PlannedIndexFile> & Pick<PlannedIndexFile, 'baseOffset' | 'why'>;
  const rows = ofLogs<Row>(report, ({ indexRebuild }) => [
    ...(indexRebuild?.files ?? []),
    ...(indexRebuild?.blocked ?? []),
  ]);
  return tableOf(report, 'index-rebuild', rows, [
    ...LOG_NAME,
    integer('baseOffset', ({ row }) => row.baseOffset),
    text('file', ({ row }) => row.name ?? null),
    text('reason', ({ row }) => row.reason ?? 'blocked'),
    text('why', ({ row }) => row.why),
    integer('entriesBefore', ({ row }) => row.entriesBefore ?? null),
    integer('entriesAfter', ({ row }) => row.entriesAfter ?? null),
    integer('bytesBefore', ({ row }) => row.bytesBefore ?? null),
    integer('bytesAfter', ({ row }) => row.bytesAfter ?? null),
  ]);
}

function startupTable(report: Report): Table {
  const byName = new Map(report.logs.map((log) => [log.name, log]));
  const steps = report.startup?.plan?.steps ?? [];
  const rows = steps.map((step) => ({ step, log: byName.get(step.log ?? '') }));
  type Row = (typeof rows)[number];
  return tableOf<Row>(report, 'startup', rows, [
    // Of the data directory itself none; of a directory that is missing, or holds no log, no topic.
    text('log', ({ step }) => step.log),
    text('topic', ({ log }) => log?.topic ?? null),
    integer('partition', ({ log }) => log?.partition ?? null),
    text('file', ({ step }) => step.file),
    text('action', ({ step }) => step.action),
    text('toName', ({ step }) => step.toName),
    integer('sizeInBytes', ({ step }) => step.sizeInBytes),
    integer('sizeAfterInBytes', ({ step }) => step.sizeAfterInBytes),
    text('reason', ({ step }) => step.reason),
    text('detail', ({ step }) => step.detail),
    text('meaning', ({ step }) => STARTUP_REASONS[step.reason]),
  ]);
}

function transactionsTable(report: Report): Table {
  return tableOf(
    report,
    'transactions',
    ofLogs(report, ({ transactions }) => transactions?.transactions ?? []),
    [
      ...LOG_NAME,
      text('state', ({ row }) => row.state),
      integer('producerId', ({ row }) => row.producerId),
      integer('producerEpoch', ({ row }) => row.producerEpoch),
      integer('firstOffset', ({ row }) => row.firstOffset),
      integer('lastOffset', ({ row }) => row.lastOffset),
    ],
  );
}
