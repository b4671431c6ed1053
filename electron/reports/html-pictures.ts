/**
 * The pictures of a report as SVG: the core in the colours of the window, and the growth of a log. Marks are laid out by
 * the functions that the window uses; everything here is numbers and class names.
 */

import type { CompactionAnalysis } from '../../shared/compaction';
import { coreExtent, coreMarks, type Stratum, wholeWindow } from '../../shared/core/core-layout';
import { densityStep } from '../../shared/core/index-density';
import type { SegmentRow } from '../../shared/inspection';
import { percentText } from '../../shared/plan/share-text';
import type { ReportLog } from '../../shared/report';
import { sizeText, timeText } from '../cli/text-table';
import { grouped, html, type Markup } from './html-markup';

const WIDTH = 1000;
const STRATA_HEIGHT = 72;
const CORE_HEIGHT = STRATA_HEIGHT + 18;
const GAP_FROM_WIDTH = 6;
const GAP_WIDTH = 2;
const DAMAGE_HEIGHT = 4;
const LABEL_DISTANCE = 90;
const DAY_MS = 86_400_000;

/** Later tones are the worse ones: they win where several strata share a mark. */
export interface CoreColours {
  readonly title: string;
  readonly tones: readonly { readonly name: string; readonly label: string; readonly isHatched?: boolean }[];
  readonly toneOf: readonly number[];
}

export function corePicture(segments: readonly SegmentRow[], { title, tones, toneOf }: CoreColours): Markup {
  const strata = segments.map(stratumOf);
  const extent = coreExtent(strata, 'bytes');
  const marks = coreMarks(extent, wholeWindow(extent), WIDTH);
  const used = new Set(toneOf);
  let labelledUpTo = Number.NEGATIVE_INFINITY;
  return html`<figure><figcaption>${title}${tones
    .filter(({ label }, index) => used.has(index) && label !== '')
    .map(
      ({ name, label, isHatched }) => html`<span>${swatch(name, isHatched === true)}${label}</span>`,
    )}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${CORE_HEIGHT}" role="img" aria-label="${`${title}: ${segments.length} segments by size`}">
<rect class="ground" width="${WIDTH}" height="${STRATA_HEIGHT}"/>
${marks.map(({ x, width, first, last }) => {
  const tone = tones[Math.max(...toneOf.slice(first, last + 1))]!;
  const shown = width >= GAP_FROM_WIDTH ? width - GAP_WIDTH : width;
  const place = html`x="${rounded(x)}" width="${rounded(shown)}"`;
  const isLabelled = x - labelledUpTo >= LABEL_DISTANCE && x <= WIDTH - LABEL_DISTANCE / 2;
  if (isLabelled) labelledUpTo = x;
  const isDamaged = segments.slice(first, last + 1).some(({ problemCount }) => problemCount > 0);
  return html`<rect class="${tone.name}" ${place} height="${STRATA_HEIGHT}"><title>${markTitle(segments.slice(first, last + 1))}</title></rect>${
    tone.isHatched === true ? html`<rect fill="url(#hatched)" ${place} height="${STRATA_HEIGHT}"/>` : null
  }${isDamaged ? html`<rect class="damage-mark" ${place} y="${STRATA_HEIGHT - DAMAGE_HEIGHT}" height="${DAMAGE_HEIGHT}"/>` : null}${
    isLabelled
      ? html`<text x="${rounded(x)}" y="${CORE_HEIGHT - 3}">${grouped(segments[first]!.baseOffset)}</text>`
      : null
  }`;
})}</svg></figure>`;
}

export const rounded = (value: number) => Math.round(value * 10) / 10;

function stratumOf(segment: SegmentRow): Stratum {
  const { baseOffset, lastOffset, sizeInBytes, firstTimestampMs, largestTimestampMs } = segment;
  return {
    baseOffset,
    endOffset: (lastOffset ?? baseOffset - 1) + 1,
    sizeInBytes,
    firstTimestampMs,
    largestTimestampMs,
  };
}

export function swatch(name: string, isHatched: boolean): Markup {
  return html`<svg class="swatch" viewBox="0 0 12 12"><rect class="${name}" width="12" height="12"/>${
    isHatched ? html`<rect fill="url(#hatched)" width="12" height="12"/>` : null
  }</svg>`;
}

function markTitle(segments: readonly SegmentRow[]): string {
  const [first] = segments;
  const size = segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  const what =
    segments.length === 1
      ? `Segment ${first!.baseOffset}`
      : `${segments.length} segments from ${first!.baseOffset}`;
  return `${what}, ${sizeText(size)}, up to ${timeText(segments.at(-1)!.largestTimestampMs)}`;
}

/** The pattern that the cores refer to; once a page. */
export const PATTERNS: Markup = html`<svg width="0" height="0" aria-hidden="true"><defs><pattern id="hatched" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="pattern" d="M0 0V5"/></pattern></defs></svg>`;

export function ageColours(segments: readonly SegmentRow[]): CoreColours {
  const known = segments.flatMap(({ largestTimestampMs: ms }) => (ms === null || ms < 0 ? [] : [ms]));
  const oldest = known.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY);
  const newest = known.reduce((most, ms) => Math.max(most, ms), Number.NEGATIVE_INFINITY);
  const labels = ['oldest', '', '', '', 'newest'];
  return {
    title: 'Age',
    tones: labels.map((label, step) => ({ name: `age-${step}`, label })),
    toneOf: segments.map(({ largestTimestampMs: ms }) =>
      ms === null || ms < 0 || newest <= oldest
        ? 4
        : Math.min(4, Math.floor(((ms - oldest) / (newest - oldest)) * 5)),
    ),
  };
}

