/** One record in full: key, value and headers in the form the reader chooses, and where it lies. */

import { useMemo } from 'react';
import { contentOf, formatsOf } from '../../../shared/content-formats';
import type { RecordRow } from '../../../shared/inspection';
import { Badge, Button, Choice, CloseDetails } from '../../components/controls';
import { Facts } from '../../components/facts';
import { JsonTree } from '../../components/json-tree';
import { Count, Size, Time } from '../../components/quantities';
import { useApp, useAppParts } from '../../store/use-app';
import { useOriginalFormat } from '../../store/use-original-format';
import { countText } from '../../text/quantities';
import { ContentView } from './content-view';
import { HeaderList } from './header-list';
import classes from './records.module.css';

export function RecordDetails({ record }: { readonly record: RecordRow }) {
  const { headers } = record;
  const selectRecord = useApp((state) => state.selectRecord);
  return (
    <div className={classes['details']}>
      <div className={classes['titleLine']}>
        <h2 className={classes['title']}>{`Record ${countText(record.offset)}`}</h2>
        <CloseDetails onClose={() => void selectRecord(null)} />
      </div>
      {record.decoded !== undefined && <Decoded decoded={record.decoded} />}
      <ContentPart
        key={`key ${record.offset}`}
        part="key"
        title="Key"
        text={record.keyText}
        base64={record.keyBase64}
        sizeInBytes={record.keySizeInBytes}
      />
      <ContentPart
        key={`value ${record.offset}`}
        part="value"
        title={record.valueSizeInBytes === null && !record.isControl ? 'Value (null: a tombstone)' : 'Value'}
        text={record.valueText}
        base64={record.valueBase64}
        sizeInBytes={record.valueSizeInBytes}
      />
      <HeaderList key={`headers ${record.offset}`} headers={headers} />
      <RecordFacts record={record} />
      <ShowBatch record={record} />
    </div>
  );
}

interface ContentPartProps {
  readonly part: 'key' | 'value';
  readonly title: string;
  /** As they come: null for a null key or value, base64 where it is no UTF-8. */
  readonly text: string | null | undefined;
  readonly base64: string | undefined;
  readonly sizeInBytes: number | null;
}

function ContentPart({ part, title, text, base64, sizeInBytes }: ContentPartProps) {
  const content = useMemo(() => contentOf(text, base64), [text, base64]);
  const formats = useMemo(() => (content === null ? [] : formatsOf(content)), [content]);
  const { format, showContentAs } = useAppParts((state) => ({
    format: state.contentFormats[part],
    showContentAs: state.showContentAs,
  }));
  const shown = formats.find((each) => each === format) ?? formats[0] ?? 'text';
  return (
    <section className={classes['part']} aria-label={title}>
      <div className={classes['heading']}>
        {title}
        {sizeInBytes !== null && <Size bytes={sizeInBytes} />}
        <span className={classes['rest']} />
        {formats.length > 1 && (
          <Choice
            label={`${title} as`}
            value={shown}
            options={formats}
            onChange={(next) => showContentAs(part, next)}
          />
        )}
      </div>
      <ContentView title={title} content={content} format={shown} sizeInBytes={sizeInBytes} />
    </section>
  );
}

/** A record of one of Kafka's own topics, field by field; its bytes follow below. */
function Decoded({ decoded }: { readonly decoded: NonNullable<RecordRow['decoded']> }) {
  const { name, type, version, key, value, flaw } = decoded;
  return (
    <section className={classes['part']} aria-label="Decoded">
      <div className={classes['heading']}>
        {name ?? (type === null ? 'Not decoded' : `Type ${type}`)}
        {version !== null && <Badge tone="quiet">{`version ${version}`}</Badge>}
        {value === null && flaw === null && <Badge tone="warning">deletes it</Badge>}
      </div>
      {flaw !== null && <p className={classes['mistake']}>{`Shown raw: ${flaw}.`}</p>}
      {key !== null && <JsonTree value={key} label="Decoded key" />}
      {value !== null && <JsonTree value={value} label="Decoded value" />}
    </section>
  );
}

function RecordFacts({ record }: { readonly record: RecordRow }) {
  // Its records are told as messages of magic 1, which they are not.
  const isOriginal = useOriginalFormat();
  return (
    <Facts
      rows={[
        ['Timestamp', <Time key="v" ms={record.timestampMs} />],
        record.magic === 0 || isOriginal ? null : ['Timestamp type', record.timestampType],
        ['Batch base offset', <Count key="v" value={record.batchBaseOffset} />],
        ['Segment', <Count key="v" value={record.segmentBaseOffset} />],
        ['Position of the batch', <Count key="v" value={record.position} />],
        ['Codec', record.codec],
        isOriginal ? ['Format', 'original'] : ['Magic', String(record.magic)],
        record.producerId < 0 ? null : ['Producer id', <Count key="v" value={record.producerId} />],
        record.transactionState === null ? null : ['Transaction', record.transactionState],
        record.controlType === null ? null : ['Control record', record.controlType],
      ]}
    />
  );
}

function ShowBatch({ record }: { readonly record: RecordRow }) {
  const showBatchAt = useApp((state) => state.showBatchAt);
  return (
    <div className={classes['part']}>
      <Button onClick={() => void showBatchAt(record.segmentBaseOffset, record.position)}>
        Show the batch
      </Button>
    </div>
  );
}
