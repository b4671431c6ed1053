/** The sums over a report that its summaries begin with. Pure. */
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

export const segmentsText = (count: number): string => (count === 1 ? '1 segment' : `${count} segments`);
