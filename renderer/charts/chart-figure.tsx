/** A chart under its caption, and the numbers of the chart as a table in its place: for copying and for screen readers. */
import { type ReactNode, useState } from 'react';
import classes from './chart-figure.module.css';

export interface ChartFigureProps {
  readonly caption: string;
  /** What stands beside the switch. */
  readonly controls?: ReactNode;
  readonly columns: readonly string[];
  /** Row by row, as text. */
  readonly rows: () => readonly (readonly string[])[];
  readonly children: ReactNode;
}

export const CHART_AXIS = { fontSize: 11, fill: 'var(--text-quiet)' };
export const CHART_TOOLTIP = {
  isAnimationActive: false,
  contentStyle: {
    background: 'var(--surface-raised)',
    border: '1px solid var(--hairline)',
    fontSize: 12,
  },
};

export function ChartFigure({ caption, controls, columns, rows, children }: ChartFigureProps) {
  const [isTable, setTable] = useState(false);
  return (
    <figure className={classes['figure']}>
      <figcaption className={classes['caption']}>
        <span className={classes['text']} title={caption}>
          {caption}
        </span>
        {controls}
        <button type="button" className={classes['switch']} onClick={() => setTable(!isTable)}>
          {isTable ? 'As chart' : 'As table'}
        </button>
      </figcaption>
      {isTable ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the keys
        <div className={classes['scroll']} tabIndex={0}>
          <table className={classes['table']}>
            <thead>
              <tr>
                {columns.map((title) => (
                  <th key={title}>{title}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows().map((row) => (
                <tr key={row[0]}>
                  {row.map((cell, index) => (
                    <td key={columns[index]}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div className={classes['chart']}>{children}</div>
      )}
    </figure>
  );
}
