/** One record in full: key, value and headers in the form the reader chooses, and where it lies. */
import { useState } from 'react';
import type { RecordRow } from '../../../shared/inspection';
import { Button, Choice } from '../../components/controls';
import { Facts } from '../../components/facts';
import { Count, Size, Time } from '../../components/quantities';
import { useAppParts } from '../../store/use-app';
import {
  type Content,
  type ContentFormat,
  contentOf,
  formatsOf,
  formattedContent,
} from '../../text/content-formats';
import { countText, sizeText } from '../../text/quantities';
import classes from './records.module.css';

export function RecordDetails({ record }: { readonly record: RecordRow }) {
  const { headers } = record;
  return (
    <div className={classes['details']}>
      <h2 className={classes['title']}>{`Record ${countText(record.offset)}`}</h2>
      <ContentPart
        key={`key ${record.offset}`}
        title="Key"
        content={contentOf(record.keyText, record.keyBase64)}
        sizeInBytes={record.keySizeInBytes}
      />
      <ContentPart
        key={`value ${record.offset}`}
        title={record.valueSizeInBytes === null && !record.isControl ? 'Value (null: a tombstone)' : 'Value'}
        content={contentOf(record.valueText, record.valueBase64)}
        sizeInBytes={record.valueSizeInBytes}
      />
      {headers.map(({ name, valueText, valueBase64 }, index) => {
        const content = contentOf(valueText, valueBase64);
        return (
          <ContentPart
            // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat, order is theirs
            key={`header ${record.offset} ${index}`}
            title={`Header ${name}`}
            content={content}
            sizeInBytes={content?.bytes.length ?? null}
          />
        );
      })}
      <RecordFacts record={record} />
      <ShowBatch record={record} />
    </div>
  );
}

interface ContentPartProps {
  readonly title: string;
  readonly content: Content | null;
  readonly sizeInBytes: number | null;
}

function ContentPart({ title, content, sizeInBytes }: ContentPartProps) {
  const formats = content === null ? [] : formatsOf(content);
  const [format, setFormat] = useState<ContentFormat | null>(null);
  const shown = format ?? formats[0] ?? 'text';
  const isCut = content !== null && sizeInBytes !== null && content.bytes.length < sizeInBytes;
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
            onChange={(next) => setFormat(next)}
          />
        )}
      </div>
      <pre className={classes['text']}>
        {content === null ? <span className={classes['null']}>null</span> : formattedContent(content, shown)}
      </pre>
      {isCut && (
        <p
          className={classes['quiet']}
        >{`The first ${sizeText(content.bytes.length)} of ${sizeText(sizeInBytes)}.`}</p>
      )}
    </section>
  );
}

function RecordFacts({ record }: { readonly record: RecordRow }) {
  return (
    <Facts
      rows={[
        ['Timestamp', <Time key="v" ms={record.timestampMs} />],
        ['Timestamp type', record.timestampType],
        ['Batch base offset', <Count key="v" value={record.batchBaseOffset} />],
        ['Segment', <Count key="v" value={record.segmentBaseOffset} />],
        ['Position of the batch', <Count key="v" value={record.position} />],
        ['Codec', record.codec],
        ['Magic', String(record.magic)],
        record.producerId < 0 ? null : ['Producer id', <Count key="v" value={record.producerId} />],
        record.transactionState === null ? null : ['Transaction', record.transactionState],
        record.controlType === null ? null : ['Control record', record.controlType],
      ]}
    />
  );
}

function ShowBatch({ record }: { readonly record: RecordRow }) {
  const { selectSegment, showScreen, selectBatch } = useAppParts((state) => ({
    selectSegment: state.selectSegment,
    showScreen: state.showScreen,
    selectBatch: state.selectBatch,
  }));
  return (
    <div className={classes['part']}>
      <Button
        onClick={() => {
          selectSegment(record.segmentBaseOffset);
          showScreen('segments');
          void selectBatch(record.position);
        }}
      >
        Show the batch
      </Button>
    </div>
  );
}
