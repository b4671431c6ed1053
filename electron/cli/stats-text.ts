/** The statistics of a log as text for a terminal. Pure. */
import { percentText } from '../../shared/plan/share-text';
import type {
  BytesByPart,
  CodecShareRow,
  DistributionRow,
  LargeRecordRow,
  Statistics,
  TopRow,
} from '../../shared/statistics';
import { type Column, countText, safeText, sizeText, textTable } from './text-table';

const PARTS: readonly (readonly [keyof BytesByPart, string])[] = [
  ['keys', 'keys'],
  ['values', 'values'],
  ['headerNames', 'header names'],
  ['headerValues', 'header values'],
  ['recordOverhead', 'record overhead'],
  ['batchOverhead', 'batch headers'],
  ['controlRecords', 'control records'],
  ['indexes', 'index entries'],
  ['sideFiles', 'side files'],
  ['slack', 'preallocated or zero'],
  ['damaged', 'damaged'],
];
const NAME_WIDTH = 60;

export function statisticsText(statistics: Statistics): string {
  const { name, segmentBaseOffset, sizes, codecs, largestRecords, topKeys, topHeaderNames } = statistics;
  const scope = segmentBaseOffset === null ? '' : `, segment ${segmentBaseOffset}`;
  const distributions = (['record', 'key', 'value', 'batch', 'recordsPerBatch'] as const).map((kind) => ({
    kind,
    ...sizes[kind],
  }));
  return [
    `${safeText(name)}${scope}`,
    countsText(statistics),
    '',
    bytesText(statistics.bytes),
    textTable(CODEC_COLUMNS, codecs),
    textTable(
      DISTRIBUTION_COLUMNS,
      distributions.filter(({ count }) => count > 0),
    ),
    ...(largestRecords.length === 0 ? [] : [textTable(LARGEST_COLUMNS, largestRecords.slice(0, 10))]),
    ...(topKeys.length === 0 ? [] : [textTable(topColumns('key'), topKeys.slice(0, 10))]),
    ...(topHeaderNames.length === 0
      ? []
      : [textTable(topColumns('header name'), topHeaderNames.slice(0, 10))]),
  ].join('\n');
}

function countsText({ counts, uniqueKeys, isComplete, segmentCount }: Statistics): string {
  const atLeast = isComplete ? '' : 'at least ';
  const unique = uniqueKeys === null ? '' : `, ${uniqueKeysText(uniqueKeys)} different keys`;
  const control = counts.controlRecords === 0 ? '' : `, ${counts.controlRecords} control records`;
  const unreadable =
    counts.unreadableBatches === 0 ? '' : ` (${counts.unreadableBatches} of them unreadable)`;
  return [
    `${atLeast}${counts.records} records in ${counts.batches} batches${unreadable} and ${segmentCount} segments${control}`,
    `${counts.nullKeys} without a key, ${counts.tombstones} tombstones${unique}`,
    `${counts.headers} headers in ${counts.recordsWithHeaders} records`,
  ].join('\n');
}

function uniqueKeysText({ count, isExact, standardError }: NonNullable<Statistics['uniqueKeys']>): string {
  return isExact ? String(count) : `about ${count} (±${percentText(standardError)})`;
}

function bytesText(bytes: BytesByPart): string {
  const content = bytes.total + bytes.compressionGain;
  const rows = PARTS.filter(([part]) => bytes[part] > 0).map(
    ([part, title]) => [title, bytes[part]] as const,
  );
  const table = textTable<readonly [string, number]>(
    [
      { title: 'bytes of', text: ([title]) => title },
      { title: 'size', align: 'right', text: ([, size]) => sizeText(size) },
      { title: 'bytes', align: 'right', text: ([, size]) => String(size) },
      { title: 'share', align: 'right', text: ([, size]) => percentText(size / Math.max(content, 1)) },
    ],
    rows,
  );
  const gain =
    bytes.compressionGain === 0
      ? ''
      : ` = ${content} bytes, of which compression saves ${bytes.compressionGain}`;
  return `${table}on disk: ${bytes.total} bytes${gain}\n`;
}

const CODEC_COLUMNS: readonly Column<CodecShareRow>[] = [
  { title: 'codec', text: ({ codec }) => codec },
  { title: 'batches', align: 'right', text: ({ batchCount }) => String(batchCount) },
  { title: 'records', align: 'right', text: ({ recordCount }) => String(recordCount) },
  { title: 'stored', align: 'right', text: ({ storedBytes }) => sizeText(storedBytes) },
  { title: 'decompressed', align: 'right', text: ({ contentBytes }) => sizeText(contentBytes) },
];

const KIND_TITLES = {
  record: 'record, bytes',
  key: 'key, bytes',
  value: 'value, bytes',
  batch: 'batch on disk, bytes',
  recordsPerBatch: 'records a batch',
} as const;

type NamedDistribution = DistributionRow & { readonly kind: keyof typeof KIND_TITLES };

/** ~ marks a percentile that may be up to a 128th too large. */
const DISTRIBUTION_COLUMNS: readonly Column<NamedDistribution>[] = [
  { title: 'sizes', text: ({ kind }) => KIND_TITLES[kind] },
  { title: 'least', align: 'right', text: ({ min }) => String(min) },
  ...[0, 1, 2, 3, 4].map(
    (index): Column<NamedDistribution> => ({
      title: ['50 %', '90 %', '95 %', '99 %', '99.9 %'][index]!,
      align: 'right',
      text: ({ percentiles }) => `${percentiles[index]!.isExact ? '' : '~'}${percentiles[index]!.size}`,
    }),
  ),
  { title: 'largest', align: 'right', text: ({ max }) => String(max) },
  { title: 'mean', align: 'right', text: ({ sum, count }) => (sum / count).toFixed(1) },
];

const LARGEST_COLUMNS: readonly Column<LargeRecordRow>[] = [
  { title: 'largest records: offset', align: 'right', text: ({ offset }) => String(offset) },
  { title: 'bytes', align: 'right', text: ({ sizeInBytes }) => String(sizeInBytes) },
  { title: 'key', align: 'right', text: ({ keySizeInBytes }) => countText(keySizeInBytes) },
  { title: 'value', align: 'right', text: ({ valueSizeInBytes }) => countText(valueSizeInBytes) },
  { title: 'segment', align: 'right', text: ({ segmentBaseOffset }) => String(segmentBaseOffset) },
];

function topColumns(title: string): readonly Column<TopRow>[] {
  return [
    {
      title: 'most bytes',
      align: 'right',
      text: ({ bytesMin, bytesMax }) =>
        bytesMin === bytesMax ? String(bytesMax) : `${bytesMin} to ${bytesMax}`,
    },
    {
      title,
      text: ({ nameText, nameBase64 }) => safeText(nameText ?? `base64 ${nameBase64}`).slice(0, NAME_WIDTH),
    },
  ];
}
