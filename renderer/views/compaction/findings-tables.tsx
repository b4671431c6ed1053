/** What an analysis found beside the segments: who supersedes whom, worst keys, tombstones in time, shares by age. */
import { useMemo } from 'react';
import type {
  CompactionFacts,
  CompactionFindings,
  SupersessionMatrix,
  TombstoneBatch,
  WorstKey,
} from '../../../shared/compaction';
import { percentText } from '../../../shared/plan/share-text';
import { buildSupersessionMap } from '../../charts/build-supersession-map';
import { SupersessionMap } from '../../charts/supersession-map';
import { Badge } from '../../components/controls';
import type { Column } from '../../components/data-table';
import { Empty } from '../../components/notices';
import { countColumn, optional, sizeColumn, timeColumn } from '../../components/number-columns';
import { useApp, useAppParts } from '../../store/use-app';
import { previewText } from '../../text/content-preview';
import { countText, durationText, plural } from '../../text/quantities';
import { FilteredTable } from '../filtered-table';
import classes from './compaction.module.css';
import { type AgeRow, ageRows, type SupersessionRow, seedRatios, supersessionRows } from './findings-rows';
import type { SourceRow } from './source-rows';

const SEED_LIMIT = 0.5;
const NO_SELECTION = () => {};

export function SupersededBy({
  matrix,
  rows,
}: {
  readonly matrix: SupersessionMatrix;
  readonly rows: readonly SourceRow[];
}) {
  const { selected, selectSegment } = useAppParts((state) => ({
    selected: state.selectedSegment,
    selectSegment: state.selectSegment,
  }));
  const map = useMemo(() => buildSupersessionMap(matrix), [matrix]);
  const cells = useMemo(() => supersessionRows(matrix), [matrix]);
  const seed = useMemo(() => seedRatios(rows, matrix), [matrix, rows]);
  const ofSelected = cells.filter(({ baseOffset }) => baseOffset === selected);
  const shown = ofSelected.length > 0 ? ofSelected : cells;
  return (
    <>
      <SupersessionMap map={map}>
        {seed !== null && seed.size > 0 && <SeedComparison ratios={seed} />}
      </SupersessionMap>
      <p className={classes['note']}>
        {ofSelected.length > 0
          ? `Of the segment at ${countText(selected ?? 0)}:`
          : matrix.segmentsPerBlock > 1
            ? `Segments in blocks of ${matrix.segmentsPerBlock}, each by its first:`
            : 'Of all segments:'}
      </p>
      <FilteredTable
        label="Superseded by"
        rows={shown}
        columns={SUPERSESSION_COLUMNS}
        keyOf={({ baseOffset, byBaseOffset }) => `${baseOffset} ${byBaseOffset}`}
        selectedKey={null}
        onSelect={({ baseOffset }) => selectSegment(baseOffset)}
        empty={<Empty title="No record is superseded." />}
      />
    </>
  );
}

/** What the compactor of LOG_MANAGER.md would decide, segment by segment, without looking at the others. */
function SeedComparison({ ratios }: { readonly ratios: ReadonlyMap<number, number> }) {
  const values = [...ratios.values()];
  const highest = values.reduce((most, ratio) => Math.max(most, ratio), 0);
  const count = values.filter((ratio) => ratio >= SEED_LIMIT).length;
  return (
    <span>
      LOG_MANAGER.md looks at each segment alone, by its duplicate ratio (1 − unique keys / messages): the
      highest is {percentText(highest)}, and it would compact {countText(count)} of{' '}
      {plural(values.length, 'segment')} at min_cleanable_ratio {SEED_LIMIT}. Kafka’s cleaner looks across
      segments.
    </span>
  );
}

const SUPERSESSION_COLUMNS: readonly Column<SupersessionRow>[] = [
  countColumn('Segment', '110px', ({ baseOffset }) => baseOffset),
  countColumn('Superseded by', '110px', ({ byBaseOffset }) => byBaseOffset),
  countColumn('Records', '90px', ({ count }) => count),
  sizeColumn('Bytes, uncompressed', '150px', ({ bytes }) => bytes),
];

export function WorstKeys({ keys }: { readonly keys: readonly WorstKey[] }) {
  const { traceKey, saved } = useAppParts((state) => ({
    traceKey: state.traceKey,
    saved: state.directory?.savedReport,
  }));
  return (
    <>
      {saved?.isRedacted === true && (
        <p className={classes['note']}>The report is redacted: keys are keyed hashes.</p>
      )}
      <FilteredTable
        label="Worst keys"
        rows={keys}
        columns={saved === undefined ? KEY_COLUMNS : SAVED_KEY_COLUMNS}
        keyOf={({ latestOffset }) => latestOffset}
        selectedKey={null}
        onSelect={saved === undefined ? (key) => void traceKey(key) : NO_SELECTION}
        empty={<Empty title="No record is superseded." />}
      />
    </>
  );
}

const keyText = ({ keyText: text, keyBase64 }: WorstKey) => previewText(text, keyBase64) ?? '';

