/** Size over time: what is there, and what comes with and without the policy. Draws what it is given. */
import { useState } from 'react';
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { ProjectedSize } from '../../shared/plan/growth-projection';
import { sizeText, timeText } from '../text/quantities';
import classes from './growth-chart.module.css';

const AXIS = { fontSize: 11, fill: 'var(--text-quiet)' };
const NAMES = {
  presentBytes: 'present segments',
  withoutPolicyBytes: 'without policy',
  withPolicyBytes: 'with policy',
};
const TABLE_ROWS_MAX = 24;

export interface GrowthChartProps {
  readonly points: readonly ProjectedSize[];
  readonly nowMs: number;
  /** Bytes; null where there is no limit by size. */
  readonly retentionBytes: number | null;
}

export function GrowthChart({ points, nowMs, retentionBytes }: GrowthChartProps) {
  const [isTable, setTable] = useState(false);
  return (
    <figure className={classes['figure']}>
      <figcaption className={classes['caption']}>
        Size by the log’s own timestamps, and projected at the rate seen (an estimate)
        <button type="button" className={classes['switch']} onClick={() => setTable(!isTable)}>
          {isTable ? 'As chart' : 'As table'}
        </button>
      </figcaption>
      {isTable ? (
        <GrowthTable points={points} />
      ) : (
        <div className={classes['chart']}>
          <ResponsiveContainer width="100%" height="100%">
            <LineChart data={[...points]} margin={{ top: 8, right: 120, bottom: 0, left: 8 }}>
              <CartesianGrid stroke="var(--hairline)" vertical={false} />
              <XAxis
                dataKey="atMs"
                type="number"
                domain={['dataMin', 'dataMax']}
                tickFormatter={(ms: number) => timeText(ms).slice(0, 10)}
                tick={AXIS}
                minTickGap={60}
              />
              <YAxis domain={[0, 'auto']} tickFormatter={sizeText} tick={AXIS} width={72} />
              <Tooltip
                isAnimationActive={false}
                labelFormatter={(ms) => timeText(Math.round(Number(ms)))}
                formatter={(bytes, name) => [
                  sizeText(Math.round(Number(bytes))),
                  NAMES[name as keyof typeof NAMES],
                ]}
                contentStyle={{
                  background: 'var(--surface-raised)',
                  border: '1px solid var(--hairline)',
                  fontSize: 12,
                }}
              />
              <ReferenceLine
                x={nowMs}
                stroke="var(--text-quiet)"
                strokeDasharray="2 3"
                label={label('now', 'insideTopLeft')}
              />
              {retentionBytes !== null && (
                <ReferenceLine
                  y={retentionBytes}
                  stroke="var(--fate-due)"
                  label={label(`retention.bytes ${sizeText(retentionBytes)}`, 'right')}
                />
              )}
              <Line dataKey="presentBytes" stroke="var(--text)" {...LINE} />
              <Line
                dataKey="withoutPolicyBytes"
                stroke="var(--fate-undoable)"
                strokeDasharray="4 3"
                {...LINE}
              />
              <Line dataKey="withPolicyBytes" stroke="var(--accent)" {...LINE} strokeWidth={2} />
            </LineChart>
          </ResponsiveContainer>
        </div>
      )}
    </figure>
  );
}

const LINE = { dot: false, isAnimationActive: false, strokeWidth: 1.5, type: 'linear' } as const;

function label(value: string, position: 'right' | 'insideTopLeft') {
  return { value, position, fontSize: 11, fill: 'var(--text-quiet)' };
}

/** The numbers of the chart, thinned, for copying and for screen readers. */
function GrowthTable({ points }: { readonly points: readonly ProjectedSize[] }) {
  const step = Math.max(1, Math.ceil(points.length / TABLE_ROWS_MAX));
  const text = (bytes: number | null) => (bytes === null ? '–' : sizeText(Math.round(bytes)));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the keys
    <div className={classes['scroll']} tabIndex={0}>
      <table className={classes['table']}>
        <thead>
          <tr>
            <th>Time</th>
            <th>Present segments</th>
            <th>Without policy</th>
            <th>With policy</th>
          </tr>
        </thead>
        <tbody>
          {points
            .filter((_, index) => index % step === 0 || index === points.length - 1)
            .map(({ atMs, presentBytes, withoutPolicyBytes, withPolicyBytes }) => (
              <tr key={atMs}>
                <td>{timeText(Math.round(atMs))}</td>
                <td>{text(presentBytes)}</td>
                <td>{text(withoutPolicyBytes)}</td>
                <td>{text(withPolicyBytes)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
