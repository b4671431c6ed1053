/** The sums over a report that its summaries begin with, and verdicts that they share. Pure. */
import type { CompactionLogPlan } from '../../shared/compaction';
import type { Report, ReportLog } from '../../shared/report';
import { CLUSTER_METADATA_TOPIC } from '../engine/format/file-names';

export interface ReportFigures {
  readonly logCount: number;
  readonly segmentCount: number;
  readonly sizeInBytes: number;
  /** null where a log was not counted. */
  readonly recordCount: number | null;
  readonly problemCount: number;
  readonly errorCount: number;
  readonly unreadableLogCount: number;
  readonly retentionFreesBytes: number;
  readonly retentionDeletesCount: number;
}

export function reportFigures({ logs }: Report): ReportFigures {
  const found = logs.flatMap(({ inspection }) => (inspection === null ? [] : [inspection]));
  const plans = logs.flatMap((log) => retentionPlanOf(log) ?? []);
  const sum = <Row>(rows: readonly Row[], of: (row: Row) => number) =>
    rows.reduce((total, row) => total + of(row), 0);
  const isCounted = found.every(({ recordCount }) => recordCount !== null);
  return {
    logCount: logs.length,
    segmentCount: sum(found, ({ segments }) => segments.length),
    sizeInBytes: sum(found, ({ sizeInBytes }) => sizeInBytes),
    recordCount: isCounted ? sum(found, ({ recordCount }) => recordCount ?? 0) : null,
    problemCount: sum(found, ({ problems }) => problems.length),
    errorCount: sum(found, ({ problems }) => problems.filter(({ severity }) => severity === 'error').length),
    unreadableLogCount: logs.length - found.length,
    retentionFreesBytes: sum(plans, ({ freedBytes }) => freedBytes),
    retentionDeletesCount: sum(plans, ({ deletions }) => deletions.length),
  };
}

/** null where nothing goes by it: the metadata log has snapshot rules of its own. */
export function retentionPlanOf({ topic, retention }: ReportLog) {
  return topic === CLUSTER_METADATA_TOPIC ? null : (retention?.plan ?? null);
}

/** Whether damage ended the analysis, before it knew what would be left. */
export const isDamaged = ({ reasons }: CompactionLogPlan): boolean => reasons.includes('damaged');

const COMPACTION_REASONS: Readonly<Record<CompactionLogPlan['reasons'][number], string>> = {
  policy: 'cleanup.policy has no compact',
  empty: 'there is nothing to clean',
  'active-segment': 'the active segment is never cleaned',
  'min-compaction-lag': 'min.compaction.lag.ms is not over',
  'open-transaction': 'a transaction is open',
  'high-watermark': 'replicas are behind',
  'dirty-ratio': 'the dirty ratio is not above min.cleanable.dirty.ratio',
  'dirty-ratio-exceeded': 'the dirty ratio is above min.cleanable.dirty.ratio',
  'max-compaction-lag-exceeded': 'max.compaction.lag.ms is over',
  damaged: 'a batch is damaged',
};

/** Whether the cleaner takes the log now, and if not, why. */
export function compactionVerdict({ eligible, reasons }: CompactionLogPlan): string {
  return eligible ? 'yes' : `no: ${reasons.map((reason) => COMPACTION_REASONS[reason]).join(', ')}`;
}

export const segmentsText = (count: number): string => (count === 1 ? '1 segment' : `${count} segments`);
