/** Sizes that may be estimates, marked as such. */
import { Size } from '../../components/quantities';
import classes from './compaction.module.css';

const WHY_ESTIMATE =
  'Estimate: batches that are compressed anew, or get a delete horizon at the moment of the run, may differ by some bytes';

export function EstimatedSize({ bytes, isExact }: { readonly bytes: number; readonly isExact: boolean }) {
  return (
    <>
      {!isExact && (
        <abbr className={classes['estimate']} title={WHY_ESTIMATE}>
          ≈
        </abbr>
      )}
      <Size bytes={bytes} />
    </>
  );
}
