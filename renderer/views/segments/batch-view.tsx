/** One batch: its header, and its bytes with every field of batch and records named. */
import { useMemo, useState } from 'react';
import type { BatchAnatomy, SpanRow } from '../../../shared/inspection';
import { Facts } from '../../components/facts';
import { type HexField, HexView } from '../../components/hex-view';
import { Failure } from '../../components/notices';
import { Count, Size, Time } from '../../components/quantities';
import { useAppParts } from '../../store/use-app';
import { useOriginalFormat } from '../../store/use-original-format';
import { sizeText } from '../../text/quantities';
import classes from './batch-view.module.css';

export function BatchView({ span }: { readonly span: SpanRow }) {
  const { anatomy, anatomyError } = useAppParts((state) => ({
    anatomy: state.anatomy,
    anatomyError: state.anatomyError,
  }));
  const [part, setPart] = useState<'batch' | 'records'>('batch');
  return (
    <section aria-label="Batch">
      {span.problem !== null && (
        <p className={classes['problem']}>
          <strong>{span.problem.message}</strong> {span.problem.consequence}
        </p>
      )}
      {span.kind === 'batch' && <BatchFacts span={span} />}
      {anatomyError !== null && <Failure title="The bytes could not be read." error={anatomyError} />}
      {anatomy !== null && (
        <>
          {anatomy.recordBytes !== null && (
            <div className={classes['parts']}>
              <button type="button" aria-pressed={part === 'batch'} onClick={() => setPart('batch')}>
                {`As on disk (${sizeText(anatomy.bytes.length)})`}
              </button>
              <button type="button" aria-pressed={part === 'records'} onClick={() => setPart('records')}>
                {`Records, decompressed (${sizeText(anatomy.recordBytes.length)})`}
              </button>
            </div>
          )}
          <BatchBytes
            anatomy={anatomy}
            part={anatomy.recordBytes === null ? 'batch' : part}
            position={span.position}
          />
        </>
      )}
    </section>
  );
}

interface BatchBytesProps {
  readonly anatomy: BatchAnatomy;
  readonly part: 'batch' | 'records';
  /** Of the batch in its file. */
  readonly position: number;
}

function BatchBytes({ anatomy, part, position }: BatchBytesProps) {
  const fields = useMemo(
    () =>
      anatomy.fields.flatMap(({ in: place, recordIndex, ...field }): HexField[] =>
        place === part ? [{ ...field, owner: recordIndex === null ? null : `record ${recordIndex}` }] : [],
      ),
    [anatomy, part],
  );
  const recordBytes = part === 'records' ? anatomy.recordBytes : null;
  return (
    <HexView
      key={part}
      bytes={recordBytes ?? anatomy.bytes}
      fields={fields}
      origin={recordBytes === null ? position : 0}
    />
  );
}

function BatchFacts({ span }: { readonly span: SpanRow }) {
  const count = (value: number | null) => <Count value={value} />;
  // Messages of magic 0 have no timestamp, those of magic 0 and 1 no leader epoch.
  const hasTimestamps = span.magic !== 0;
  // Its records are told as messages of magic 1, which they are not.
  const isOriginal = useOriginalFormat();
  const isBatch = span.magic === null || span.magic >= 2;
  const hasProducer = span.producerId !== null && span.producerId >= 0;
  return (
    <Facts
      rows={[
        ['Base offset', count(span.baseOffset)],
        ['Last offset', count(span.lastOffset)],
        ['Records', count(span.recordCount)],
        ['Size', <Size key="v" bytes={span.sizeInBytes} />],
        isOriginal ? ['Format', 'original'] : ['Magic', count(span.magic)],
        ['Codec', span.codec],
        hasTimestamps && !isOriginal ? ['Timestamp type', span.timestampType] : null,
        hasTimestamps ? ['Base timestamp', <Time key="v" ms={span.baseTimestampMs} />] : null,
        hasTimestamps ? ['Largest timestamp', <Time key="v" ms={span.maxTimestampMs} />] : null,
        isBatch ? ['Partition leader epoch', count(span.partitionLeaderEpoch)] : null,
        hasProducer ? ['Producer id', count(span.producerId)] : null,
        hasProducer ? ['Producer epoch', count(span.producerEpoch)] : null,
        hasProducer ? ['Base sequence', count(span.baseSequence)] : null,
        span.isTransactional ? ['Transactional', 'yes'] : null,
        span.isControl ? ['Control batch', 'yes'] : null,
        span.hasDeleteHorizon ? ['Base timestamp is', 'the delete horizon'] : null,
        ['CRC', span.crc === null ? '–' : `0x${(span.crc >>> 0).toString(16).padStart(8, '0')}`],
      ]}
    />
  );
}
