/** What two directories have of each other, as text for a terminal. Pure. */
import type { DirectoryDiff, LogDiff } from '../../shared/report-diff';
import { batchesInWords, recordsInWords } from '../../shared/report-diff-words';
import { safeText, sizeText, timeText } from './text-table';

const SEGMENTS_MAX = 50;
const HOUR_MS = 3_600_000;

export function diffText(diff: DirectoryDiff): string {
  const { before, after, sizeBefore, sizeAfter, growthBytesPerMs, logs } = diff;
  const changed = logs.filter(({ change }) => change !== 'same');
  const growth =
    growthBytesPerMs === null ? '' : `, ${signed(Math.round(growthBytesPerMs * HOUR_MS))} an hour`;
  return [
    `before  ${sideText(before)}`,
    `after   ${sideText(after)}`,
    `${sizeText(sizeBefore)} before, ${sizeText(sizeAfter)} after: ${signed(sizeAfter - sizeBefore)}${growth}`,
    changed.length === 0 ? 'No difference.' : `${changed.length} of ${logs.length} logs differ.`,
    ...changed.map(logText),
    ...logs.filter(({ change }) => change === 'same').flatMap(sameText),
    '',
  ].join('\n');
}

function sideText({ path, hostName, madeAtMs, isReport }: DirectoryDiff['before']): string {
  const host = hostName === null ? '' : `${hostName}:`;
  return `${safeText(host + path)} (${isReport ? 'report of' : 'now,'} ${timeText(madeAtMs)})`;
}

function signed(bytes: number): string {
  return `${bytes < 0 ? '-' : '+'}${sizeText(Math.abs(bytes))}`;
}

function logText({ name, change, error, before, after, segments, ...compared }: LogDiff): string {
  if (error !== null) return `\n${safeText(name)}: cannot be compared. ${safeText(error)}`;
  const sizes =
    before === null || after === null
      ? sizeText((before ?? after)?.sizeInBytes ?? 0)
      : `${signed(after.sizeInBytes - before.sizeInBytes)}, log end offset ${before.logEndOffset} to ${after.logEndOffset}`;
  const shown = segments.slice(0, SEGMENTS_MAX).map((segment) => {
    const state = (side: 'before' | 'after') =>
      segment[side] === null ? 'none' : sizeText(segment[side].sizeInBytes);
    return `  ${segment.change.padEnd(8)}${segment.baseOffset}  ${state('before')} to ${state('after')}`;
  });
  const rest =
    segments.length > shown.length ? [`  and ${segments.length - shown.length} more segments`] : [];
  return ['', `${safeText(name)}: ${change}, ${sizes}`, ...shown, ...rest, ...comparedText(compared)].join(
    '\n',
  );
}

/** Of a log that is the same by size, that its records are the same is worth a line. */
function sameText({ name, ...compared }: LogDiff): string[] {
  const lines = comparedText(compared);
  return lines.length === 0 ? [] : ['', `${safeText(name)}: same`, ...lines];
}

function comparedText({ records, batches }: Pick<LogDiff, 'records' | 'batches'>): string[] {
  return [
    ...(records === null ? [] : [`  ${recordsInWords(records)}`]),
    ...(batches === null ? [] : [`  ${batchesInWords(batches)}`]),
  ];
}
