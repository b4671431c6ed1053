/** The figures of a log or of a segment: counts, bytes as bars, sizes, codecs, largest records, heaviest keys. */
import { type ReactNode, useMemo } from 'react';
import { type BytePart, byteBars } from '../../../shared/byte-bars';
import { percentText } from '../../../shared/plan/share-text';
import type { DistributionRow, Statistics, TopRow } from '../../../shared/statistics';
import { ByteBar } from '../../charts/byte-bar';
import { Facts } from '../../components/facts';
import { Count, None, Size } from '../../components/quantities';
import { useApp, useAppParts } from '../../store/use-app';
import { countText, sizeText } from '../../text/quantities';
import classes from './statistics.module.css';

const LIST_COUNT = 10;

export interface FiguresProps {
  readonly statistics: Statistics;
}

export function StatisticsFigures({ statistics }: FiguresProps) {
  return (
    <div className={classes['figures']}>
      <Counts statistics={statistics} />
      <Bytes statistics={statistics} />
      <Sizes sizes={statistics.sizes} />
      <Codecs statistics={statistics} />
      <LargestRecords statistics={statistics} />
      <Heaviest
        title="Keys that take the most bytes"
        note="All records with the key, as decompressed."
        rows={statistics.topKeys}
      />
      <Heaviest
        title="Header names that take the most bytes"
        note="The name and its values."
        rows={statistics.topHeaderNames}
      />
    </div>
  );
}

function Counts({ statistics: { counts, uniqueKeys, isComplete } }: FiguresProps) {
  return (
    <section aria-label="Counts">
      {!isComplete && (
        <p className={classes['incomplete']}>
          Bytes are damaged: records may be missing from every count. Problems tells where.
        </p>
      )}
      <Facts
        rows={[
          ['Records', <Count key="v" value={counts.records} />],
          ['Batches', <Count key="v" value={counts.batches} />],
          [
            'Different keys',
            uniqueKeys === null ? (
              <None key="v" />
            ) : (
              <span key="v" title={uniqueKeys.isExact ? 'exact' : 'an estimate, with its standard error'}>
                {uniqueKeys.isExact ? '' : 'about '}
                <Count value={uniqueKeys.count} />
                {uniqueKeys.isExact ? '' : ` ± ${percentText(uniqueKeys.standardError)}`}
              </span>
            ),
          ],
          ['Null keys', <Count key="v" value={counts.nullKeys} />],
          ['Tombstones', <Count key="v" value={counts.tombstones} />],
          ['Headers', <Count key="v" value={counts.headers} />],
          counts.controlRecords === 0
            ? null
            : ['Control records', <Count key="v" value={counts.controlRecords} />],
          counts.unreadableBatches === 0
            ? null
            : ['Unreadable batches', <Count key="v" value={counts.unreadableBatches} />],
        ]}
      />
    </section>
  );
}

