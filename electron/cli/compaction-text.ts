/** A compaction plan as text for a terminal. Pure. */
import type {
  CompactionLogPlan,
  CompactionReport,
  CompactionSegmentPlan,
  WorstKey,
} from '../../shared/compaction';
import { cleanerRules } from '../../shared/plan/cleaner-version';
import { savedShare, spaceNeeds } from '../../shared/plan/compaction-space';
import { dirtyRatioText, percentText, ratioText } from '../../shared/plan/share-text';
import { type CompactionSurroundings, whyCompacted } from '../../shared/plan/why-compacted';
import { OFFSET_MAP_KEYS_MAX } from '../engine/inspect/offset-map-settings';
import { refusalText } from './planned-logs';
import { type Column, durationText, safeText, sizeText, textTable, timeText } from './text-table';

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

/** Beside a plan: why, in sentences with their numbers, and the worst keys where they were asked for. */
export interface ExplainedPlan {
  readonly plan: CompactionLogPlan;
  readonly surroundings: CompactionSurroundings;
}

export function compactionText(
  { directory, nowMs, logs }: CompactionReport,
  explained: readonly ExplainedPlan[],
  isApplying: boolean,
): string {
  const freed = logs
    .filter(({ eligible }) => eligible)
    .reduce((sum, { bytesBefore, bytesAfter }) => sum + bytesBefore - bytesAfter, 0);
  const count = logs.filter(({ eligible }) => eligible).length;
  return `${safeText(directory)}, as of ${timeText(nowMs)}\n${explained.map((log) => logText(log, isApplying)).join('')}\n${count} of ${logs.length} to compact, ${sizeText(freed)}\n`;
}

/** As it stands against the limit of its plan. */
export function dirtyRatioOf({ dirtyRatio, settings }: CompactionLogPlan): string {
  return dirtyRatioText(dirtyRatio, Number(settings['min.cleanable.dirty.ratio'].value));
}

const TEXTS = { size: sizeText, time: timeText, duration: durationText, count: String };

function logText({ plan: log, surroundings }: ExplainedPlan, isApplying: boolean): string {
  const { settings, segments, cleanBytes, cleanableBytes } = log;
  const setting = (key: keyof typeof settings) => `${key} ${settings[key].value} (${settings[key].source})`;
  const verdict = log.eligible ? 'is compacted' : 'is not compacted';
  return [
    '',
    `${safeText(log.name)}: cleanup.policy ${log.cleanupPolicy || '(empty)'} (${log.policySource}), ${setting('min.cleanable.dirty.ratio')}, ${setting('min.compaction.lag.ms')}, ${setting('delete.retention.ms')}, rules of Kafka ${log.kafkaVersion}`,
    `${verdict}:`,
    ...whyLines(log, surroundings),
    `clean ${sizeText(cleanBytes)}, cleanable ${sizeText(cleanableBytes)}, dirty ratio ${dirtyRatioOf(log)}; first dirty offset ${log.firstDirtyOffset} (${log.firstDirtyOffsetSource}), cleanable to ${log.cleanableEndOffset} (${log.uncleanableReason})`,
    savedText(log),
    ...spaceText(log),
    textTable(COLUMNS, segments).trimEnd(),
    ...worstKeysText(log),
    ...outcome(log, isApplying),
    '',
  ].join('\n');
}

function whyLines(log: CompactionLogPlan, surroundings: CompactionSurroundings): string[] {
  const sentences = whyCompacted(surroundings, TEXTS).map(({ what, change }) =>
    change === null ? what : `${what} ${change}`,
  );
  if (log.reasons.includes('damaged')) sentences.push('A batch is damaged: the cleaner gives such a log up.');
  if (log.roundCount > 1)
    sentences.push(
      `The offset map holds ${log.offsetMapCapacity} keys: it takes ${log.roundCount} rounds. ${mapSettingText(log)}`,
    );
  const records = log.segments.reduce((sum, { nullKeyCount }) => sum + nullKeyCount, 0);
  if (records > 0)
    sentences.push(
      `${records} ${records === 1 ? 'record has' : 'records have'} no key: the cleaner drops them, and a broker takes no new ones on a compacted topic.`,
    );
  if (log.roundCount > 1 && cleanerRules(log.kafkaVersion).losesAbortsWhenMapIsFull)
    sentences.push(
      'A broker of this version may show records of aborted transactions afterwards (KAFKA-13727); a run of Strata does not.',
    );
  return sentences.map((sentence) => `  ${safeText(sentence)}`);
}

/** What would make the rounds fewer. */
export function mapSettingText({ settings, offsetMapCapacity }: CompactionLogPlan): string {
  if (offsetMapCapacity === OFFSET_MAP_KEYS_MAX)
    return 'Strata takes no larger one; the records that stay are the same.';
  const { value, source } = settings['log.cleaner.dedupe.buffer.size'];
  return `A log.cleaner.dedupe.buffer.size above ${value} (${source}) makes them fewer.`;
}

function worstKeysText({ worstKeys }: CompactionLogPlan): string[] {
  if (worstKeys === undefined) return [];
  if (worstKeys.length === 0)
    return ['Of what is cleaned now, no record is superseded: there are no worst keys.'];
  return ['Worst keys, by bytes superseded (uncompressed):', textTable(KEY_COLUMNS, worstKeys).trimEnd()];
}

const KEY_COLUMNS: readonly Column<WorstKey>[] = [
  { title: 'bytes', align: 'right', text: ({ supersededBytes }) => sizeText(supersededBytes) },
  { title: 'records', align: 'right', text: ({ supersededCount }) => String(supersededCount) },
  { title: 'stays at', align: 'right', text: ({ latestOffset }) => String(latestOffset) },
  { title: 'key', text: ({ keyText, keyBase64 }) => safeText(keyText ?? `base64:${keyBase64 ?? ''}`) },
];

function savedText(log: CompactionLogPlan): string {
  const { recordsBefore, recordsAfter, bytesBefore, bytesAfter, uniqueKeyCount } = log;
  const about = log.bytesAfterIsExact ? '' : log.isRecompressed ? 'compressed anew ' : 'about ';
  return `records ${recordsBefore}, then ${recordsAfter}; ${sizeText(bytesBefore)}, then ${about}${sizeText(bytesAfter)} (${percentText(savedShare(log))} less); ${uniqueKeyCount} keys in the dirty part`;
}

function spaceText(log: CompactionLogPlan): string[] {
  if (!log.segments.some(({ isCleaned }) => isCleaned)) return [];
  const { whileItRunsBytes, writeAmplification } = spaceNeeds(log);
  const ratio =
    writeAmplification === null ? '' : `, ${ratioText(writeAmplification)} bytes for each that goes`;
  return [`needs ${sizeText(whileItRunsBytes)} beside the old segments while it runs${ratio}`];
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
