/** What a report is made with: what it shall hold, for which time, and who watches. */
import type { ReportContents } from '../../shared/report-request';
import type { Bytes, TimestampMs } from '../../shared/units';

export interface ReportOptions
  extends Omit<ReportContents, 'formats' | 'tables' | 'tellsHostName' | 'isRedacted' | 'hashesTopics'> {
  /** Of the program. */
  readonly version: string;
  readonly nowMs: TimestampMs;
  /** null where the report shall not tell it. */
  readonly hostName: string | null;
  /** Path of a server.properties, or null. */
  readonly brokerConfig: string | null;
  /** Strata's own, whose journal knows the runs on a log; null where they are not told. */
  readonly stateDirectory: string | null;
  readonly signal?: AbortSignal;
  /** Bytes of .log files, once for each pass over them. */
  readonly onProgress?: (progress: { bytesDone: Bytes; bytesTotal: Bytes }) => void;
}
