/**
 * The core: every segment of a log a stratum, true to scale. Hover reads out, click selects, drag marks a range, the
 * wheel zooms; arrows, Enter, Home, End, + and - do the same from the keyboard.
 *
 * Draws what it is given; what a colour means and what is read out is the screen's business.
 */
import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import {
  type CoreAxis,
  type CoreExtent,
  type CoreMark,
  type CoreSection,
  type CoreWindow,
  coreExtent,
  coreMarks,
  panned,
  revealed,
  type Stratum,
  strataBetween,
  stratumAt,
  wholeWindow,
  zoomed,
} from '../../shared/core/core-layout';
import classes from './core.module.css';
import { coreTicks } from './core-ticks';
import type { Colouring } from './core-tones';
import { type CorePicture, coreHeight, drawCore, LINES_FROM_WIDTH } from './draw-core';
import { useCanvasSize } from './use-canvas-size';

const TICK_DISTANCE_PX = 130;
const DRAG_FROM_PX = 4;
const ZOOM_PER_WHEEL = 0.0015;
const ZOOM_PER_KEY = 0.6;
const LINES_COUNT_MAX = 40;

export interface CoreProps {
  readonly strata: readonly Stratum[];
  readonly axis: CoreAxis;
  readonly colouring: Colouring;
  /** Named stretches over the strata. */
  readonly sections: readonly CoreSection[];
  /** For each stratum, 1 where problems are known. */
  readonly damage: Uint8Array;
  readonly selected: number | null;
  readonly hovered: number | null;
  /** Inclusive ends; null for none. */
  readonly range: { readonly first: number; readonly last: number } | null;
  /** What a stratum is, in one line. */
  readonly readout: (index: number) => string;
  /** Places of the axis where a stratum has an index entry; null where they are not known. */
  readonly linesOf: (index: number) => Float64Array | null;
  readonly onSelect: (index: number) => void;
  readonly onOpen: (index: number) => void;
  readonly onRange: (range: { first: number; last: number } | null) => void;
  readonly onHover: (index: number | null) => void;
  /** Strata that are wide enough to show their index entries. */
  readonly onLinesWanted: (indexes: readonly number[]) => void;
}

export function Core(props: CoreProps) {
  const { strata, axis, selected } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const heightPx = coreHeight(props.sections);
  const widthPx = useCanvasSize(canvas, heightPx);
  const extent = useMemo(() => coreExtent(strata, axis), [strata, axis]);
  const [zoomWindow, setZoomWindow] = useState<{ axis: CoreAxis; window: CoreWindow } | null>(null);
  const window = zoomWindow !== null && zoomWindow.axis === axis ? zoomWindow.window : wholeWindow(extent);
  const [drag, setDrag] = useState<CoreWindow | null>(null);
  const dragStart = useRef<{ x: number; place: number } | null>(null);

  const show = (next: CoreWindow) => setZoomWindow(isWhole(extent, next) ? null : { axis, window: next });
  const placeAt = (event: { clientX: number }) => {
    const box = canvas.current!.getBoundingClientRect();
    return window.from + ((event.clientX - box.left) / box.width) * (window.to - window.from);
  };

  const { from, to } = window;
  const marks = useMemo(() => coreMarks(extent, { from, to }, widthPx), [extent, from, to, widthPx]);

  usePicture(canvas, widthPx, { ...props, extent, window, marks, drag });
  useLinesWanted(marks, props.onLinesWanted);
  useWheel(canvas, (event) => {
    const length = window.to - window.from;
    const isPan = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const distance = ((event.deltaX || event.deltaY) / widthPx) * length;
    if (isPan) show(panned(extent, window, distance));
    else show(zoomed(extent, window, placeAt(event), Math.exp(event.deltaY * ZOOM_PER_WHEEL)));
  });

  function select(index: number): void {
    props.onSelect(index);
    if (zoomWindow !== null) show(revealed(extent, window, index));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const last = strata.length - 1;
    const centre = selected === null ? (window.from + window.to) / 2 : extent.from[selected]!;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => select(Math.max(0, (selected ?? 1) - 1)),
      ArrowRight: () => select(Math.min(last, (selected ?? -1) + 1)),
      Home: () => select(0),
      End: () => select(last),
      Enter: () => selected !== null && props.onOpen(selected),
      '+': () => show(zoomed(extent, window, centre, ZOOM_PER_KEY)),
      '=': () => show(zoomed(extent, window, centre, ZOOM_PER_KEY)),
      '-': () => show(zoomed(extent, window, centre, 1 / ZOOM_PER_KEY)),
      '0': () => setZoomWindow(null),
      Escape: () => props.onRange(null),
    };
    const action = actions[event.key];
    if (action === undefined || strata.length === 0 || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    action();
  }

  function onPointerMove(event: PointerEvent): void {
    const place = placeAt(event);
    const start = dragStart.current;
    if (start !== null && (drag !== null || Math.abs(event.clientX - start.x) >= DRAG_FROM_PX))
      setDrag({ from: start.place, to: place });
    props.onHover(stratumAt(extent, place));
  }

  function onPointerUp(event: PointerEvent): void {
    dragStart.current = null;
    setDrag(null);
    props.onRange(drag === null ? null : strataBetween(extent, drag.from, drag.to));
    const index = drag === null ? stratumAt(extent, placeAt(event)) : null;
    if (index !== null) props.onSelect(index);
  }

  return (
    <canvas
      ref={canvas}
      className={classes['core']}
      style={{ height: heightPx }}
      tabIndex={0}
      role="slider"
      aria-label="Core: segments of the log"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, strata.length - 1)}
      aria-valuenow={selected ?? 0}
      aria-valuetext={selected === null ? 'no segment selected' : props.readout(selected)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        dragStart.current = { x: event.clientX, place: placeAt(event) };
      }}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerLeave={() => props.onHover(null)}
      onDoubleClick={() => setZoomWindow(null)}
    />
  );
}

