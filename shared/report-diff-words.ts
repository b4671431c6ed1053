/** What the records of two copies have of each other, in words, the same in the window and on the command line. Pure. */
import type { FirstDifference, LogDiff } from './report-diff';

const KINDS: Readonly<Record<FirstDifference['kind'], string>> = {
  'only-before': 'only the first has a record there',
  'only-after': 'only the second has a record there',
  timestamp: 'other timestamps',
  key: 'other keys',
  value: 'other values',
  headers: 'other headers',
  'damaged-before': 'the first is damaged there',
  'damaged-after': 'the second is damaged there',
};

/** Where the contents of batches are hashed with keys that are not the same. */
export const BY_HEADERS = ' by their headers alone: contents are hashed with another key';

export function batchesInWords({
  fromOffset,
  endOffset,
  firstDifferenceOffset,
  comparesContents,
}: NonNullable<LogDiff['batches']>): string {
  if (fromOffset === endOffset) return 'no offset is on both sides';
  const range = `offsets ${fromOffset} to ${endOffset - 1}, which both have`;
  const how = comparesContents ? '' : BY_HEADERS;
  if (firstDifferenceOffset === null) return `the batches of ${range}, are the same${how}`;
  return `batches of ${range}, differ first at ${firstDifferenceOffset}${how}`;
}

export function recordsInWords({
  fromOffset,
  endOffset,
  firstDifference,
}: NonNullable<LogDiff['records']>): string {
  if (fromOffset === endOffset) return 'no offset is on both sides';
  const range = `offsets ${fromOffset} to ${endOffset - 1}, which both have`;
  if (firstDifference === null) return `the records of ${range}, are the same`;
  return `records of ${range}, differ first at ${firstDifference.offset}: ${KINDS[firstDifference.kind]}`;
}