function Bytes({ statistics }: FiguresProps) {
  const bars = useMemo(() => byteBars(statistics), [statistics]);
  const isCompressed = statistics.bytes.compressionGain !== 0;
  const saved = percentText(Math.abs(bars.savedShare));
  return (
    <section className={classes['group']} aria-label="Bytes">
      <h3 className={classes['heading']}>What each byte is</h3>
      <Bar title={isCompressed ? 'Decompressed' : 'On disk'} bytes={bars.contentBytes} parts={bars.content} />
      {isCompressed && (
        <Bar
          title={`On disk, compression ${bars.savedShare >= 0 ? 'saves' : 'costs'} ${saved}`}
          bytes={bars.storedBytes}
          parts={bars.stored}
        />
      )}
      <table className={classes['table']} aria-label="Bytes by part">
        <thead>
          <tr>
            <th>Part</th>
            <th>Size</th>
            <th>Share</th>
          </tr>
        </thead>
        <tbody>
          {bars.content.map(({ key, title, meaning, colour, sizeInBytes }) => (
            <tr key={key}>
              <th scope="row" title={meaning}>
                <span className={classes['swatch']} style={{ background: `var(--${colour})` }} />
                {title}
              </th>
              <td>
                <Size bytes={sizeInBytes} />
              </td>
              <td>{percentText(sizeInBytes / Math.max(bars.contentBytes, 1))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Bar({ title, bytes, parts }: { title: string; bytes: number; parts: readonly BytePart[] }) {
  return (
    <div>
      <div className={classes['barTitle']}>
        <span>{title}</span>
        <span title={`${countText(bytes)} bytes`}>{sizeText(bytes)}</span>
      </div>
      <ByteBar
        label={title}
        parts={parts.map(({ colour, ...part }) => ({ ...part, fill: `var(--${colour})` }))}
      />
    </div>
  );
}

const DISTRIBUTIONS = [
  ['record', 'Record', sizeText],
  ['key', 'Key', sizeText],
  ['value', 'Value', sizeText],
  ['batch', 'Batch', sizeText],
  ['recordsPerBatch', 'Records a batch', countText],
] as const;

function Sizes({ sizes }: { readonly sizes: Statistics['sizes'] }) {
  const counted = DISTRIBUTIONS.filter(([name]) => sizes[name].count > 0);
  if (counted.length === 0) return null;
  const isExact = counted.every(([name]) => sizes[name].percentiles.every((each) => each.isExact));
  const line = (title: string, of: (distribution: DistributionRow) => number) => (
    <tr key={title}>
      <th scope="row">{title}</th>
      {counted.map(([name, , show]) => (
        <td key={name} title={countText(of(sizes[name]))}>
          {show(of(sizes[name]))}
        </td>
      ))}
    </tr>
  );
  return (
    <Table
      title="Sizes"
      columns={['', ...counted.map(([, title]) => title)]}
      note={`Batches as they are on disk. ${isExact ? 'All exact.' : '≈ is at most a 128th too large.'}`}
    >
      {line('Least', ({ min }) => min)}
      {sizes.record.percentiles.map(({ percent }, index) => (
        <tr key={percent}>
          <th scope="row">{percent === 50 ? 'Half up to' : `${percent} % up to`}</th>
          {counted.map(([name, , show]) => {
            const { size, isExact: isSizeExact } = sizes[name].percentiles[index]!;
            return (
              <td key={name} title={countText(size)}>
                {isSizeExact ? '' : '≈\u2009'}
                {show(size)}
              </td>
            );
          })}
        </tr>
      ))}
      {line('Largest', ({ max }) => max)}
      {line('Mean', ({ sum, count }) => Math.round((sum / count) * 10) / 10)}
    </Table>
  );
}

function Codecs({ statistics: { codecs } }: FiguresProps) {
  if (codecs.length === 0) return null;
  return (
    <Table title="Codecs" columns={['', 'Batches', 'Records', 'Stored', 'Decom\u00adpressed', 'Ratio']}>
      {codecs.map(({ codec, batchCount, recordCount, storedBytes, contentBytes }) => (
        <tr key={codec}>
          <th scope="row">
            <span className={classes['swatch']} style={{ background: `var(--codec-${codec})` }} />
            {codec}
          </th>
          <td>{countText(batchCount)}</td>
          <td>{countText(recordCount)}</td>
          <td>
            <Size bytes={storedBytes} />
          </td>
          <td>
            <Size bytes={contentBytes} />
          </td>
          <td>{storedBytes === 0 ? '–' : (contentBytes / storedBytes).toFixed(2)}</td>
        </tr>
      ))}
    </Table>
  );
}

function LargestRecords({ statistics: { largestRecords } }: FiguresProps) {
  const { showScreen, jumpTo, isSaved } = useAppParts((state) => ({
    showScreen: state.showScreen,
    jumpTo: state.jumpTo,
    isSaved: state.directory?.savedReport !== undefined,
  }));
  if (largestRecords.length === 0) return null;
  const open = (offset: number) => {
    showScreen('records');
    void jumpTo({ kind: 'offset', offset });
  };
  return (
    <Table title="Largest records" columns={['Offset', 'Size', 'Key', 'Value']}>
      {largestRecords
        .slice(0, LIST_COUNT)
        .map(({ offset, sizeInBytes, keySizeInBytes, valueSizeInBytes }) => (
          <tr key={offset}>
            <th scope="row">
              {isSaved ? (
                countText(offset)
              ) : (
                <button
                  type="button"
                  className={classes['link']}
                  title="Show in Records"
                  onClick={() => open(offset)}
                >
                  {countText(offset)}
                </button>
              )}
            </th>
            <td>
              <Size bytes={sizeInBytes} />
            </td>
            <td>
              <Size bytes={keySizeInBytes} />
            </td>
            <td>
              <Size bytes={valueSizeInBytes} />
            </td>
          </tr>
        ))}
    </Table>
  );
}

interface HeaviestProps {
  readonly title: string;
  readonly note: string;
  readonly rows: readonly TopRow[];
}

/** Names whose bytes are only known to be above nothing say nothing: there were too many of them to tell. */
function Heaviest({ title, note: meaning, rows }: HeaviestProps) {
  const isRedacted = useApp((state) => state.directory?.savedReport?.isRedacted === true);
  const note = isRedacted ? `${meaning} The report is redacted: names are keyed hashes.` : meaning;
  const known = rows.filter(({ bytesMin }) => bytesMin > 0).slice(0, LIST_COUNT);
  if (known.length === 0) return null;
  const isExact = known.every(({ bytesMin, bytesMax }) => bytesMin === bytesMax);
  return (
    <Table
      title={title}
      columns={['', isExact ? 'Bytes' : 'Bytes, at least', ...(isExact ? [] : ['At most'])]}
      note={isExact ? note : `${note} There are too many names to count each: the bytes lie between the two.`}
    >
      {known.map((row) => (
        <tr key={row.nameText ?? row.nameBase64}>
          <th scope="row" className={classes['mono']} title={`${countText(row.nameSizeInBytes)} bytes long`}>
            {row.nameText === '' ? '(empty)' : (row.nameText ?? `base64 ${row.nameBase64}`)}
          </th>
          <td>
            <Size bytes={row.bytesMin} />
          </td>
          {!isExact && (
            <td>
              <Size bytes={row.bytesMax} />
            </td>
          )}
        </tr>
      ))}
    </Table>
  );
}

interface TableProps {
  readonly title: string;
  readonly columns: readonly string[];
  readonly note?: string | null;
  readonly children: ReactNode;
}

function Table({ title, columns, note = null, children }: TableProps) {
  return (
    <section className={classes['group']} aria-label={title}>
      <h3 className={classes['heading']}>{title}</h3>
      <table className={classes['table']} aria-label={title}>
        <thead>
          <tr>
            {columns.map((column) => (column === '' ? <td key={column} /> : <th key={column}>{column}</th>))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
      {note !== null && <p className={classes['note']}>{note}</p>}
    </section>
  );
}
