/**
 * The core of the log on the screen with its switches, legend and read-out: the top of every screen of a log.
 */
import { memo, useMemo, useState } from 'react';
import { type CoreAxis, type CoreSection, coreExtent, type Stratum } from '../../shared/core/core-layout';
import type { SegmentRow } from '../../shared/inspection';
import { Choice } from '../components/controls';
import { Core } from '../core/core';
import { CORE_COLOURINGS, type Colouring, type Tone } from '../core/core-tones';
import { useThemeInForce } from '../shell/use-theme';
import type { IndexLines } from '../store/segment-slice';
import { useApp, useAppParts } from '../store/use-app';
import { countText, plural, sizeText, timeText } from '../text/quantities';
import classes from './core-strip.module.css';

const AXES: readonly CoreAxis[] = ['offset', 'time', 'bytes'];

const NO_SECTIONS: readonly CoreSection[] = [];

export interface CoreStripProps {
  readonly colouring: Colouring;
  /** What the colours of this screen say; without it, the choice of the general ones is shown. */
  readonly meaning?: string;
  readonly sections?: readonly CoreSection[];
  readonly onOpen?: () => void;
}

/** A setting that changes no colour leaves it as it is. */
export const CoreStrip = memo(function CoreStrip({
  colouring,
  meaning,
  sections = NO_SECTIONS,
  onOpen,
}: CoreStripProps) {
  const segments = useApp((state) => state.segments);
  const logEndOffset = useApp(
    (state) => state.directory?.logs.find(({ logId }) => logId === state.logId)?.logEndOffset ?? 0,
  );
  const state = useAppParts((all) => ({
    axis: all.coreAxis,
    setAxis: all.setCoreAxis,
    selected: all.selectedSegment,
    selectSegment: all.selectSegment,
    loadIndexLines: all.loadIndexLines,
    indexLines: all.indexLines,
  }));
  useThemeInForce(); // the canvas is drawn again when the colours change
  const strata = useMemo(() => strataOf(segments, logEndOffset), [segments, logEndOffset]);
  const damage = useMemo(() => damageOf(segments), [segments]);
  const [hovered, setHovered] = useState<number | null>(null);
  const [range, setRange] = useState<{ first: number; last: number } | null>(null);
  const selected = indexOfBase(segments, state.selected);
  const readout = (index: number) => (segments[index] === undefined ? '' : readoutOf(segments[index]));
  const { indexLines, axis, loadIndexLines } = state;
  const linePlaces = useMemo(() => placesOfLines(indexLines, axis, strata), [indexLines, axis, strata]);
  const linesOf = (index: number) => linePlaces.get(strata[index]?.baseOffset ?? -1) ?? null;
  const wantLines = (indexes: readonly number[]) => {
    if (axis !== 'time') void loadIndexLines(indexes.flatMap((index) => segments[index]?.baseOffset ?? []));
  };
  return (
    <section className={classes['strip']} aria-label="Core">
      <div className={classes['bar']}>
        <Choice label="Lay out by" value={axis} options={AXES} onChange={state.setAxis} />
        {meaning === undefined ? <ColouringChoice /> : <span className={classes['meaning']}>{meaning}</span>}
        <Legend tones={colouring.tones} />
        <output className={classes['readout']}>
          {hovered !== null
            ? readout(hovered)
            : range !== null
              ? rangeText(segments.slice(range.first, range.last + 1))
              : ''}
        </output>
      </div>
      <Core
        strata={strata}
        axis={axis}
        colouring={colouring}
        sections={sections}
        damage={damage}
        selected={selected}
        hovered={hovered}
        range={range}
        readout={readout}
        linesOf={linesOf}
        onSelect={(index) => state.selectSegment(segments[index]?.baseOffset ?? null)}
        onOpen={() => onOpen?.()}
        onRange={setRange}
        onHover={setHovered}
        onLinesWanted={wantLines}
      />
    </section>
  );
});