function isWhole(extent: CoreExtent, window: CoreWindow): boolean {
  const whole = wholeWindow(extent);
  return window.from <= whole.from && window.to >= whole.to;
}

interface PictureProps extends CoreProps {
  readonly extent: CoreExtent;
  readonly window: CoreWindow;
  readonly marks: readonly CoreMark[];
  readonly drag: CoreWindow | null;
}

function usePicture(
  canvas: RefObject<HTMLCanvasElement | null>,
  widthPx: number,
  { extent, window, marks, drag, range, ...props }: PictureProps,
): void {
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d') ?? null;
    if (element === null || context === null || widthPx === 0) return;
    const styles = getComputedStyle(element);
    const ratio = element.width / widthPx;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const known = new Map<string, string>();
    const colour = (css: string) => {
      const value =
        known.get(css) ??
        css.replace(/var\((--[\w-]+)\)/g, (_all, name) => styles.getPropertyValue(name).trim());
      known.set(css, value);
      return value;
    };
    const selectedRange =
      range === null ? null : { from: extent.from[range.first] ?? 0, to: extent.to[range.last] ?? 0 };
    const picture: CorePicture = {
      ...{ widthPx, extent, window, marks, colour },
      ...{ colouring: props.colouring, damage: props.damage, linesOf: props.linesOf },
      ...{ selected: props.selected, hovered: props.hovered, range: drag ?? selectedRange },
      sections: props.sections,
      ticks: coreTicks(props.axis, window, widthPx / TICK_DISTANCE_PX),
    };
    drawCore(context, picture);
  });
}

function useLinesWanted(marks: readonly CoreMark[], onLinesWanted: CoreProps['onLinesWanted']): void {
  useEffect(() => {
    const wide = marks.filter(({ width }) => width >= LINES_FROM_WIDTH);
    if (wide.length <= LINES_COUNT_MAX) onLinesWanted(wide.map(({ first }) => first));
  });
}

/** React listens to the wheel passively, so that the page behind would scroll. */
function useWheel(canvas: RefObject<HTMLCanvasElement | null>, onWheel: (event: WheelEvent) => void): void {
  const latest = useRef(onWheel);
  latest.current = onWheel;
  useEffect(() => {
    const element = canvas.current;
    const listener = (event: WheelEvent) => {
      event.preventDefault();
      latest.current(event);
    };
    element?.addEventListener('wheel', listener, { passive: false });
    return () => element?.removeEventListener('wheel', listener);
  }, [canvas]);
}
