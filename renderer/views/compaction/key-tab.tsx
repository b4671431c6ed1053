/** One key, typed or chosen among the worst: every record of it, which stays and why the others go. */
import { useMemo, useState } from 'react';
import { Badge, Button, Field } from '../../components/controls';
import { type Column, DataTable } from '../../components/data-table';
import { Empty } from '../../components/notices';
import { countColumn, sizeColumn, timeColumn } from '../../components/number-columns';
import { TRACE_KEY } from '../../store/compaction-slice';
import { useApp, useAppParts } from '../../store/use-app';
import { previewText } from '../../text/content-preview';
import { countText, plural } from '../../text/quantities';
import classes from './compaction.module.css';
import type { CompactionView } from './compaction-view';
import { type KeyRecord, keyHistory } from './key-history';

export function KeyTab({ view }: { readonly view: CompactionView }) {
  const { traced, key, analysis, traceKey, selectSegment } = useAppParts((state) => ({
    traced: state.tracedRecords,
    key: state.tracedKey,
    analysis: state.compactionAnalysis,
    traceKey: state.traceKey,
    selectSegment: state.selectSegment,
  }));
  const isReading = useApp((state) =>
    state.tasks.some(({ key, state: each }) => key === TRACE_KEY && each === 'running'),
  );
  const isSaved = useApp((state) => state.directory?.savedReport !== undefined);
  const [typed, setTyped] = useState('');
  const findings = view.analysisState === 'current' ? (analysis?.findings ?? null) : null;
  const rows = useMemo(
    () => (traced === null ? [] : keyHistory(traced.rows, view.eligibility, findings)),
    [traced, view.eligibility, findings],
  );
  if (isSaved) return <Empty title="The records of a key are not in a saved report." />;
  return (
    <>
      <form
        className={classes['trace']}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed !== '') void traceKey({ keyText: typed, keySizeInBytes: sizeOf(typed) });
        }}
      >
        <Field
          aria-label="Key"
          placeholder="A key, exactly"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit" disabled={typed === '' || isReading}>
          Read its records
        </Button>
        {traced !== null && (
          <span className={classes['change']}>
            {`${plural(traced.total, 'record')} of `}
            <span className={classes['key']}>{previewText(traced.key.keyText, traced.key.keyBase64)}</span>
            {traced.total > rows.length ? `, the latest ${countText(rows.length)} shown` : ''}
          </span>
        )}
      </form>
      <DataTable
        label="Records of the key"
        rows={rows}
        columns={COLUMNS}
        keyOf={({ record }) => record.offset}
        selectedKey={null}
        onSelect={({ record }) => selectSegment(record.segmentBaseOffset)}
        empty={
          isReading && key !== null ? (
            <Empty title={`Reading every record of ${previewText(key.keyText, key.keyBase64)}…`} />
          ) : (
            <Empty title={traced === null ? 'No key is chosen.' : 'No record has this key.'}>
              Type one, or choose one of the worst keys.
            </Empty>
          )
        }
      />
    </>
  );
}

const sizeOf = (text: string) => new TextEncoder().encode(text).length;

const COLUMNS: readonly Column<KeyRecord>[] = [
  countColumn('Offset', '90px', ({ record }) => record.offset),
  timeColumn('Timestamp', '184px', ({ record }) => record.timestampMs),
  sizeColumn('Value', '80px', ({ record }) => record.valueSizeInBytes),
  {
    ...{ key: 'verdict', title: 'Cleaning', width: '72px' },
    cell: ({ stays }) => <Badge tone={stays ? 'good' : 'quiet'}>{stays ? 'stays' : 'goes'}</Badge>,
    text: ({ stays }) => (stays ? 'stays' : 'goes'),
    order: ({ stays }) => (stays ? 1 : 0),
  },
  {
    ...{ key: 'why', title: 'Why', width: 'minmax(200px, 1fr)' },
    cell: ({ why }) => <span title={why}>{why}</span>,
    text: ({ why }) => why,
  },
  countColumn('Segment', '90px', ({ record }) => record.segmentBaseOffset),
];
