/** Sizes that may be estimates, marked as such, and shares in per cent. */
import { Size } from '../../components/quantities';
import classes from './compaction.module.css';

const WHY_ESTIMATE =
  'Estimate: batches that are compressed anew, or get a delete horizon at the moment of the run, may differ by some bytes';
const PERCENT = 100;

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

/** One decimal; what is not all, or not nothing, is never rounded to it. */
export function percentText(share: number | null): string | null {
  if (share === null) return null;
  const text = (share * PERCENT).toFixed(1);
  if (text === '100.0' && share < 1) return '> 99.9 %';
  if (/^-?0\.0$/.test(text)) return share > 0 ? '< 0.1 %' : '0 %';
  return `${text.replace('-', '−')} %`;
}
