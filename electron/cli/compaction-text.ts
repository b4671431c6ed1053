/** A compaction plan as text for a terminal. Pure. */
import type { CompactionLogPlan, CompactionReport, CompactionSegmentPlan } from '../../shared/compaction';
import { refusalText } from './planned-logs';
import { type Column, safeText, sizeText, textTable, timeText } from './text-table';

const REASON_TEXT: Readonly<Record<CompactionLogPlan['reasons'][number], string>> = {
  policy: 'cleanup.policy has no compact',
  empty: 'there is no byte to clean',
  'active-segment': 'everything dirty is in the active segment, which is never cleaned',
  'min-compaction-lag': 'min.compaction.lag.ms is not over for the first dirty segment',
  'open-transaction': 'an open transaction holds the first dirty segment',
  'high-watermark': 'the first dirty segment is not below the high watermark',
  'dirty-ratio': 'the dirty ratio is not above min.cleanable.dirty.ratio',
  'dirty-ratio-exceeded': 'the dirty ratio is above min.cleanable.dirty.ratio',
  'max-compaction-lag-exceeded': 'a dirty record is older than max.compaction.lag.ms',
  damaged: 'a batch is damaged',
};
const RATIO_DIGITS = 3;
const PERCENT = 100;

const COLUMNS: readonly Column<CompactionSegmentPlan>[] = [
  { title: 'base offset', align: 'right', text: ({ baseOffset }) => String(baseOffset) },
  { title: 'from', text: fromText },
  { title: 'records', align: 'right', text: ({ recordsBefore }) => String(recordsBefore) },
  { title: 'after', align: 'right', text: ({ recordsAfter }) => String(recordsAfter) },
  { title: 'size', align: 'right', text: ({ bytesBefore }) => sizeText(bytesBefore) },
  {
    title: 'after',
    align: 'right',
    text: ({ bytesAfter, bytesAfterIsExact }) => `${bytesAfterIsExact ? '' : '~'}${sizeText(bytesAfter)}`,
  },
  { title: 'superseded', align: 'right', text: ({ supersededCount }) => String(supersededCount) },
  { title: 'aborted', align: 'right', text: ({ abortedCount }) => String(abortedCount) },
  { title: 'null keys', align: 'right', text: ({ nullKeyCount }) => String(nullKeyCount) },
  {
    title: 'tombstones kept',
    text: ({ tombstonesKeptCount, deleteHorizonMinMs }) =>
      tombstonesKeptCount === 0
        ? '0'
        : `${tombstonesKeptCount}, first may go ${timeText(deleteHorizonMinMs)}`,
  },
];

export function compactionText({ directory, nowMs, logs }: CompactionReport, isApplying: boolean): string {
  const freed = logs
    .filter(({ eligible }) => eligible)
    .reduce((sum, { bytesBefore, bytesAfter }) => sum + bytesBefore - bytesAfter, 0);
  const count = logs.filter(({ eligible }) => eligible).length;
  return `${safeText(directory)}, as of ${timeText(nowMs)}\n${logs.map((log) => logText(log, isApplying)).join('')}\n${count} of ${logs.length} to compact, ${sizeText(freed)}\n`;
}

function logText(log: CompactionLogPlan, isApplying: boolean): string {
  const { settings, segments, dirtyRatio, cleanBytes, cleanableBytes } = log;
  const setting = (key: keyof typeof settings) => `${key} ${settings[key].value} (${settings[key].source})`;
  const verdict = log.eligible ? 'is compacted' : 'is not compacted';
  return [
    '',
    `${safeText(log.name)}: cleanup.policy ${log.cleanupPolicy || '(empty)'} (${log.policySource}), ${setting('min.cleanable.dirty.ratio')}, ${setting('min.compaction.lag.ms')}, ${setting('delete.retention.ms')}, rules of Kafka ${log.kafkaVersion}`,
    `${verdict}: ${log.reasons.map((reason) => REASON_TEXT[reason]).join('; ')}`,
    `clean ${sizeText(cleanBytes)}, cleanable ${sizeText(cleanableBytes)}, dirty ratio ${dirtyRatio.toFixed(RATIO_DIGITS)}; first dirty offset ${log.firstDirtyOffset} (${log.firstDirtyOffsetSource}), cleanable to ${log.cleanableEndOffset} (${log.uncleanableReason})`,
    savedText(log),
    textTable(COLUMNS, segments).trimEnd(),
    ...outcome(log, isApplying),
    '',
  ].join('\n');
}

function savedText(log: CompactionLogPlan): string {
  const { recordsBefore, recordsAfter, bytesBefore, bytesAfter, uniqueKeyCount } = log;
  const about = log.bytesAfterIsExact ? '' : log.isRecompressed ? 'compressed anew ' : 'about ';
  const percent = bytesBefore === 0 ? 0 : (1 - bytesAfter / bytesBefore) * PERCENT;
  return `records ${recordsBefore}, then ${recordsAfter}; ${sizeText(bytesBefore)}, then ${about}${sizeText(bytesAfter)} (${percent.toFixed(1)} % less); ${uniqueKeyCount} keys in the dirty part`;
}

function fromText({ sourceBaseOffsets, isCleaned }: CompactionSegmentPlan): string {
  if (!isCleaned) return 'as it is';
  return sourceBaseOffsets.length === 1 ? '1 segment' : `${sourceBaseOffsets.length} segments`;
}

function outcome({ refusal, applied }: CompactionLogPlan, isApplying: boolean): string[] {
  if (applied !== null)
    return [
      `Done in ${safeText(applied.directory)}: ${applied.deletedSegmentCount} segments became ${applied.newSegmentCount}. The space is freed by \`strata purge\`; until then \`strata undo\` takes it back.`,
    ];
  if (refusal === null) return [];
  return [refusalText(refusal, isApplying)];
}
