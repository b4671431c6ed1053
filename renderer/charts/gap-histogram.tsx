/** How many stretches between index entries are how large, in bars of powers of two. Draws what it is given. */
import type { ReactNode } from 'react';
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { HistogramBar } from '../../shared/plan/index-gaps';
import { countText, plural } from '../text/quantities';
import { axisTo, countTicks } from './axis-ticks';
import { CHART_AXIS, CHART_TOOLTIP, ChartFigure } from './chart-figure';

export interface GapHistogramProps {
  readonly caption: string;
  readonly bars: readonly HistogramBar[];
  /** A value of the bars' axis as text. */
  readonly text: (value: number) => string;
  readonly controls: ReactNode;
}

export function GapHistogram({ caption, bars, text, controls }: GapHistogramProps) {
  const rangeText = ({ from, to }: HistogramBar) =>
    to - from <= 1 ? text(from) : `${text(from)} to under ${text(to)}`;
  const countAxis = axisTo(countTicks(bars.reduce((most, { count }) => Math.max(most, count), 0)));
  return (
    <ChartFigure
      caption={caption}
      controls={controls}
      columns={['Stretch', 'Count']}
      rows={() => bars.map((bar) => [rangeText(bar), countText(bar.count)])}
    >
      <ResponsiveContainer width="100%" height="100%">
        <BarChart
          aria-label={caption}
          data={[...bars]}
          margin={{ top: 14, right: 12, bottom: 0, left: 0 }}
          barCategoryGap={1}
        >
          <CartesianGrid stroke="var(--hairline)" vertical={false} />
          <XAxis dataKey="from" tickFormatter={text} tick={CHART_AXIS} minTickGap={8} />
          <YAxis {...countAxis} tickFormatter={countText} tick={CHART_AXIS} width={48} />
          <Tooltip
            {...CHART_TOOLTIP}
            cursor={{ fill: 'var(--surface-hover)' }}
            labelFormatter={(from) => {
              const bar = bars.find((each) => each.from === Number(from));
              return bar === undefined ? '' : rangeText(bar);
            }}
            formatter={(count) => [plural(Number(count), 'stretch', 'stretches'), 'between entries']}
          />
          <Bar dataKey="count" fill="var(--density-1)" isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </ChartFigure>
  );
}
