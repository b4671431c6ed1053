/** Size over time: what is there, and what comes with and without the policy, or two of them. Draws what it is given. */
import { memo, type ReactNode } from 'react';
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceDot,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { ProjectedSize } from '../../shared/plan/growth-projection';
import { sizeText, timeText } from '../text/quantities';
import { axisTo, sizeTicks } from './axis-ticks';
import { CHART_AXIS, CHART_TOOLTIP, ChartFigure } from './chart-figure';

const CAPTION = 'Size by its timestamps, and an estimate ahead';
const TABLE_ROWS_MAX = 24;
const DAY_LETTERS = 10;
const HOUR_LETTERS = 16;
const DAYS_FROM_MS = 4 * 86_400_000;
/** Behind it there is no room for a name beside those of the lines. */
const LATE_SHARE = 0.85;
/** Of the height: closer than this, one label would cover another. */
const LABEL_SHARE_MIN = 0.08;

export interface GrowthPoint extends ProjectedSize {
  /** Under the policy that is compared with; null in the past, or where there is none. */
  readonly comparedBytes: number | null;
}

export interface GrowthChartProps {
  readonly points: readonly GrowthPoint[];
  readonly nowMs: number;
  /** Bytes; null where there is no limit by size. */
  readonly retentionBytes: number | null;
  readonly isCompared: boolean;
  readonly controls?: ReactNode;
}

interface LineKind {
  readonly key: 'presentBytes' | 'withoutPolicyBytes' | 'withPolicyBytes' | 'comparedBytes';
  readonly title: string;
  readonly stroke: string;
  readonly dash?: string;
}

const LINES: readonly LineKind[] = [
  { key: 'presentBytes', title: 'Present segments', stroke: 'var(--text)' },
  { key: 'withoutPolicyBytes', title: 'Without policy', stroke: 'var(--fate-undoable)', dash: '4 3' },
  { key: 'withPolicyBytes', title: 'With policy', stroke: 'var(--accent)' },
];
const COMPARED: LineKind = {
  key: 'comparedBytes',
  title: 'Compared policy',
  stroke: 'var(--warning)',
  dash: '6 2',
};

/** Drawn anew only for other points: it takes as long as the rest of its screen. */
export const GrowthChart = memo(function GrowthChart({
  points,
  nowMs,
  retentionBytes,
  isCompared,
  controls,
}: GrowthChartProps) {
  const lines = isCompared ? [...LINES, COMPARED] : LINES;
  const spanMs = (points.at(-1)?.atMs ?? 0) - (points[0]?.atMs ?? 0);
  const isNowLate = nowMs - (points[0]?.atMs ?? 0) > spanMs * LATE_SHARE;
  const sizeAxis = axisTo(sizeTicks(largest(points, lines)));
  const letters = spanMs > DAYS_FROM_MS ? DAY_LETTERS : HOUR_LETTERS;
  return (
    <ChartFigure
      caption={CAPTION}
      controls={controls}
      columns={['Time', ...lines.map(({ title }) => title)]}
      rows={() => tableRows(points, lines)}
    >
      <ResponsiveContainer width="100%" height="100%">
        <LineChart
          aria-label={CAPTION}
          data={[...points]}
          margin={{ top: 8, right: 120, bottom: 0, left: 8 }}
        >
          <CartesianGrid stroke="var(--hairline)" vertical={false} />
          <XAxis
            dataKey="atMs"
            type="number"
            domain={['dataMin', 'dataMax']}
            tickFormatter={(ms: number) => timeText(ms).slice(0, letters)}
            tick={CHART_AXIS}
            minTickGap={60}
          />
          <YAxis {...sizeAxis} tickFormatter={sizeText} tick={CHART_AXIS} width={72} />
          <Tooltip
            {...CHART_TOOLTIP}
            labelFormatter={(ms) => timeText(Math.round(Number(ms)))}
            formatter={(bytes, name) => [
              sizeText(Math.round(Number(bytes))),
              lines.find(({ key }) => key === name)?.title ?? '',
            ]}
          />
          <ReferenceLine
            x={nowMs}
            stroke="var(--text-quiet)"
            strokeDasharray="2 3"
            label={label('now', isNowLate ? 'insideTopRight' : 'insideTopLeft')}
          />
          {retentionBytes !== null && (
            <ReferenceLine
              y={retentionBytes}
              stroke="var(--fate-due)"
              label={label(`retention.bytes ${sizeText(retentionBytes)}`, 'right')}
            />
          )}
          {lines.map(({ key, stroke, dash }) => (
            <Line
              key={key}
              dataKey={key}
              stroke={stroke}
              {...(dash === undefined ? {} : { strokeDasharray: dash })}
              strokeWidth={key === 'withPolicyBytes' ? 2 : 1.5}
              type="linear"
              dot={false}
              isAnimationActive={false}
            />
          ))}
          {endLabels(points, lines).map(({ key, title, stroke, bytes }) => (
            <ReferenceDot
              key={key}
              x={points.at(-1)!.atMs}
              y={bytes}
              r={0}
              label={{ value: title.toLowerCase(), position: 'right', fontSize: 11, fill: stroke }}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </ChartFigure>
  );
});

function largest(points: readonly GrowthPoint[], lines: readonly LineKind[]): number {
  let bytes = 0;
  for (const point of points) for (const { key } of lines) bytes = Math.max(bytes, point[key] ?? 0);
  return bytes;
}

/** The names of lines where they end, in place of a legend; left out where another one ends as high. */
function endLabels(points: readonly GrowthPoint[], lines: readonly LineKind[]) {
  const end = points.at(-1);
  if (end === undefined) return [];
  const ends = lines
    .filter(({ key }) => key !== 'presentBytes')
    .map((line) => ({ ...line, bytes: end[line.key] ?? 0 }));
  const top = Math.max(...ends.map(({ bytes }) => bytes));
  return ends.filter(
    ({ bytes }, index) =>
      !ends.slice(index + 1).some((other) => Math.abs(other.bytes - bytes) < top * LABEL_SHARE_MIN),
  );
}

function label(value: string, position: 'right' | 'insideTopLeft' | 'insideTopRight') {
  return { value, position, fontSize: 11, fill: 'var(--text-quiet)' };
}

function tableRows(points: readonly GrowthPoint[], lines: readonly LineKind[]): string[][] {
  const step = Math.max(1, Math.ceil(points.length / TABLE_ROWS_MAX));
  const text = (bytes: number | null) => (bytes === null ? '–' : sizeText(Math.round(bytes)));
  return points
    .filter((_, index) => index % step === 0 || index === points.length - 1)
    .map((point) => [timeText(Math.round(point.atMs)), ...lines.map(({ key }) => text(point[key]))]);
}