const KEY_COLUMNS: readonly Column<WorstKey>[] = [
  {
    ...{ key: 'key', title: 'Key (a click shows its records)', width: 'minmax(180px, 1fr)' },
    cell: (row) => <span className={classes['key']}>{keyText(row)}</span>,
    text: keyText,
    order: keyText,
  },
  countColumn('Records that go', '120px', ({ supersededCount }) => supersededCount),
  sizeColumn('Bytes, uncompressed', '150px', ({ supersededBytes }) => supersededBytes),
  countColumn('Stays at offset', '120px', ({ latestOffset }) => latestOffset),
];

/** The records themselves are in no report. */
const SAVED_KEY_COLUMNS = KEY_COLUMNS.map((column) =>
  column.key === 'key' ? { ...column, title: 'Key' } : column,
);

export function Tombstones({ findings, nowMs }: { findings: CompactionFindings; nowMs: number }) {
  const { tombstoneBatches, tombstoneBatchCount } = findings;
  const selectSegment = useApp((state) => state.selectSegment);
  const columns = useMemo(() => tombstoneColumns(nowMs), [nowMs]);
  return (
    <>
      {tombstoneBatches.length < tombstoneBatchCount && (
        <p className={classes['note']}>
          {`The first ${countText(tombstoneBatches.length)} of ${countText(tombstoneBatchCount)} batches.`}
        </p>
      )}
      <FilteredTable
        label="Tombstones"
        rows={tombstoneBatches}
        columns={columns}
        keyOf={({ baseOffset }) => baseOffset}
        selectedKey={null}
        onSelect={({ segmentBaseOffset }) => selectSegment(segmentBaseOffset)}
        empty={
          <Empty title="No tombstone stays in the part that is cleaned.">
            Nor does a marker of a transaction whose records are gone.
          </Empty>
        }
      />
    </>
  );
}

function tombstoneColumns(nowMs: number): readonly Column<TombstoneBatch>[] {
  return [
    countColumn('Batch', '100px', ({ baseOffset }) => baseOffset),
    ...optional(countColumn<TombstoneBatch>('Last offset', '100px', ({ lastOffset }) => lastOffset)),
    {
      ...{ key: 'kind', title: 'Holds', width: '140px' },
      cell: ({ isMarker, tombstoneCount }) =>
        isMarker ? <Badge tone="quiet">transaction marker</Badge> : plural(tombstoneCount, 'tombstone'),
      text: ({ isMarker, tombstoneCount }) => (isMarker ? 'marker' : String(tombstoneCount)),
      order: ({ tombstoneCount }) => tombstoneCount,
    },
    timeColumn('May go from', '184px', ({ deleteHorizonMs }) => deleteHorizonMs),
    {
      ...{ key: 'in', title: 'That is', width: 'minmax(110px, 1fr)' },
      cell: ({ deleteHorizonMs }) => whenText(deleteHorizonMs, nowMs),
      text: ({ deleteHorizonMs }) => whenText(deleteHorizonMs, nowMs),
      order: ({ deleteHorizonMs }) => deleteHorizonMs,
    },
    ...optional(
      countColumn<TombstoneBatch>('Segment', '100px', ({ segmentBaseOffset }) => segmentBaseOffset),
    ),
  ];
}

function whenText(deleteHorizonMs: number | null, nowMs: number): string {
  if (deleteHorizonMs === null) return 'by its segment’s file time';
  return deleteHorizonMs <= nowMs ? 'now' : `in ${durationText(deleteHorizonMs - nowMs)}`;
}

export function ByAge({
  facts,
  rows,
  nowMs,
}: {
  readonly facts: CompactionFacts;
  readonly rows: readonly SourceRow[];
  readonly nowMs: number;
}) {
  const ages = useMemo(() => {
    const times = facts.state.segments.map(
      ({ baseOffset, largestTimestampMs }) => [baseOffset, largestTimestampMs] as const,
    );
    return ageRows(rows, new Map(times), nowMs);
  }, [facts, rows, nowMs]);
  return (
    <FilteredTable
      label="Freed by age"
      rows={ages}
      columns={AGE_COLUMNS}
      keyOf={({ title }) => title}
      selectedKey={null}
      onSelect={NO_SELECTION}
      empty={<Empty title="This log has no segment." />}
    />
  );
}

const freedShare = ({ freedBytes, bytesBefore }: AgeRow) =>
  bytesBefore === 0 ? null : freedBytes / bytesBefore;

const AGE_COLUMNS: readonly Column<AgeRow>[] = [
  {
    ...{ key: 'age', title: 'Newest record is', width: '140px' },
    cell: ({ title }) => title,
    text: ({ title }) => title,
  },
  countColumn('Segments', '90px', ({ segmentCount }) => segmentCount),
  sizeColumn('Size', '100px', ({ bytesBefore }) => bytesBefore),
  sizeColumn('Freed', '100px', ({ freedBytes }) => freedBytes),
  {
    ...{ key: 'share', title: 'Share freed', width: 'minmax(120px, 1fr)' },
    cell: (row) => {
      const share = freedShare(row);
      return (
        <span className={classes['share']}>
          <meter className={classes['bar']} min={0} max={1} value={Math.max(0, share ?? 0)} />
          {share !== null && percentText(share)}
        </span>
      );
    },
    text: (row) => String(freedShare(row) ?? ''),
    order: freedShare,
  },
];
