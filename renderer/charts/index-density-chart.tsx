/** How far apart index entries are along the log: the mean and the largest stretch in each part. Draws what it is given. */
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { DensityPoint } from '../../shared/plan/index-gaps';
import { sizeText } from '../text/quantities';
import { axisTo, sizeTicks } from './axis-ticks';
import { CHART_AXIS, CHART_TOOLTIP, ChartFigure } from './chart-figure';

const NAMES = { meanBytes: 'mean stretch here', maxBytes: 'largest stretch here' };

const CAPTION = 'Bytes between index entries, along the log (by bytes from its beginning)';

export interface IndexDensityChartProps {
  readonly points: readonly DensityPoint[];
  /** In force or tried; below it no stretch can be. */
  readonly indexIntervalBytes: number;
  /** How its line is called. */
  readonly intervalName: string;
}

export function IndexDensityChart({ points, indexIntervalBytes, intervalName }: IndexDensityChartProps) {
  const end = points.at(-1)?.at ?? 0;
  const largestBytes = points.reduce((bytes, { maxBytes }) => Math.max(bytes, maxBytes), indexIntervalBytes);
  const sizeAxis = axisTo(sizeTicks(largestBytes));
  return (
    <ChartFigure
      caption={CAPTION}
      columns={['At', 'Mean stretch', 'Largest stretch']}
      rows={() => points.map(({ at, meanBytes, maxBytes }) => [at, meanBytes, maxBytes].map(text))}
    >
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart
          aria-label={CAPTION}
          data={[...points]}
          margin={{ top: 14, right: 12, bottom: 0, left: 0 }}
        >
          <CartesianGrid stroke="var(--hairline)" vertical={false} />
          <XAxis
            dataKey="at"
            type="number"
            domain={['dataMin', 'dataMax']}
            ticks={sizeTicks(end).filter((at) => at <= end)}
            tickFormatter={text}
            tick={CHART_AXIS}
            minTickGap={48}
          />
          <YAxis {...sizeAxis} tickFormatter={text} tick={CHART_AXIS} width={64} />
          <Tooltip
            {...CHART_TOOLTIP}
            labelFormatter={(at) => `${text(Number(at))} into the log`}
            formatter={(bytes, name) => [text(Number(bytes)), NAMES[name as keyof typeof NAMES]]}
          />
          <ReferenceLine
            y={indexIntervalBytes}
            stroke="var(--text-quiet)"
            strokeDasharray="2 3"
            label={{
              value: `${intervalName} ${text(indexIntervalBytes)}`,
              ...{ position: 'insideTopRight', fontSize: 11, fill: 'var(--text-quiet)' },
            }}
          />
          <Area
            dataKey="maxBytes"
            type="stepAfter"
            stroke="none"
            fill="var(--density-0)"
            isAnimationActive={false}
          />
          <Line
            dataKey="meanBytes"
            type="stepAfter"
            stroke="var(--density-1)"
            strokeWidth={1.5}
            dot={false}
            isAnimationActive={false}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </ChartFigure>
  );
}

const text = (bytes: number) => sizeText(Math.round(bytes));
