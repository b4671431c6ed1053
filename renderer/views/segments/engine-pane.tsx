/** A program that writes the log with the engine: whether it is at work, and what it has counted since it opened the log. */
import type { ReactNode } from 'react';
import type { EngineMetrics } from '../../../shared/engine-writer';
import { Badge } from '../../components/controls';
import { Facts, type FactsProps } from '../../components/facts';
import { Failure } from '../../components/notices';
import { Count, Size, Time } from '../../components/quantities';
import { useAppParts } from '../../store/use-app';
import { countText, durationText, sizeText } from '../../text/quantities';
import classes from './engine-pane.module.css';
import { latencyText, type Rates, ratesOf, writerState } from './engine-view';

export function EnginePane() {
  const { writer, before, error } = useAppParts((state) => ({
    writer: state.engineWriter,
    before: state.engineWriterBefore,
    error: state.engineError,
  }));
  if (writer === null) return null;
  const { title, tone, text } = writerState(writer);
  const { metrics, flaw } = writer;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and holds nothing else to reach with the keys
    <section className={classes['pane']} aria-label="Writer" tabIndex={0}>
      {error !== null && <Failure title="The writer could not be asked." error={error} />}
      <p className={classes['state']}>
        <Badge tone={tone}>{title}</Badge> {text}
      </p>
      {flaw !== null && (
        <p className={classes['flaw']} role="alert">
          {`The file of its counters cannot be used: ${flaw}`}
        </p>
      )}
      {metrics === null && flaw === null && (
        <p className={classes['hint']}>
          It leaves no counters: they are written where metricsIntervalMs is set.
        </p>
      )}
      {metrics !== null && <Counters counters={metrics} rates={ratesOf(writer, before)} />}
    </section>
  );
}

interface CountersProps {
  readonly counters: EngineMetrics;
  readonly rates: Rates | null;
}

function Counters({ counters, rates }: CountersProps) {
  return (
    <>
      <AppendCounters counters={counters} rates={rates} />
      <LogCounters counters={counters} />
    </>
  );
}

function AppendCounters({ counters, rates }: CountersProps) {
  const { metrics, slowAppendMs } = counters;
  const { appendLatency: latency } = metrics;
  const took = (ms: number) => (latency.count === 0 ? '–' : latencyText(ms));
  return (
    <>
      <Group
        title="Appends"
        rows={[
          [
            'Appends',
            <Grown key="v" of={<Count value={metrics.appendCount} />} rate={perSecond(rates?.appends)} />,
          ],
          [
            'Records',
            <Grown key="v" of={<Count value={metrics.recordCount} />} rate={perSecond(rates?.records)} />,
          ],
          [
            'Bytes written',
            <Grown
              key="v"
              of={<Size bytes={metrics.appendedBytes} />}
              rate={rates === null ? null : `${sizeText(Math.round(rates.bytes))}/s`}
            />,
          ],
          [`Slow, over ${durationText(slowAppendMs)}`, <Noted key="v" count={metrics.slowAppendCount} />],
          ['Failed', <Noted key="v" count={metrics.failedAppendCount} />],
        ]}
      />
      <Group
        title="How long an append takes"
        rows={[
          ['Half up to', took(latency.p50Ms)],
          ['99 % up to', took(latency.p99Ms)],
          ['Longest', took(latency.maxMs)],
          ['Mean', took(latency.meanMs)],
        ]}
      />
    </>
  );
}

function LogCounters({ counters }: Pick<CountersProps, 'counters'>) {
  const { metrics } = counters;
  return (
    <>
      <Group
        title="Segments"
        rows={[
          ['Segments', <Count key="v" value={metrics.segmentCount} />],
          ['Size', <Size key="v" bytes={metrics.sizeInBytes} />],
          ['Log start offset', <Count key="v" value={counters.logStartOffset} />],
          ['Log end offset', <Count key="v" value={counters.logEndOffset} />],
          ['Rolls', <Count key="v" value={metrics.rollCount} />],
          ['Deleted', <Count key="v" value={metrics.deletedSegmentCount} />],
          ['Compactions', <Count key="v" value={metrics.compactionCount} />],
          ['Freed by compaction', <Size key="v" bytes={metrics.compactionFreedBytes} />],
        ]}
      />
      <Group
        title="Disk and files"
        rows={[
          metrics.isStopped
            ? [
                'Writing',
                <Badge
                  key="v"
                  tone="error"
                  title="An fsync failed: the program has to open the log again, which recovers it."
                >
                  stopped
                </Badge>,
              ]
            : null,
          ['Free', <Size key="v" bytes={counters.disk.availableBytes} />],
          ['Disk full', <Noted key="v" count={metrics.diskFullCount} />],
          ['Failed retention', <Noted key="v" count={metrics.failedRetentionCount} />],
          ['Failed compaction', <Noted key="v" count={metrics.failedCompactionCount} />],
          metrics.isUncleanable
            ? [
                'Uncleanable',
                <Badge key="v" tone="warning">
                  damaged
                </Badge>,
              ]
            : null,
          [
            'Open for reading',
            <span key="v" title="now, and at most since it was opened">
              {`${countText(metrics.openFileCount)} (at most ${countText(metrics.openFileCountMax)})`}
            </span>,
          ],
          ['Counters of', <Time key="v" ms={counters.writtenAtMs} />],
        ]}
      />
    </>
  );
}

function perSecond(rate: number | undefined): string | null {
  return rate === undefined ? null : `${countText(Math.round(rate))}/s`;
}

function Group({ title, rows }: { readonly title: string; readonly rows: FactsProps['rows'] }) {
  return (
    <section aria-label={title}>
      <h3 className={classes['heading']}>{title}</h3>
      <Facts rows={rows} />
    </section>
  );
}

function Grown({ of, rate }: { readonly of: ReactNode; readonly rate: string | null }) {
  return (
    <>
      {rate !== null && <span className={classes['rate']}>{rate}</span>}
      {of}
    </>
  );
}

/** A count that should be 0. */
function Noted({ count }: { readonly count: number }) {
  return count === 0 ? <Count value={0} /> : <Badge tone="warning">{countText(count)}</Badge>;
}
