/** Which later segments supersede the records of each, as a square of cells. Draws what build-supersession-map.ts made. */
import type { ReactNode } from 'react';
import { countText, plural, sizeText } from '../text/quantities';
import type { SupersessionMap as MapOfCells } from './build-supersession-map';
import classes from './supersession-map.module.css';

export interface SupersessionMapProps {
  readonly map: MapOfCells;
  /** Below the words about the axes. */
  readonly children?: ReactNode;
}

export function SupersessionMap({ map, children }: SupersessionMapProps) {
  const base = (index: number) => countText(map.baseOffsets[index] ?? 0);
  return (
    <figure className={classes['figure']}>
      <svg
        className={classes['map']}
        viewBox={`0 0 ${map.side} ${map.side}`}
        role="img"
        aria-label="Records of each segment by the segment that supersedes them; the table has the numbers"
      >
        {map.cells.map(({ row, column, count, bytes, strength }) => (
          <rect
            key={`${row} ${column}`}
            x={column}
            y={row}
            width={0.94}
            height={0.94}
            fill={`color-mix(in oklch, var(--savings-1) ${Math.round(strength * 100)}%, var(--savings-0))`}
          >
            <title>{`${plural(count, 'record')} of ${base(row)} superseded in ${base(column)}, ${sizeText(bytes)}`}</title>
          </rect>
        ))}
      </svg>
      <figcaption className={classes['legend']}>
        <span>
          Rows: segments with superseded records, from the oldest down. Columns: the segment that holds the
          next record of the same key. The stronger, the more bytes. A later cleanable end frees the columns
          to the left of it.
        </span>
        {children}
      </figcaption>
    </figure>
  );
}
