/** A retention plan as text for a terminal. Pure. */
import type { RetentionLogPlan, RetentionReport } from '../../shared/retention';
import { refusalText } from './planned-logs';
import { type Column, safeText, sizeText, textTable, timeText } from './text-table';

const KEEP_TEXT: Readonly<Record<RetentionLogPlan['kept'][number]['reason'], string>> = {
  policy: 'cleanup.policy has no delete',
  'no-limit': 'no retention.ms and no retention.bytes',
  'high-watermark': 'not below the high watermark',
  'active-empty': 'active segment without a record',
  'future-timestamp': 'largest timestamp is in the future',
  'time-not-reached': 'retention.ms is not over',
  'size-not-reached': 'the log would fall below retention.bytes',
  'behind-kept': 'an older segment stays',
};

interface Row {
  readonly fate: string;
  readonly baseOffset: number;
  readonly sizeInBytes: number;
  readonly why: string;
  readonly largest: string;
  readonly due: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: '', text: ({ fate }) => fate },
  { title: 'base offset', align: 'right', text: ({ baseOffset }) => String(baseOffset) },
  { title: 'size', align: 'right', text: ({ sizeInBytes }) => sizeText(sizeInBytes) },
  { title: 'largest timestamp', text: ({ largest }) => largest },
  { title: 'why', text: ({ why }) => why },
  { title: 'due', text: ({ due }) => due },
];

export function retentionText({ directory, nowMs, logs }: RetentionReport, isApplying: boolean): string {
  const freed = logs.reduce((sum, { freedBytes }) => sum + freedBytes, 0);
  const count = logs.reduce((sum, { deletions }) => sum + deletions.length, 0);
  const total = `${count} ${count === 1 ? 'segment' : 'segments'} to delete, ${sizeText(freed)}\n`;
  return `${safeText(directory)}, as of ${timeText(nowMs)}\n${logs.map((log) => logText(log, isApplying)).join('')}\n${total}`;
}

function logText(log: RetentionLogPlan, isApplying: boolean): string {
  const { name, cleanupPolicy, policySource, settings, logStartOffset, logStartOffsetAfter } = log;
  const setting = (key: keyof typeof settings) => `${key} ${settings[key].value} (${settings[key].source})`;
  const start =
    logStartOffset === logStartOffsetAfter
      ? `log start offset ${logStartOffset}`
      : `log start offset ${logStartOffset}, then ${logStartOffsetAfter}`;
  return [
    '',
    `${safeText(name)}: cleanup.policy ${cleanupPolicy || '(empty)'} (${policySource}), ${setting('retention.ms')}, ${setting('retention.bytes')}`,
    `${start}, log end offset ${log.logEndOffset}, high watermark ${log.highWatermark} (${log.highWatermarkSource})`,
    textTable(COLUMNS, rowsOf(log)).trimEnd(),
    ...(log.rollsActiveSegment ? ['Every segment goes: an empty one is rolled first.'] : []),
    ...outcome(log, isApplying),
    '',
  ].join('\n');
}

function outcome({ refusal, applied, deletions }: RetentionLogPlan, isApplying: boolean): string[] {
  if (applied !== null)
    return [
      `Done in ${safeText(applied.directory)}: ${applied.deletedSegmentCount} deleted. The space is freed by \`strata purge\`; until then \`strata undo\` takes it back.`,
    ];
  if (refusal !== null) return [refusalText(refusal, isApplying)];
  return isApplying && deletions.length === 0 ? ['Nothing to delete.'] : [];
}

function rowsOf({ deletions, kept }: RetentionLogPlan): Row[] {
  const largest = ({
    largestTimestampMs,
    largestTimestampSource,
  }: RetentionLogPlan['kept'][number] | RetentionLogPlan['deletions'][number]) =>
    `${timeText(largestTimestampMs)} (${largestTimestampSource})`;
  return [
    ...deletions.map((one) => ({
      ...one,
      fate: 'delete',
      why: one.reason,
      largest: largest(one),
      due: 'now',
    })),
    ...kept.map((one) => ({
      ...one,
      fate: 'keep',
      why: KEEP_TEXT[one.reason],
      largest: largest(one),
      due: one.dueAtMs === null ? 'never' : timeText(one.dueAtMs),
    })),
  ];
}
