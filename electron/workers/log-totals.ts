/** The totals of one inspection, as a list of logs shows them. Pure; reads no file. */
import type { z } from 'zod';
import type { LogSchema } from '../../shared/inspection';
import { worstSeverityOf } from '../../shared/problem';
import type { LogTotals } from './scan-contract';

export function totalsOf(inspection: z.infer<typeof LogSchema>): LogTotals {
  let largestTimestampMs: number | null = null;
  for (const segment of inspection.segments) {
    const timestampMs = segment.largestTimestampMs;
    if (timestampMs !== null && timestampMs > (largestTimestampMs ?? Number.NEGATIVE_INFINITY)) {
      largestTimestampMs = timestampMs;
    }
  }
  return {
    segmentCount: inspection.segments.length,
    sizeInBytes: inspection.sizeInBytes,
    logStartOffset: inspection.logStartOffset,
    logEndOffset: inspection.logEndOffset,
    largestTimestampMs,
    problemCount: inspection.problems.length,
    worstSeverity: worstSeverityOf(inspection.problems),
  };
}