export function fateColours({ plan }: NonNullable<ReportLog['retention']>, nowMs: number): CoreColours {
  return {
    title: 'Fate under retention',
    tones: [
      { name: 'fate-kept', label: 'kept' },
      { name: 'fate-due', label: 'within a day' },
      { name: 'fate-going', label: 'goes now', isHatched: true },
    ],
    toneOf: [
      ...plan.deletions.map(() => 2),
      ...plan.kept.map(({ dueAtMs }) => (dueAtMs !== null && dueAtMs <= nowMs + DAY_MS ? 1 : 0)),
    ],
  };
}

const SAVINGS_STEPS = 5;

/** By the share that goes. null where the segments are no longer those that were analysed. */
export function savingsColours(
  segments: readonly SegmentRow[],
  { plan }: CompactionAnalysis,
): CoreColours | null {
  const sources = new Map(plan.sources.map((source) => [source.baseOffset, source]));
  const found = segments.map(({ baseOffset }) => sources.get(baseOffset));
  if (found.some((source) => source === undefined)) return null;
  const labels = ['up to 20 %', '', '', '', 'more than 80 %'];
  return {
    title: 'Share that compaction frees',
    tones: [
      { name: 'core-gap', label: 'not cleaned' },
      ...labels.map((label, step) => ({ name: `savings-step-${step}`, label })),
    ],
    toneOf: found.map((source) => {
      const { isCleaned, bytesBefore, bytesAfter } = source!;
      if (!isCleaned || bytesBefore === 0) return 0;
      const share = 1 - bytesAfter / bytesBefore;
      return 1 + Math.max(0, Math.min(SAVINGS_STEPS - 1, Math.floor(share * SAVINGS_STEPS)));
    }),
  };
}

export function densityColours(segments: readonly SegmentRow[]): CoreColours {
  const labels = ['> 256 KiB', '≤ 256 KiB', '≤ 64 KiB', '≤ 16 KiB', '≤ 4 KiB'];
  return {
    title: 'Log between two entries of the offset index',
    tones: [
      ...labels.map((label, step) => ({ name: `density-step-${step}`, label })),
      { name: 'core-gap', label: 'no entry', isHatched: true },
    ],
    toneOf: segments.map((segment) => {
      const step = densityStep(segment);
      return step === null ? labels.length : labels.length - 1 - step;
    }),
  };
}

const CHART_HEIGHT = 180;
const CHART = { left: 76, right: 150, top: 12, bottom: 24 };

/** The projected size with and without the policy; an estimate. */
export function growthPicture(growth: NonNullable<NonNullable<ReportLog['retention']>['growth']>): Markup {
  const { points, bytesPerMs } = growth;
  const [first, last] = [points[0]!, points.at(-1)!];
  const most = points.reduce(
    (max, point) => Math.max(max, point.withoutPolicyBytes, point.withPolicyBytes),
    1,
  );
  const x = (ms: number) =>
    CHART.left +
    ((ms - first.atMs) / Math.max(1, last.atMs - first.atMs)) * (WIDTH - CHART.left - CHART.right);
  const y = (bytes: number) =>
    CHART_HEIGHT - CHART.bottom - (bytes / most) * (CHART_HEIGHT - CHART.top - CHART.bottom);
  const line = (bytesOf: (point: (typeof points)[number]) => number) =>
    points.map((point) => `${rounded(x(point.atMs))},${rounded(y(bytesOf(point)))}`).join(' ');
  const places = { start: rounded(CHART.left), end: rounded(x(last.atMs)) };
  const [without, withPolicy] = [y(last.withoutPolicyBytes), y(last.withPolicyBytes)];
  // Where both lines end at one place one label says it.
  const isApart = Math.abs(without - withPolicy) > 14;
  return html`<figure><figcaption>Projected size at ${sizeText(Math.round(bytesPerMs * 3_600_000))} per hour (an estimate)</figcaption>
<svg viewBox="0 0 ${WIDTH} ${CHART_HEIGHT}" role="img" aria-label="Projected size of the log">
${[0, 0.5, 1].map(
  (share) =>
    html`<line class="grid" x1="${places.start}" x2="${places.end}" y1="${rounded(y(most * share))}" y2="${rounded(y(most * share))}"/><text x="${CHART.left - 8}" y="${rounded(y(most * share) + 4)}" text-anchor="end">${sizeText(Math.round(most * share))}</text>`,
)}
<text x="${places.start}" y="${CHART_HEIGHT - 6}">${timeText(first.atMs).slice(0, 10)}</text><text x="${places.end}" y="${CHART_HEIGHT - 6}" text-anchor="end">${timeText(last.atMs).slice(0, 10)}</text>
<polyline class="without-policy" points="${line((point) => point.withoutPolicyBytes)}"/><polyline class="with-policy" points="${line((point) => point.withPolicyBytes)}"/>
${isApart ? html`<text x="${places.end + 8}" y="${rounded(without + 4)}">without policy</text>` : null}<text x="${places.end + 8}" y="${rounded(withPolicy + 4)}">${isApart ? 'with policy' : 'with or without policy'}</text>
</svg></figure>`;
}

/** Shares of one whole as bars, for a cell of a table. */
export function barPicture(share: number): Markup {
  return html`<svg viewBox="0 0 100 4" role="img" aria-label="${percentText(share)}"><rect class="ground" width="100" height="4"/><rect class="bar" width="${rounded(share * 100)}" height="4"/></svg>`;
}
