/**
 * The statistics of a report as flat tables. In each, rows without a segment are of the whole log. Names of columns are
 * those of the JSON; knows no format.
 */
import type { Report } from '../../shared/report';
import type { Statistics } from '../../shared/statistics';
import {
  flag,
  integer,
  LOG_NAME,
  type OfLog,
  ofLogs,
  real,
  type Table,
  tableOf,
  text,
} from './table-columns';

/** None where the report has no statistics. */
export function statisticsTables(report: Report): readonly Table[] {
  if (report.logs.every(({ statistics }) => statistics === null)) return [];
  return [
    bytesTable(report),
    sizesTable(report),
    codecsTable(report),
    largestTable(report),
    heaviestTable(report),
  ];
}

interface OfScope<Row> {
  readonly segmentBaseOffset: number | null;
  readonly each: Row;
}

/** Of the whole log, then of each segment that was measured on its own. */
function ofScopes<Row>(
  report: Report,
  rowsOf: (statistics: Statistics) => readonly Row[],
): OfLog<OfScope<Row>>[] {
  return ofLogs(report, ({ statistics }) =>
    (statistics === null ? [] : [statistics.log, ...statistics.segments]).flatMap((scope) =>
      rowsOf(scope).map((each) => ({ segmentBaseOffset: scope.segmentBaseOffset, each })),
    ),
  );
}

const SCOPE = [
  ...LOG_NAME,
  integer<OfLog<OfScope<unknown>>>('segmentBaseOffset', ({ row }) => row.segmentBaseOffset),
];

const COUNTS = [
  ...(['batches', 'controlBatches', 'unreadableBatches', 'records', 'controlRecords'] as const),
  ...(['tombstones', 'nullKeys', 'headers', 'recordsWithHeaders'] as const),
];
const PARTS = [
  ...(['keys', 'values', 'headerNames', 'headerValues', 'recordOverhead', 'batchOverhead'] as const),
  ...(['controlRecords', 'indexes', 'sideFiles', 'slack', 'damaged', 'compressionGain', 'total'] as const),
];

function bytesTable(report: Report): Table {
  type Row = OfLog<OfScope<Statistics>>;
  return tableOf(
    report,
    'bytes',
    ofScopes(report, (statistics) => [statistics]),
    [
      ...SCOPE,
      flag<Row>('isComplete', ({ row }) => row.each.isComplete),
      ...COUNTS.map((name) => integer<Row>(`${name}Count`, ({ row }) => row.each.counts[name])),
      integer<Row>('uniqueKeyCount', ({ row }) => row.each.uniqueKeys?.count ?? null),
      flag<Row>('uniqueKeyCountIsExact', ({ row }) => row.each.uniqueKeys?.isExact ?? null),
      ...PARTS.map((name) => integer<Row>(`${name}Bytes`, ({ row }) => row.each.bytes[name])),
    ],
  );
}

function sizesTable(report: Report): Table {
  const rows = ofScopes(report, ({ sizes }) =>
    Object.entries(sizes).map(([of, sizesOf]) => ({ of, ...sizesOf })),
  );
  type Row = (typeof rows)[number];
  const percents = [
    ...new Set(rows.flatMap(({ row }) => row.each.percentiles.map(({ percent }) => percent))),
  ];
  return tableOf(report, 'sizes', rows, [
    ...SCOPE,
    text<Row>('of', ({ row }) => row.each.of),
    integer<Row>('count', ({ row }) => row.each.count),
    integer<Row>('sum', ({ row }) => row.each.sum),
    integer<Row>('min', ({ row }) => row.each.min),
    ...percents.map((percent) =>
      integer<Row>(
        `p${String(percent).replace('.', '_')}`,
        ({ row }) => row.each.percentiles.find((each) => each.percent === percent)?.size ?? null,
      ),
    ),
    integer<Row>('max', ({ row }) => row.each.max),
    real<Row>('mean', ({ row: { each } }) => (each.count === 0 ? null : each.sum / each.count)),
  ]);
}

function codecsTable(report: Report): Table {
  const rows = ofScopes(report, ({ codecs }) => codecs);
  type Row = (typeof rows)[number];
  return tableOf(report, 'codecs', rows, [
    ...SCOPE,
    text<Row>('codec', ({ row }) => row.each.codec),
    integer<Row>('batchCount', ({ row }) => row.each.batchCount),
    integer<Row>('recordCount', ({ row }) => row.each.recordCount),
    integer<Row>('storedBytes', ({ row }) => row.each.storedBytes),
    integer<Row>('contentBytes', ({ row }) => row.each.contentBytes),
  ]);
}

function largestTable(report: Report): Table {
  const rows = ofScopes(report, ({ largestRecords }) => largestRecords);
  type Row = (typeof rows)[number];
  return tableOf(report, 'largest-records', rows, [
    ...SCOPE,
    integer<Row>('offset', ({ row }) => row.each.offset),
    integer<Row>('sizeInBytes', ({ row }) => row.each.sizeInBytes),
    integer<Row>('keySizeInBytes', ({ row }) => row.each.keySizeInBytes),
    integer<Row>('valueSizeInBytes', ({ row }) => row.each.valueSizeInBytes),
  ]);
}

/** Keys and names of headers: keyed hashes in a redacted report. */
function heaviestTable(report: Report): Table {
  const rows = ofScopes(report, ({ topKeys, topHeaderNames }) => [
    ...topKeys.map((top) => ({ kind: 'key', ...top })),
    ...topHeaderNames.map((top) => ({ kind: 'header-name', ...top })),
  ]);
  type Row = (typeof rows)[number];
  return tableOf(report, 'heaviest', rows, [
    ...SCOPE,
    text<Row>('kind', ({ row }) => row.each.kind),
    text<Row>('nameText', ({ row }) => row.each.nameText ?? null),
    text<Row>('nameBase64', ({ row }) => row.each.nameBase64 ?? null),
    integer<Row>('nameSizeInBytes', ({ row }) => row.each.nameSizeInBytes),
    integer<Row>('bytesMin', ({ row }) => row.each.bytesMin),
    integer<Row>('bytesMax', ({ row }) => row.each.bytesMax),
  ]);
}
