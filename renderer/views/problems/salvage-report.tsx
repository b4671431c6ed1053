/** What a salvage of the log saved, where, and each stretch that it left out. */
import type { SalvageReport } from '../../../shared/salvage';
import { lostOffsetsText } from '../../../shared/salvage-words';
import { Button } from '../../components/controls';
import { Facts } from '../../components/facts';
import { Count, Size } from '../../components/quantities';
import { plural } from '../../text/quantities';
import classes from './problems-screen.module.css';

interface SalvageReportProps {
  readonly report: SalvageReport;
  readonly onClose: () => void;
}

export function SalvageReportView({ report, onClose }: SalvageReportProps) {
  const { path, batchCount, recordCount, sizeInBytes, leftOut } = report;
  return (
    <section className={classes['details']} aria-label="Salvage report">
      <h2 className={classes['title']}>
        {path === null ? 'There was no sound batch to save' : `${plural(recordCount, 'record')} saved`}
      </h2>
      <Facts
        rows={[
          path === null ? null : ['New log', path],
          ['Batches', <Count key="v" value={batchCount} />],
          ['Bytes', <Size key="v" bytes={sizeInBytes} />],
        ]}
      />
      <h3 className={classes['heading']}>
        {leftOut.length === 0
          ? 'Nothing was left out'
          : `Left out: ${plural(leftOut.length, 'stretch', 'stretches')}`}
      </h3>
      <ul className={classes['leftOut']}>
        {leftOut.map(({ file, position, sizeInBytes: size, message, fromOffset, toOffset }) => (
          <li key={`${file} ${position}`}>
            <span className={classes['mono']}>
              {file} at {position ?? 0}
            </span>
            , <Size bytes={size} />: {message} Lost: {lostOffsetsText(fromOffset, toOffset)}.
          </li>
        ))}
      </ul>
      <Button onClick={onClose}>Close the report</Button>
    </section>
  );
}
