/**
 * Where each stratum of the core lies: by offset, time or bytes, in a window that can be zoomed, down to pixels.
 *
 * Pure numbers: knows no canvas and no colour. Strata narrower than a pixel share one mark, which says how many it holds.
 */
export type CoreAxis = 'offset' | 'time' | 'bytes';

export interface Stratum {
  readonly baseOffset: number;
  /** Exclusive. */
  readonly endOffset: number;
  readonly sizeInBytes: number;
  readonly firstTimestampMs: number | null;
  readonly largestTimestampMs: number | null;
}

/** Ascending and without overlap, in units of the axis: stratum i lies at [from[i], to[i]). */
export interface CoreExtent {
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/** The part of the axis that is shown; `to` is exclusive. */
export interface CoreWindow {
  readonly from: number;
  readonly to: number;
}

export interface CoreMark {
  readonly x: number;
  readonly width: number;
  /** Strata that it stands for, both inclusive. */
  readonly first: number;
  readonly last: number;
}

/** A stretch of the core with a name over it; first and last stratum inclusive. */
export interface CoreSection {
  readonly first: number;
  readonly last: number;
  readonly label: string;
}

const MARK_WIDTH_MIN = 1;
/** The closest zoom: a part of the whole, or one unit of the axis. */
const ZOOM_MAX = 1e7;

export function coreExtent(strata: readonly Stratum[], axis: CoreAxis): CoreExtent {
  const from = new Float64Array(strata.length);
  const to = new Float64Array(strata.length);
  let end = strata[0] === undefined ? 0 : beginOf(strata[0], axis, 0);
  strata.forEach((stratum, index) => {
    // Times may go back from one segment to the next: a stratum then begins where the one before it ends.
    const begin = axis === 'bytes' ? end : Math.max(end, beginOf(stratum, axis, end));
    end = axis === 'bytes' ? begin + stratum.sizeInBytes : Math.max(begin, endOf(stratum, axis, begin));
    from[index] = begin;
    to[index] = end;
  });
  return { from, to };
}

function beginOf(stratum: Stratum, axis: CoreAxis, fallback: number): number {
  if (axis === 'offset') return stratum.baseOffset;
  return axis === 'bytes' ? 0 : (stratum.firstTimestampMs ?? stratum.largestTimestampMs ?? fallback);
}

function endOf(stratum: Stratum, axis: CoreAxis, fallback: number): number {
  return axis === 'offset' ? stratum.endOffset : (stratum.largestTimestampMs ?? fallback);
}

export function wholeWindow({ from, to }: CoreExtent): CoreWindow {
  const first = from[0] ?? 0;
  const last = to.at(-1) ?? 0;
  return last > first ? { from: first, to: last } : { from: first, to: first + 1 };
}

/** Strata without an extent on this axis (empty ones) have no mark unless they can share one. */
export function coreMarks(extent: CoreExtent, window: CoreWindow, widthPx: number): CoreMark[] {
  const scale = widthPx / (window.to - window.from);
  const marks: CoreMark[] = [];
  const count = extent.from.length;
  for (let index = firstEndingAfter(extent, window.from); index < count; index++) {
    const from = extent.from[index]!;
    if (from >= window.to) break;
    const x = Math.max(0, (from - window.from) * scale);
    const end = Math.min(widthPx, (extent.to[index]! - window.from) * scale);
    const last = marks.at(-1);
    if (last !== undefined && last.width <= MARK_WIDTH_MIN && end - last.x <= MARK_WIDTH_MIN)
      marks[marks.length - 1] = { ...last, last: index };
    else marks.push({ x, width: Math.max(end - x, MARK_WIDTH_MIN), first: index, last: index });
  }
  return marks;
}

/** Of the strata that end behind a place, the first. */
function firstEndingAfter({ to }: CoreExtent, place: number): number {
  let low = 0;
  let high = to.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (to[middle]! > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The stratum at a place of the axis, or null in a gap or beside the log. */
export function stratumAt(extent: CoreExtent, place: number): number | null {
  const index = firstEndingAfter(extent, place);
  return index < extent.from.length && extent.from[index]! <= place ? index : null;
}

/** The strata that a range of the axis touches, both inclusive; null where it touches none. */
export function strataBetween(
  extent: CoreExtent,
  a: number,
  b: number,
): { first: number; last: number } | null {
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  const first = firstEndingAfter(extent, low);
  let last = first - 1;
  while (last + 1 < extent.from.length && extent.from[last + 1]! <= high) last++;
  return last < first ? null : { first, last };
}

/** @param factor Below 1 shows less: zooms in. `place` stays where it is on the screen. */
export function zoomed(extent: CoreExtent, window: CoreWindow, place: number, factor: number): CoreWindow {
  const whole = wholeWindow(extent);
  const wholeLength = whole.to - whole.from;
  const length = window.to - window.from;
  const wanted = Math.min(
    wholeLength,
    Math.max(length * factor, wholeLength / ZOOM_MAX, Math.min(1, wholeLength)),
  );
  const share = (place - window.from) / length;
  return clamped(whole, place - share * wanted, wanted);
}

export function panned(extent: CoreExtent, window: CoreWindow, distance: number): CoreWindow {
  return clamped(wholeWindow(extent), window.from + distance, window.to - window.from);
}

/** Moves the window as little as needed to show a stratum. */
export function revealed(extent: CoreExtent, window: CoreWindow, index: number): CoreWindow {
  const from = extent.from[index] ?? window.from;
  const to = extent.to[index] ?? window.to;
  if (from >= window.from && to <= window.to) return window;
  const length = Math.max(window.to - window.from, to - from);
  return clamped(wholeWindow(extent), from < window.from ? from : to - length, length);
}

function clamped(whole: CoreWindow, from: number, length: number): CoreWindow {
  const start = Math.max(whole.from, Math.min(from, whole.to - length));
  return { from: start, to: start + length };
}
