/** The sums over a report that its summaries begin with. Pure. */
import type { Report } from '../../shared/report';

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
  const plans = logs.flatMap(({ retention }) => (retention === null ? [] : [retention.plan]));
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