function ColouringChoice() {
  const { colouring, setColouring } = useAppParts((state) => ({
    colouring: state.coreColouring,
    setColouring: state.setCoreColouring,
  }));
  return <Choice label="Colour by" value={colouring} options={CORE_COLOURINGS} onChange={setColouring} />;
}

function Legend({ tones }: { readonly tones: readonly Tone[] }) {
  return (
    <span className={classes['legend']}>
      {tones.map(({ label, fill, pattern }, index) =>
        label === null ? null : (
          // Tones of a ramp between its ends have no label of their own, but a place in the row.
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is what they are
          <span key={index} className={label === '' ? classes['step'] : classes['tone']}>
            <span className={`${classes['swatch']} ${classes[pattern]}`} style={{ backgroundColor: fill }} />
            {label}
          </span>
        ),
      )}
    </span>
  );
}

function strataOf(segments: readonly SegmentRow[], logEndOffset: number): Stratum[] {
  return segments.map((segment, index) => ({
    baseOffset: segment.baseOffset,
    endOffset:
      segments[index + 1]?.baseOffset ??
      Math.max(logEndOffset, (segment.lastOffset ?? segment.baseOffset - 1) + 1),
    sizeInBytes: segment.sizeInBytes,
    firstTimestampMs: timestamp(segment.firstTimestampMs),
    largestTimestampMs: timestamp(segment.largestTimestampMs),
  }));
}

function damageOf(segments: readonly SegmentRow[]): Uint8Array {
  return Uint8Array.from(segments, ({ problemCount }) => (problemCount > 0 ? 1 : 0));
}

const timestamp = (ms: number | null) => (ms === null || ms < 0 ? null : ms);

function indexOfBase(segments: readonly SegmentRow[], baseOffset: number | null): number | null {
  const index = baseOffset === null ? -1 : segments.findIndex((segment) => segment.baseOffset === baseOffset);
  return index < 0 ? null : index;
}

/** By base offset. An index tells no times, so that a core by time has no lines. */
function placesOfLines(
  indexLines: ReadonlyMap<number, IndexLines>,
  axis: CoreAxis,
  strata: readonly Stratum[],
): ReadonlyMap<number, Float64Array> {
  const places = new Map<number, Float64Array>();
  if (axis === 'time') return places;
  const { from } = coreExtent(strata, 'bytes');
  strata.forEach(({ baseOffset }, index) => {
    const lines = indexLines.get(baseOffset);
    if (lines === undefined) return;
    const inLog = () => lines.positions.map((position) => from[index]! + position);
    places.set(baseOffset, axis === 'offset' ? lines.offsets : inLog());
  });
  return places;
}

function readoutOf(segment: SegmentRow): string {
  const { largestTimestampMs, offsetIndex } = segment;
  return [
    `${countText(segment.baseOffset)} to ${segment.lastOffset === null ? '–' : countText(segment.lastOffset)}`,
    sizeText(segment.sizeInBytes),
    ...(segment.recordCount === null ? [] : [plural(segment.recordCount, 'record')]),
    ...(largestTimestampMs === null || largestTimestampMs < 0
      ? []
      : [`up to ${timeText(largestTimestampMs)}`]),
    ...(offsetIndex === null
      ? ['no offset index']
      : [plural(offsetIndex.entryCount, 'index entry', 'index entries')]),
    ...(segment.isActive ? ['active'] : []),
    ...(segment.problemCount > 0 ? [plural(segment.problemCount, 'problem')] : []),
  ].join(' · ');
}

function rangeText(segments: readonly SegmentRow[]): string {
  const records = segments.reduce<number | null>(
    (sum, { recordCount }) => (sum === null || recordCount === null ? null : sum + recordCount),
    0,
  );
  const parts = [
    plural(segments.length, 'segment'),
    sizeText(segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0)),
    ...(records === null ? [] : [plural(records, 'record')]),
    `from offset ${countText(segments[0]?.baseOffset ?? 0)}`,
  ];
  return `Selected: ${parts.join(' · ')}`;
}
